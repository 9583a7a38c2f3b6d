"""From what a job asks for to an order: its sources and its script are fetched from where they are kept."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from narrowcast.errors import SourceError
from narrowcast.pipeline.order import Order
from narrowcast.script.dialogue import Script
from narrowcast.script.pasted import title_of_text
from narrowcast.script.profile import SpeakerProfile
from narrowcast.script.script_file import parse_script
from narrowcast.script.source import Source
from narrowcast.sources.kinds import NAMELESS
from narrowcast.sources.read import Reading, check_all, read_sources
from narrowcast.store.files.blobs import Blobs
from narrowcast.studio.request import EpisodeRequest

AUDIO_NAME = "episode"
GONE_HINT = "Add it again, and make a new episode from it."


async def keep_content(blobs: Blobs, text: str) -> str:
    """Keep a pasted text, read as Markdown when it is worked on; the key for `EpisodeRequest.content_key`."""
    data = text.encode("utf-8", "replace")
    key = f"contents/{hashlib.sha256(data).hexdigest()}.md"
    await blobs.put(key, data)
    return key


async def order_of(request: EpisodeRequest, blobs: Blobs, folder: Path | None = None) -> Order:
    """The order that a request stands for, its files to be made in `folder`.

    Its places are names for `Given.read`. Raises `SourceError`, `ScriptError`, `InputError`.
    """
    script = await _script(request.script_key, blobs) if request.script_key else None
    return Order(
        places=_places(request),
        profile=request.profile,
        speakers=request.speakers or _own_speakers(script),
        llm=request.llm,
        tts=request.tts,
        budget_usd=request.budget_usd,
        out=folder / f"{AUDIO_NAME}.{request.format}" if folder else None,
        title=request.title,
        num_segments=request.num_segments,
        minutes=request.minutes,
        language=request.language,
        instructions=request.instructions,
        format=request.format,
        parallel=request.parallel,
        stop_after_script=request.stop_after_script,
        script=script,
    )


class Given:
    """What a request is made from; `read` stands for reading places, for `Studio.make` and `Studio.estimate`."""

    def __init__(self, request: EpisodeRequest, blobs: Blobs) -> None:
        self._request = request
        self._blobs = blobs

    async def read(self, _places: Sequence[str], wanted: str | None) -> Reading:
        """The sources as they were read once, their passages numbered from 1 over all. Raises `SourceError`."""
        if self._request.content_key:
            return await self._content(self._request.content_key, wanted)
        sources: list[Source] = []
        passages = text = 0
        for given in {each.digest: each for each in self._request.sources}.values():
            data = await self._blobs.get(given.read_key)
            if data is None:
                raise SourceError(f"The source {given.title or given.id} is gone.", hint=GONE_HINT)
            source = await asyncio.to_thread(_renumbered, data, len(sources) + 1, passages + 1)
            sources.append(source)
            passages += len(source.passages)
            text += sum(len(passage.text) for passage in source.passages)
            check_all(passages, text)
        return Reading(tuple(sources))

    async def _content(self, key: str, wanted: str | None) -> Reading:
        data = await self._blobs.get(key)
        if data is None:
            raise SourceError("The text that was pasted is gone.", hint="Paste it again.")
        if not data.strip():
            raise SourceError("The text that was pasted is blank.", hint="Paste some text.")
        reading = await read_sources(["-"], stdin=io.BytesIO(data), wanted=wanted)
        unnamed = title_of_text(data.decode("utf-8", "replace")) or "Untitled"
        named = [
            source.model_copy(
                update={
                    "origin": "text",
                    "title": self._request.title or (unnamed if source.title == NAMELESS else source.title),
                }
            )
            for source in reading.sources
        ]
        return replace(reading, sources=tuple(named))


def _places(request: EpisodeRequest) -> tuple[str, ...]:
    """Names for what is read; none for a script alone, whose sources are recalled."""
    if request.content_key:
        return (request.content_key,)
    return tuple(given.id for given in request.sources)


async def _script(key: str, blobs: Blobs) -> Script:
    data = await blobs.get(key)
    if data is None:
        raise SourceError("The script that was to be voiced is gone.", hint="Save it again, then render it.")
    return await asyncio.to_thread(parse_script, data.decode("utf-8"), "The script")


def _own_speakers(script: Script | None) -> SpeakerProfile:
    """A script's speakers, each with the voice that they had."""
    assert script is not None, "a request without speakers has a script"  # noqa: S101 - checked by `EpisodeRequest`
    return SpeakerProfile(name="script", tts_provider="auto", speakers=script.speakers)


def _renumbered(data: bytes, number: int, first_passage: int) -> Source:
    return Source.model_validate_json(data).renumbered(number, first_passage)
