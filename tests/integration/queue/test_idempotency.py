"""The same request again gets the same answer."""

from __future__ import annotations

import asyncio

import pytest

from narrowcast.errors import ConflictError, InputError
from narrowcast.queue.queue import NewJob
from narrowcast.store.jobs.idempotency import Answer, Answered

from .conftest import Line


async def test_the_same_request_again_gets_the_answer_that_was_given(line: Line) -> None:
    sam, nils = await line.owner(), await line.owner()
    keys = line.idempotency
    assert await keys.begin(sam, "k", "hash") is None
    with pytest.raises(ConflictError, match="still being done"):
        await keys.begin(sam, "k", "hash")
    with pytest.raises(InputError, match="another request"):
        await keys.begin(sam, "k", "other")
    await keys.finish(sam, "k", 202, {"job_id": "j"})
    assert await keys.begin(sam, "k", "hash") == Answer(202, {"job_id": "j"})
    with pytest.raises(InputError, match="another request"):
        await keys.begin(sam, "k", "other")
    assert await keys.begin(nils, "k", "other") is None, "keys are each owner's own"


async def test_an_answer_is_kept_for_a_day(line: Line) -> None:
    sam = await line.owner()
    await line.idempotency.begin(sam, "k", "hash")
    await line.idempotency.finish(sam, "k", 202, {})
    line.clock.pass_(24 * 3600 - 1)
    assert await line.queue.prune() == 0
    assert await line.idempotency.begin(sam, "k", "hash")
    line.clock.pass_(2)
    assert await line.queue.prune() == 1
    assert await line.idempotency.begin(sam, "k", "other") is None


async def test_a_request_that_was_refused_may_come_again_but_not_one_that_was_done(line: Line) -> None:
    sam = await line.owner()
    await line.idempotency.begin(sam, "k", "hash")
    await line.idempotency.forget(sam, "k")
    assert await line.idempotency.begin(sam, "k", "corrected") is None
    await line.idempotency.finish(sam, "k", 202, {})
    await line.idempotency.forget(sam, "k")
    assert await line.idempotency.begin(sam, "k", "corrected") == Answer(202, {})


async def test_a_request_whose_process_died_is_done_after_a_minute(line: Line) -> None:
    sam = await line.owner()
    await line.idempotency.begin(sam, "k", "hash")
    line.clock.pass_(59)
    with pytest.raises(ConflictError):
        await line.idempotency.begin(sam, "k", "hash")
    line.clock.pass_(2)
    assert await line.idempotency.begin(sam, "k", "hash") is None
    with pytest.raises(ConflictError):
        await line.idempotency.begin(sam, "k", "hash")


async def test_of_many_at_once_one_is_done(line: Line) -> None:
    sam = await line.owner()
    begun = await asyncio.gather(*(line.idempotency.begin(sam, "k", "hash") for _ in range(10)), return_exceptions=True)
    assert begun.count(None) == 1
    assert sum(isinstance(each, ConflictError) for each in begun) == 9


async def test_the_answer_is_written_with_the_job_that_it_tells_of(line: Line) -> None:
    sam = await line.owner()
    await line.idempotency.begin(sam, "k", "hash")
    new = NewJob(sam, "episode", {})
    await line.queue.enqueue(new, Answered(sam, "k", 202, {"episode_id": "e"}))
    assert await line.idempotency.begin(sam, "k", "hash") == Answer(202, {"episode_id": "e"})
