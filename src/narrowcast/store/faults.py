"""What the disk and the database say when they fail, in words for a person."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy.exc import DBAPIError

from narrowcast.errors import NarrowcastError, OutputError

FULL_HINT = "Free some space, then run the same command again: what was made so far is kept."
DISK_HINT = "Check the disk; a network folder is no place for the database: set NARROWCAST_HOME to a local one."
PLACE_HINT = "Check who owns it, or set NARROWCAST_HOME to a folder that can be written."


class KnowsFaults(Protocol):
    """A kind of database, for what it reports."""

    def fault(self, error: BaseException | None) -> NarrowcastError | None:
        """The fault for what the database reported; none where the error is the program's own."""


@contextmanager
def telling_of_disk(place: str | Path) -> Iterator[None]:
    """Turn an `OSError` into the `OutputError` that names `place`."""
    try:
        yield
    except OSError as error:
        raise disk_fault(error, place) from error


def disk_fault(error: OSError, place: str | Path) -> OutputError:
    """The fault for a failed file operation."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return OutputError(f"The disk that holds {place} is full.", hint=FULL_HINT)
    return OutputError(f"{place} cannot be used: {error.strerror or error}.", hint=PLACE_HINT)


@contextmanager
def telling_of_database(kind: KnowsFaults) -> Iterator[None]:
    """Turn what the database reports into a fault with a way out; the program's own errors pass."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        fault = kind.fault(error.orig if isinstance(error, DBAPIError) else error)
        if fault is None:
            raise
        raise fault from error
