"""A voice that is no voice: deterministic hums of the right length, for tests and for trying out. It ships."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from narrowcast.audio.clip import Samples
from narrowcast.errors import NarrowcastError, VoiceError
from narrowcast.script.timeline import WordTiming
from narrowcast.tts.base import Limits, Speech, SpeechRequest, Voice
from narrowcast.tts.config import TTSConfig, read_config

HERZ = {"low": 110.0, "high": 210.0, "middle": 150.0, "bright": 260.0}
"""The voices and their fundamental frequencies."""


class Damage(StrEnum):
    """What can be wrong with a clip that a call brings."""

    SILENT = "silent"
    CUT_OFF = "cut_off"
    TOO_SHORT = "too_short"
    NOISE = "noise"


class FakeConfig(TTSConfig):
    """`speed`: how many times as fast."""

    speed: float = 1.0


class Fake:
    """Hums each word of a text for `ms_per_character`, with a dip between words.

    `faults` says what becomes of the calls in the order in which they start: an error to raise, a damage, or none;
    later calls go well. `requests` keeps every call.
    """

    name = "fake"
    default_model: str | None = None
    identity = "fake"
    free_to_try = True
    usual_words_per_minute = 165.0

    def __init__(
        self,
        faults: Sequence[NarrowcastError | Damage | None] = (),
        *,
        latency_s: float = 0.0,
        ms_per_character: float = 60.0,
        usd_per_character: float | None = 0.0,
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits(max_characters=2000, concurrency=8, sample_rate=24_000)
        self.requests: list[SpeechRequest] = []
        self.closed = False
        self._faults = list(faults)
        self._latency_s = latency_s
        self._ms_per_character = ms_per_character
        self._usd_per_character = usd_per_character

    async def speaks(self) -> bool:
        """It is always there."""
        return True

    async def voices(self, language: str) -> Sequence[Voice]:
        """The same four for every language but `xx`, which nobody speaks."""
        if language == "xx":
            raise VoiceError("fake does not speak the language 'xx'.")
        return tuple(Voice(name, name, description=f"{herz:.0f} Hz") for name, herz in HERZ.items())

    async def check(self, requests: Sequence[SpeechRequest]) -> None:
        """Raises `VoiceError`, `ProfileError`."""
        for request in requests:
            read_config(FakeConfig, request.config, self.name)
            if request.voice_id not in HERZ:
                raise VoiceError(f"fake has no voice {request.voice_id!r}.", hint=f"It has {', '.join(HERZ)}.")

    async def speak(self, request: SpeechRequest) -> Speech:
        """Hum one text."""
        fault = self._faults.pop(0) if self._faults else None
        self.requests.append(request)
        await asyncio.sleep(self._latency_s)
        if isinstance(fault, NarrowcastError):
            raise fault
        await self.check([request])
        speed = read_config(FakeConfig, request.config, self.name).speed
        speech = hum(request.text, HERZ[request.voice_id], self.limits.sample_rate, self._ms_per_character / speed)
        return speech if fault is None else Speech(damaged(speech.samples, fault), speech.sample_rate, speech.words)

    def cost_usd(self, characters: int, model: str | None) -> float | None:  # noqa: ARG002 - the Protocol's
        """What the constructor said."""
        return None if self._usd_per_character is None else characters * self._usd_per_character

    async def aclose(self) -> None:
        """Nothing to give back; remembers that it was asked to."""
        self.closed = True


def hum(text: str, herz: float, rate: int, ms_per_character: float) -> Speech:
    """Every character takes `ms_per_character`; words sound, what is between them does not."""
    per_character = rate * ms_per_character / 1000
    samples = np.zeros(max(1, round(len(text) * per_character)), np.float32)
    words: list[WordTiming] = []
    for match in re.finditer(r"\w+", text):
        start, end = round(match.start() * per_character), round(match.end() * per_character)
        time = np.arange(start, end, dtype=np.float64) / rate
        wave = sum(np.sin(2 * np.pi * herz * harmonic * time) / harmonic for harmonic in (1, 2, 3))
        samples[start:end] = 0.2 * wave * np.hanning(end - start)
        words.append(WordTiming(offset=match.start(), start_ms=round(match.start() * ms_per_character)))
    return Speech(samples, rate, tuple(words))


def damaged(samples: Samples, damage: Damage) -> Samples:
    """`samples`, made wrong."""
    if damage is Damage.SILENT:
        return np.zeros_like(samples)
    if damage is Damage.TOO_SHORT:
        return samples[: max(1, len(samples) // 20)]
    if damage is Damage.NOISE:
        return np.random.default_rng(7).uniform(-1, 1, len(samples)).astype(np.float32)
    late = len(samples) * 2 // 3
    return samples[: late + int(np.argmax(np.abs(samples[late:]))) + 1]
