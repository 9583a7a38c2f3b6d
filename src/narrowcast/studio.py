"""The composition root: builds the parts from the settings, and offers every verb."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import BinaryIO

from narrowcast.errors import InputError
from narrowcast.money.budget import Budget
from narrowcast.pipeline.estimate import EpisodeEstimate, estimate
from narrowcast.pipeline.events import Event, Waiting
from narrowcast.pipeline.order import Order, Parts, WriterSetup
from narrowcast.pipeline.run import Emit, run
from narrowcast.pipeline.slots import Slots
from narrowcast.script.profile import SpeakerProfile
from narrowcast.settings import Settings
from narrowcast.sources.read import Reading, read_sources
from narrowcast.store.home import Store
from narrowcast.tts.base import TTS
from narrowcast.tts.casting import SpeakerVoice, cast
from narrowcast.tts.registry import open_tts
from narrowcast.writers.choose import AUTO, choose_models


class Studio:
    """One home folder with its settings: makes episodes, and knows what they would cost.

    Use it as `async with Studio.open(settings) as studio`.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._voices: dict[str, TTS] = {}

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator[Studio]:
        """A studio whose store is open; it gives back processes and connections at the end.

        Raises `SettingError` when the home folder cannot be used.
        """
        store = await Store.open(settings.home)
        studio = cls(settings, store)
        try:
            yield studio
        finally:
            for tts in studio._voices.values():
                await tts.aclose()
            await store.aclose()

    def make(self, order: Order) -> AsyncIterator[Event]:
        """Make an episode and tell what happens; see `pipeline.run.run`."""
        return run(order, lambda emit: self._parts(order, emit))

    async def estimate(self, order: Order) -> EpisodeEstimate:
        """What an order would take: tokens, characters, USD, seconds. Spends nothing."""
        return await estimate(order, self._parts(order, lambda _event: None))

    async def voices(self, provider: str, language: str) -> Sequence[Voice]:
        """The voices of a provider for a language, best first. Raises `VoiceError`."""
        return await self._open_tts(provider).voices(language)
