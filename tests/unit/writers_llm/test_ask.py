"""One call: silence, and what is counted."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models.function import AgentInfo, FunctionModel

from narrowcast.errors import ProviderError
from narrowcast.writers.base import Usage
from narrowcast.writers.llm.ask import Call
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
