"""What the database and the disk say when they fail, in words for a person."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from narrowcast.errors import NarrowcastError, OutputError

SCANT_BYTES = 65_536
"""What SQLite needs for its shared memory beside the file (32 KiB) and a little more."""
FULL_HINT = "Free some space, then run the same command again: what was made so far is kept."
DAMAGE_HINT = (
    "Restore it from a backup, or move it away to start a new one; what was paid for is only known through it."
)
BUSY_HINT = "Close what has it open (a database browser, a backup), then run the same command again."
DISK_HINT = "Check the disk; a network folder is no place for the database: set NARROWCAST_HOME to a local one."
PLACE_HINT = "Check who owns it, or set NARROWCAST_HOME to a folder that can be written."


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
def telling_of_database(path: Path) -> Iterator[None]:
    """Turn what SQLite reports into the fault that names `path`; the program's own errors pass."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        fault = database_fault(error.orig if isinstance(error, DBAPIError) else error, path)
        if fault is None:
            raise
        raise fault from error


def database_fault(error: BaseException | None, path: Path) -> NarrowcastError | None:
    """The fault for what SQLite reported; none where the error is the program's own.

    Codes: https://sqlite.org/rescode.html
    """
    # Extended codes hold the primary one in their low byte; errors of the driver itself have none.
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            message, hint = f"The database {path} is damaged.", DAMAGE_HINT
        case sqlite3.SQLITE_FULL:
            message, hint = f"The disk that holds {path} is full.", FULL_HINT
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            message, hint = f"The database {path} cannot be written.", PLACE_HINT
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            message, hint = f"The database {path} is held by another program.", BUSY_HINT
        case sqlite3.SQLITE_IOERR if _is_full(path):
            # SQLite says no more than this when there is no room for its shared memory.
            message, hint = f"The disk that holds {path} is full.", FULL_HINT
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_NOLFS | sqlite3.SQLITE_PROTOCOL:
            message, hint = f"The disk failed while {path} was in use ({error}).", DISK_HINT
        case _:
            return None
    return OutputError(message, hint=hint)


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < SCANT_BYTES
    except OSError:
        return False
