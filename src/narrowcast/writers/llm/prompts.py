"""The prompts: Jinja templates in this package, overridden by files of the same names in a user's folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta
from jinja2.sandbox import SandboxedEnvironment

from narrowcast.errors import InputError

NAMES = ("outline", "outline_format", "outline_rest", "segment", "segment_format", "segment_revision", "segment_rest")
_FOREIGN_NAMES = {"segment": "transcript"}
"""podcast-creator calls its template for turns `transcript.jinja`."""


class Prompts:
    """Renders the prompts. Raises `InputError` for a template that is broken or uses what is not there.

    Templates run in Jinja's sandbox: they see the values that they are given and nothing else. Besides ours they may
    use podcast-creator's variables: `briefing, context, speakers, num_segments, language, format_instructions`, for
    turns also `outline, segment, is_final, turns, speaker_names, transcript`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        # autoescape off: prompts are text, not HTML
        self._environment = SandboxedEnvironment(
            undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
        )
        self._texts = {name: _read(name, folder) for name in NAMES}
        digest = hashlib.sha256()
        for name in NAMES:
            digest.update(f"{name}\0{self._texts[name][1]}\0".encode())
            self._check(name)
        self.version = digest.hexdigest()[:16]
        """A hash of all templates' text."""

    def outline(self, variables: Mapping[str, Any], rest: Mapping[str, Any]) -> str:
        """The prompt for an outline; `rest` are the further variables of `outline_rest`."""
        return self._whole("outline", variables, rest)

    def segment(self, variables: Mapping[str, Any], rest: Mapping[str, Any]) -> str:
        """The prompt for a segment's turns; `rest` are the further variables of `segment_rest`."""
        return self._whole("segment", variables, rest)

    def _whole(self, name: str, variables: Mapping[str, Any], rest: Mapping[str, Any]) -> str:
        instructions = self._render(f"{name}_format", variables)
        main = self._render(name, {**variables, "format_instructions": instructions})
        parts = [main, self._render(f"{name}_rest", {**variables, **rest})]
        if variables.get("revision"):
            parts.insert(1, self._render(f"{name}_revision", variables))
        if "format_instructions" not in self._wanted(name):
            parts.append(instructions)
        return "\n".join(part for part in parts if part)

    def _render(self, name: str, variables: Mapping[str, Any]) -> str:
        place, text = self._texts[name]
        try:
            return self._environment.from_string(text).render(variables).strip()
        except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as error:
            raise InputError(f"The prompt template {place} cannot be filled in: {error}.") from error

    def _wanted(self, name: str) -> set[str]:
        return meta.find_undeclared_variables(self._environment.parse(self._texts[name][1]))

    def _check(self, name: str) -> None:
        place, text = self._texts[name]
        try:
            self._environment.parse(text)
        except TemplateSyntaxError as error:
            raise InputError(
                f"The prompt template {place} is broken in line {error.lineno}: {error.message}.",
                hint="Correct it, or remove it from the folder to use the one that comes with Narrowcast.",
            ) from error


def _read(name: str, folder: Path | None) -> tuple[str, str]:
    """Where a template is from, and its text."""
    for file_name in (name, _FOREIGN_NAMES.get(name)) if folder else ():
        path = folder / f"{file_name}.jinja" if folder and file_name else None
        if path and path.is_file():
            try:
                return str(path), path.read_text("utf-8")
            except (OSError, ValueError) as error:
                raise InputError(f"The prompt template {path} cannot be read: {error}.") from error
    return f"{name}.jinja", (files(__package__) / "templates" / f"{name}.jinja").read_text("utf-8")
