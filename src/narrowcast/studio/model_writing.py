"""The writer that asks language models, and the vectors of passages, for one run: opened, checked and paid for."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrowcast.money.estimate import Prices
from narrowcast.money.paid import Paid, Purse
from narrowcast.pipeline.events import ModelUsed
from narrowcast.pipeline.order import Order, WriterSetup
from narrowcast.pipeline.run import Emit
from narrowcast.pipeline.slots import Slots
from narrowcast.script.own_server import OwnServer
from narrowcast.studio.means import Access
from narrowcast.studio.own_servers import OwnServers
from narrowcast.writers.base import Usage
from narrowcast.writers.choose import ModelNames

if TYPE_CHECKING:
    from narrowcast.writers.models import ModelChoice


class ModelWriting:
    """What one run asks models with. `prompts` is the folder of the person's own, `ends` closes what is opened."""

    def __init__(self, access: Access, prompts: Path | None, purse: Purse, emit: Emit, ends: AsyncExitStack) -> None:
        self._access = access
        self._prompts = prompts
        self._purse = purse
        self._emit = emit
        self._ends = ends

    def setup(self, order: Order, names: ModelNames, servers: OwnServers, slots: Slots) -> WriterSetup:
        """The writer that asks these models. Raises `SettingError` for one that cannot be opened."""
        from narrowcast.writers.llm.preflight import check_model
        from narrowcast.writers.llm.prompts import Prompts
        from narrowcast.writers.llm.writer import LlmWriter
        from narrowcast.writers.models import open_model

        def opened(spec: str, config: Mapping[str, Any], server: OwnServer | None, where: str) -> ModelChoice:
            provider = spec.partition(":")[0]
            if server:
                own = self._access.own(server, provider, where)
                return open_model(
                    spec, keys=own.keys, base_urls=own.base_urls, config=config, public_only=own.public_only
                )
            self._access.check_open(provider)
            return open_model(spec, keys=self._access.keys(), base_urls=self._access.base_urls(), config=config)

        profile = order.profile
        outline = opened(str(names.outline), profile.outline_config, servers.outline, "outline_config")
        turns = opened(str(names.transcript), profile.transcript_config, servers.transcript, "transcript_config")
        label = turns.spec if outline.spec == turns.spec else f"{outline.spec} (outline), {turns.spec} (turns)"

        async def check() -> None:
            for choice in {choice.spec: choice for choice in (outline, turns)}.values():
                await check_model(choice)

        writer = LlmWriter(outline, turns, slots, self._told, Prompts(self._prompts), paying=self._purse.budget.paying)
        self._ends.push_async_callback(writer.aclose)
        return WriterSetup(
            writer,
            label,
            uses_model=True,
            check=check,
            prices=Prices(*(outline.prices() or (None, None)), *(turns.prices() or (None, None))),
        )

    def with_embeddings(self, setup: WriterSetup, name: str, slots: Slots) -> WriterSetup:
        """The same, with what `name` (PROVIDER:MODEL) finds passages by. Raises `SettingError`."""
        from narrowcast.writers.embeddings import open_embeddings

        embeddings = open_embeddings(
            name,
            keys=self._access.keys(),
            base_urls=self._access.base_urls(),
            caller=slots,
            on_usage=self._told,
            paying=self._purse.budget.paying,
        )
        self._ends.push_async_callback(embeddings.aclose)

        async def check() -> None:
            await setup.check()
            await embeddings.check()

        return replace(setup, embedder=embeddings, check=check)

    def _told(self, usage: Usage) -> None:
        """A call to a model: the run's events hear of it, and who keeps the books."""
        self._emit(ModelUsed(usage))
        provider, _, model = usage.model.partition(":")
        self._purse.note(Paid(provider, model, usage.prompt_tokens, usage.completion_tokens, cost_usd=usage.cost_usd))
