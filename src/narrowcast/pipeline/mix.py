"""Mixing: clips in playing order, levelled and fed to the encoder as soon as each one's turn comes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from narrowcast.audio.clip import decode
from narrowcast.audio.encode import Encoder
from narrowcast.audio.mix import Mixer
from narrowcast.audio.music import Accompaniment, Score
from narrowcast.errors import EpisodeError
from narrowcast.pipeline.draft import Draft, Placed
from narrowcast.pipeline.events import Event, TurnMixed, TurnPlaced
from narrowcast.pipeline.speak import Clip
from narrowcast.script.dialogue import Turn
from narrowcast.script.pacing import gap_ms
from narrowcast.store.results.results import Results
from narrowcast.store.uninterrupted import uninterrupted

T = TypeVar("T")


@dataclass(frozen=True)
class MixedTurn:
    """A turn in the mix: its place in the script, its clip, and its exact time in ms."""

    placed: Placed
    clip: Clip
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Mixed:
    """The whole mix, encoded at `path` without tags or chapters yet. `first_audio_at` is by `time.time()`."""

    path: Path
    turns: tuple[MixedTurn, ...]
    duration_ms: int
    first_audio_at: float


async def mix(
    draft: Draft,
    clip_of: Callable[[Placed], Awaitable[Clip]],
    results: Results,
    *,
    path: Path,
    format: str,  # noqa: A002 - the word of the command line
    rate: int,
    asked_gap_ms: int | None,
    score: Score | None,
    emit: Callable[[Event], None],
) -> Mixed:
    """Mix all turns of `draft` into `path` at `rate` Hz, waiting for each in turn; one clip in memory at a time.

    On failure or cancellation the unfinished file is removed. Raises what `clip_of` raises, `OutputError` when the
    disk is full, and `ProfileError` when the music is gone since it was checked.
    """
    music = await asyncio.to_thread(Accompaniment, score, rate) if score else None
    mixer = Mixer(rate, music)
    encoder = Encoder(path, format, rate)
    turns: list[MixedTurn] = []
    first_audio_at = 0.0
    previous: Turn | None = None
    try:
        async for placed in draft.in_order():
            clip = await clip_of(placed)
            gap = gap_ms(previous, placed.turn, new_segment=placed.opens_segment, asked_gap_ms=asked_gap_ms)
            title = draft.entries[placed.segment - 1].name
            emit(TurnPlaced(placed.segment, title, placed.turn, clip.key, gap, clip.spoken))
            stored = await results.get(clip.key)
            if stored is None:
                raise EpisodeError("A stored clip is gone.", hint="Run the same command again: it is made anew.")
            start, end = await _in_thread(_feed, mixer, encoder, stored.data, placed.turn.speaker, gap)
            first_audio_at = first_audio_at or time.time()
            turns.append(MixedTurn(placed, clip, round(start * 1000 / rate), round(end * 1000 / rate)))
            emit(TurnMixed(placed.turn.id, placed.turn.speaker, turns[-1].end_ms))
            previous = placed.turn
        samples = await _in_thread(_close, mixer, encoder)
    except BaseException:
        await _in_thread(encoder.abandon)
        raise
    finally:
        if music:
            music.close()
    return Mixed(path, tuple(turns), round(samples * 1000 / rate), first_audio_at)


async def _in_thread(work: Callable[..., T], *arguments: Any) -> T:
    """Run `work` in a thread, and let it end before a cancellation passes: nothing else may touch the encoder."""
    return await uninterrupted(asyncio.to_thread(work, *arguments))


def _feed(mixer: Mixer, encoder: Encoder, data: bytes, speaker: str, gap: int) -> tuple[int, int]:
    samples, rate = decode(data)
    mixed, start, end = mixer.push(samples, rate, speaker, gap)
    encoder.write(mixed)
    return start, end


def _close(mixer: Mixer, encoder: Encoder) -> int:
    encoder.write(mixer.flush())
    encoder.close()
    return encoder.samples_written
