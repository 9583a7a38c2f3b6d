"""Processes that die at a named place of a job, on either database, and what must hold of what they leave."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.integration.workers.asking import PROFILE, given, owner, request
from tests.laws import Disturbance, all_broken, look

from narrowcast.script.dialogue import Script, Segment, Turn
from narrowcast.script.profile import Speaker
from narrowcast.script.script_file import dump_script
from narrowcast.settings import read_settings
from narrowcast.studio.request import EpisodeRequest
from narrowcast.studio.studio import Studio
from running import Simulator
from servers import Postgres

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

WRITING = (
    "claim.before_commit:2",  # the outline is reserved (the first is what was read)
    "claim.committed:2",
    "write.asking:1",
    "write.answering:1",
    "partial.before_commit:1",  # a part of the outline
    "partial.committed:1",
    "write.asking:2",
    "write.answering:2",
    "partial.before_commit:2",  # a part of a segment
    "partial.committed:2",
    "job.script_kept",
)
VOICING = (
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
)
SWEEPING = ("job_sweep.before_commit", "job_sweep.committed")
PLACES = (
    *(("writing", place) for place in WRITING),
    *(("voicing", place) for place in VOICING),
    *(("sweeping", place) for place in SWEEPING),
)
"""What is asked for, and where a process dies of it; `sweeping`: the second one, which takes up what the first left."""
SAMPLE = frozenset(
    {
        "write.answering:2",
        "enqueue.committed",
        "job_claim.before_commit",
        "claim.committed:2",
        "speak.answered:2",
        "publish.before_commit:2",
        "job_finish.before_commit",
        "job_finish.committed",
        "job_sweep.before_commit",
    }
)
"""Those whose outcome rests most on the database."""


class Cases:
    """Homes in which one job can be asked for, each with a database of its own, in SQLite or PostgreSQL.

    `folder` is for what they are copied from: a user, a source that was read, and a script. Most of a job's places
    need no writing: three turns that are voiced reach them in a third of the time.
    """

    def __init__(self, folder: Path, postgres: Postgres | None = None) -> None:
        self._folder = folder
        self._postgres = postgres
        self._template = "crashing"
        if postgres:
            postgres.run(f"create database {self._template}")
        asyncio.run(self._make())

    async def _make(self) -> None:
        env = {"NARROWCAST_HOME": str(self._folder / "home")}
        if self._postgres:
            env["NARROWCAST_DATABASE_URL"] = self._postgres.url(self._template)
        async with Studio.open(read_settings(env)) as studio:
            await owner(studio)
            written = request(await given(studio), num_segments=1)
            (self._folder / "writing").write_text(written.model_dump_json())
            await studio.store.blobs.put(SCRIPT_KEY, dump_script(SCRIPT).encode())
            voiced = EpisodeRequest(profile=PROFILE, script_key=SCRIPT_KEY, tts="openai:sim")
            (self._folder / "voicing").write_text(voiced.model_dump_json())

    def new(self, folder: Path) -> Case:
        """One more, in `folder`."""
        shutil.copytree(self._folder, folder)
        url = self._postgres.database(self._template) if self._postgres else ""
        return Case(folder, url)

    def end(self) -> None:
        """Nothing is copied any more."""
        if self._postgres:
            self._postgres.run(f"drop database {self._template} with (force)")


@dataclass(frozen=True)
class Case:
    """A home, and its database where that is not in it."""

    folder: Path
    database_url: str

    @property
    def home(self) -> Path:
        """The home folder."""
        return self.folder / "home"

    @property
    def url(self) -> str:
        """The database's address."""
        return self.database_url or f"sqlite:///{self.home / 'narrowcast.db'}"

    def clips(self) -> int:
        """How many clips are kept."""
        return sum(1 for kept in look(self.url).results if kept.kind == "clip" and kept.status == "ready")


class Processes:
    """Starts processes that work on one home's job, one after the other."""

    def __init__(self, provider: Simulator) -> None:
        self.provider = provider
        path = os.pathsep.join(sys.path)
        command = [sys.executable, str(WORKER)]
        self._forks = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
        )

    def run(self, case: Case, asked_for: str, crashpoint: str = "") -> tuple[int, str]:
        """Work until the job ended or the process dies: its exit status, and what it said."""
        settings = {"NARROWCAST_HOME": str(case.home), "NARROWCAST_TTS_CONCURRENCY": "1"}
        if case.database_url:
            settings["NARROWCAST_DATABASE_URL"] = case.database_url
        asked = {
            "home": str(case.home),
            "request": str(case.folder / asked_for),
            "said": str(case.folder / "said"),
            "env": {**self.provider.env, **settings, "NARROWCAST_CRASHPOINT": crashpoint},
        }
        assert self._forks.stdin
        assert self._forks.stdout
        self._forks.stdin.write(json.dumps(asked) + "\n")
        self._forks.stdin.flush()
        code = self._forks.stdout.readline()
        return int(code), (case.folder / "said").read_text()

    def end(self) -> None:
        """Start no more."""
        self._forks.communicate(timeout=PATIENCE_S)


def dies_and_another_completes(case: Case, processes: Processes, asked_for: str, place: str) -> None:
    """A process dies there; the next one completes the job, pays again only for what was under way, leaves nothing."""
    before = len(processes.provider.calls())
    deaths = []

    def dies(asked_for: str, place: str) -> None:
        code, said = processes.run(case, asked_for, place)
        assert code == 137, said
        deaths.append(Disturbance(place, time.monotonic(), time.monotonic()))

    if asked_for == "sweeping":
        asked_for = "voicing"
        dies(asked_for, "speak.answered:2")
    dies(asked_for, place)
    calls, clips = len(processes.provider.calls()), case.clips()
    code, said = processes.run(case, asked_for)
    assert code == 0, said
    assert "completed" in said.splitlines()[-1], said
    seen = look(case.url)
    mine = processes.provider.calls()[before:]
    assert [each.status for each in seen.jobs] == ["completed"]
    broken = all_broken(
        seen,
        blobs=case.home / "blobs",
        homes=[case.home],
        acknowledged={each.id for each in seen.jobs},
        caps={each.owner_id: 1 for each in seen.jobs},
        calls=mine,
        disturbances=deaths,
    )
    assert broken == []
    # One call at a time: what was kept is not asked for again, the rest once, and of the model one was under way.
    after = Counter(call.hash for call in processes.provider.calls()[calls:] if call.stage == "speech")
    assert sum(after.values()) == len(after) == case.clips() - clips
    assert sum(1 for call in mine if call.stage != "speech") <= LLM_CALLS + 1


def is_given_up(case: Case, processes: Processes) -> None:
    """A job that kills its process three times is failed by the fourth."""
    for _ in range(3):
        assert processes.run(case, "voicing", "job_claim.committed")[0] == 137
    code, said = processes.run(case, "voicing")
    assert code == 0, said
    assert said.splitlines()[-1].startswith("failed 3 The program that worked on this stopped 3 times"), said
