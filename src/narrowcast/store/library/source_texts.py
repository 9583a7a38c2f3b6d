"""What search looks through: a source's title, author and origin, folded. Pure."""

from __future__ import annotations

from narrowcast.script.folding import fold

_PART = "\x1f"
"""Between the three; no folded text holds it, so no word is found across two."""


def searched_text(title: str, author: str | None, origin: str) -> str:
    """All of it, folded; it begins with the title, and so is what lists by title are ordered by."""
    return _PART.join(fold(part) for part in (title, author or "", origin))
