"""`narrowcast doctor`: what is well and what is not."""

from __future__ import annotations

import json
from contextlib import aclosing
from dataclasses import asdict
from typing import Annotated

import typer

from narrowcast.cli.running import run_async

MARKS = {"ok": "✓", "note": "·", "problem": "✗"}
WIDTH = 20


def doctor(
    deep: Annotated[bool, typer.Option("--deep", help="Read every stored file and compare its hash.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False,
) -> None:
    """Look at everything here: disk, database, files, voices, models, the server. Nothing is spent.

    Exits 1 when something does not work.
    """
    from narrowcast.script.one_line import one_line
    from narrowcast.settings import read_settings
    from narrowcast.studio.doctor import examine
    from narrowcast.studio.findings import Finding, Verdict

    found: list[Finding] = []

    async def look() -> None:
        async with aclosing(examine(read_settings(), deep=deep)) as findings:
            async for finding in findings:
                found.append(finding)
                if not as_json:
                    typer.echo(f"{MARKS[finding.verdict]} {finding.what:<{WIDTH}} {one_line(finding.found)}")
                    if finding.hint and finding.verdict is not Verdict.OK:
                        typer.echo(f"  {'':<{WIDTH}} {one_line(finding.hint)}")

    run_async(look())
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in found], ensure_ascii=False))
    if any(finding.verdict is Verdict.PROBLEM for finding in found):
        raise typer.Exit(1)
