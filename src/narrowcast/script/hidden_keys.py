"""Keys of one's own in profiles and scripts: kept, used, and never shown again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from narrowcast.errors import ProfileError

HIDDEN = "(kept)"
"""What stands for a key; sent back in the same place, it stays the key that is there."""
_SECRET = re.compile(r"(?i)(.*[_-])?(api[_-]?key|key|token|secret|password|authorization)")
_NAMED = re.compile(rb"(?i)(key|token|secret|password|authorization)\"\s*:")


def hidden(value: Any, name: str = "") -> Any:
    """The same with every key in it hidden, however deep."""
    if isinstance(value, Mapping):
        return {inner: hidden(part, str(inner)) for inner, part in value.items()}
    if isinstance(value, list | tuple):
        return [hidden(part, name) for part in value]
    return HIDDEN if isinstance(value, str) and value and _SECRET.fullmatch(name) else value


def hidden_in_script(data: bytes) -> bytes:
    """A script's JSON with every key of its speakers hidden; the very same bytes where there is none."""
    if not _NAMED.search(data):
        return data
    document = json.loads(data)
    speakers = hidden(document["speakers"])
    if speakers == document["speakers"]:
        return data
    return json.dumps({**document, "speakers": speakers}, ensure_ascii=False).encode()


def restored(value: Any, earlier: Any, where: str = "") -> Any:
    """The same with the keys that were hidden put back from where they stood. Raises `ProfileError` for others."""
    if isinstance(value, Mapping):
        before = earlier if isinstance(earlier, Mapping) else {}
        if value.get("base_url") != before.get("base_url"):
            before = {}  # a key is for its server
        return {
            inner: restored(part, before.get(inner), f"{where}.{inner}".lstrip(".")) for inner, part in value.items()
        }
    if isinstance(value, list | tuple):
        before_list = earlier if isinstance(earlier, list | tuple) else ()
        return [
            restored(part, before_list[at] if at < len(before_list) else None, f"{where}.{at}")
            for at, part in enumerate(value)
        ]
    if value == HIDDEN and _SECRET.fullmatch(where.rpartition(".")[2]):
        if not isinstance(earlier, str):
            raise ProfileError(f"{where} is hidden, and there is none to keep.", hint="Give the key itself.")
        return earlier
    return value
