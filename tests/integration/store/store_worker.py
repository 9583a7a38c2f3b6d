"""A process that makes one result and tells, line by line on stdout, what it was promised.

    store_worker.py HOME KEY LEDGER [--parts N] [--hold SECONDS] [--lease SECONDS] [--storage URL]

Every real piece of work is a line in LEDGER: `begin` for a new result, `part` for a piece of it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

from narrowcast.errors import NarrowcastError
from narrowcast.store.files.storage_place import StoragePlace, storage_place
from narrowcast.store.home import Store
from narrowcast.store.places import Places


def note(ledger: Path, word: str) -> None:
    """One line, in one write: several processes share the file."""
    descriptor = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, f"{word} {os.getpid()}\n".encode())
    os.close(descriptor)


def say(words: str) -> None:
    """Tell the test."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


async def work(
    home: Path, key: str, ledger: Path, parts: int, hold_s: float, lease_s: float, storage: StoragePlace | None
) -> None:
    """Make `key` out of `parts` pieces, going on where an earlier process stopped."""
    store = await Store.open(home, Places(storage=storage), lease_s=lease_s)
    say("open")
    async with store.results.reserve(key, "segment") as reservation:
        if reservation.stored:
            say(f"found {reservation.stored.data.decode()}")
        else:
            made = json.loads(reservation.partial or b"[]")
            say(f"holding {len(made)}")
            note(ledger, "begin")
            for number in range(len(made), parts):
                note(ledger, "part")
                made.append(number)
                await reservation.save_partial(json.dumps(made).encode())
                say(f"saved {len(made)}")
            await asyncio.sleep(hold_s)
            stored = await reservation.finish(json.dumps(made).encode(), {"parts": parts}, suffix=".json")
            say(f"finished {stored.data.decode()}")
    await store.aclose()


def main() -> int:
    """The command line above."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("key")
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--parts", type=int, default=3)
    parser.add_argument("--hold", type=float, default=0)
    parser.add_argument("--lease", type=float, default=60)
    parser.add_argument("--storage", type=storage_place)
    given = parser.parse_args()
    try:
        asyncio.run(work(given.home, given.key, given.ledger, given.parts, given.hold, given.lease, given.storage))
    except NarrowcastError as error:
        say(f"fault {error.message}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
