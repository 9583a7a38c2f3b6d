"""Embeddings by `provider:model`: texts become unit vectors, one call a batch, at the same keys and addresses as
models.

Importing this module imports pydantic-ai (0.5 s): import it where embeddings are really wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx2
import numpy as np
from numpy.typing import NDArray
from pydantic_ai.embeddings import EmbeddingModel, EmbeddingResult, infer_embedding_model
from pydantic_ai.exceptions import AgentRunError, UserError

from narrowcast.errors import NarrowcastError, ProviderError, SettingError
from narrowcast.script.one_line import one_line
from narrowcast.writers.base import Usage
from narrowcast.writers.llm.ask import MOST_TOKENS_REPORTED, Caller, Paying, most_tokens_of, without_limit
from narrowcast.writers.llm.faults import fault
from narrowcast.writers.llm.material import CHARACTERS_PER_TOKEN
from narrowcast.writers.llm.preflight import check_model
from narrowcast.writers.models import ModelChoice, open_model

SETTING = "NARROWCAST_EMBEDDINGS"
WITHOUT = f"{SETTING} names it; without that setting passages are found by their words alone."


class Embeddings:
    """An opened embedding model; calls wait at `caller`, are paid for through `paying`, and told to `on_usage`."""

    def __init__(
        self,
        choice: ModelChoice,
        model: EmbeddingModel,
        caller: Caller,
        on_usage: Callable[[Usage], None],
        paying: Paying = without_limit,
    ) -> None:
        self._choice = choice
        self._model = model
        self._caller = caller
        self._on_usage = on_usage
        self._paying = paying
        self.label = choice.spec

    def identity(self) -> Mapping[str, Any]:
        """What, besides a text, decides its vector."""
        return {"model": self._choice.spec, "base_url": self._choice.base_url}

    def cost_usd(self, characters: int) -> float | None:
        """What texts of so many characters cost, about; none where the price is not known."""
        return self._choice.cost_usd(-(-characters // CHARACTERS_PER_TOKEN), 0)

    async def check(self) -> None:
        """Refuse what can be known to be wrong, at no cost. Raises `SettingError`, `ProviderError`."""
        try:
            await check_model(self._choice)
        except NarrowcastError as error:
            error.hint = f"{error.hint} {WITHOUT}".strip()
            raise

    async def embed(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        """A unit vector for each text, in one call; again after faults that may pass.

        `query` tells that the texts are asked with, not looked for: some models make a difference. Raises
        `ProviderError` and `SettingError`, which name the setting, and `BudgetError` before anything is sent.
        """
        attempt = 1
        while True:
            try:
                async with self._caller.slot():
                    return await self._ask(texts, query=query)
            except ProviderError as error:
                attempt = await self._again(error, attempt)
            except SettingError as error:
                error.hint = f"{error.hint} {WITHOUT}".strip()
                raise

    async def aclose(self) -> None:
        """Close the connections; may be called twice."""
        await self._choice.aclose()

    async def _again(self, error: ProviderError, attempt: int) -> int:
        try:
            await self._caller.before_retry(error, attempt)
        except ProviderError as last:
            last.hint = f"{last.hint} {WITHOUT}".strip()
            raise
        return attempt + 1

    async def _ask(self, texts: Sequence[str], *, query: bool) -> NDArray[np.float32]:
        worst = self._choice.cost_usd(sum(most_tokens_of(text) for text in texts), 0)
        async with self._paying(worst, self._choice.spec) as payment:
            try:
                answer = await self._model.embed(list(texts), input_type="query" if query else "document")
            except (AgentRunError, UserError, httpx2.HTTPError, httpx2.StreamError, OSError) as error:
                raise fault(error, self._choice) from error
            except (AttributeError, LookupError, TypeError, ValueError, OverflowError, RecursionError) as error:
                # Adapters trust the wire's shape; one that is not kept fails in their own code.
                raise fault(error, self._choice) from error
            usage = self._used(texts, answer)
            payment.settle(usage.cost_usd)
            self._on_usage(usage)
        return self._unit(answer.embeddings, len(texts))

    def _used(self, texts: Sequence[str], answer: EmbeddingResult) -> Usage:
        reported = answer.usage.input_tokens
        guessed = sum(-(-len(text) // CHARACTERS_PER_TOKEN) for text in texts)
        tokens = reported if 0 < reported <= MOST_TOKENS_REPORTED else guessed
        return Usage(self._choice.spec, tokens, 0, self._choice.cost_usd(tokens, 0))

    def _unit(self, vectors: Sequence[Sequence[float]], count: int) -> NDArray[np.float32]:
        """The vectors at length 1. Raises `ProviderError` for what is no such set of vectors."""
        try:
            matrix = np.asarray(vectors, np.float32)
        except (TypeError, ValueError, OverflowError):
            matrix = np.zeros((0, 0), np.float32)
        lengths = np.linalg.norm(matrix, axis=-1) if matrix.ndim == 2 else np.zeros(0, np.float32)
        if matrix.ndim != 2 or len(matrix) != count or not np.isfinite(lengths).all() or not lengths.all():
            raise ProviderError(
                f"{self._choice.spec} answered with something else than a vector for each text.",
                provider=self._choice.provider,
                retryable=True,
            )
        return matrix / lengths[:, None]


def open_embeddings(
    spec: str,
    *,
    keys: Mapping[str, str],
    base_urls: Mapping[str, str],
    caller: Caller,
    on_usage: Callable[[Usage], None],
    paying: Paying = without_limit,
) -> Embeddings:
    """The embedding model that `provider:model` names; nothing is sent. Raises `SettingError`."""
    try:
        choice = open_model(spec, keys=keys, base_urls=base_urls)
        provider = choice.model.provider
        if provider is None:
            raise UserError(f"{spec} has no connection.")
        client = getattr(provider, "client", None)
        if client is not None and hasattr(client, "max_retries"):
            client.max_retries = 0  # retries are the pipeline's, which knows the limits that all calls share
        model = infer_embedding_model(f"{choice.provider}:{choice.name}", provider_factory=lambda _name: provider)
    except SettingError as error:
        raise SettingError(f"{SETTING}: {error.message}", hint=WITHOUT) from error
    except ImportError as error:
        raise SettingError(f"{SETTING}: {spec} needs a package that is not installed.", hint=WITHOUT) from error
    except (UserError, ValueError) as error:
        raise SettingError(
            f"{SETTING}: {spec} makes no embeddings: {one_line(str(error))[:200]}.",
            hint="Such as openai:text-embedding-3-small or ollama:nomic-embed-text.",
        ) from error
    return Embeddings(choice, model, caller, on_usage, paying)
