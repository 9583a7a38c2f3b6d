"""The name that a file gets where it is saved: any title there is, safe in a header and on a disk. Pure."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

MAX_BYTES = 120
"""Of the title in a file's name; file systems take 255 for all of it."""


def download_name(title: str, ending: str) -> str:
    """`title` as a file's name with `ending` (`.mp3`): without what paths and tricks are made of."""
    kept = "".join(
        " " if character in '/\\:*?"<>|' or character.isspace() else character
        for character in unicodedata.normalize("NFC", title)
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    stem = " ".join(kept.split()).strip(". ")
    while len(stem.encode()) > MAX_BYTES:
        stem = stem[:-1]
    return f"{stem.rstrip('. ') or 'episode'}{ending}"


def disposition(name: str) -> str:
    """`Content-Disposition` for a file that is shown or played in place and saved as `name` (RFC 6266, RFC 8187)."""
    stem, dot, ending = name.rpartition(".")
    ascii_only = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^\w .,()&+-]", "_", ascii_only, flags=re.ASCII).strip(". ") or "episode"
    return f"inline; filename=\"{plain}{dot}{ending}\"; filename*=UTF-8''{quote(name, safe='')}"
