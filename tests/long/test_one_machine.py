"""Faults of one machine, while its own hands work on jobs: a writer that is held, a disk that is full."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.workers.asking import PROFILE, QUICK, ended, owner, submit, until
from tests.laws import all_broken, look

from narrowcast.script.dialogue import Script, Segment, Turn
from narrowcast.script.profile import Speaker
from narrowcast.script.script_file import dump_script
from narrowcast.settings import read_settings
from narrowcast.store.jobs.rows import Job
from narrowcast.studio.request import EpisodeRequest
from narrowcast.studio.studio import Studio
from narrowcast.workers.local import LocalEngine
from running import Simulator, StartSimulator

HELD_S = 10.0
FULL_S = 5.0
TURNS = 8
SCRIPT_KEY = "contents/script.json"
SCRIPT = Script(
    title="Some turns",
    language="en",
    speakers=(Speaker(name="Ann", tts_provider="openai", tts_model="sim", voice_id="alloy"),),
    segments=(
        Segment(
            title="One",
            turns=tuple(
                Turn(id=f"s1t{n}", speaker="Ann", text=f"This is turn number {n}.") for n in range(1, TURNS + 1)
            ),
        ),
    ),
)


@asynccontextmanager
async def at_work(home: Path, simulator: Simulator) -> AsyncIterator[tuple[Studio, Job]]:
    """A studio whose hands have begun a job of some turns, one call at a time."""
    settings = read_settings({"NARROWCAST_HOME": str(home), "NARROWCAST_TTS_CONCURRENCY": "1", **simulator.env})
    async with Studio.open(settings) as studio:
        studio.queue.limits = replace(studio.queue.limits, backoff_s=4.0)
        olga = await owner(studio)
        await studio.store.blobs.put(SCRIPT_KEY, dump_script(SCRIPT).encode())
        asked = EpisodeRequest(profile=PROFILE, script_key=SCRIPT_KEY, tts="openai:sim")
        job = await submit(studio, olga, asked)
        # A beat may wait for the held writer as long as in earnest.
        pace = replace(QUICK, beat_s=1.0, give_up_s=45.0)
        engine = LocalEngine(studio, home=home, hands=1, pace=pace)
        engine.start()
        try:
            await engine.ready()
            await until(studio, job, lambda _: len(simulator.calls("speech")) >= 2)
            yield studio, job
        finally:
            await engine.drain()


def broken(home: Path, simulator: Simulator, job: Job, *, paid: bool = True) -> list[str]:
    """What breaks a law."""
    calls = simulator.calls() if paid else []
    seen = look(f"sqlite:///{home / 'narrowcast.db'}")
    return all_broken(
        seen, blobs=home / "blobs", homes=[home], acknowledged={job.id}, caps={job.owner_id: 1}, calls=calls
    )


async def test_a_writer_that_is_held_for_ten_seconds_is_waited_for(
    tmp_path: Path, start_simulator: StartSimulator
) -> None:
    simulator, home = start_simulator(speed=2.0), tmp_path / "home"
    async with at_work(home, simulator) as (studio, job):
        other = sqlite3.connect(home / "narrowcast.db", isolation_level=None)
        other.execute("begin immediate")
        await asyncio.sleep(HELD_S)
        assert not (await until(studio, job, lambda _: True)).status.ended
        other.execute("rollback")
        other.close()
        done = await ended(studio, job)
        assert (done.status, done.failures, done.epoch) == ("completed", 0, 1)
    assert broken(home, simulator, job) == []


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 48 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(place)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk cannot be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(path: Path) -> None:
    """Take all the room that there is."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)


async def test_a_disk_that_fills_up_in_the_midst_of_a_job_costs_at_most_what_came_meanwhile(
    disk: Path, start_simulator: StartSimulator
) -> None:
    simulator, home = start_simulator(speed=2.0), disk / "home"
    async with at_work(home, simulator) as (studio, job):
        filler = disk / "filler"
        await asyncio.to_thread(fill, filler)
        await asyncio.sleep(FULL_S)
        assert not (await until(studio, job, lambda _: True)).status.ended
        filler.unlink()
        done = await ended(studio, job)
        assert done.status == "completed", done.error_message
    # What came back while there was no room for it is asked for again.
    assert broken(home, simulator, job, paid=False) == []
    asked = [call.hash for call in simulator.calls("speech")]
    assert len(set(asked)) == TURNS
