"""A job whose hands are the test: real clips in a real store, told of by the queue's own events."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from narrowcast.audio.clip import Samples, decode, encode_flac
from narrowcast.audio.mix import Mixer
from narrowcast.live.session import Session
from narrowcast.live.sessions import Sessions
from narrowcast.pipeline.events import MixBegun, TurnPlaced
from narrowcast.queue.outcome import Outcome
from narrowcast.queue.queue import NewJob, Queue
from narrowcast.script.dialogue import Turn
from narrowcast.store.database import open_database
from narrowcast.store.episodes.new_episode import NewEpisode
from narrowcast.store.home import Store
from narrowcast.store.jobs.events import MIX_BEGUN, TURN_PLACED
from narrowcast.store.jobs.rows import Job
from narrowcast.studio.job_progress import told
from simulated_sound import RATE, samples

SPEAKERS = ("Maya", "Daniel")
WORDS = "A lock is a box with a gate at each end. A boat goes in."


@dataclass
class Hands:
    """What hands do of which live listening hears; `written` are the turns that they placed."""

    store: Store
    queue: Queue
    job: Job
    written: list[TurnPlaced] = field(default_factory=list)

    async def begin(self, **changes: Any) -> None:
        """Claim the job, as the first or as others after it, and begin to mix."""
        claimed = await self.queue.claim("elsewhere:1")
        assert claimed
        self.job = claimed
        await self.tell(MixBegun(**{"rate": RATE, "language": "en", "speakers": SPEAKERS, **changes}))

    async def tell(self, *events: Any) -> None:
        """Write down what happened, as a worker does."""
        rows = [row for event in events if (row := told(event))]
        assert await self.queue.progress(self.job.id, self.job.epoch, {}, rows)

    async def say(self, seconds: float, *, segment: int = 1, voice: int = 0, text: str = WORDS) -> TurnPlaced:
        """Voice one more turn, store its clip and place it."""
        number = len(self.written) + 1
        speaker = SPEAKERS[voice]
        clip = encode_flac(samples(seconds, speaker, 0.0), RATE)
        key = hashlib.sha256(clip).hexdigest()
        async with self.store.results.reserve(key, "clip") as reservation:
            if reservation.stored is None:
                meta = {"ms": round(seconds * 1000), "timings": [(0, 0), (41, round(seconds * 700))]}
                await reservation.finish(clip, meta, suffix=".flac")
        turn = Turn(id=f"s{segment}t{number}", speaker=speaker, text=text, cites=(number,))
        placed = TurnPlaced(segment, f"Part {segment}", turn, key, 300 if number == 1 else 380, text)
        self.written.append(placed)
        await self.tell(placed)
        return placed

    async def end(self, outcome: Outcome) -> None:
        """Let go of it."""
        assert await self.queue.finish(self.job.id, self.job.epoch, outcome)

    async def mixed(self) -> tuple[Samples, list[tuple[int, int]]]:
        """What the finished file is encoded from, and where each turn is in it."""
        mixer, parts, places = Mixer(RATE), [], []
        for placed in self.written:
            stored = await self.store.results.get(placed.clip)
            assert stored
            sound, start, end = mixer.push(*decode(stored.data), placed.turn.speaker, placed.gap_ms)
            parts.append(sound)
            places.append((start, end))
        return np.concatenate([*parts, mixer.flush()]), places


@pytest.fixture(scope="session")
def made_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables."""
    path = tmp_path_factory.mktemp("made") / "narrowcast.db"

    async def make() -> None:
        await (await open_database(f"sqlite+aiosqlite:///{path}")).aclose()

    asyncio.run(make())
    return path


@pytest.fixture
async def store(tmp_path: Path, made_database: Path) -> AsyncIterator[Store]:
    """An open store."""
    (tmp_path / "home").mkdir()
    shutil.copy(made_database, tmp_path / "home")
    opened = await Store.open(tmp_path / "home")
    yield opened
    await opened.aclose()


@pytest.fixture
async def hands(store: Store) -> Hands:
    """Hands that have nothing yet; the job waits for them."""
    queue = Queue(store.jobs)
    owner = await store.accounts.add(email="sam@example.org", name="Sam", role="member", tier="standard")
    new = NewEpisode("e1", owner.id, "On locks", "en")
    job = (await queue.enqueue(NewJob(owner.id, "episode", {"minutes": 2.0}, episode_id=new.id), new)).job
    return Hands(store, queue, job)


@pytest.fixture
async def sessions(store: Store) -> AsyncIterator[Sessions]:
    """Live listening, as a server has it."""
    opened = Sessions(store, asyncio.Event())
    yield opened
    await opened.aclose()


async def ready(session: Session, turns: int, wait_s: float = 30) -> None:
    """Wait until so many turns can be heard whole."""
    assert await session.until(lambda: session.made_turns >= turns or session.fault is not None, wait_s)
    assert session.fault is None, session.fault


__all__ = ["MIX_BEGUN", "SPEAKERS", "TURN_PLACED", "Hands", "ready"]
