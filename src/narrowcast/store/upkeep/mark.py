"""Which storage is a database's: both hold one id. A wrong or an empty one would count as a storage that lost all."""

from __future__ import annotations

import uuid
from contextlib import aclosing

from narrowcast.errors import SettingError
from narrowcast.store.database import Database
from narrowcast.store.files.besides import MARK
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.installation import Installation
from narrowcast.store.upkeep.named_blobs import named_blobs

FACT = "storage"
NEW = "new:"
"""Before the id of a storage that may not be marked yet: whoever died between the two is finished by the next."""


async def agree_on_storage(database: Database, blobs: Blobs) -> None:
    """That this storage is the one that the database's files are in; a new one is marked, also by many at once.

    A database without files takes a storage that is new or empty, an older one that has no id yet one without a mark.
    Raises `SettingError` where they are not each other's, `OutputError`.
    """
    facts = Installation(database)
    known = await facts.known(FACT) or await facts.agree(FACT, f"{NEW}{uuid.uuid4()}")
    mine = known.removeprefix(NEW)
    mark = await blobs.get(MARK)
    if mark != mine.encode():
        if not (mark is None and known.startswith(NEW)):
            await _refuse_others(database, blobs, marked=mark is not None)
        await blobs.put(MARK, mine.encode())
    if known.startswith(NEW):
        await facts.put(FACT, mine)


async def accept_storage(database: Database, blobs: Blobs) -> None:
    """Have the two be each other's from the next start on, whatever was before. Raises `OutputError`."""
    await blobs.delete(MARK)
    await Installation(database).put(FACT, f"{NEW}{uuid.uuid4()}")


async def _refuse_others(database: Database, blobs: Blobs, *, marked: bool) -> None:
    chosen = f"{blobs.place} ({blobs.place.why})" if blobs.place.why else str(blobs.place)
    if await _names_any(database):
        raise SettingError(
            f"This is not the storage that this database's files are in: {chosen}.",
            hint="Set NARROWCAST_STORAGE_URL, and keys, as they were. If the files were moved: narrowcast storage move"
            " OLD NEW carries the mark by which a storage is known. If they are lost: narrowcast db accept-storage.",
        )
    if marked and await _holds_any(blobs):
        raise SettingError(
            f"The storage {chosen} holds the files of another database.",
            hint="Look at NARROWCAST_DATABASE_URL and NARROWCAST_HOME, or choose an empty prefix or folder. If that"
            f" database is gone for good, remove {MARK} from the storage.",
        )


async def _names_any(database: Database) -> bool:
    any_named = False
    async with database.snapshot() as connection:
        # To their end, since rows that are left in the midst of them are left open; it is rarely asked.
        async for _key in named_blobs(connection):
            any_named = True
    return any_named


async def _holds_any(blobs: Blobs) -> bool:
    async with aclosing(blobs.entries()) as entries:
        async for _entry in entries:
            return True
    return False
