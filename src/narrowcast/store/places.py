"""Where a store's database and blobs are, when they are not in its home folder."""

from __future__ import annotations

from dataclasses import dataclass, field

from narrowcast.store.files.storage_place import StoragePlace


@dataclass(frozen=True)
class Places:
    """The database's URL, which may hold a password, and where blobs are kept; none: in the home folder."""

    database: str | None = field(default=None, repr=False)
    storage: StoragePlace | None = None
