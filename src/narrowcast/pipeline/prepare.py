"""Everything before the first paid call: read, cast, plan, check."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from narrowcast.audio.music import Score, open_score
from narrowcast.covers.picture import picture_jpeg
from narrowcast.errors import OutputError, one_fault
from narrowcast.pipeline.draft import Draft
from narrowcast.pipeline.events import Event, PartsChosen, SourcesRead
from narrowcast.pipeline.files import EpisodeFiles, check_output, default_output, file_name
from narrowcast.pipeline.length import WORDS_PER_MEDIUM_SEGMENT, planned_words, spoken_minutes
from narrowcast.pipeline.order import Order, Parts, WriterSetup
from narrowcast.pipeline.plan import episode_language, episode_title, plan_episode, prose, source_words
from narrowcast.pipeline.recall import recall
from narrowcast.script.dialogue import Script
from narrowcast.script.source import Source
from narrowcast.script.words import count_words
from narrowcast.store.home import Store
from narrowcast.tts.casting import SpeakerVoice, cast_speakers
from narrowcast.writers.base import Plan

ROOM_PER_MINUTE = 3_500_000
"""Bytes an episode's minute takes at most while it is made: clips in FLAC at 24 kHz, the mix, its final copy."""
ROOM_AT_LEAST = 20_000_000
TRIAL_CHARACTERS = 500


@dataclass(frozen=True)
class Prepared:
    """What a run starts from. `words_per_minute` is the voices' rate, measured where it could be.

    `setup` is none when a script was given: nothing has to be written then.
    """

    order: Order
    plan: Plan
    files: EpisodeFiles
    voices: Mapping[str, SpeakerVoice]
    setup: WriterSetup | None
    words_per_minute: float
    score: Score | None = None
    cover: bytes | None = None

    @property
    def rates(self) -> tuple[int, ...]:
        """The rates of all that is mixed, in Hz."""
        voices = (voice.tts.limits.sample_rate for voice in self.voices.values())
        return (*voices, *(self.score.rates if self.score else ()))

    def script(self, draft: Draft) -> Script:
        """What is written, as a script; one that was given keeps the sources that it names."""
        given = self.order.script.sources if self.order.script else ()
        return Script(
            title=self.plan.title,
            language=self.plan.language,
            speakers=self.plan.speakers,
            lexicon=self.order.lexicon,
            sources=tuple(source.reference for source in self.plan.sources) or given,
            segments=draft.segments(),
        )

    @property
    def label(self) -> str:
        """Who writes, in the person's words."""
        return self.setup.label if self.setup else "the script as given"

    @property
    def expected_words(self) -> int:
        """The words that will be spoken, as far as can be said now."""
        if self.order.script:
            return sum(count_words(turn.text) for turn in self.order.script.turns())
        return self.plan.words or self.plan.num_segments * WORDS_PER_MEDIUM_SEGMENT


async def prepare(order: Order, parts: Parts, emit: Callable[[Event], None]) -> Prepared:
    """Read the sources, cast the voices, choose the writer, plan, and refuse what can be known to be wrong.

    Raises `InputError`, `ProviderError` (a provider that is not reachable); nothing was spent.
    """
    if order.out:
        places = [Path(place) for place in order.places]
        check_output(order.out, places, script=order.script_path, ingredients=order.ingredients)
    score = await asyncio.to_thread(open_score, order.profile.music) if order.profile.music else None
    own_cover = order.cover or order.profile.cover
    cover = await asyncio.to_thread(picture_jpeg, Path(own_cover)) if own_cover else None
    sources = await _sources(order, parts, emit)
    language = episode_language(order, sources)
    files = _files(order, sources)
    voices = await parts.cast(order, language)
    setup = None if order.script else await parts.open_writer(order)
    emit(PartsChosen(*_chosen(setup, voices)))
    plan = plan_episode(order, sources, language, cast_speakers(order.speakers, voices))
    await _check(setup, {} if order.stop_after_script else voices, language)
    rate = await words_per_minute(plan, voices, parts.store)
    if minutes := spoken_minutes(plan.minutes, score.alone_s if score else 0.0):
        plan = replace(plan, words=planned_words(minutes, rate))
    if setup and (segments := await asyncio.to_thread(setup.writer.segments, plan)) != plan.num_segments:
        plan = replace(plan, num_segments=segments)
    prepared = Prepared(order, plan, files, voices, setup, rate, score, cover)
    check_room(prepared.expected_words / rate, (parts.home, files.audio.parent))
    return prepared


async def _sources(order: Order, parts: Parts, emit: Callable[[Event], None]) -> tuple[Source, ...]:
    """What the episode is made from; for a script alone, what was read when it was written."""
    if order.script and not order.places:
        return await recall(order.script.sources, parts.store.results)
    reading = await parts.read(order.places, order.language)
    emit(
        SourcesRead(
            titles=tuple(source.title for source in reading.sources),
            passages=sum(len(source.passages) for source in reading.sources),
            words=source_words(reading.sources),
            skipped=tuple(reading.skipped),
        )
    )
    return reading.sources


def _files(order: Order, sources: tuple[Source, ...]) -> EpisodeFiles:
    local = [Path(source.origin) for source in sources if "://" not in source.origin and source.origin != "-"]
    out = order.out or default_output(file_name(episode_title(order, sources)), order.format, local)
    return check_output(out, local, script=order.script_path, ingredients=order.ingredients)


def _chosen(setup: WriterSetup | None, voices: Mapping[str, SpeakerVoice]) -> tuple[str, str]:
    cast = ", ".join(f"{name} ({voice.tts.name} {voice.voice_id})" for name, voice in voices.items())
    return (setup.label if setup else "the script as given"), cast


async def _check(setup: WriterSetup | None, voices: Mapping[str, SpeakerVoice], language: str) -> None:
    """Ask the writer and the voices at the same time: with hosted ones each takes its moment."""
    with one_fault():
        async with asyncio.TaskGroup() as group:
            if setup:
                group.create_task(setup.check())
            group.create_task(check_voices(voices, language))


async def check_voices(voices: Mapping[str, SpeakerVoice], language: str) -> None:
    """Let each provider refuse what it can know to be wrong. Raises as `TTS.check` does."""
    for name in {voice.tts.name for voice in voices.values()}:
        mine = [voice for voice in voices.values() if voice.tts.name == name]
        await mine[0].tts.check([voice.request("", language) for voice in mine])


async def words_per_minute(plan: Plan, voices: Mapping[str, SpeakerVoice], store: Store) -> float:
    """The voices' mean rate: measured on earlier clips, else by trying a free voice, else the provider's usual one."""
    trial = prose([passage for source in plan.sources for passage in source.passages], TRIAL_CHARACTERS, plan.language)
    rates = []
    for voice in voices.values():
        rate = await store.voice_rate(voice.identity, voice.voice_id, plan.language)
        if rate is None and plan.minutes and voice.tts.free_to_try and count_words(trial) > 20:
            speech = await voice.tts.speak(voice.request(trial, plan.language))
            rate = count_words(trial) / (len(speech.samples) / speech.sample_rate) * 60
        rates.append(rate or voice.tts.usual_words_per_minute)
    return sum(rates) / len(rates)


def check_room(minutes: float, folders: tuple[Path, ...]) -> None:
    """Refuse when the disk will not hold what is made. Raises `OutputError`."""
    needed = ROOM_AT_LEAST + int(minutes * ROOM_PER_MINUTE)
    for folder in folders:
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise OutputError(
                f"About {needed / 1e6:,.0f} MB are needed in {folder}, and {free / 1e6:,.0f} MB are free.",
                hint="Make room, or choose another place with -o FILE or NARROWCAST_HOME.",
            )
