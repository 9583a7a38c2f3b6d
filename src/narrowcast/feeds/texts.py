"""Texts as XML and podcast apps take them. Pure."""

from __future__ import annotations

import html
import re

MOST_BYTES = 4_000
"""Of a description: what directories read (Apple, "Podcast RSS feed requirements")."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""All but `Char` of XML 1.0, 2.2: control characters, halves of characters, U+FFFE and U+FFFF."""


def xml_text(text: str) -> str:
    """`text` without what no XML may hold, not even escaped."""
    return _NOT_XML.sub("", text)


def described(text: str, most_bytes: int = MOST_BYTES) -> str:
    """`text` as the HTML that apps take a description for: nothing of it is markup but the line breaks.

    At most `most_bytes` of UTF-8, cut between characters and never within an entity, with an ellipsis.
    """
    parts = ["<br>\n" if character == "\n" else html.escape(character) for character in xml_text(text).strip()]
    if sum(len(part.encode()) for part in parts) <= most_bytes:
        return "".join(parts)
    room = most_bytes - len("…".encode())
    kept: list[str] = []
    for part in parts:
        room -= len(part.encode())
        if room < 0:
            break
        kept.append(part)
    return "".join(kept).rstrip() + "…"
