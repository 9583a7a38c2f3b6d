"""How often a second a database can be sure of something: SQLite, and PostgreSQL with and without a lock.

`python bench/commits.py [--seconds 4]` prints a line each. A commit is on the disk before its writer's next begins.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import psycopg

from servers import Postgres

ROW = "x" * 200
WRITERS = 8


def sqlite(folder: Path, seconds: float) -> float:
    """One writer, as our database is set up."""
    with closing(sqlite3.connect(folder / "narrowcast.db", isolation_level=None)) as database:
        database.execute("pragma journal_mode=wal")
        database.execute("pragma synchronous=full")
        database.execute("create table told (id integer primary key, data text)")
        done, began = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - began) < seconds:
            database.execute("begin immediate")
            database.execute("insert into told (data) values (?)", (ROW,))
            database.execute("commit")
            done += 1
    return done / elapsed


def postgresql(url: str, writers: int, seconds: float, *, locked: bool) -> float:
    """So many writers, all of whom wait for one lock, or none."""
    done = [0] * writers
    until = time.perf_counter() + seconds

    def write(number: int) -> None:
        with psycopg.connect(url) as connection:
            while time.perf_counter() < until:
                with connection.transaction():
                    if locked:
                        connection.execute("select pg_advisory_xact_lock(7)")
                    connection.execute("insert into told (data) values (%s)", (ROW,))
                done[number] += 1

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / seconds


def main() -> None:
    """The command line above."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=4.0)
    seconds = parser.parse_args().seconds
    print(f"commits a second, load at start {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        print(f"SQLite, one writer: {sqlite(Path(folder), seconds):,.0f}")
    server = Postgres(fsync=True)
    try:
        url = server.database()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("create table told (id bigserial primary key, data text)")
        for writers, locked in ((1, True), (WRITERS, True), (WRITERS, False)):
            rate = postgresql(url, writers, seconds, locked=locked)
            print(f"PostgreSQL, {writers} writers, {'one lock' if locked else 'no lock'}: {rate:,.0f}")
    finally:
        server.remove()


if __name__ == "__main__":
    main()
