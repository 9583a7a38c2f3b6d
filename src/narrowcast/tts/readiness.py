"""Which providers of voices work here and now, what the others need, and which one `auto` takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass

from narrowcast.errors import NarrowcastError
from narrowcast.script.profile import Speaker, SpeakerProfile
from narrowcast.tts.base import TTS
from narrowcast.tts.casting import AUTO, cast
from narrowcast.tts.registry import PROVIDERS

NOT_SHOWN = frozenset({"fake"})
"""Nobody's voice: it hums."""


@dataclass(frozen=True)
class ProviderState:
    """Whether a provider works for a language, with how many voices; else what it needs, and the way out.

    `auto` marks the one that `--tts auto` takes for a speaker whose profile names none.
    """

    name: str
    ready: bool
    voices: int = 0
    needs: str = ""
    hint: str = ""
    auto: bool = False


async def states(reachable: Collection[str], open_tts: Callable[[str], TTS], language: str) -> list[ProviderState]:
    """Every provider, in the registry's order, all asked at the same time. `reachable` is as `in_reach` says. Free."""
    nobody = SpeakerProfile(name="nobody", tts_provider=AUTO, speakers=(Speaker(name="nobody"),))
    try:
        chosen = (await cast(nobody, AUTO, language, reachable, open_tts))["nobody"].tts.name
    except NarrowcastError:
        chosen = ""
    names = [name for name in PROVIDERS if name not in NOT_SHOWN]
    return list(await asyncio.gather(*(_state(name, open_tts, language, auto=name == chosen) for name in names)))


async def _state(name: str, open_tts: Callable[[str], TTS], language: str, *, auto: bool) -> ProviderState:
    try:
        tts = open_tts(name)
        await tts.check([])
        voices = len(await tts.voices(language))
    except NarrowcastError as fault:
        return ProviderState(name, ready=False, needs=fault.message, hint=fault.hint, auto=auto)
    return ProviderState(name, ready=True, voices=voices, auto=auto)
