"""Words that people send, to be kept and shown: any script, nothing that hides or turns words around."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

NAME_CHARACTERS = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_INVISIBLE = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]+")
"""Marks that turn the order of letters around (UAX 9), a byte order mark, annotations; halves of characters."""


def line(text: str) -> str:
    """`text` on one line, in NFC, without control characters and marks of direction."""
    clean = _INVISIBLE.sub("", _CONTROL.sub(" ", unicodedata.normalize("NFC", text)))
    return " ".join(clean.split())


def prose(text: str) -> str:
    """`text` with its lines, in NFC, without other control characters and marks of direction."""
    clean = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    kept = "\n".join(_CONTROL.sub(" ", part) for part in clean.split("\n"))
    return _INVISIBLE.sub("", kept).strip()


def display_name(given: str, otherwise: str = "document") -> str:
    """A file's name as it may be shown and kept: its last part alone, at most 200 characters, its ending kept.

    It is never used as a path. `otherwise` is what a file without a name is called.
    """
    # Browsers write these three so within a form's headers (HTML, 4.10.21.8).
    given = given.replace("%22", '"').replace("%0D", " ").replace("%0A", " ")
    name = line(re.split(r"[/\\]", given)[-1]).strip(". ") or otherwise
    stem, dot, ending = name.rpartition(".")
    if len(name) > NAME_CHARACTERS and dot and stem and len(ending) <= 10:
        return f"{stem[: NAME_CHARACTERS - len(ending) - 1]}.{ending}"
    return name[:NAME_CHARACTERS]


def _something(text: str) -> str:
    if not text:
        raise ValueError("it is empty")
    return text


Title = Annotated[
    str, StringConstraints(max_length=300), AfterValidator(line), AfterValidator(_something), Field(min_length=1)
]
"""A title or name: one line, not empty."""

Prose = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(prose)]
"""A description or instructions, of any number of lines."""
