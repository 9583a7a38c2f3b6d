"""Text as it is searched: without case, accents and the rest that nobody types. Pure."""

from __future__ import annotations

import re
import unicodedata

MAX_WORDS = 12
"""Words of a query that count: more of them find nothing else."""

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
    | dict.fromkeys("‘’ʼ′＇`", "'")
    | dict.fromkeys("“”„«»″＂", '"')
    | dict.fromkeys("‐‑‒–—−", "-")
)
"""Latin letters that Unicode takes for letters of their own, and marks that look alike, as they are typed."""
_PHRASE = re.compile(r'"([^"]*)"|([^\s"]+)')
_OPTIONAL = (
    (0x0300, 0x036F),  # accents of Latin, Greek and Cyrillic
    (0x0591, 0x05C7),  # Hebrew points
    (0x0610, 0x061A),
    (0x064B, 0x065F),  # Arabic vowels
    (0x0670, 0x0670),
)
"""Marks that readers do without. The vowel signs of Indic scripts and Japanese voicing marks are not among them."""
_DROPPED = dict.fromkeys([*(mark for first, last in _OPTIONAL for mark in range(first, last + 1)), 0x0640, 0x00AD])


def fold(text: str) -> str:
    """`text` in one case, on one line, widths and ligatures made equal (NFKD), without accents.

    What is contained in `text` to a reader is contained in it folded, in any script.
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_DROPPED).translate(_LETTERS)
    seen = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", plain.casefold())
        if character.isprintable() or character.isspace()
    )
    return " ".join(seen.split())


def searched_words(query: str) -> tuple[str, ...]:
    """The words of a query, and what stands in it in quotes, folded.

    What is found has each of them somewhere, as a whole word or within one.
    """
    found = (phrase or word for phrase, word in _PHRASE.findall(fold(query)))
    return tuple(dict.fromkeys(words.strip() for words in found if words.strip()))[:MAX_WORDS]
