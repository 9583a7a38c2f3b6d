"""How many words a text has, as they are heard."""

from __future__ import annotations

import re

from narrowcast.script.language import UNSPACED

_SIGN = re.compile(f"[{UNSPACED}]")
_WORD = re.compile(rf"[^\W{UNSPACED}_][^\s{UNSPACED}]*")


def count_words(text: str) -> int:
    """Words by spaces, and two characters a word where a script sets none; a mark alone is no word.

    A text in several scripts has the words of each: `OpenAI は新しい` are 1 and 2.
    """
    signs = sum(1 for _ in _SIGN.finditer(text))
    return sum(1 for _ in _WORD.finditer(text)) + (signs + 1) // 2
