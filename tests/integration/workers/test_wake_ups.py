"""Wake-ups through a real Redis that stands still, dies and comes back."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis as Client

from narrowcast.settings import read_settings
from narrowcast.workers.celery import QUEUES, TASK, WAKE_UP_LIVES_S, open_app, sender
from narrowcast.workers.waking import Waker
from servers import Missing, Redis


@pytest.fixture
def own_redis() -> Iterator[Redis]:
    """One that a test may kill."""
    try:
        redis = Redis()
    except Missing as missing:
        pytest.skip(str(missing))
    yield redis
    redis.remove()


async def test_whoever_hands_in_work_never_waits_for_redis(own_redis: Redis, tmp_path: Path) -> None:
    env = {"NARROWCAST_HOME": str(tmp_path), "NARROWCAST_ENGINE": "celery", "NARROWCAST_REDIS_URL": own_redis.url()}
    waker = Waker(sender(read_settings(env)))

    async def wake() -> tuple[int, int]:
        """How many wake-ups were sent and failed after one more."""
        before, begun = waker.sent + waker.failed, time.monotonic()
        waker.wake("episode")
        assert time.monotonic() - begun < 1.5
        while time.monotonic() - begun < 60:
            if waker.sent + waker.failed > before:
                return waker.sent, waker.failed
            await asyncio.sleep(0.01)
        raise AssertionError("nothing came of it")

    assert await wake() == (1, 0)
    with Client.from_url(own_redis.url()) as client:
        (message,) = client.lrange(f"{QUEUES}episode", 0, -1)
    headers = json.loads(message)["headers"]
    assert headers["task"] == TASK
    assert headers["argsrepr"] == "()"
    assert headers["expires"], f"it is gone after {WAKE_UP_LIVES_S} s"
    own_redis.freeze()
    assert await wake() == (1, 1)
    own_redis.thaw()
    assert await wake() == (2, 1)
    own_redis.kill()
    assert await wake() == (2, 2)
    assert waker.unreachable_s >= 0
    own_redis.start()
    assert await wake() == (3, 2)
    await waker.aclose()


def test_nobody_is_shown_the_password(tmp_path: Path) -> None:
    url = "redis://user:hush@127.0.0.1:1/0"
    app = open_app(read_settings({"NARROWCAST_HOME": str(tmp_path), "NARROWCAST_REDIS_URL": url}))
    assert "hush" not in app.bugreport()
    assert "hush" not in app.connection().as_uri()
