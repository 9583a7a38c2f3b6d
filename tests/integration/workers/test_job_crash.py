"""A process that dies at a named place of a job: the next one completes it, paying again only for calls in flight."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.integration.workers.asking import PROFILE, given, owner, request

from narrowcast.script.dialogue import Script, Segment, Turn
from narrowcast.script.profile import Speaker
from narrowcast.script.script_file import dump_script
from narrowcast.settings import read_settings
from narrowcast.studio.request import EpisodeRequest
from narrowcast.studio.studio import Studio
from running import Simulator

WORKER = Path(__file__).with_name("job_worker.py")
PATIENCE_S = 60.0
LLM_CALLS = 2
"""An outline and one segment."""

SCRIPT_KEY = "contents/script.json"
SCRIPT = Script(
    title="Three turns",
    language="en",
    speakers=(Speaker(name="Ann", tts_provider="openai", tts_model="sim", voice_id="alloy"),),
    segments=(
        Segment(
            title="One",
            turns=tuple(Turn(id=f"s1t{n}", speaker="Ann", text=f"This is turn number {n}.") for n in (1, 2, 3)),
        ),
    ),
)

WRITING = [
    "claim.before_commit:2",  # the outline is reserved (the first is what was read)
    "claim.committed:2",
    "partial.before_commit:1",  # a part of the outline
    "partial.committed:1",
    "partial.before_commit:2",  # a part of a segment
    "partial.committed:2",
    "job.script_kept",
]
VOICING = [
    "enqueue.before_commit",
    "enqueue.committed",
    "job_claim.before_commit",
    "job_claim.committed",
    "job_progress.before_commit:2",
    "job_progress.committed:2",
    "claim.before_commit:2",  # a clip is reserved
    "claim.committed:2",
    "speak.asking:2",
    "speak.answered:2",
    "blob.before_write:2",
    "blob.written:2",
    "blob.before_rename:2",
    "blob.published:2",
    "publish.before_commit:2",
    "publish.committed:2",
    "run.mixed",
    "job.made",
    "job.stored",
    "job_finish.before_commit",
    "job_finish.committed",
]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with its user, a source that was read, and a script; and beside it what may be asked for of each.

    Most of a job's places need no writing: three turns that are voiced reach them in a third of the time.
    """
    folder = tmp_path_factory.mktemp("template")

    async def make() -> None:
        async with Studio.open(read_settings({"NARROWCAST_HOME": str(folder / "home")})) as studio:
            await owner(studio)
            written = request(await given(studio), num_segments=1)
            (folder / "writing").write_text(written.model_dump_json())
            await studio.store.blobs.put(SCRIPT_KEY, dump_script(SCRIPT).encode())
            voiced = EpisodeRequest(profile=PROFILE, script_key=SCRIPT_KEY, tts="openai:sim")
            (folder / "voicing").write_text(voiced.model_dump_json())

    asyncio.run(make())
    return folder


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One simulator for all tests of a process; each looks at its own calls."""
    simulator = Simulator(tmp_path_factory.mktemp("provider") / "ledger.jsonl", "--speed=200")
    yield simulator
    simulator.stop()


class Processes:
    """Starts processes that work on one home's job, one after the other."""

    def __init__(self, provider: Simulator) -> None:
        self.provider = provider
        path = os.pathsep.join(sys.path)
        command = [sys.executable, str(WORKER)]
        self._forks = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
        )

    def run(self, folder: Path, asked_for: str, crashpoint: str = "") -> tuple[int, str]:
        """Work until the job ended or the process dies: its exit status, and what it said."""
        asked = {
            "home": str(folder / "home"),
            "request": str(folder / asked_for),
            "said": str(folder / "said"),
            "env": {
                **self.provider.env,
                "NARROWCAST_HOME": str(folder / "home"),
                "NARROWCAST_TTS_CONCURRENCY": "1",
                "NARROWCAST_CRASHPOINT": crashpoint,
            },
        }
        assert self._forks.stdin
        assert self._forks.stdout
        self._forks.stdin.write(json.dumps(asked) + "\n")
        self._forks.stdin.flush()
        code = self._forks.stdout.readline()
        return int(code), (folder / "said").read_text()

    def end(self) -> None:
        """Start no more."""
        self._forks.communicate(timeout=PATIENCE_S)


@pytest.fixture(scope="module")
def processes(provider: Simulator) -> Iterator[Processes]:
    """Processes that ask the simulator."""
    processes = Processes(provider)
    yield processes
    processes.end()


def assert_at_rest(home: Path) -> None:
    """What must hold of a home whose one job completed, looked at from outside."""
    connection = sqlite3.connect(home / "narrowcast.db")
    try:

        def ask(query: str) -> list[tuple[Any, ...]]:
            return connection.execute(query).fetchall()

        assert ask("select status from job") == [("completed",)]
        assert ask("select status, revision from episode") == [("completed", 1)]
        assert ask("select count(*) from result where status = 'pending' or lease_owner is not null") == [(0,)]
        assert ask("select count(*) from provider_slot") == [(0,)]
        ((audio_key, sha256),) = ask("select audio_key, sha256 from revision")
        blobs = [*ask("select blob_key, sha256 from result where status = 'ready'"), (audio_key, sha256)]
        for key, digest in blobs:
            assert hashlib.sha256((home / "blobs" / key).read_bytes()).hexdigest() == digest, key
        epochs = [
            epoch for (epoch,) in ask("select json_extract(data, '$.epoch') from job_event where kind = 'running'")
        ]
        assert epochs == sorted(set(epochs))
    finally:
        connection.close()
    assert not [*(home / "work").glob("*"), *(home / "blobs" / "incoming").glob("*"), *(home / "run").glob("*")]


def clips(home: Path) -> int:
    """How many clips are on the disk."""
    connection = sqlite3.connect(f"file:{home / 'narrowcast.db'}?mode=ro", uri=True)
    try:
        ((count,),) = connection.execute("select count(*) from result where kind = 'clip' and status = 'ready'")
        return int(count)
    finally:
        connection.close()


@dataclass(frozen=True)
class AtDeath:
    """What was there when a process died: how many calls had been made, and how many clips were kept."""

    calls: int
    clips: int


def at_death(folder: Path, provider: Simulator) -> AtDeath:
    """Now."""
    return AtDeath(len(provider.calls()), clips(folder / "home"))


def assert_paid_once(provider: Simulator, before: int, death: AtDeath, home: Path) -> None:
    """What was kept is not asked for again; the rest once. Of the model one call can be under way at a death."""
    after = Counter(call.hash for call in provider.calls()[death.calls :] if call.stage == "speech")
    assert sum(after.values()) == len(after) == clips(home) - death.clips
    assert sum(1 for call in provider.calls()[before:] if call.stage != "speech") <= LLM_CALLS + 1


@pytest.mark.parametrize(
    ("asked_for", "place"), [*(("writing", place) for place in WRITING), *(("voicing", place) for place in VOICING)]
)
def test_dying_there_the_next_process_completes_the_job(
    asked_for: str, place: str, template: Path, processes: Processes, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(template, tmp_path / "all"))
    before = len(processes.provider.calls())
    code, said = processes.run(folder, asked_for, place)
    assert code == 137, said
    death = at_death(folder, processes.provider)
    completed(folder, asked_for, processes)
    assert_at_rest(folder / "home")
    assert_paid_once(processes.provider, before, death, folder / "home")


@pytest.mark.parametrize("place", ["job_sweep.before_commit", "job_sweep.committed"])
def test_dying_while_taking_up_what_another_left(
    place: str, template: Path, processes: Processes, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(template, tmp_path / "all"))
    before = len(processes.provider.calls())
    assert processes.run(folder, "voicing", "speak.answered:2")[0] == 137
    code, said = processes.run(folder, "voicing", place)
    assert code == 137, said
    death = at_death(folder, processes.provider)
    completed(folder, "voicing", processes)
    assert_at_rest(folder / "home")
    assert_paid_once(processes.provider, before, death, folder / "home")


def completed(folder: Path, asked_for: str, processes: Processes) -> None:
    """A process that nothing happens to completes the job."""
    code, said = processes.run(folder, asked_for)
    assert code == 0, said
    assert "completed" in said.splitlines()[-1], said


def test_a_job_that_kills_its_process_again_and_again_is_given_up(
    template: Path, processes: Processes, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(template, tmp_path / "all"))
    for _ in range(3):
        assert processes.run(folder, "voicing", "job_claim.committed")[0] == 137
    code, said = processes.run(folder, "voicing")
    assert code == 0, said
    assert said.splitlines()[-1].startswith("failed 3 The program that worked on this stopped 3 times"), said
