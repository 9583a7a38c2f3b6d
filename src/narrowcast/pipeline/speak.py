"""Speaking: each turn becomes a stored clip, asked for once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from narrowcast.audio.clip import encode_flac
from narrowcast.errors import NarrowcastError
from narrowcast.money.paid import Paid
from narrowcast.pipeline.draft import Placed
from narrowcast.pipeline.events import ClipReady, ClipStarted, Event
from narrowcast.pipeline.keys import clip_key
from narrowcast.pipeline.order import Parts
from narrowcast.pipeline.slots import Slots
from narrowcast.script.dialogue import Turn
from narrowcast.script.timeline import WordTiming
from narrowcast.script.words import count_words
from narrowcast.store.crashpoint import crashpoint
from narrowcast.tts.base import Speech, SpeechRequest
from narrowcast.tts.casting import SpeakerVoice
from narrowcast.tts.say import say

DESKS = 2
"""Turns at work for each slot of the providers: one is being said, one is being fetched or stored."""
GRACE_S = 20.0
"""How long calls in flight may still take when a run ends early."""


@dataclass(frozen=True)
class Clip:
    """A turn's stored sound: where it is, and what is known of it. The sound itself stays in the store.

    `spoken` is the text as it was normalised for speech; the offsets in `words` point into it.
    """

    key: str
    duration_ms: int
    spoken: str
    words: tuple[WordTiming, ...]


class Speaking:
    """The clips of one episode. Each turn is asked for once, whoever asks first.

    What is asked of a provider is let finish even when the run fails or is interrupted, and is kept: it is paid for.
    """

    def __init__(
        self, voices: Mapping[str, SpeakerVoice], parts: Parts, language: str, emit: Callable[[Event], None]
    ) -> None:
        self._voices = voices
        self._parts = parts
        self._language = language
        self._emit = emit
        self._slots = {voice.tts.name: parts.slots_for(voice.tts) for voice in voices.values()}
        self._desks = Slots("the clips", DESKS * sum(voice.tts.limits.concurrency for voice in voices.values()))
        self._clips: dict[tuple[int, int], asyncio.Task[Clip]] = {}
        self._durations: dict[str, int] = {}
        self._fault: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def watch(self) -> None:
        """Wait for the first clip that fails, however late it would be heard, and raise its fault."""
        await self._fault

    def start(self, placed: Placed) -> asyncio.Task[Clip]:
        """Begin with a turn's clip, unless that was done before."""
        place = (placed.segment, placed.number)
        if place not in self._clips:
            self._clips[place] = asyncio.create_task(self._at_a_desk(placed))
        return self._clips[place]

    async def clip(self, placed: Placed) -> Clip:
        """The clip of one turn, when it is there.

        Raises `ProviderError`, `VoiceError`, `BudgetError` (before the call that would exceed it).
        """
        return await asyncio.shield(self.start(placed))

    def duration_ms(self, turn: Turn) -> int | None:
        """How long a turn came out, once its clip is there."""
        return self._durations.get(turn.id)

    async def finish(self) -> None:
        """Let calls in flight finish, up to `GRACE_S`; begin no new ones. Does nothing after a whole run."""
        for slots in (self._desks, *self._slots.values()):
            slots.close()
        self._parts.budget.close()
        open_clips = [task for task in self._clips.values() if not task.done()]
        if open_clips:
            _, late = await asyncio.wait(open_clips, timeout=GRACE_S)
            for task in late:
                task.cancel()
        await asyncio.gather(*self._clips.values(), return_exceptions=True)
        if self._fault.done() and not self._fault.cancelled():
            self._fault.exception()  # read once, so that nobody is told of it again

    async def _at_a_desk(self, placed: Placed) -> Clip:
        """Only some turns are at work at once, the earliest first: hundreds that wait would keep the store busy."""
        try:
            async with self._desks.slot((placed.segment, placed.number)):
                return await self._speak(placed)
        except NarrowcastError as fault:
            if not self._fault.done():
                self._fault.set_exception(fault)
            raise

    async def _speak(self, placed: Placed) -> Clip:
        turn = placed.turn
        voice = self._voices[turn.speaker]
        request = voice.request(turn.text, self._language)
        spent = _Spent()
        async with self._parts.store.results.reserve(clip_key(voice.maker, request), "clip") as reservation:
            stored = reservation.stored
            cached = stored is not None
            if stored is None:
                data, meta = await self._ask(placed, voice, request, spent)
                stored = await reservation.finish(data, meta, suffix=".flac")
        clip = Clip(
            key=stored.key,
            duration_ms=stored.meta["ms"],
            spoken=request.text,
            words=tuple(WordTiming(offset=offset, start_ms=start) for offset, start in stored.meta["timings"]),
        )
        self._durations[turn.id] = clip.duration_ms
        self._emit(
            ClipReady(turn.id, turn.speaker, clip.duration_ms, cached, spent.characters, spent.cost_usd, spent.rejected)
        )
        return clip

    async def _ask(
        self, placed: Placed, voice: SpeakerVoice, request: SpeechRequest, spent: _Spent
    ) -> tuple[bytes, dict[str, Any]]:
        slots = self._slots[voice.tts.name]

        async def call(ask: Callable[[], Awaitable[Speech]], text: str) -> Speech:
            async def paid() -> Speech:
                cost = voice.tts.cost_usd(len(text), voice.model)
                async with self._parts.budget.paying(cost, f"the voices of {voice.tts.name}"):
                    self._emit(ClipStarted(placed.turn.id, placed.turn.speaker))
                    crashpoint("speak.asking")
                    speech = await ask()
                    crashpoint("speak.answered")
                spent.add(len(text), cost)
                self._parts.note(Paid(voice.tts.name, voice.model or "", characters=len(text), cost_usd=cost))
                return speech

            return await slots.call((placed.segment, placed.number), paid)

        said = await say(voice.tts, request, call)
        spent.rejected = said.rejected
        data = await asyncio.to_thread(encode_flac, said.speech.samples, said.speech.sample_rate)
        return data, {
            "provider": voice.identity,
            "voice_id": voice.voice_id,
            "model": voice.model,
            "language": request.language,
            "words": count_words(placed.turn.text),
            "ms": round(len(said.speech.samples) * 1000 / said.speech.sample_rate),
            "timings": [(word.offset, word.start_ms) for word in said.speech.words],
        }


@dataclass
class _Spent:
    characters: int = 0
    cost_usd: float | None = 0.0
    rejected: int = 0

    def add(self, characters: int, cost_usd: float | None) -> None:
        self.characters += characters
        self.cost_usd = None if self.cost_usd is None or cost_usd is None else self.cost_usd + cost_usd
