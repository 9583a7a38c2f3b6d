"""One call: silence, and what is counted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

import pytest
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models.function import AgentInfo, FunctionModel

from narrowcast.errors import ProviderError
from narrowcast.writers.base import Usage
from narrowcast.writers.llm.ask import THINKING_TOKENS, Call, Payment
from narrowcast.writers.models import ModelChoice


async def falls_silent(_messages: list[ModelMessage], _info: AgentInfo) -> AsyncIterator[str]:
    yield "Well, "
    await asyncio.sleep(30)
    yield "never."


async def test_a_model_that_falls_silent_is_left_and_may_be_asked_again() -> None:
    used: list[Usage] = []
    choice = ModelChoice("test:x", "test", "x", FunctionModel(stream_function=falls_silent))
    heard: list[str] = []

    async def listen() -> None:
        async for chunk in Call(choice, "Speak.", used.append, silence_s=0.05).text():
            heard.append(chunk)  # noqa: PERF401 - what was heard before the fault is looked at

    with pytest.raises(ProviderError, match=r"test:x was silent for 0\.05 s") as caught:
        await asyncio.wait_for(listen(), 5)
    assert caught.value.retryable
    assert heard == ["Well, "]
    assert len(used) == 1


class Slip:
    """A payment that remembers nothing."""

    def __init__(self, *, limited: bool) -> None:
        self.limited = limited

    def settle(self, cost_usd: float | None) -> None:
        """Nobody counts."""


@pytest.mark.parametrize(
    ("limited", "thinks", "own", "sent", "priced"),
    [
        (True, False, {}, 100, 100),
        (True, True, {}, 100 + THINKING_TOKENS, 100 + THINKING_TOKENS),
        (True, False, {"max_tokens": 40}, 40, 40),
        (False, False, {}, None, 100),
        (False, False, {"max_tokens": 4_000}, 4_000, 100),
    ],
)
async def test_where_a_budget_rests_on_it_the_provider_is_told_the_bound(
    limited: bool, thinks: bool, own: dict[str, Any], sent: int | None, priced: int
) -> None:
    told: list[Any] = []
    priced_at: list[float | None] = []

    async def answer(_messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str]:
        told.append((info.model_settings or {}).get("max_tokens"))
        yield "Well."

    def pay(worst_usd: float | None, _what: str, /) -> AbstractAsyncContextManager[Payment]:
        priced_at.append(worst_usd)
        return nullcontext(Slip(limited=limited))

    model = FunctionModel(stream_function=answer, profile={"supports_thinking": thinks})
    choice = ModelChoice("openai:gpt-4o-mini", "openai", "gpt-4o-mini", model, own)
    prompt = "Speak of the 灯台 now."
    assert [chunk async for chunk in Call(choice, prompt, lambda _: None, most_tokens=100, paying=pay).text()]
    assert told == [sent]
    assert priced_at == [pytest.approx(choice.cost_usd(-(-(len(prompt) - 2) // 3) + 2, priced))]
