"""Letters for a title: the font that is shipped, else one of the system's that has them."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

SHIPPED = "InterDisplay-Bold.otf"
NO_CHARACTER = "\U0010fffd"
"""From the last private plane: no font has it, so it is drawn as what stands for missing ones."""

FIND_S = 5.0

UNSEEN = frozenset({"Cf", "Cn", "Co", "Cs"})
SYMBOLS = frozenset({"Cc", "So", "Sk"})
"""Kinds of characters that a cover does without; in the place of controls and emoji there is a space."""


class Font:
    """One font in all sizes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sizes: dict[int, FreeTypeFont] = {}

    def at(self, size: float) -> FreeTypeFont:
        """The font in a size in pixels. Raises `OSError` when it cannot be read."""
        from PIL import ImageFont

        whole = round(size)
        if whole not in self._sizes:
            self._sizes[whole] = ImageFont.truetype(str(self._path), whole)
        return self._sizes[whole]

    def width(self, text: str, size: float) -> float:
        """How wide `text` is, in pixels."""
        return float(self.at(size).getlength(text))

    def lacks(self, text: str) -> str:
        """The characters of `text` that it has not."""
        font = self.at(40)
        missing = bytes(font.getmask(NO_CHARACTER))
        return "".join(
            character
            for character in dict.fromkeys(text)
            if not character.isspace() and bytes(font.getmask(character)) == missing
        )


@cache
def shipped_font() -> Font:
    """Inter Display, bold: Latin, Greek and Cyrillic letters."""
    with resources.as_file(resources.files("narrowcast.covers") / "fonts" / SHIPPED) as path:
        return Font(path)


def drawable(title: str) -> tuple[str, Font] | None:
    """What of a title can be set, and in which font; none when no font here has its letters.

    Emoji are left out. A system's font is looked for where the shipped one lacks a letter.
    """
    kinds = ((character, unicodedata.category(character)) for character in title)
    text = "".join("\0" if kind in SYMBOLS else character for character, kind in kinds if kind not in UNSEEN)
    # A stop moves up to the word before what was left out.
    text = re.sub(r"\s*\0(?:\s|\0)*(?=[,.;:!?])", "", text).replace("\0", " ")
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if not any(character.isalnum() for character in text):
        return None
    font = shipped_font()
    if not (lacking := font.lacks(text)):
        return text, font
    path = _system_font(lacking)
    if path is None:
        return None
    try:
        return (text, other) if not (other := Font(path)).lacks(text) else None
    except OSError:
        return None


def _system_font(characters: str) -> Path | None:
    """A bold font of the system with these characters, as fontconfig finds it; it gives its best guess if none has."""
    tool = shutil.which("fc-match")
    if tool is None:
        return None
    points = " ".join(f"{ord(character):x}" for character in characters[:50])
    try:
        found = subprocess.run(  # noqa: S603 - a fixed command, and of the title only numbers
            [tool, "--format=%{file}", f"sans:bold:charset={points}"],
            capture_output=True,
            text=True,
            timeout=FIND_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return Path(found.stdout) if found.stdout else None
