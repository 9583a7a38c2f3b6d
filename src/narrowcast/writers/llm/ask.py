"""One call to a language model: its text as it comes, its faults in our words, what it used."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol

import httpx2
from pydantic_ai import UsageExtractionFailedWarning
from pydantic_ai.direct import model_request_stream
from pydantic_ai.exceptions import AgentRunError, UserError
from pydantic_ai.messages import (
    ModelRequest,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
)
from pydantic_ai.models import StreamedResponse
from pydantic_ai.settings import ModelSettings

from narrowcast.errors import ProviderError
from narrowcast.store.crashpoint import crashpoint
from narrowcast.writers.base import Usage
from narrowcast.writers.llm.faults import fault, silent
from narrowcast.writers.llm.material import CHARACTERS_PER_TOKEN
from narrowcast.writers.models import FIRST_WORD_S, ModelChoice

SILENCE_S = 60.0
"""How long a model that has begun to answer may pause."""
SLICE = 16_000
"""Characters of an answer that are handed on at once, however many come: the reader may have had enough of them."""
MOST_TOKENS_REPORTED = 10**8
THINKING_TOKENS = 8_000
"""What a model may think before its answer where a budget bounds both."""


class Caller(Protocol):
    """Where calls wait: the limits that all calls to a provider share, and what happens after a fault."""

    def slot(self) -> AbstractAsyncContextManager[None]:
        """Held while a call is open."""
        ...

    async def before_retry(self, error: ProviderError, attempt: int) -> None:
        """Wait before attempt `attempt` + 1, or raise `error`."""
        ...


class Payment(Protocol):
    """What a call was allowed to cost, until its real cost is known.

    `limited` tells that a limit rests on the worst case, so that the provider must be told to keep to it.
    """

    @property
    def limited(self) -> bool: ...

    def settle(self, cost_usd: float | None) -> None:
        """What it really cost; none where nobody knows."""
        ...


class Paying(Protocol):
    """Holds back a call's worst case in USD (none: not known) while it is open; `what` names who is paid.

    It may wait until other calls have settled. Raises `BudgetError` where that would exceed what is allowed.
    """

    def __call__(self, worst_usd: float | None, what: str, /) -> AbstractAsyncContextManager[Payment]: ...


class _Unpaid:
    limited = False

    def settle(self, cost_usd: float | None) -> None:
        """Nobody counts."""


def without_limit(_worst_usd: float | None, _what: str, /) -> AbstractAsyncContextManager[Payment]:
    """Pays for everything."""
    return nullcontext(_Unpaid())


class DirectCaller:
    """No limits and no waiting: a retryable fault is tried again at once, `attempts` times in all."""

    def __init__(self, attempts: int = 3) -> None:
        self._attempts = attempts

    def slot(self) -> AbstractAsyncContextManager[None]:
        """Free at once."""
        return nullcontext()

    async def before_retry(self, error: ProviderError, attempt: int) -> None:
        """Go on at once, or raise `error`."""
        if not error.retryable or attempt >= self._attempts:
            raise error


class Call:
    """One request. Read `text` once; then `cut_off` tells whether the answer reached its limit before its end.

    `most_tokens` is how long the answer may be expected to become; by it `paying` lets the call begin or not, and where
    a limit rests on it, the provider is told to stop there. What it used goes to `on_usage` once, whatever happens;
    where the provider reports no tokens (a broken or abandoned stream), they are estimated at four characters each.
    """

    def __init__(
        self,
        choice: ModelChoice,
        prompt: str,
        on_usage: Callable[[Usage], None],
        *,
        most_tokens: int = 0,
        paying: Paying = without_limit,
        silence_s: float = SILENCE_S,
    ) -> None:
        self._choice = choice
        self._prompt = prompt
        self._on_usage = on_usage
        self._most_tokens = most_tokens
        self._paying = paying
        self._silence_s = silence_s
        self.cut_off = False

    @property
    def provider(self) -> str:
        """Whom the call goes to."""
        return self._choice.provider

    async def text(self) -> AsyncGenerator[str]:
        """The answer's text, thoughts left out.

        Raises `ProviderError`, `SettingError` for an unknown model, `BudgetError` before anything is sent.
        """
        _warn_of_no_usage()
        most = self._bound
        worst = self._choice.cost_usd(most_tokens_of(self._prompt), most)
        async with self._paying(worst, self._choice.spec) as payment:
            stream: StreamedResponse | None = None
            heard = 0
            settings = ModelSettings(**self._choice.settings)  # type: ignore[typeddict-item]
            if payment.limited and most:
                settings["max_tokens"] = most
            try:
                request = ModelRequest.user_text_prompt(self._prompt)
                crashpoint("write.asking")
                async with model_request_stream(self._choice.model, [request], model_settings=settings) as stream:
                    events = aiter(stream)
                    while (event := await self._next(events, self._silence_s if heard else FIRST_WORD_S)) is not None:
                        if chunk := _text_of(event):
                            if not heard:
                                crashpoint("write.answering")
                            heard += len(chunk)
                            for start in range(0, len(chunk), SLICE):
                                yield chunk[start : start + SLICE]
                    self.cut_off = stream.finish_reason == "length" or stream.get().state != "complete"
            except (AgentRunError, UserError, httpx2.HTTPError, httpx2.StreamError, OSError, RecursionError) as error:
                raise fault(error, self._choice) from error
            finally:
                usage = self._used(stream, heard)
                payment.settle(usage.cost_usd)
                self._on_usage(usage)

    async def _next(
        self, events: AsyncIterator[ModelResponseStreamEvent], limit_s: float
    ) -> ModelResponseStreamEvent | None:
        try:
            async with asyncio.timeout(limit_s):
                return await anext(events, None)
        except TimeoutError as error:
            raise silent(self._choice, limit_s) from error
        except (AttributeError, LookupError, TypeError, ValueError, OverflowError, RecursionError) as error:
            # Adapters trust the wire's shape; one that is not kept fails in their own code.
            raise fault(error, self._choice) from error

    @property
    def _bound(self) -> int:
        """The most tokens that the answer can have, thoughts included."""
        most = self._most_tokens + (THINKING_TOKENS if self._choice.thinks else 0)
        return min(most, int(self._choice.settings.get("max_tokens", most)))

    @property
    def _prompt_tokens(self) -> int:
        return -(-len(self._prompt) // CHARACTERS_PER_TOKEN)

    def _used(self, stream: StreamedResponse | None, heard: int) -> Usage:
        reported = stream.usage if stream is not None else None
        prompt = _believed(reported.input_tokens if reported else 0) or self._prompt_tokens
        completion = _believed(reported.output_tokens if reported else 0) or -(-heard // CHARACTERS_PER_TOKEN)
        if stream is None:
            prompt = 0  # it was refused before it was read
        return Usage(self._choice.spec, prompt, completion, self._choice.cost_usd(prompt, completion))


def _warn_of_no_usage() -> None:
    """Keep libraries silent about a provider's usage that cannot be read: it is estimated, and nobody can help it."""
    warnings.filterwarnings("ignore", category=UsageExtractionFailedWarning)
    warnings.filterwarnings("ignore", "Pydantic serializer warnings")


def _believed(tokens: int) -> int:
    """A reported number of tokens, 0 where there can be no such number."""
    return tokens if 0 < tokens <= MOST_TOKENS_REPORTED else 0


def most_tokens_of(prompt: str) -> int:
    """More tokens than any usual tokenizer makes of a prompt: three characters of ASCII each, one of any other."""
    ascii_ = sum(map(str.isascii, prompt))
    return -(-ascii_ // 3) + len(prompt) - ascii_


def _text_of(event: ModelResponseStreamEvent) -> str:
    if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
        return event.part.content
    if isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
        return event.delta.content_delta
    return ""
