"""Whether two storages are two: what is copied between them must not be removed from under itself."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from narrowcast.errors import InputError
from narrowcast.store.files.besides import PROBES
from narrowcast.store.files.blobs import Blobs, Entry
from narrowcast.store.files.storage_place import Kind, StoragePlace

NAME_TWO = "Name two that are apart."


def refuse_absent(place: StoragePlace) -> None:
    """Raises `InputError` where a folder is not there: opening it would make it, and it would count as empty."""
    if place.folder and not place.folder.is_dir():
        raise InputError(f"There is no folder {place.folder}.", hint="Look at how it is written.")


def refuse_one_within_other(source: StoragePlace, target: StoragePlace) -> None:
    """By what is written, and by what folders are. Raises `InputError`, also where one lies within the other."""
    if source.folder and target.folder:
        within = _is_within(source.folder, target.folder), _is_within(target.folder, source.folder)
    elif source.kind is target.kind is not Kind.FOLDER and _bucket(source) == _bucket(target):
        one, other = _parts(source), _parts(target)
        within = one[: len(other)] == other, other[: len(one)] == one
    else:
        return
    if all(within):
        raise InputError("Both are the same storage.", hint=NAME_TWO)
    if any(within):
        raise InputError("One of the storages lies within the other.", hint=NAME_TWO)


@asynccontextmanager
async def probed(source: Blobs, target: Blobs) -> AsyncGenerator[str]:
    """While a blob of this key lies in `target`: `refuse_seen` tells whether it is seen from `source`.

    Raises `InputError` where it is seen under the same key: two ways may lead to one bucket. Raises `OutputError`.
    """
    refuse_one_within_other(source.place, target.place)
    key = f"{PROBES}/{uuid.uuid4()}"
    await target.put(key, b"")
    try:
        if await source.exists(key):
            raise InputError("Both are the same storage.", hint=NAME_TWO)
        yield key
    finally:
        await target.delete(key)


def refuse_seen(probe: str, entries: Iterable[Entry]) -> None:
    """Raises `InputError` where `entries` of the one storage show what lies in the other."""
    if any(entry.key.endswith(f"/{probe}") for entry in entries):
        raise InputError("One of the storages lies within the other.", hint=NAME_TWO)


def _is_within(folder: Path, other: Path) -> bool:
    folder = folder.resolve()
    if folder.is_relative_to(other.resolve()):
        return True
    # One folder may be mounted twice.
    return other.exists() and any(path.exists() and path.samefile(other) for path in (folder, *folder.parents))


def _bucket(place: StoragePlace) -> tuple[str, str, str]:
    return place.account, place.bucket, (place.endpoint or "").lower().rstrip("/")


def _parts(place: StoragePlace) -> list[str]:
    return place.prefix.split("/") if place.prefix else []
