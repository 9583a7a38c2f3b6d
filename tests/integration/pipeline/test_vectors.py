"""Vectors over a real wire into a real store: each text is paid for once, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol, cast

import numpy as np
import pytest
from pydantic_ai.embeddings import EmbeddingResult
from pydantic_ai.embeddings.result import EmbedInputType

from narrowcast.errors import BudgetError, NarrowcastError, ProviderError, SettingError
from narrowcast.money.budget import Budget
from narrowcast.pipeline import vectors as module
from narrowcast.pipeline.vectors import unpaid_characters, vectors
from narrowcast.store.home import Store
from narrowcast.writers.base import Usage
from narrowcast.writers.embeddings import SETTING, Embeddings, open_embeddings
from narrowcast.writers.llm.ask import DirectCaller
from narrowcast.writers.models import open_model
from running import Simulator, StartSimulator

TEXTS = [f"Keeper number {at} trimmed lamp {at * 7} before the night was over." for at in range(10)]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "home")
    yield opened
    await opened.aclose()


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TEXTS_AT_ONCE", 4)


class Open(Protocol):
    """Opens embeddings at an address; whoever gave this closes them."""

    def __call__(
        self, url: str, used: list[Usage] | None = None, spec: str = "openai:sim", key: str = "sim"
    ) -> Embeddings: ...


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    async with AsyncExitStack() as stack:

        def open_one(
            url: str, used: list[Usage] | None = None, spec: str = "openai:sim", key: str = "sim"
        ) -> Embeddings:
            on_usage = (used if used is not None else []).append
            urls, keys = {"openai": url}, {"openai": key}
            made = open_embeddings(spec, keys=keys, base_urls=urls, caller=DirectCaller(), on_usage=on_usage)
            stack.push_async_callback(made.aclose)
            return made

        yield open_one


def asked(simulator: Simulator) -> list[str]:
    """All texts that were asked for, in order."""
    return [text for call in simulator.calls("embeddings") for text in call.items]


@pytest.mark.usefixtures("small_batches")
async def test_each_text_is_asked_for_once_and_an_added_one_alone(
    simulator: Simulator, store: Store, opened: Open
) -> None:
    used: list[Usage] = []
    embeddings = opened(simulator.base_url, used)
    first = await vectors([*TEXTS, TEXTS[3]], embeddings, store.results)
    assert sorted(asked(simulator)) == sorted(TEXTS)
    assert sum(usage.prompt_tokens for usage in used) == sum(c.prompt_tokens for c in simulator.calls("embeddings"))
    assert np.allclose(np.linalg.norm(first.astype(np.float32), axis=1), 1, atol=2e-3)
    assert (first[3] == first[10]).all()

    again = await vectors(["A new one.", *TEXTS], embeddings, store.results)
    assert (again[1:] == first[:10]).all()
    assert asked(simulator)[10:] == ["A new one."]
    assert await unpaid_characters([*TEXTS, "Another."], embeddings, store.results) == len("Another.")

    await vectors(TEXTS[:1], opened(simulator.base_url, spec="openai:sim-large"), store.results)
    await vectors(TEXTS[:1], embeddings, store.results, query=True)
    assert asked(simulator)[11:] == [TEXTS[0], TEXTS[0]], "another model, and a question, have other vectors"


@pytest.mark.usefixtures("small_batches")
async def test_what_came_before_a_fault_is_kept(start_simulator: StartSimulator, store: Store, opened: Open) -> None:
    simulator = start_simulator(faults=["embed:401@2"])
    embeddings = opened(simulator.base_url)
    with pytest.raises(ProviderError) as caught:
        await vectors(TEXTS, embeddings, store.results)
    assert SETTING in caught.value.hint
    await vectors(TEXTS, embeddings, store.results)
    answered = [text for call in simulator.calls("embeddings") if call.ok for text in call.items]
    assert sorted(answered) == sorted(TEXTS), "each batch that was answered was kept"


@pytest.mark.parametrize("fault", ["429@1", "500@1,2", "html@1", "reset@1"])
async def test_passing_faults_pass(start_simulator: StartSimulator, store: Store, opened: Open, fault: str) -> None:
    simulator = start_simulator(faults=[f"embed:{fault}"], options=["--retry-after=0"])
    assert len(await vectors(TEXTS, opened(simulator.base_url), store.results)) == 10
    assert simulator.calls("embeddings")[-1].ok


async def test_a_fault_that_stays_names_the_setting(
    start_simulator: StartSimulator, store: Store, opened: Open
) -> None:
    simulator = start_simulator(faults=["embed:500"])
    with pytest.raises(ProviderError) as caught:
        await vectors(TEXTS, opened(simulator.base_url), store.results)
    assert SETTING in caught.value.hint
    assert len(simulator.calls("embeddings")) == 3, "our attempts, not the library's besides"


@pytest.mark.parametrize(("spec", "key"), [("openai:no-such", "sim"), ("openai:sim", "wrong")])
async def test_unknown_models_and_keys_are_refused(
    simulator: Simulator, store: Store, opened: Open, spec: str, key: str
) -> None:
    embeddings = opened(simulator.base_url, spec=spec, key=key)
    with pytest.raises((SettingError, ProviderError)) as caught:
        await vectors(TEXTS, embeddings, store.results)
    assert SETTING in caught.value.hint
    assert key not in caught.value.message.split() or key == "sim"


async def test_two_runs_at_once_pay_once(start_simulator: StartSimulator, store: Store, opened: Open) -> None:
    simulator = start_simulator(speed=5)
    one, other = opened(simulator.base_url), opened(simulator.base_url)
    await asyncio.gather(vectors(TEXTS, one, store.results), vectors(TEXTS, other, store.results))
    assert sorted(asked(simulator)) == sorted(TEXTS)


@pytest.mark.parametrize(
    "spec", ["anthropic:claude-x", "openai:text-embedding-3-small", "nobody:x"], ids=["none", "key", "unknown"]
)
def test_what_cannot_be_opened_is_told_with_the_settings_name(spec: str) -> None:
    with pytest.raises(SettingError, match=SETTING):
        open_embeddings(spec, keys={}, base_urls={}, caller=DirectCaller(), on_usage=lambda _: None)


async def test_a_budget_stops_before_the_call(store: Store) -> None:
    embeddings = open_embeddings(
        "openai:text-embedding-3-small",
        keys={"openai": "sk-nobody"},
        base_urls={},
        caller=DirectCaller(),
        on_usage=lambda _: None,
        paying=Budget(0.0).paying,
    )
    with pytest.raises(BudgetError):
        await vectors(TEXTS, embeddings, store.results)
    cost = embeddings.cost_usd(4_000_000)
    assert cost is not None
    assert 0 < cost < 1
    await embeddings.aclose()


class _Misspoken:
    """An embedding model that answers with `vectors`, whatever it is asked."""

    def __init__(self, vectors: object) -> None:
        self._vectors = vectors

    async def embed(self, texts: list[str], *, input_type: EmbedInputType) -> EmbeddingResult:
        vectors = cast("list[list[float]]", self._vectors)
        return EmbeddingResult(vectors, inputs=texts, input_type=input_type, model_name="x", provider_name="x")


@pytest.mark.parametrize(
    "answer",
    [
        [],
        [[1.0, 2.0]],
        [[1.0], [2.0, 3.0]],
        [[0.0, 0.0], [1.0, 0.0]],
        [[float("nan"), 1.0], [1.0, 1.0]],
        [1.0, 2.0],
        [["a"], ["b"]],
    ],
)
async def test_what_is_no_vector_for_each_text_is_refused(store: Store, answer: object) -> None:
    nowhere = {"openai": "http://127.0.0.1:9/v1"}
    choice = open_model("openai:sim", keys={}, base_urls=nowhere)
    odd = Embeddings(choice, _Misspoken(answer), DirectCaller(2), lambda _: None)  # type: ignore[arg-type]
    with pytest.raises(NarrowcastError, match="vector for each text"):
        await vectors(["one", "two"], odd, store.results)
    await odd.aclose()
    assert await unpaid_characters(["one", "two"], odd, store.results) == 6, "nothing of it is kept"


async def test_a_call_in_flight_when_the_run_is_stopped_is_kept(
    start_simulator: StartSimulator, store: Store, opened: Open
) -> None:
    simulator = start_simulator(speed=1)
    embeddings = opened(simulator.base_url)
    run = asyncio.create_task(vectors(TEXTS, embeddings, store.results))
    while not simulator.calls("embeddings"):  # noqa: ASYNC110 — another process writes the ledger
        await asyncio.sleep(0.01)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    await vectors(TEXTS, embeddings, store.results)
    assert sorted(asked(simulator)) == sorted(TEXTS), "its answer was paid for, and not asked for again"
