"""`narrowcast rewrite`: one segment or turn of a script, written anew by an instruction."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrowcast.cli.telling import tell

if TYPE_CHECKING:
    from narrowcast.pipeline.events import Event
    from narrowcast.pipeline.rewrite import Rewritten


def rewrite(
    script: Annotated[Path, typer.Argument(metavar="SCRIPT", help="The .script.json file; it is changed in place.")],
    instruction: Annotated[
        str, typer.Option("-i", "--instruction", metavar="TEXT", help="What to change, such as “simpler”.")
    ],
    segment: Annotated[int | None, typer.Option(metavar="N", help="The segment to write anew, counted from 1.")] = None,
    turn: Annotated[
        str | None, typer.Option(metavar="ID", help="Only this turn, by its id in the script, such as s2t3.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="Episode profile, for its briefing and its model.")
    ] = None,
    llm: Annotated[str, typer.Option(metavar="PROVIDER:MODEL|auto", help="The language model that writes.")] = "auto",
    budget: Annotated[float | None, typer.Option(metavar="USD", help="Stop before spending more.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout at the end.")] = False,
) -> None:
    """Rewrite one segment or one turn of a script with an instruction.

    The rest of the script stays as it is; voicing it again asks only for the turns that have changed.
    The earlier script is kept beside it as NAME.script.previous.json.

    Examples:

      narrowcast rewrite paper.script.json --segment 2 --instruction "simpler, with an everyday example"

      narrowcast rewrite paper.script.json --turn s2t3 --instruction "half as long"
    """
    from narrowcast.cli.running import run_async

    rewritten = run_async(_rewrite(script, instruction, segment, turn, profile, llm, budget))
    if as_json:
        typer.echo(json.dumps({"path": str(script), **rewritten.figures()}, ensure_ascii=False))
        return
    _print(rewritten, script)


async def _rewrite(
    script: Path,
    instruction: str,
    segment: int | None,
    turn: str | None,
    profile: str | None,
    llm: str,
    budget: float | None,
) -> Rewritten:
    from narrowcast.settings import read_settings
    from narrowcast.studio import Studio

    async with Studio.open(read_settings()) as studio:
        return await studio.rewrite(
            script,
            instruction,
            segment=segment,
            turn=turn,
            profile=profile,
            llm=llm,
            budget_usd=budget,
            on_event=_tell,
        )


def _tell(event: Event) -> None:
    from narrowcast.pipeline.events import PartsChosen, TurnWritten, Waiting

    match event:
        case PartsChosen(writer=writer):
            tell(f"Writer: {writer}. Change with --llm.")
        case TurnWritten(turn=turn):
            tell(f"{turn.speaker}: {turn.text}")
        case Waiting(provider=provider, seconds=seconds, reason=reason):
            tell(f"{provider}: {reason} Trying again in {seconds:.0f} s")
        case _:
            pass


def _print(rewritten: Rewritten, script: Path) -> None:
    from narrowcast.pipeline.notes import cost

    paid = "it was there already" if rewritten.cached else cost(rewritten.cost_usd)
    many = "1 turn" if len(rewritten.turns) == 1 else f"{len(rewritten.turns)} turns"
    for warning in rewritten.warnings:
        tell(f"Note: {warning}")
    typer.echo(f"{script}: {many} written anew ({paid}).")
    typer.echo(f"Voice it: narrowcast make --script {shlex.quote(str(script))}")
