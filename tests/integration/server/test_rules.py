"""What the rules for Prometheus ask for is what the server tells."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from tests.integration.server.conftest import Served

ROOT = Path(__file__).parents[3]
OF_PROMETHEUS = {"up"}


async def test_the_rules_ask_for_figures_and_routes_that_there_are(served: Served) -> None:
    rules = [
        rule
        for group in yaml.safe_load((ROOT / "deploy" / "prometheus-rules.yml").read_text("utf-8"))["groups"]
        for rule in group["rules"]
    ]
    figures: set[str] = set()
    labels: dict[str, set[str]] = {}
    for family in served.context.metrics.registry.collect():
        told = {family.name}
        if family.type == "counter":
            told = {f"{family.name}_total"}
        elif family.type == "histogram":
            told = {f"{family.name}_{part}" for part in ("bucket", "sum", "count")}
        figures |= told
        labels |= {name: {"le"} for name in told if name.endswith("_bucket")}
    recorded = {rule["record"] for rule in rules if "record" in rule}
    paths = {getattr(route, "path", "") for route in served.app.routes} | set(served.app.openapi()["paths"])
    guide = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    for rule in rules:
        asked = set(re.findall(r"narrowcast(?::|_)[a-z0-9_:]+", rule["expr"]))
        assert asked <= figures | recorded, rule
        assert asked or "up{" in rule["expr"], rule
        assert set(re.findall(r'route="([^"]+)"', rule["expr"])) <= paths, rule
        if "alert" in rule:
            page, _, title = rule["annotations"]["look"].partition(", ")
            text = guide if page == "docs/deploy.md" else (ROOT / page).read_text("utf-8")
            assert title.strip('"') in text, rule
    assert {"NarrowcastQueuesSlowly", "NarrowcastWaitsLong", "NarrowcastFails", "NarrowcastAvailability"} <= {
        rule.get("alert") for rule in rules
    }
