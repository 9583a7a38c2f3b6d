"""What the disk and the database report, in words for a person."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from narrowcast.errors import OutputError
from narrowcast.store.faults import disk_fault
from narrowcast.store.postgresql import Postgresql
from narrowcast.store.sqlite import Sqlite


def test_a_full_disk_says_so_and_that_nothing_is_lost() -> None:
    fault = disk_fault(OSError(errno.ENOSPC, "No space left on device"), "/data")
    assert fault.message == "The disk that holds /data is full."
    assert "what was made so far is kept" in fault.hint


def test_a_folder_that_cannot_be_written_is_named_with_the_reason() -> None:
    fault = disk_fault(PermissionError(errno.EACCES, "Permission denied"), "/data")
    assert fault.message == "/data cannot be used: Permission denied."
    assert "NARROWCAST_HOME" in fault.hint


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_CORRUPT, "damaged"),
        (sqlite3.SQLITE_NOTADB, "damaged"),
        (sqlite3.SQLITE_FULL, "full"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "cannot be written"),
        (sqlite3.SQLITE_CANTOPEN, "cannot be written"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "held by another program"),
        (sqlite3.SQLITE_IOERR_FSYNC, "disk failed"),
    ],
)
def test_what_sqlite_reports_becomes_a_fault_with_a_way_out(code: int, words: str) -> None:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    fault = Sqlite(Path("/data/narrowcast.db")).fault(error)
    assert isinstance(fault, OutputError)
    assert words in fault.message
    assert "/data/narrowcast.db" in fault.message
    assert fault.hint


def test_the_programs_own_errors_are_not_explained_away() -> None:
    error = sqlite3.IntegrityError("UNIQUE constraint failed")
    error.sqlite_errorcode = sqlite3.SQLITE_CONSTRAINT
    assert Sqlite(Path("x.db")).fault(error) is None
    assert Sqlite(Path("x.db")).fault(ValueError()) is None


@pytest.mark.parametrize(
    "error",
    [psycopg.errors.ConnectionTimeout("connection timeout expired"), psycopg.errors.IdleInTransactionSessionTimeout()],
)
def test_a_server_that_does_not_answer_is_told_whatever_the_driver_calls_it(error: Exception) -> None:
    fault = Postgresql(make_url("postgresql://u:secret@host/db")).fault(error)
    assert isinstance(fault, OutputError)
    assert "cannot be reached" in fault.message
    assert "secret" not in f"{fault.message}{fault.hint}"


def test_what_was_asked_wrongly_is_no_fault_of_the_server() -> None:
    kind = Postgresql(make_url("postgresql://host/db"))
    assert kind.fault(psycopg.errors.UndefinedColumn()) is None
    assert kind.fault(psycopg.errors.UniqueViolation()) is None
