"""A home's database and blobs without its store: for those who copy or replace them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from narrowcast.store.files.blobs import Blobs
from narrowcast.store.files.storage_place import folder_place
from narrowcast.store.places import Places
from narrowcast.store.presence import SUFFIX, Presence

FOLDER = "blobs"


def open_blobs(home: Path, places: Places, owner: str) -> Blobs:
    """The blobs of `home`. May block for a few seconds. Raises `OutputError`, `SettingError`."""
    return Blobs.open(places.storage or folder_place(home / FOLDER), owner)


def all_in_home(home: Path, places: Places) -> bool:
    """Whether database and blobs are where they are without any setting."""
    own = folder_place(home / FOLDER).folder
    return places.database is None and (places.storage is None or places.storage.folder == own)


@contextmanager
def scratch(home: Path, kind: str) -> Iterator[tuple[Path, Presence]]:
    """A folder in `home` for work of a `kind`, and a mark in it of this process; both go at the end.

    Folders of processes that died at such work go at once. Raises `OSError`.
    """
    run = home / "run"
    run.mkdir(parents=True, exist_ok=True)
    me = Presence.enter(run)
    folder = home / f".{kind}.{me.token}"
    try:
        for left in home.glob(f".{kind}.*"):
            if not me.lives_here(left.name.removeprefix(f".{kind}.")):
                shutil.rmtree(left, ignore_errors=True)
        folder.mkdir(mode=0o700)
        yield folder, me
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        me.leave()


def in_use(home: Path, me: Presence) -> bool:
    """Whether another process than this one works in `home`."""
    tokens = {path.name.removesuffix(SUFFIX) for path in (home / "run").glob(f"*{SUFFIX}")}
    return any(me.lives_here(token) for token in tokens - {me.token})
