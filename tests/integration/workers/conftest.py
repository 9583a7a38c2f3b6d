"""A studio with local hands that ask a simulated provider."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from tests.integration.workers.asking import QUICK

from narrowcast.settings import read_settings
from narrowcast.studio.studio import Studio
from narrowcast.workers.local import LocalEngine
from running import Simulator

OpenStudio = Callable[[Simulator], Awaitable[Studio]]
StartEngine = Callable[..., Awaitable[LocalEngine]]


@pytest.fixture
async def open_studio(tmp_path: Path) -> AsyncIterator[OpenStudio]:
    """Open a studio of this test's home that asks a simulator."""
    async with AsyncExitStack() as ends:

        async def start(simulator: Simulator) -> Studio:
            settings = read_settings({"NARROWCAST_HOME": str(tmp_path / "home"), **simulator.env})
            return await ends.enter_async_context(Studio.open(settings))

        yield start


@pytest.fixture
async def start_engine(tmp_path: Path) -> AsyncIterator[StartEngine]:
    """Start local hands; they are drained at the end."""
    running: list[LocalEngine] = []

    async def start(studio: Studio, hands: int = 2) -> LocalEngine:
        engine = LocalEngine(studio, home=tmp_path / "home", hands=hands, pace=QUICK)
        running.append(engine)
        engine.start()
        await engine.ready()
        return engine

    yield start
    for engine in running:
        await engine.drain()
