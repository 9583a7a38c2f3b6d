"""Downloaded voices as files: what they hold decides the sound, and their languages which text they are for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path


def digest(*paths: Path) -> str:
    """A short hash of what the files hold. Slow the first time (some 0.2 s for 100 MB). Raises `OSError`."""
    whole = hashlib.sha256()
    for path in paths:
        stat = path.stat()
        whole.update(_digest(path, stat.st_size, stat.st_mtime_ns).encode())
    return whole.hexdigest()[:16]


@lru_cache(maxsize=256)
def _digest(path: Path, _size: int, _mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def nearness(spoken: str, wanted: str) -> int | None:
    """How near a voice's language is to the wanted one (BCP 47): 0 the same, 1 another region, none another language.

    A wanted language without a region is the same as any of its regions.
    """
    have, want = _parts(spoken), _parts(wanted)
    if not want or have[:1] != want[:1]:
        return None
    return 0 if have[: len(want)] == want else 1


def alternating(genders: Sequence[str]) -> list[int]:
    """An order of voices in which neighbours differ in gender as long as there are both; else as they came."""
    left = list(range(len(genders)))
    order: list[int] = []
    while left:
        last = genders[order[-1]] if order else ""
        other = next((index for index in left if last and genders[index] and genders[index] != last), left[0])
        left.remove(other)
        order.append(other)
    return order


def _parts(tag: str) -> list[str]:
    return [part for part in tag.strip().lower().replace("_", "-").split("-") if part]
