"""A server's own hands stand by while Celery's do the work, and do it all where Redis is gone."""

from __future__ import annotations

import time

import pytest
from tests.acceptance.client import Client
from tests.acceptance.program import Program
from tests.acceptance.server import serving

from narrowcast.queue.shares import GONE_S
from running import Simulator
from servers import Missing, Redis


@pytest.fixture
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program with an empty home."""
    folder = tmp_path_factory.mktemp("work")
    return Program(folder, folder / "home")


def test_local_hands_take_over_a_minute_after_redis_went(program: Program, simulator: Simulator) -> None:
    try:
        redis = Redis()
    except Missing as missing:
        pytest.skip(str(missing))
    env = {"NARROWCAST_ENGINE": "celery", "NARROWCAST_REDIS_URL": redis.url(), **simulator.env}
    try:
        with serving(program, env=env) as server, Client(server.address.rpartition(":")[2]) as olga:
            olga.by_link(server)
            redis.kill()
            asked = {
                "content": "A lock lifts boats. " * 40,
                "llm": "openai:sim",
                "tts": "openai:sim",
                "num_segments": 1,
            }
            before = time.monotonic()
            job_id = str(olga.post("podcasts/generate", json=asked)["job_id"])
            assert time.monotonic() - before < 10
            assert not [crew for crew in olga.get("admin/overview")["hands"] if crew["slots"]], "they stand by"
            assert olga.ended(job_id, GONE_S + 120)["status"] == "completed"
            assert server.end() == 0
    finally:
        redis.remove()
