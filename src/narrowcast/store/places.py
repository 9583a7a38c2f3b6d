"""Where a store's database and blobs are, when they are not in its home folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from narrowcast.store.files.storage_place import StoragePlace

if TYPE_CHECKING:
    from sqlalchemy import URL

DATABASE = "narrowcast.db"


@dataclass(frozen=True)
class Places:
    """The database's URL, which may hold a password, and where blobs are kept; none: in the home folder."""

    database: str | None = field(default=None, repr=False)
    storage: StoragePlace | None = None


def database_url(home: Path, places: Places) -> str | URL:
    """Where the database of a store in `home` is."""
    return places.database or sqlite_url(home / DATABASE)


def sqlite_url(path: Path) -> URL:
    """How SQLAlchemy names a SQLite file."""
    # Settings name places: they must be quick to import.
    from sqlalchemy import URL

    return URL.create("sqlite+aiosqlite", database=str(path))
