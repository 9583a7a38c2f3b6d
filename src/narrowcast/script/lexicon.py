"""A profile's lexicon: how words are to be said that a voice would get wrong. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator

from narrowcast.script.language import UNSPACED

MAX_ENTRIES = 1_000
MAX_CHARACTERS = 200
_UNSEEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_PIECE = re.compile(rf"[^\W{UNSPACED}]+|\s+|.", re.DOTALL)


def checked(entries: dict[str, str]) -> dict[str, str]:
    """`entries` in NFC, stripped. Raises `ValueError` for what cannot be a word or be said."""
    if len(entries) > MAX_ENTRIES:
        raise ValueError(f"it has {len(entries):,} entries, and {MAX_ENTRIES:,} are allowed")
    return {_sound(word, "entry"): _sound(said, f"way to say {word[:40]!r}") for word, said in entries.items()}


Lexicon = Annotated[dict[str, str], AfterValidator(checked)]
"""Spelling → how to say it, in letters that the voice reads right."""


def say_words(text: str, lexicon: Mapping[str, str]) -> str:
    """`text` in NFC, with every word of `lexicon` as it is to be said.

    Whole words only, the longest entry first, nothing inside what was replaced already. An entry with a capital is
    found in just that spelling, any other in every one. Inflected forms are words of their own. Where a script sets
    no spaces, an entry is found wherever it stands.
    """
    if not lexicon:
        return text
    index = _indexed(tuple(lexicon.items()))
    pieces = _PIECE.findall(unicodedata.normalize("NFC", text))
    said: list[str] = []
    place = 0
    while place < len(pieces):
        entry = next((each for each in index.get(pieces[place].lower(), ()) if each.stands(pieces, place)), None)
        said.append(entry.said if entry else pieces[place])
        place += len(entry.pieces) if entry else 1
    return "".join(said)


@dataclass(frozen=True)
class _Entry:
    """A word in pieces: runs of letters and digits, single signs, stretches of white space as one space."""

    pieces: tuple[str, ...]
    exact: bool
    said: str

    def stands(self, pieces: Sequence[str], place: int) -> bool:
        end = place + len(self.pieces)
        if end > len(pieces) or not all(map(self._same, self.pieces, pieces[place:end])):
            return False
        # A mark that belongs to the last letter makes it another letter.
        return end == len(pieces) or not unicodedata.category(pieces[end][0]).startswith("M")

    def _same(self, wanted: str, there: str) -> bool:
        if wanted == " ":
            return there.isspace()
        return wanted == (there if self.exact else there.lower())


@lru_cache(maxsize=16)
def _indexed(entries: tuple[tuple[str, str], ...]) -> Mapping[str, tuple[_Entry, ...]]:
    """The entries by their first piece in small letters; of two of a length, the one in just that spelling first."""
    index: dict[str, list[_Entry]] = {}
    for word, said in entries:
        exact = any(character.isupper() or character.istitle() for character in word)
        pieces = tuple(" " if piece.isspace() else piece for piece in _PIECE.findall(word))
        index.setdefault(pieces[0].lower(), []).append(
            _Entry(pieces if exact else tuple(map(str.lower, pieces)), exact, said)
        )
    return {
        first: tuple(sorted(found, key=lambda entry: (-len("".join(entry.pieces)), not entry.exact)))
        for first, found in index.items()
    }


def _sound(text: str, what: str) -> str:
    text = unicodedata.normalize("NFC", text).strip()
    if not any(character.isalnum() for character in text):
        raise ValueError(f"an {what} has no letter and no digit" if what == "entry" else f"the {what} has no letter")
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"the {what} has {len(text):,} characters, and {MAX_CHARACTERS} are allowed")
    if any(unicodedata.category(character) in _UNSEEN for character in text):
        raise ValueError(f"the {what} holds a control character")
    return text
