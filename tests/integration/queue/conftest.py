"""A queue over a real database, a clock that tests set, and some owners."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from narrowcast.queue.limits import OwnerLimits, QueueLimits
from narrowcast.queue.queue import NewJob, Queue
from narrowcast.store.database import Database, open_database
from narrowcast.store.episodes.new_episode import NewEpisode
from narrowcast.store.jobs.events import JobEvents
from narrowcast.store.jobs.idempotency import Idempotency
from narrowcast.store.jobs.jobs import Jobs
from narrowcast.store.jobs.rows import Job
from narrowcast.store.people.accounts import Accounts
from narrowcast.store.tables import episode

NewDatabase = Callable[[], AbstractContextManager[str]]
START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands still until it is told."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Line:
    """A queue, and short words for what tests do with it."""

    database: Database
    clock: Clock = field(default_factory=Clock)
    limits: QueueLimits = field(
        default_factory=lambda: QueueLimits(owner=OwnerLimits(running=2, waiting=50), tiers={"free": OwnerLimits(1, 3)})
    )

    def __post_init__(self) -> None:
        self.jobs = Jobs(self.database, self.clock)
        self.events = JobEvents(self.database)
        self.queue = self.with_limits(self.limits)
        self.idempotency = Idempotency(self.database, self.clock)
        self._numbers = itertools.count(1)

    def with_limits(self, limits: QueueLimits) -> Queue:
        """The same queue by other figures; delays come without jitter."""
        return Queue(self.jobs, limits, chance=lambda: 0.5)

    def with_chance(self, chance: float) -> Queue:
        """The same queue, which draws this."""
        return Queue(self.jobs, self.limits, chance=lambda: chance)

    async def owner(self, tier: str = "standard") -> str:
        """One more user."""
        accounts = Accounts(self.database)
        number = next(self._numbers)
        return (await accounts.add(email=f"{number}@example.org", name="Sam", role="member", tier=tier)).id

    async def add(self, owner_id: str, **wishes: Any) -> Job:
        """One more job."""
        number = next(self._numbers)
        new = NewJob(owner_id=owner_id, kind="episode", params={"number": number})
        return (await self.queue.enqueue(NewJob(**{**vars(new), **wishes}))).job

    async def add_episode(self, owner_id: str, **wishes: Any) -> Job:
        """One more job that makes an episode."""
        new = NewEpisode(f"e{next(self._numbers)}", owner_id, "On bees", "en")
        job = NewJob(owner_id, "episode", {}, episode_id=new.id)
        return (await self.queue.enqueue(NewJob(**{**vars(job), **wishes}), new)).job

    async def claimed(self, worker: str = "hand") -> Job:
        """The next job, which must be there."""
        job = await self.queue.claim(worker)
        assert job
        return job

    async def again(self, job: Job) -> Job:
        """The job as it stands now."""
        found = await self.queue.get(job.owner_id, job.id)
        assert found
        return found

    async def episode(self, job: Job) -> Any:
        """The row of the job's episode."""
        async with self.database.read() as connection:
            return (await connection.execute(select(episode).where(episode.c.id == job.episode_id))).one()

    async def told(self, job: Job) -> list[str]:
        """The kinds of what happened to a job."""
        return [event.kind for event in await self.events.of_job(job.id)]


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables: migrating takes longer than most of these tests."""
    path = tmp_path_factory.mktemp("empty") / "narrowcast.db"

    async def make() -> None:
        await (await open_database(f"sqlite+aiosqlite:///{path}")).aclose()

    asyncio.run(make())
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database of each kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    path = request.getfixturevalue("tmp_path") / "narrowcast.db"
    shutil.copy(request.getfixturevalue("empty_database"), path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def new_sqlite(empty_database: Path) -> NewDatabase:
    """Makes empty SQLite files."""

    @contextmanager
    def make() -> Iterator[str]:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite+aiosqlite:///{shutil.copy(empty_database, folder)}"

    return make


@pytest.fixture
def new_postgresql_database(new_postgresql: Callable[[], str]) -> NewDatabase:
    """Makes empty databases of a server."""
    return lambda: nullcontext(new_postgresql())


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = await open_database(url)
    yield opened
    await opened.aclose()


@pytest.fixture
def line(database: Database) -> Line:
    return Line(database)
