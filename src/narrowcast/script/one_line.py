"""Text from documents, models and servers, made safe to show on a line."""

from __future__ import annotations

import unicodedata

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode's categories of control, format (bidirectional overrides too), surrogate and unassigned characters."""
_JOINERS = {"\u200c", "\u200d"}
"""Format characters that scripts and emoji need."""


def one_line(text: str) -> str:
    """`text` on one line, without what could move a terminal's cursor, hide words or turn their order around."""
    seen = (
        " " if character in "\t\n\r\v\f\x85\u2028\u2029" else character
        for character in text
        if character in "\t\n\r\v\f\x85\u2028\u2029"
        or character in _JOINERS
        or unicodedata.category(character) not in _UNSEEN
    )
    return " ".join("".join(seen).split())
