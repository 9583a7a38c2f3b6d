"""One fault at a time, while an installation works on jobs that it holds: what each costs, and what it does not.

PostgreSQL, Redis, a web server with hands, two Celery workers, a local one; every interval as people have it.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeVar

import httpx2
import pytest
from tests.chaos.asking import script
from tests.chaos.faults import Faults
from tests.chaos.figures import Happened
from tests.chaos.installation import AT_ONCE, Installation, Process
from tests.chaos.run import happened
from tests.laws import (
    Seen,
    all_broken,
    beyond_caps,
    epochs_astray,
    look,
    lost_or_endless,
    paid_again,
    published_without_end,
)

T = TypeVar("T")
JOBS = 10
TURNS = 10
PATIENCE_S = 300.0
AGAIN_S = 20.0
FROZEN_S = 90.0


class Trial:
    """An installation that has no faults of its own, and everything that was asked of it."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.faults = Faults(installation, random.Random(1), FROZEN_S)  # noqa: S311 - nothing is left to it
        self.asked: set[str] = set()

    def ask(self) -> set[str]:
        """Some jobs, which take some seconds each; their ids."""
        jobs = {self._one(number) for number in range(len(self.asked), len(self.asked) + JOBS)}
        self.asked |= jobs
        return jobs

    def _one(self, number: int) -> str:
        owner = self.installation.owners[number % len(self.installation.owners)]
        answer = httpx2.post(
            f"{self.installation.url}/api/v1/podcasts/generate",
            json={"script": script(number, TURNS), "tts": "openai:sim"},
            headers={"Authorization": f"Bearer {owner.token}"},
            timeout=60,
        )
        answer.raise_for_status()
        return str(answer.json()["job_id"])

    def at_work(self, *of: Process) -> tuple[set[str], Process, str]:
        """Jobs that were asked for until one of these programs had one that has got on by now: all, who, which."""

        def held() -> tuple[Process, str] | None:
            got_on = {each.job_id for each in self.happened() if each.kind == "progress"}
            for row in self.seen().jobs:
                for process in of:
                    if row.lease_owner and row.id in got_on and process.holds(row.lease_owner):
                        return process, row.id
            return None

        jobs: set[str] = set()
        until_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < until_s:
            # Who gets which job is chance, and a machine may be too slow to see it.
            jobs |= self.ask()
            again_s = time.monotonic() + AGAIN_S
            while time.monotonic() < again_s:
                if found := held():
                    return jobs, *found
                time.sleep(0.1)
        raise AssertionError("none of them ever had a job")

    def seen(self) -> Seen:
        """What is in the database now."""
        return look(self.installation.database_url)

    def happened(self) -> list[Happened]:
        """All that happened so far."""
        return happened(self.installation.database_url)

    def ended(self, jobs: set[str]) -> dict[str, int]:
        """Wait until all have ended, as completed; how often each was claimed. The laws hold."""
        until(lambda: all(row.status in {"completed", "failed", "cancelled"} for row in self.seen().jobs))
        seen = self.seen()
        caps = {row.owner_id: AT_ONCE for row in seen.jobs}
        broken = [
            *lost_or_endless(seen, self.asked),
            *published_without_end(seen),
            *epochs_astray(seen),
            *beyond_caps(seen, caps),
            *paid_again(self.installation.simulator.calls(), self.faults.disturbances),
        ]
        assert broken == []
        assert {row.status for row in seen.jobs if row.id in jobs} == {"completed"}
        return {row.id: row.epoch for row in seen.jobs if row.id in jobs}

    def paid_twice(self) -> int:
        """How many calls for speech were paid again so far."""
        paid = Counter(call.hash for call in self.installation.simulator.calls("speech") if call.ok)
        return sum(paid.values()) - len(paid)


def until(true: Callable[[], T | None]) -> T:
    """What it gives, as soon as that is something."""
    end = time.monotonic() + PATIENCE_S
    while not (found := true()):
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.1)
    return found


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """One for all tests; at the end nothing is left behind."""
    folder = tmp_path_factory.mktemp("installation")
    with Installation(folder, speed=0.6, faults=()) as installation:
        trial = Trial(installation)
        yield trial
        codes = {each.name: each.drain() for each in installation.processes}
        installation.clear_up()
        seen = trial.seen()
        broken = all_broken(
            seen,
            blobs=installation.blobs,
            homes=[each.home for each in installation.processes],
            acknowledged=trial.asked,
            caps={row.owner_id: AT_ONCE for row in seen.jobs},
            calls=installation.simulator.calls(),
            disturbances=trial.faults.disturbances,
        )
        assert broken == []
        assert set(codes.values()) == {0}


def test_killed_hands_lose_one_claim_and_others_go_on(trial: Trial) -> None:
    one, two, three = trial.installation.workers
    for kill, candidates in (
        (trial.faults.kill_child, (two,)),  # it has one child, so that is the one
        (trial.faults.kill, (one, two)),
        (trial.faults.kill, (three,)),
        (trial.faults.kill, (trial.installation.web,)),
    ):
        jobs, process, job_id = trial.at_work(*candidates)
        kill(process)
        trial.installation.await_web()
        claims = trial.ended(jobs)
        assert claims[job_id] == 2
        assert set(claims.values()) <= {1, 2}


def test_hands_that_stand_still_beyond_their_lease_lose_it_and_write_nothing_later(trial: Trial) -> None:
    jobs, process, job_id = trial.at_work(*trial.installation.workers[:2])
    trial.faults.freeze_worker(process, FROZEN_S)
    assert trial.ended(jobs)[job_id] == 2


def test_hands_that_end_in_order_give_back_what_they_have_and_nothing_is_paid_again(trial: Trial) -> None:
    for worker in trial.installation.workers[1:]:
        before = trial.paid_twice()
        jobs, _, job_id = trial.at_work(worker)
        said = trial.faults.drain_worker(worker)
        assert said.endswith("exit code 0")
        assert trial.ended(jobs)[job_id] == 2
        assert trial.paid_twice() == before


@pytest.mark.parametrize("name", ["kill Redis", "empty Redis", "freeze Redis", "the same wake-up, often"])
def test_nothing_that_redis_does_costs_a_claim_or_a_call(trial: Trial, name: str) -> None:
    before = trial.paid_twice()
    jobs, _, _ = trial.at_work(*trial.installation.workers[:2])
    said = trial.faults.one(name)
    assert "FAILED" not in said
    assert set(trial.ended(jobs).values()) == {1}
    assert trial.paid_twice() == before


def test_a_database_that_goes_down_in_the_midst_of_jobs_is_waited_for(trial: Trial) -> None:
    jobs, _, _ = trial.at_work(*trial.installation.processes)
    trial.faults.kill_postgres()
    trial.ended(jobs)


@pytest.mark.parametrize("place", ["wake.sending", "wake.sent"])
def test_a_server_that_dies_as_it_wakes_hands_has_queued_what_it_was_asked(trial: Trial, place: str) -> None:
    web = trial.installation.web
    assert web.drain() == 0
    web.start(NARROWCAST_CRASHPOINT=place)
    trial.installation.await_web()
    number = len(trial.asked)
    # The answer may be lost with the server, the job may not; asked for once, it is done once.
    try:
        job_id = trial._one(number)
    except httpx2.HTTPError:
        job_id = ""
    assert web.process
    assert web.process.wait(60) == 137
    mine = {row.id for row in trial.seen().jobs} - trial.asked
    assert len(mine) == 1
    assert job_id in {"", *mine}
    trial.asked |= mine
    web.start()
    trial.installation.await_web()
    trial.ended(mine)
