"""Running one job: what it asks for is made in a folder of its own, its files are kept, its publication is handed back.

Nothing here ends the job: whoever claimed it publishes what this returns, under the claim's epoch.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from narrowcast.covers.draw import cover_jpeg
from narrowcast.errors import InputError
from narrowcast.pipeline.events import Episode, Event
from narrowcast.pipeline.prepare import Prepared
from narrowcast.script.folding import fold
from narrowcast.store.crashpoint import crashpoint
from narrowcast.store.episodes.episodes import Episodes
from narrowcast.store.episodes.revisions import NewRevision, Publication
from narrowcast.store.episodes.scripts import Scripts
from narrowcast.store.faults import telling_of_disk
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.jobs.rows import Job
from narrowcast.studio.given import Given, order_of
from narrowcast.studio.request import EpisodeRequest
from narrowcast.studio.spending import Account
from narrowcast.studio.studio import Studio

EPISODE = "episode"
MEDIA_TYPES = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".opus": "audio/ogg"}
COVER = ".cover.jpg"
SCRIPT = ".script.json"
CUES = ".cues.json"


@dataclass(frozen=True)
class Made:
    """What came of a job: what is to be published with its end, and its figures."""

    publication: Publication
    result: dict[str, object]


async def run_job(studio: Studio, job: Job, on_event: Callable[[Event], None]) -> Made:
    """Make what a job asks for; what is paid for on the way is kept, whatever becomes of the job.

    Raises as `Studio.make`. Cancelled, it lets calls in flight end, keeps them, and leaves no files.
    """
    request = request_of(job)
    store = studio.store
    async with (
        store.workplaces.open(f"{job.id}.{job.epoch}") as folder,
        studio.budgets.purse(Account(job.owner_id, job.episode_id, job.id), request.budget_usd) as purse,
    ):
        order = await order_of(request, store.blobs, folder)
        entry = _Entry(str(job.episode_id), job.id, job.epoch, store.scripts)
        episode = await studio.make(
            order, on_event, purse, read=Given(request, store.blobs).read, remember=entry.remembered
        )
        crashpoint("job.made")
        revision = await _keep(episode, entry, folder, store.blobs) if episode.seconds else None
        crashpoint("job.stored")
        publication = Publication(
            entry.episode_id,
            revision,
            title=None if request.title else episode.title,
            language=episode.script.language,
            figures=episode.figures(),
            transcript=fold(" ".join(turn.text for turn in episode.script.turns())),
        )
        return Made(publication, {"episode_id": entry.episode_id, **episode.figures()})


def request_of(job: Job) -> EpisodeRequest:
    """What a job asks for. Raises `InputError` for what another version wrote."""
    try:
        return EpisodeRequest.model_validate(job.params)
    except ValidationError as error:
        raise InputError(
            "This job was handed in to another version of Narrowcast, which asked differently.",
            hint="Ask for the episode again.",
        ) from error


class _Entry:
    """The episode that a job is for: there since the job was handed in, and ended with it."""

    def __init__(self, episode_id: str, job_id: str, epoch: int, scripts: Scripts) -> None:
        self.episode_id = episode_id
        self.job_id = job_id
        self.epoch = epoch
        self.cover: bytes | None = None
        self._scripts = scripts

    @asynccontextmanager
    async def remembered(self, prepared: Prepared, _episodes: Episodes) -> AsyncIterator[_Entry]:
        """Itself, as `pipeline.run.Remember`."""
        self.cover = prepared.cover
        yield self

    async def keep_script(self, script: bytes) -> None:
        """See `pipeline.remember.Entry`."""
        await self._scripts.save_made(self.episode_id, script, job_id=self.job_id, epoch=self.epoch)
        crashpoint("job.script_kept")

    async def made(self, episode: Episode) -> None:
        """See `pipeline.remember.Entry`."""


async def _keep(episode: Episode, entry: _Entry, folder: Path, blobs: Blobs) -> NewRevision:
    """Put the audio and what lies beside it where blobs are kept, under names that no other claim writes."""
    place = f"episodes/{entry.episode_id}/{entry.job_id[:8]}-{entry.epoch}"
    cover = folder / COVER
    picture = entry.cover or await asyncio.to_thread(cover_jpeg, episode.title)
    with telling_of_disk(folder):
        await asyncio.to_thread(cover.write_bytes, picture or b"")
    audio = episode.path
    audio_key = f"{place}/audio{audio.suffix}"
    files = {}
    for ending, path in _beside(episode, cover):
        files[ending] = f"{place}/audio{ending}"
        await blobs.put_file(files[ending], path)
    if episode.cues:
        files[CUES] = f"{place}/audio{CUES}"
        await blobs.put(files[CUES], episode.cues.model_dump_json().encode())
    await blobs.put_file(audio_key, audio)
    return NewRevision(
        audio_key=audio_key,
        media_type=MEDIA_TYPES[audio.suffix],
        size_bytes=audio.stat().st_size,
        sha256=await asyncio.to_thread(_sha256, audio),
        duration_ms=round(episode.seconds * 1000),
        files=files,
        figures=episode.figures() | {"warnings": list(episode.warnings)},
        clips=episode.clips,
    )


def _beside(episode: Episode, cover: Path) -> Iterable[tuple[str, Path]]:
    """Each file beside the audio, with its ending."""
    stem = episode.path.with_suffix("").name
    for path in episode.files:
        if path != episode.path:
            yield path.name.removeprefix(stem), path
    for image in sorted(episode.path.with_name(f"{stem}.chapters").glob("*.jpg")):
        yield f".chapters/{image.name}", image
    yield COVER, cover


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
