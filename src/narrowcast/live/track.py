"""Mixing what was placed, turn by turn, into one sink: the same mix as the finished file's, by the same code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Generic, Protocol, TypeVar

from narrowcast.audio.clip import Samples, decode
from narrowcast.audio.mix import Mixer
from narrowcast.audio.music import Accompaniment, open_score
from narrowcast.errors import EpisodeError
from narrowcast.live.making import Mix, Place
from narrowcast.script.cues import sentence_cues
from narrowcast.script.sentences import split_sentences
from narrowcast.script.timeline import WordTiming
from narrowcast.store.results.results import Results, Stored
from narrowcast.store.uninterrupted import uninterrupted

PIECE_S = 8
"""So much is encoded at once, before what came of it is told."""


class Sink(Protocol):
    """Takes the mix. Every method but `give_up` may raise `OutputError`."""

    def announce(self, turn: dict[str, Any], chapter: dict[str, Any] | None) -> None: ...
    def write(self, samples: Samples) -> None: ...
    def cut(self) -> None: ...
    def close(self) -> None: ...
    def give_up(self) -> None: ...


S = TypeVar("S", bound=Sink)


class Track(Generic[S]):
    """One pass over the turns of an edition. `turns` are in the sink so far; one clip is in memory at a time."""

    def __init__(self, mix: Mix, sink: S, results: Results, told: Callable[[], None]) -> None:
        self.sink = sink
        self.turns = 0
        self.complete = False
        self._mix = mix
        self._results = results
        self._told = told
        self._mixer: Mixer | None = None
        self._music: Accompaniment | None = None
        self._segment = 0

    async def prepare(self) -> None:
        """Have everything at hand before the first turn comes. Raises `ProfileError` (the music is gone)."""
        self._mixer = await _in_thread(self._begin)

    async def add(self, place: Place) -> None:
        """The next turn; `told` is called whenever there is more to hear.

        Raises `EpisodeError` (its clip is gone), `OutputError`, `ProfileError` (the music is gone).
        """
        stored = await self._results.get(place.clip)
        if stored is None:
            raise EpisodeError("A stored clip is gone.", hint="Wait for the finished episode.")
        if self._mixer is None:
            raise AssertionError("a track is prepared before it grows")
        samples, start, end = await _in_thread(_mixed, self._mixer, stored.data, place)
        opens = place.segment != self._segment
        self._segment = place.segment
        start_s = _seconds(start, self._mix.rate)
        chapter = {"start": start_s if self.turns else 0.0, "title": place.title} if opens else None
        self.sink.announce(cue(place, stored, start, end, self._mix), chapter)
        await self._write(samples)
        await _in_thread(self.sink.cut)
        self.turns += 1
        self._told()

    async def finish(self, *, whole: bool) -> None:
        """No further turn comes; what closes a `whole` mix is added. Raises as `add`."""
        if whole and self._mixer:
            await self._write(await _in_thread(self._mixer.flush))
        await _in_thread(self.sink.close)
        self.complete = True
        self.give_up()
        self._told()

    def give_up(self) -> None:
        """Close the files; may be called twice."""
        if self._music:
            self._music.close()
        self.sink.give_up()

    async def _write(self, samples: Samples) -> None:
        piece = PIECE_S * self._mix.rate
        # The first words are not to wait for those after them.
        bounds = [0, *range(min(self._mix.rate, len(samples)), len(samples), piece), len(samples)]
        for start, end in pairwise(bounds):
            await _in_thread(self.sink.write, samples[start:end])
            self._told()

    def _begin(self) -> Mixer:
        # Its rules are read at its first use: not while somebody waits for the first words.
        split_sentences("", self._mix.language)
        score = open_score(self._mix.music) if self._mix.music else None
        self._music = Accompaniment(score, self._mix.rate) if score else None
        return Mixer(self._mix.rate, self._music)


def cue(place: Place, stored: Stored, start: int, end: int, mix: Mix) -> dict[str, Any]:
    """A turn's cue, as the API shows it: heard from `start` to `end`, in samples of the mix."""
    start_ms, end_ms = round(start * 1000 / mix.rate), round(end * 1000 / mix.rate)
    words = tuple(WordTiming(offset=offset, start_ms=at) for offset, at in stored.meta.get("timings", ()))
    parts = split_sentences(place.text, mix.language)
    sentences = sentence_cues(place.text, start_ms, end_ms, parts, words, place.spoken)
    return {
        "turn_id": place.turn_id,
        "speaker": place.speaker,
        "segment": place.segment,
        "start": start_ms / 1000,
        "end": end_ms / 1000,
        "sentences": [
            {"text": each.text, "start": each.start_ms / 1000, "end": each.end_ms / 1000} for each in sentences
        ],
        "cites": list(place.cites),
        # What a turn's passages lack is known when its segment is complete: the finished episode tells.
        "flagged": [],
    }


def _mixed(mixer: Mixer, data: bytes, place: Place) -> tuple[Samples, int, int]:
    samples, rate = decode(data)
    return mixer.push(samples, rate, place.speaker, place.gap_ms)


def _seconds(samples: int, rate: int) -> float:
    return round(samples * 1000 / rate) / 1000


T = TypeVar("T")


async def _in_thread(work: Callable[..., T], *arguments: Any) -> T:
    """Run `work` in a thread, and let it end before a cancellation passes: nothing else may touch the encoder."""
    return await uninterrupted(asyncio.to_thread(work, *arguments))
