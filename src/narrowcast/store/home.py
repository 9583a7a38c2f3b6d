"""The store of one home folder: its database, its blobs, and who is using them."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from sqlalchemy import select

from narrowcast.store.database import Database, open_database
from narrowcast.store.episodes.episodes import Episodes
from narrowcast.store.episodes.revisions import Revisions
from narrowcast.store.episodes.room import stored_bytes
from narrowcast.store.episodes.scripts import Scripts
from narrowcast.store.episodes.shelf import Shelf
from narrowcast.store.episodes.tags import Tags
from narrowcast.store.episodes.uploads import Uploads
from narrowcast.store.faults import telling_of_disk
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.files.derived import Derived
from narrowcast.store.files.incoming import Incoming
from narrowcast.store.files.storage_place import folder_place
from narrowcast.store.files.workplaces import Workplaces
from narrowcast.store.installation import Installation
from narrowcast.store.jobs.events import JobEvents
from narrowcast.store.jobs.figures import JobFigures
from narrowcast.store.jobs.idempotency import Idempotency
from narrowcast.store.jobs.jobs import Jobs
from narrowcast.store.jobs.provider_slots import ProviderSlots
from narrowcast.store.library.ingredients import Ingredients
from narrowcast.store.library.last_used import LastUsed
from narrowcast.store.library.notebooks import Notebooks
from narrowcast.store.library.profiles import Profiles
from narrowcast.store.library.source_list import SourceList
from narrowcast.store.library.sources import Sources
from narrowcast.store.listening.bookmarks import Bookmarks
from narrowcast.store.listening.days import ListeningDays
from narrowcast.store.listening.downloads import Downloads
from narrowcast.store.listening.feeds import Feeds
from narrowcast.store.listening.hearing import Hearing
from narrowcast.store.listening.reports import WeeklyReports
from narrowcast.store.listening.up_next import UpNext
from narrowcast.store.people.accounts import Accounts
from narrowcast.store.people.beginnings import Beginnings
from narrowcast.store.people.preferences import Preferences
from narrowcast.store.people.provider_keys import ProviderKeys
from narrowcast.store.people.sessions import Sessions
from narrowcast.store.people.spending import Spending
from narrowcast.store.people.takeout import Takeout
from narrowcast.store.people.tokens import Tokens
from narrowcast.store.places import Places, database_url
from narrowcast.store.presence import Presence
from narrowcast.store.results.results import LEASE_S, Results
from narrowcast.store.results.rows import release_all
from narrowcast.store.tables import READY, result
from narrowcast.store.telling.browsers import Browsers
from narrowcast.store.telling.deliveries import Deliveries
from narrowcast.store.telling.messages import Messages
from narrowcast.store.telling.telling import Telling
from narrowcast.store.telling.webhooks import Webhooks
from narrowcast.store.upkeep.checkup import Checkup, check_up
from narrowcast.store.upkeep.collect import Collected, collect
from narrowcast.store.upkeep.condition import Condition, condition
from narrowcast.store.upkeep.mark import accept_storage, agree_on_storage
from narrowcast.store.upkeep.oversight import Oversight

VOICE_CLIPS = 200
"""How many of a voice's last clips its rate is measured on."""
VOICE_WORDS = 60
"""Fewer words than these say little about a voice's rate."""


class Store:
    """Everything that is kept below one home folder."""

    def __init__(
        self,
        home: Path,
        database: Database,
        blobs: Blobs,
        derived: Derived,
        incoming: Incoming,
        presence: Presence,
        lease_s: float,
    ) -> None:
        self.blobs = blobs
        self.derived = derived
        self.incoming = incoming
        self.results = Results(database, blobs, presence, lease_s=lease_s)
        self.episodes = Episodes(database, blobs, presence.token)
        self.revisions = Revisions(database)
        self.provider_slots = ProviderSlots(database)
        self.workplaces = Workplaces(home / "work", presence.token)
        self.shelf = Shelf(database)
        self.tags = Tags(database)
        self.bookmarks = Bookmarks(database)
        self.up_next = UpNext(database)
        self.uploads = Uploads(database, blobs)
        self.accounts = Accounts(database)
        self.beginnings = Beginnings(database)
        self.profiles = Profiles(database)
        self.ingredients = Ingredients(database)
        self.scripts = Scripts(database, blobs)
        self.last_used = LastUsed(database)
        self.notebooks = Notebooks(database)
        self.sources = Sources(database, blobs)
        self.source_list = SourceList(database)
        self.spending = Spending(database)
        self.tokens = Tokens(database)
        self.takeout = Takeout(database)
        self.sessions = Sessions(database)
        self.provider_keys = ProviderKeys(database)
        self.telling = Telling(database)
        self.webhooks = Webhooks(database)
        self.browsers = Browsers(database)
        self.deliveries = Deliveries(database)
        self.messages = Messages(database)
        self.preferences = Preferences(database)
        self.feeds = Feeds(database)
        self.downloads = Downloads(database)
        self.hearing = Hearing(database)
        self.listening_days = ListeningDays(database)
        self.weekly_reports = WeeklyReports(database)
        self.jobs = Jobs(database)
        self.job_figures = JobFigures(database)
        self.job_events = JobEvents(database)
        self.oversight = Oversight(database)
        self.idempotency = Idempotency(database)
        self.installation = Installation(database)
        self._home = home
        self._database = database
        self._presence = presence

    @classmethod
    async def open(cls, home: Path, places: Places | None = None, *, lease_s: float = LEASE_S) -> Self:
        """Open the store in `home`, made where it is missing; clean up after processes that died.

        `places` tells what lies elsewhere; work under way, indexes and marks of processes are in the home always.
        Raises `OutputError` (place, damage, no connection), `SettingError` (a schema that this version does not know,
        a storage that is not this database's).
        """
        places = places or Places()
        with telling_of_disk(home):
            presence = await asyncio.to_thread(_enter, home)
        try:
            blobs = await asyncio.to_thread(Blobs.open, places.storage or folder_place(home / "blobs"), presence.token)
            await blobs.reach()
            database = await open_database(database_url(home, places))
        except BaseException:
            presence.leave()
            raise
        derived = Derived(home / "derived", presence.token)
        incoming = Incoming(home / "incoming", presence.token)
        store = cls(home, database, blobs, derived, incoming, presence, lease_s)
        try:
            await agree_on_storage(database, blobs)
            await store.clean_up()
        except BaseException:
            await store.aclose()
            raise
        return store

    @staticmethod
    async def accept_storage(home: Path, places: Places) -> None:
        """Have this storage be the database's from its next start on, whatever is in it. Raises as `open`."""
        blobs = await asyncio.to_thread(Blobs.open, places.storage or folder_place(home / "blobs"), "accepting")
        await blobs.reach()
        database = await open_database(database_url(home, places))
        try:
            await accept_storage(database, blobs)
        finally:
            await database.aclose()

    @property
    def process(self) -> str:
        """This process's token: what it holds is free as soon as it is gone."""
        return self._presence.token

    @property
    def home_name(self) -> str:
        """The home folder's own name among all that share the database."""
        return self._presence.home

    def now(self) -> datetime:
        """Now, by the database's clock: what processes compare goes by it."""
        return self._database.now()

    def alone(self, name: str) -> AbstractAsyncContextManager[bool]:
        """Whether no other process, on any machine, is in such a block of that name."""
        return self._database.alone(name)

    async def voice_rate(self, provider: str, voice_id: str, language: str) -> float | None:
        """Words per minute of a voice, measured on its last clips; none while there are too few.

        Clips count whose meta holds `provider, voice_id, language, words, ms`.
        """
        meta = result.c.meta
        query = (
            select(meta["words"].as_integer(), meta["ms"].as_integer())
            .where(
                result.c.kind == "clip",
                result.c.status == READY,
                meta["provider"].as_string() == provider,
                meta["voice_id"].as_string() == voice_id,
                meta["language"].as_string() == language,
                meta["words"].as_integer() > 0,
                meta["ms"].as_integer() > 0,
            )
            .order_by(result.c.finished_at.desc())
            .limit(VOICE_CLIPS)
        )
        async with self._database.read() as connection:
            clips = [(int(words), int(ms)) for words, ms in await connection.execute(query)]
        words, ms = sum(words for words, _ in clips), sum(ms for _, ms in clips)
        return words * 60_000 / ms if words >= VOICE_WORDS else None

    async def stored_bytes(self, owner_id: str) -> int:
        """How much an owner's documents and episodes take. Raises `OutputError`."""
        async with self._database.read() as connection:
            return await stored_bytes(connection, owner_id)

    async def ping(self) -> None:
        """Ask the database something. Raises `OutputError` when it does not answer."""
        async with self._database.read() as connection:
            await connection.execute(select(1))

    async def check_up(self, *, deep: bool) -> Checkup:
        """Whether everything is whole. Raises `OutputError` when the database does not answer."""
        return await check_up(self._database, self.blobs, deep=deep)

    async def condition(self) -> Condition | None:
        """How a PostgreSQL server is doing; none of a SQLite file. Raises `OutputError`."""
        return await condition(self._database, self._home)

    async def collect(self, *, unused: timedelta | None = None, dry: bool = False) -> Collected:
        """Remove what nobody needs: see `narrowcast.store.upkeep.collect`."""
        return await collect(self._database, self.blobs, unused=unused, dry=dry)

    async def aclose(self) -> None:
        """Give everything back; may be called twice."""
        await self.results.aclose()
        await self._database.aclose()
        self._presence.leave()

    async def clean_up(self) -> None:
        """Remove what processes that died have left. Raises `OutputError`."""
        with telling_of_disk(self._home):
            await asyncio.to_thread(self.blobs.sweep, self._presence.alive)
            for folder in (self.derived, self.incoming, self.workplaces):
                await asyncio.to_thread(folder.sweep, self._presence.lives_here)
            dead = await asyncio.to_thread(self._presence.dead)
        for token in dead:
            await release_all(self._database, token)
            await self.episodes.fail_those_of(token)
            await self.provider_slots.give_all(token)
            # Last: as long as its mark is there, a process's traces are looked for.
            self._presence.forget(token)


def _enter(home: Path) -> Presence:
    run = home / "run"
    run.mkdir(parents=True, exist_ok=True)
    return Presence.enter(run)
