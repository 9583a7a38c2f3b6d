"""`narrowcast voices`: what works here and now; lists, samples, downloads."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from narrowcast.cli.voices.downloads import catalogue, download, installed, remove
from narrowcast.cli.voices.lists import list_voices, overview
from narrowcast.cli.voices.sample import sample


class _Voices(TyperGroup):
    """`voices` alone is the overview; `voices de` and `voices --tts openai` are lists, as they always were."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args in ([], ["--json"]):
            args = ["overview", *args]
        elif args[0] not in {*self.commands, "-h", "--help"}:
            args = ["list", *args]
        parsed: list[str] = super().parse_args(ctx, args)
        return parsed


voices = typer.Typer(
    cls=_Voices,
    help="Show which voices work here and now; list them, hear them.\n\n"
    "Alone: every provider, what it needs, and which one auto takes. With a language (voices de): its voices.",
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
voices.command("overview", hidden=True)(overview)
voices.command("list")(list_voices)
voices.command("sample")(sample)
voices.command("catalogue")(catalogue)
voices.command("download")(download)
voices.command("installed")(installed)
voices.command("remove")(remove)
