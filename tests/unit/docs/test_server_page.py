"""What a self-hoster reads of settings is all there is."""

from __future__ import annotations

import re
from pathlib import Path

from narrowcast.settings import Settings

PAGE = Path(__file__).parents[3] / "docs" / "server.md"


def test_every_setting_is_in_the_table_and_nothing_else() -> None:
    rows = [line.split("|")[1] for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    told = [name for row in rows for name in re.findall(r"`([A-Z0-9_]+)`", row)]
    assert sorted(told) == sorted(str(field.alias) for field in Settings.model_fields.values())
