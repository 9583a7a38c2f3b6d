"""Roman numerals up to 39: centuries, kings, wars."""

from __future__ import annotations

import re

ROMAN = r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})"
"""A pattern without groups that matches a well-formed numeral."""
_DIGITS = {"I": 1, "V": 5, "X": 10}


def value(numeral: str) -> int:
    """The number that `numeral` stands for; 0 where it is not well-formed."""
    if not re.fullmatch(ROMAN, numeral):
        return 0
    digits = [_DIGITS[letter] for letter in numeral]
    return sum(-digit if digit < after else digit for digit, after in zip(digits, [*digits[1:], 0], strict=True))
