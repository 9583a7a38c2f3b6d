"""Language tags, and the scripts that set no spaces between words."""

from __future__ import annotations

import re

_TAG = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_.@].*)?\s*$")

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Thai, Lao, Myanmar, Khmer, Kana and Han, for a regular expression's class; Korean sets spaces."""


def primary(tag: str | None) -> str | None:
    """The primary part of a language tag (`de-AT`, `de_DE.UTF-8` → `de`); none where it is no tag."""
    found = _TAG.match(tag or "")
    return found.group(1).lower() if found else None
