"""Handing in jobs without a server: a user, a source that was read, a request, and what came of it."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from narrowcast.errors import ConflictError
from narrowcast.profiles.catalogue import find_episode_profile, find_speaker_profile
from narrowcast.queue.queue import NewJob
from narrowcast.script.source import Source
from narrowcast.sources.read import read_sources
from narrowcast.store.episodes.new_episode import NewEpisode
from narrowcast.store.jobs.rows import Job
from narrowcast.studio.jobs import EPISODE
from narrowcast.studio.request import EpisodeRequest, GivenSource
from narrowcast.studio.studio import Studio
from narrowcast.workers.local import Pace

QUICK = Pace(poll_s=0.05, report_s=0.02, after_fault_s=0.1, beat_s=0.1, give_up_s=2.0, sweep_s=0.1, lock_s=0.05)
DOCUMENT = Path(__file__).parents[2] / "acceptance" / "canal.md"
PROFILE = find_episode_profile("solo_expert")
SPEAKERS = find_speaker_profile(PROFILE.speaker_config)


async def owner(studio: Studio, name: str = "olga") -> str:
    """A user's id; made where there is none."""
    email = f"{name}@example.org"
    try:
        user = await studio.store.accounts.add(email=email, name=name, role="member", tier="standard")
    except ConflictError:
        found = await studio.store.accounts.by_email(email)
        assert found
        return found.id
    return user.id


async def given(studio: Studio, document: Path = DOCUMENT) -> GivenSource:
    """The document as one of a user's sources."""
    source: Source = (await read_sources([str(document)])).sources[0]
    key = f"sources/{source.digest}.json"
    await studio.store.blobs.put(key, source.model_dump_json().encode())
    return GivenSource(id=source.digest[:36], digest=source.digest, read_key=key, title=source.title)


def request(source: GivenSource | None = None, **changes: Any) -> EpisodeRequest:
    """A request for a short episode from the simulator."""
    asked: dict[str, Any] = {
        "profile": PROFILE,
        "speakers": SPEAKERS,
        "sources": (source,) if source else (),
        "llm": "openai:sim",
        "tts": "openai:sim",
        "num_segments": 2,
        "minutes": 1,
    }
    return EpisodeRequest.model_validate(asked | changes)


async def submit(studio: Studio, owner_id: str, asked: EpisodeRequest, episode_id: str | None = None) -> Job:
    """Hand it in, with a new episode unless one is named."""
    episode = NewEpisode(id=episode_id or str(uuid.uuid4()), owner_id=owner_id, title="T", language="en")
    new = NewJob(
        owner_id=owner_id,
        kind=EPISODE,
        params=asked.model_dump(mode="json"),
        episode_id=episode.id,
        estimate_s=20,
    )
    return (await studio.queue.enqueue(new, *([] if episode_id else [episode]))).job


async def until(studio: Studio, job: Job, true: Callable[[Job], bool], timeout_s: float = 120.0) -> Job:
    """The job as soon as it is so."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        found = await studio.queue.get(job.owner_id, job.id)
        assert found, "the job is gone"
        if true(found):
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"it never came to that: {found}")


async def ended(studio: Studio, job: Job) -> Job:
    """The job once it ended."""
    return await until(studio, job, lambda found: found.status.ended)
