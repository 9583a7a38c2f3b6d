"""The library's entry for an episode, true at every moment: generating, then how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from narrowcast.errors import NarrowcastError
from narrowcast.pipeline.events import Episode
from narrowcast.pipeline.prepare import Prepared
from narrowcast.store.episodes.episodes import Episodes, EpisodeStatus
from narrowcast.store.uninterrupted import uninterrupted


class Entry(Protocol):
    """The entry of the episode that is being made, wherever it is kept."""

    @property
    def episode_id(self) -> str:
        """Its id."""
        ...

    async def keep_script(self, script: bytes) -> None:
        """The script stands, whatever becomes of its audio."""
        ...

    async def made(self, episode: Episode) -> None:
        """Everything is on disk. An episode without sound is a script that waits for its voices."""
        ...


@dataclass
class OwnEntry:
    """An entry that is begun and ended with the run."""

    episode_id: str
    episodes: Episodes

    async def keep_script(self, script: bytes) -> None:
        """See `Entry`."""
        await self.episodes.save_script(self.episode_id, script)

    async def made(self, episode: Episode) -> None:
        """See `Entry`."""
        if episode.seconds:
            await self.episodes.finish(
                self.episode_id,
                output=await asyncio.to_thread(episode.path.absolute),
                duration_ms=round(episode.seconds * 1000),
                figures=episode.figures(),
            )
        else:
            await self.episodes.end(self.episode_id, EpisodeStatus.SCRIPT_READY, episode.figures())


@asynccontextmanager
async def remembered(prepared: Prepared, episodes: Episodes) -> AsyncIterator[OwnEntry]:
    """An entry for the block's episode; a fault or an interruption in the block is noted in it."""
    entry = OwnEntry(await episodes.begin(title=prepared.plan.title, language=prepared.plan.language), episodes)
    try:
        yield entry
    except NarrowcastError:
        await uninterrupted(episodes.end(entry.episode_id, EpisodeStatus.FAILED))
        raise
    except asyncio.CancelledError:
        await uninterrupted(episodes.end(entry.episode_id, EpisodeStatus.CANCELLED))
        raise
