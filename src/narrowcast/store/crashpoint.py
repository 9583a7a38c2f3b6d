"""For tests only: dying at a named place, as a power cut would, so that a test can look at what is left."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from functools import cache

VARIABLE = "NARROWCAST_CRASHPOINT"


def crashpoint(name: str) -> None:
    """End the process at once, without clean-up, with status 137, if `NARROWCAST_CRASHPOINT` asks for it here.

    The variable holds `name`, or `name:n` for the nth passing; it is read once. Unset, this does nothing.
    """
    armed, nth, passings = _armed()
    if armed == name and next(passings) == nth:
        os._exit(137)


@cache
def _armed() -> tuple[str, int, Iterator[int]]:
    name, _, nth = os.environ.get(VARIABLE, "").partition(":")
    return name, int(nth or 1), itertools.count(1)
