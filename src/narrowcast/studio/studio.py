"""`Studio`: one home folder with its settings, and every verb."""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path

from narrowcast.audio.clip import Samples
from narrowcast.errors import InputError
from narrowcast.money.budget import Budget
from narrowcast.money.paid import Purse
from narrowcast.pipeline.estimate import EpisodeEstimate, estimate
from narrowcast.pipeline.events import Episode, EpisodeReady, Event, PassedOver, Waiting
from narrowcast.pipeline.gate import Gate
from narrowcast.pipeline.order import Order, Parts, WriterSetup
from narrowcast.pipeline.remember import remembered
from narrowcast.pipeline.rewrite import Rewritten, change_of, rewrite, write_rewritten
from narrowcast.pipeline.run import Emit, Remember, run
from narrowcast.pipeline.slots import Slots
from narrowcast.pipeline.trying import Phrase, heard, phrases
from narrowcast.pipeline.wishes import order
from narrowcast.queue.queue import Queue
from narrowcast.script.dialogue import Script
from narrowcast.script.own_server import OwnServer
from narrowcast.script.profile import EpisodeProfile
from narrowcast.settings import Settings, read_settings
from narrowcast.sources.read import Reading, read_sources
from narrowcast.store.home import Store
from narrowcast.studio.budgets import Budgets
from narrowcast.studio.means import Access
from narrowcast.studio.model_writing import ModelWriting
from narrowcast.studio.own_servers import own_servers
from narrowcast.studio.queueing import queue_limits
from narrowcast.studio.tenancy import Gates
from narrowcast.tts.base import TTS, Voice
from narrowcast.tts.casting import SpeakerVoice, cast, passed_over
from narrowcast.tts.readiness import ProviderState, states
from narrowcast.tts.registry import in_reach, open_tts
from narrowcast.writers.choose import AUTO, choose_models
from narrowcast.writers.extractive.writer import ExtractiveWriter

NO_MODEL = "built in, no language model"
Read = Callable[[Sequence[str], str | None], Awaitable[Reading]]
"""Gives the sources of places, for an episode in that language."""


class Studio:
    """One home folder with its settings: makes episodes, and knows what they would cost.

    Use it as `async with Studio.open() as studio`.
    """

    def __init__(self, settings: Settings, store: Store, open_parts: AsyncExitStack) -> None:
        self._settings = settings
        self._store = store
        self._open_parts = open_parts
        self._voices: dict[tuple[str, str, str], TTS] = {}
        self.access = Access(settings)
        self.budgets = Budgets(store, settings.tiers, self.access)
        self.gates: Gates | None = None
        self.queue = Queue(store.jobs, queue_limits(settings))

    @property
    def home(self) -> Path:
        """The folder that holds everything."""
        return self._settings.home

    @property
    def store(self) -> Store:
        """What is kept in the home folder."""
        return self._store

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings | None = None) -> AsyncIterator[Studio]:
        """A studio whose store is open; it gives back processes and connections at the end.

        Without `settings` they are read from the environment and the home folder, as the command line does.

        Raises `OutputError` when the home folder cannot be used, `SettingError` when a newer version made it.
        """
        settings = settings or read_settings()
        async with AsyncExitStack() as open_parts:
            store = await Store.open(settings.home, settings.places)
            open_parts.push_async_callback(store.aclose)
            yield cls(settings, store, open_parts)

    async def make(
        self,
        order: Order,
        on_event: Callable[[Event], None] = lambda _event: None,
        purse: Purse | None = None,
        *,
        read: Read | None = None,
        remember: Remember = remembered,
    ) -> Episode:
        """Make an episode, with all its files beside it; `on_event` is told what happens on the way.

        `purse` pays; without one only the order's own budget limits it, and nobody keeps the books. `read` gives the
        sources of the order's places (default: files and URLs), `remember` keeps the episode.
        What was paid for is kept: cancelled, failed or run again, the same order asks providers only for what is new.
        Raises `InputError` before anything is spent, `BudgetError` before the call that would exceed the budget,
        `ProviderError` and `EpisodeError` later.
        """
        async with (
            AsyncExitStack() as ends,
            aclosing(run(order, lambda emit: self._parts(order, emit, ends, purse, read), remember)) as events,
        ):
            async for event in events:
                on_event(event)
                if isinstance(event, EpisodeReady):
                    return event.episode
        raise AssertionError("a run ends with EpisodeReady or raises")

    async def estimate(self, order: Order, *, read: Read | None = None) -> EpisodeEstimate:
        """What an order would take: tokens, characters, USD, seconds. Spends nothing. `read` as for `make`."""
        async with AsyncExitStack() as ends:
            return await estimate(order, self._parts(order, _nobody, ends, read=read))

    async def rewrite(
        self,
        script: Script | str | Path,
        instruction: str,
        *,
        segment: int | None = None,
        turn: str | None = None,
        llm: str = AUTO,
        profile: str | EpisodeProfile | None = None,
        budget_usd: float | None = None,
        on_event: Callable[[Event], None] = lambda _event: None,
        purse: Purse | None = None,
    ) -> Rewritten:
        """Have a segment (from 1), or the one turn with that id, written anew by an instruction.

        A script file is changed in place, the earlier one kept as `NAME.script.previous.json`, and what else was
        changed in it meanwhile stays; a `Script` is left as it is. Raises as `make` does.
        """
        wanted = order(script=script, llm=llm, profile=profile, budget_usd=budget_usd)
        if wanted.script is None:
            raise InputError("There is no script to rewrite.", hint="Name a .script.json file.")
        change = change_of(wanted.script, segment, turn, instruction)
        async with AsyncExitStack() as ends:
            rewritten = await rewrite(wanted, change, lambda emit: self._parts(wanted, emit, ends, purse), on_event)
        if wanted.script_path:
            return await asyncio.to_thread(write_rewritten, wanted.script_path, wanted.script, change, rewritten)
        return rewritten

    async def voices(self, provider: str, language: str) -> Sequence[Voice]:
        """The voices of a provider for a language, best first. Raises `VoiceError`."""
        return await self._tts(provider).voices(language)

    def price(self, provider: str, characters: int, model: str | None = None) -> float | None:
        """What so many characters cost at a provider of voices, in USD; none where the price is not known."""
        return self._tts(provider).cost_usd(characters, model)

    async def providers(self, language: str) -> list[ProviderState]:
        """Every provider of voices: whether it works here and now for a language, and what else it needs. Free."""
        reachable = await in_reach(self.access.means())
        return await states(reachable, self._tts, language)

    async def writer(self, order: Order) -> str:
        """Who would write this order, in the person's words, once it is sure that they can. Free. Raises as `make`."""
        async with AsyncExitStack() as ends:
            setup = await self._parts(order, _nobody, ends).open_writer(order)
            await setup.check()
            return setup.label

    async def phrases(
        self, order: Order, text: str, language: str, *, speaker: str | None = None, check: bool = True
    ) -> list[Phrase]:
        """`text` in the voice of each of the order's speakers, or of one of them, and what that costs. Free.

        Without `check` their providers are not asked whether they can. Raises as `make` does.
        """
        async with AsyncExitStack() as ends:
            parts = self._parts(order, _nobody, ends)
            voices = await self._cast(order, language, _nobody)
            if speaker is not None:
                voices = {speaker: voices[speaker]}
            return await phrases(voices, text, language, parts, check=check)

    async def hear(
        self, order: Order, wanted: Sequence[Phrase], purse: Purse | None = None
    ) -> list[tuple[Samples, int]]:
        """Phrases as mono sound (±1.0) and its rate in Hz; paid for once, as an episode's turns are."""
        async with AsyncExitStack() as ends:
            return await heard(wanted, self._parts(order, _nobody, ends, purse))

    def share_providers(self) -> Gates:
        """From now on all that this studio makes shares each provider's slots, with other processes that do so too."""
        if self.gates is None:
            self.gates = Gates(self._store.provider_slots, self._store.process, self._store.now)
            self._open_parts.push_async_callback(self.gates.aclose)
        return self.gates

    def _gate(self, work: str, provider: str, concurrency: int) -> Gate | int:
        """The gate to a provider for one sort of work, with the key that is used; a number where nothing is shared."""
        if self.gates is None:
            return concurrency
        secret = self.access.keys().get(provider, "") + self.access.base_urls().get(provider, "")
        fingerprint = hashlib.sha256(secret.encode()).hexdigest()[:12]
        return self.gates.gate(f"{work}:{provider}:{fingerprint}", concurrency)

    def _parts(
        self, order: Order, emit: Emit, ends: AsyncExitStack, purse: Purse | None = None, read: Read | None = None
    ) -> Parts:
        """The parts of one run; `ends` closes at its end what is opened for it."""
        purse = purse or Purse(Budget(order.budget_usd))

        def waiting(provider: str, seconds: float, reason: str) -> None:
            emit(Waiting(provider, seconds, reason))

        async def open_writer(order: Order) -> WriterSetup:
            ours = choose_models(order.llm, order.profile, self._available(), await self._offered(order))
            names, servers = own_servers(order).chosen(ours)
            if names.outline is None or names.transcript is None:
                return WriterSetup(ExtractiveWriter(), NO_MODEL, uses_model=False, check=_nothing_to_check)
            writing = ModelWriting(self.access, self._prompts_folder(), purse, emit, ends)
            text = self._gate("text", names.transcript.partition(":")[0], self._settings.llm_concurrency)
            setup = writing.setup(order, names, servers, Slots("the language model", text, waiting))
            if not self._settings.embeddings:
                return setup
            vectors = self._gate("vectors", self._settings.embeddings.partition(":")[0], self._settings.llm_concurrency)
            return writing.with_embeddings(
                setup, self._settings.embeddings, Slots("the embedding model", vectors, waiting)
            )

        def slots_for(tts: TTS) -> Slots:
            concurrency = self._settings.tts_concurrency or tts.limits.concurrency
            return Slots(tts.name, self._gate("speech", tts.name, concurrency), waiting)

        return Parts(
            home=self._settings.home,
            store=self._store,
            budget=purse.budget,
            read=read or self._read,
            cast=lambda order, language: self._cast(order, language, emit),
            open_writer=open_writer,
            slots_for=slots_for,
            note=purse.note,
        )

    async def _read(self, places: Sequence[str], wanted: str | None) -> Reading:
        if not places:
            return Reading(())
        return await read_sources(
            places,
            stdin=sys.stdin.buffer if sys.stdin else None,
            allow_private=self._settings.allow_private_addresses,
            wanted=wanted,
        )

    async def _cast(self, order: Order, language: str, emit: Emit) -> Mapping[str, SpeakerVoice]:
        reachable = await in_reach(self.access.means()) if order.tts == AUTO else set()
        if order.tts == AUTO:
            # A server of one's own that only writes is no surprise; a vendor whose voices ended is.
            expected = self.access.keys().keys() - self.access.base_urls().keys()
            for provider in passed_over(order.speakers, expected, reachable):
                emit(PassedOver(provider))
        return await cast(order.speakers, order.tts, language, reachable, self._tts, order.lexicon, self._own_tts)

    def _tts(self, provider: str) -> TTS:
        self.access.check_open(provider)
        means = self.access.means()
        # Runs that began with an earlier key go on with it: what they hold stays open.
        asked = (provider, means.keys.get(provider, ""), means.base_urls.get(provider, ""))
        if asked not in self._voices:
            tts = self._voices[asked] = open_tts(provider, means)
            self._open_parts.push_async_callback(tts.aclose)
        return self._voices[asked]

    def _own_tts(self, provider: str, server: OwnServer) -> TTS:
        """The voices of a profile's own server, or by its own key."""
        means = self.access.own(server, provider, "tts_config")
        asked = (provider, means.keys[provider], server.base_url or "its own")
        if asked not in self._voices:
            tts = self._voices[asked] = open_tts(provider, means)
            self._open_parts.push_async_callback(tts.aclose)
        return self._voices[asked]

    def _available(self) -> set[str]:
        return set(self.access.keys())

    async def _offered(self, order: Order) -> Sequence[str]:
        """The models that a server in reach offers: asked only where `auto` comes to need it."""
        own = {order.profile.outline_provider, order.profile.transcript_provider}
        if order.llm != AUTO or ("anthropic" in self._available() and "ollama" not in own):
            return ()
        from narrowcast.writers.discover import discover

        return await discover(self.access.base_urls(), self.access.keys())

    def _prompts_folder(self) -> Path | None:
        """The person's own prompts: where the setting says, else `prompts` in the home folder if it is there."""
        if self._settings.prompts:
            return self._settings.prompts
        own = self._settings.home / "prompts"
        return own if own.is_dir() else None


def _nobody(_event: Event) -> None:
    """Nobody is told."""


async def _nothing_to_check() -> None:
    pass
