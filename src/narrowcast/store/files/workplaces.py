"""Folders in which something is made, and of which nothing stays: not after it ends, not after a crash."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from narrowcast.store.faults import telling_of_disk


class Workplaces:
    """Folders below `folder`; `owner` marks those of this process."""

    def __init__(self, folder: Path, owner: str) -> None:
        self._folder = folder
        self._owner = owner

    @asynccontextmanager
    async def open(self, name: str) -> AsyncIterator[Path]:
        """An empty folder of that name for the block; it is removed with all that is in it. Raises `OutputError`."""
        place = self._folder / f"{self._owner}.{name}"
        with telling_of_disk(self._folder):
            await asyncio.to_thread(place.mkdir, parents=True, exist_ok=True)
        try:
            yield place
        finally:
            # In a thread that a cancellation does not stop: hundreds of megabytes may lie there.
            await asyncio.shield(asyncio.to_thread(shutil.rmtree, place, ignore_errors=True))

    def sweep(self, alive: Callable[[str], bool]) -> None:
        """Remove the folders of processes that are not `alive`."""
        for place in self._folder.glob("*"):
            if not alive(place.name.partition(".")[0]):
                shutil.rmtree(place, ignore_errors=True)
