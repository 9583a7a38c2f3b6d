"""Saying one turn: split, ask, check, ask again, join."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from narrowcast.errors import ProviderError
from narrowcast.script.timeline import WordTiming
from narrowcast.tts.base import TTS, Speech, SpeechRequest
from narrowcast.tts.check_clip import reject_reason, speakable
from narrowcast.tts.edges import join, trim
from narrowcast.tts.split import split_for_limit

Call = Callable[[Callable[[], Awaitable[Speech]], str], Awaitable[Speech]]
"""How a call is made: it is given the call and its text, and brings slots, retries and the budget."""

TRIES = 3
"""How often a clip is asked for when what comes back cannot be its text."""
NOTHING_MS = 300
"""How long a turn lasts that has nothing to say, such as a lone emoji."""
QUIET = 0.002
"""Share of a clip's peak (-54 dB) below which its ends are silence."""


@dataclass(frozen=True)
class Said:
    """A whole turn's speech; how many calls it took, and how many of their clips were rejected."""

    speech: Speech
    calls: int
    rejected: int


async def say(tts: TTS, request: SpeechRequest, call: Call) -> Said:
    """Say `request.text`, however long, through `call`; parts of a long text one after another.

    A text without a letter or a digit is a short silence and asks nobody. Raises what `call` raises, and a permanent
    `ProviderError` when a part came back wrong three times.
    """
    parts = split_for_limit(request.text, tts.limits.max_characters, request.language)
    parts = [part for part in parts if speakable(part)]
    if not parts:
        rate = tts.limits.sample_rate
        return Said(Speech(np.zeros(rate * NOTHING_MS // 1000, np.float32), rate), 0, 0)
    speeches: list[Speech] = []
    calls = 0
    for part in parts:
        speech, asked = await _say_part(tts, replace(request, text=part), call)
        speeches.append(_trimmed(speech))
        calls += asked
    return Said(_joined(request.text, parts, speeches, tts.name), calls, calls - len(parts))


async def _say_part(tts: TTS, request: SpeechRequest, call: Call) -> tuple[Speech, int]:
    reason: str | None = ""
    for attempt in range(1, TRIES + 1):
        speech = await call(lambda: tts.speak(request), request.text)
        reason = reject_reason(speech.samples, speech.sample_rate, request.text, pace=_pace(request.config))
        if reason is None:
            return speech, attempt
    start = request.text if len(request.text) <= 60 else f"{request.text[:60]}…"
    raise ProviderError(
        f"{tts.name} was asked {TRIES} times, but its clip cannot be right: {reason}. The text starts: {start!r}.",
        provider=tts.name,
        retryable=False,
        hint="Reword this turn in the script file and run with --script, or choose another voice.",
    )


def _pace(config: Mapping[str, Any]) -> float:
    """How many times as fast as usual was asked for; `speed` means that wherever it is known."""
    speed = config.get("speed", 1.0)
    return float(speed) if isinstance(speed, int | float) and speed > 0 else 1.0


def _trimmed(speech: Speech) -> Speech:
    silent = float(np.abs(speech.samples).max()) * QUIET
    samples, lead = trim(speech.samples, speech.sample_rate, silent)
    words = [
        word.model_copy(update={"start_ms": max(0, word.start_ms - round(lead * 1000 / speech.sample_rate))})
        for word in speech.words
    ]
    return Speech(samples, speech.sample_rate, tuple(words))


def _joined(text: str, parts: list[str], speeches: list[Speech], provider: str) -> Speech:
    rate = speeches[0].sample_rate
    if any(speech.sample_rate != rate for speech in speeches):
        raise ProviderError(
            f"{provider} answered the parts of one text at different sample rates.", provider=provider, retryable=False
        )
    pauses = [_pause_ms(part) for part in parts[:-1]]
    samples, starts = join([speech.samples for speech in speeches], rate, pauses)
    words: list[WordTiming] = []
    position = 0
    for part, speech, start in zip(parts, speeches, starts, strict=True):
        position = text.index(part, position)
        words += [
            WordTiming(offset=position + word.offset, start_ms=word.start_ms + round(start * 1000 / rate))
            for word in speech.words
        ]
        position += len(part)
    return Speech(samples, rate, tuple(words))


def _pause_ms(part: str) -> int:
    """The pause after a part that another follows: as after a sentence, after a clause, or within one."""
    last = part.rstrip("\"'”’»)")[-1:]
    if last in ".!?…。！？":
        return 280
    return 140 if last in ",;:–—，、；：" else 40
