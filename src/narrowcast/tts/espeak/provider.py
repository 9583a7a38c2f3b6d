"""espeak-ng: the voice that is always there. Any of 100 languages, offline, some 600 times as fast as it is heard."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from narrowcast.errors import ProviderError, VoiceError
from narrowcast.script.timeline import WordTiming
from narrowcast.tts.base import Limits, Speech, SpeechRequest, Voice
from narrowcast.tts.config import TTSConfig, read_config
from narrowcast.tts.edges import trim
from narrowcast.tts.espeak.voices import DUMB, Base, Variant, offered, resolve
from narrowcast.tts.local.espeak_child import Child, ChildDiedError, plain

SILENT = 60 / 32768
"""Below this, a sample of espeak's is silence; its own quiet fades end well above."""
_INSIDE = re.compile(r"[^\W_]$|[^\W_][.,:']$")
"""What stands before a place inside a word or a figure."""


class EspeakConfig(TTSConfig):
    """`rate` in words a minute; `pitch` and `range` 0-99, else the variant's own; `word_gap` in units of 10 ms."""

    rate: Annotated[int, Field(ge=80, le=450)] = 150
    pitch: Annotated[int, Field(ge=0, le=99)] | None = None
    range: Annotated[int, Field(ge=0, le=99)] | None = None
    word_gap: Annotated[int, Field(ge=0, le=50)] = 0


class Espeak:
    """A pool of espeak-ng child processes, started when they are needed."""

    name = "espeak"
    default_model: str | None = None
    identity = "espeak"
    free_to_try = True
    usual_words_per_minute = 165.0
    limits = Limits(max_characters=2000, concurrency=2, sample_rate=22_050)

    def __init__(self) -> None:
        self._idle: list[Child] = []
        self._free = asyncio.Semaphore(self.limits.concurrency)
        self._bases: tuple[Base, ...] = ()
        self._crashed: set[str] = set()

    async def speaks(self) -> bool:
        """It is always there."""
        return True

    async def voices(self, language: str) -> Sequence[Voice]:
        """Six voices for each language, alternately female and male; English ones mix accents."""
        return tuple(offered(await self._known_bases(), language))

    async def check(self, requests: Sequence[SpeechRequest]) -> None:
        """Raises `VoiceError`, `ProfileError` (config), and `ProviderError` where espeak-ng does not start."""
        for request in requests:
            await self._order(request)

    async def speak(self, request: SpeechRequest) -> Speech:
        """Say one text. A text that crashes espeak-ng twice is refused for good."""
        order = await self._order(request)
        try:
            async with self._child() as child:
                header, sound = await child.ask(order)
        except ChildDiedError as error:
            again = order["text"] in self._crashed
            self._crashed.add(order["text"])
            raise ProviderError(
                f"espeak-ng crashed on the text {_start(order['text'])}.",
                provider=self.name,
                retryable=not again,
                hint="Reword this turn in the script file." if again else "",
            ) from error
        if "error" in header:
            kind = f"espeak-ng cannot speak with {request.voice_id!r}: {header['error']}."
            if header["unknown_voice"]:
                raise VoiceError(kind)
            raise ProviderError(kind, provider=self.name, retryable=False)
        samples = np.frombuffer(sound, "<i2").astype(np.float32) / np.float32(32768)
        trimmed, lead = trim(samples, header["rate"], SILENT)
        return Speech(trimmed, header["rate"], word_timings(order["text"], header["words"], lead, header["rate"]))

    def cost_usd(self, characters: int, model: str | None) -> float | None:  # noqa: ARG002 - the Protocol's
        """Nothing."""
        return 0.0

    async def aclose(self) -> None:
        """Ends the child processes."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(child.stop() for child in idle))

    async def _order(self, request: SpeechRequest) -> dict[str, Any]:
        config = read_config(EspeakConfig, request.config, self.name)
        voice, variant = resolve(await self._known_bases(), installed_variants(), request.voice_id)
        return _order(request.text, voice, variant, config)

    async def _known_bases(self) -> tuple[Base, ...]:
        if not self._bases:
            try:
                async with self._child() as child:
                    header, _ = await child.ask({"op": "voices"})
            except ChildDiedError as error:
                raise ProviderError(
                    "espeak-ng does not start.",
                    provider=self.name,
                    retryable=False,
                    hint="Reinstall the package espeakng-loader, or choose another provider with --tts.",
                ) from error
            self._bases = tuple(
                Base(name, title, tuple((tag, priority) for tag, priority in languages))
                for name, title, languages in header["voices"]
                if name not in DUMB
            )
        return self._bases

    @asynccontextmanager
    async def _child(self) -> AsyncIterator[Child]:
        async with self._free:
            child = self._idle.pop() if self._idle else await Child.start()
            answered = False
            try:
                yield child
                answered = True
            finally:
                if answered:
                    self._idle.append(child)
                else:
                    await child.kill()


def installed_variants() -> list[str]:
    """The names of the variants that came with the library."""
    from espeakng_loader import get_data_path

    return sorted(path.name for path in Path(get_data_path(), "voices", "!v").iterdir())


def word_timings(text: str, events: Sequence[tuple[int, int]], lead: int, rate: int) -> tuple[WordTiming, ...]:
    """The events (offset, sample) that stand at the start of a word of `text`, in order.

    espeak also reports the words that it reads a number as, at offsets inside and behind the number.
    """
    first = len(text) - len(text.lstrip())
    if not events or first == len(text):
        return ()
    # The sound starts with the first word; espeak sometimes forgets to report it after a change of language.
    timings = [WordTiming(offset=first, start_ms=0)]
    for offset, sample in events:
        starts = (
            0 < offset < len(text) and text[offset].isalnum() and not _INSIDE.search(text[max(0, offset - 2) : offset])
        )
        start_ms = max(0, round((sample - lead) * 1000 / rate))
        if starts and offset > timings[-1].offset and start_ms >= timings[-1].start_ms:
            timings.append(WordTiming(offset=offset, start_ms=start_ms))
    return tuple(timings)


def _order(text: str, voice: str, variant: Variant, config: EspeakConfig) -> dict[str, Any]:
    return {
        "op": "speak",
        "voice": voice,
        "text": plain(text),
        "rate": config.rate,
        "pitch": variant.pitch if config.pitch is None else config.pitch,
        "range": variant.range if config.range is None else config.range,
        "word_gap": config.word_gap,
    }


def _start(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
