"""Scripts in versions and renderings: nothing is overwritten, nothing reaches another user."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from narrowcast.errors import NotFoundError
from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.episodes.revisions import NewRevision, Publication, settled
from narrowcast.store.home import Store
from narrowcast.store.tables import episode, job

AUDIO = NewRevision("episodes/e/a.mp3", "audio/mpeg", 5, "ab", 1_000, {".vtt": "episodes/e/a.vtt"}, {"turns": 2})


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "home")
    yield store
    await store.aclose()


@pytest.fixture
async def owner(store: Store) -> str:
    """Somebody with one episode `e`, which the job `j` is making, claimed once."""
    user = await store.accounts.add(email="o@example.org", name="O", role="owner", tier="standard")
    now = datetime.now(UTC)
    common = {"owner_id": user.id, "created_at": now}
    async with store.revisions._database.write() as connection:
        await connection.execute(
            insert(episode).values(
                id="e", title="T", language="en", status="queued", figures={}, updated_at=now, **common
            )
        )
        await connection.execute(
            insert(job).values(
                id="j", kind="episode", status="running", priority=0, rank=0, epoch=1, params={}, progress={}, **common
            )
        )
    return user.id


async def publish(store: Store, revision: NewRevision | None = None) -> None:
    async with store.revisions._database.write() as connection:
        await Publication("e", revision, title="Named").write(connection, datetime.now(UTC))


async def test_each_rendering_gets_the_next_number_and_the_earlier_ones_stay(store: Store, owner: str) -> None:
    assert await store.revisions.get(owner, "e") is None
    await publish(store, AUDIO)
    await publish(store, AUDIO)
    assert [one.number for one in await store.revisions.all(owner, "e")] == [2, 1]
    newest, first = await store.revisions.get(owner, "e"), await store.revisions.get(owner, "e", 1)
    assert newest
    assert newest.number == 2
    assert first
    assert first.files == AUDIO.files
    assert await store.revisions.get("somebody", "e") is None
    assert await store.revisions.all("somebody", "e") == []


async def test_an_episode_is_what_was_made_of_it_last(store: Store, owner: str) -> None:
    async def status() -> tuple[EpisodeStatus, str]:
        row = await store.episodes.get("e")
        assert row
        return row.status, row.title

    await publish(store)
    assert await status() == (EpisodeStatus.SCRIPT_READY, "Named")
    await publish(store, AUDIO)
    assert await status() == (EpisodeStatus.COMPLETED, "Named")
    await publish(store)
    assert await status() == (EpisodeStatus.COMPLETED, "Named"), "it can still be heard"
    assert len(await store.revisions.all(owner, "e")) == 1


def test_what_there_was_before_is_kept_in_the_status() -> None:
    failed, cancelled = EpisodeStatus.FAILED, EpisodeStatus.CANCELLED
    assert settled(failed, revision=0, has_script=True) is failed
    assert settled(failed, revision=1, has_script=True) is EpisodeStatus.COMPLETED
    assert settled(cancelled, revision=0, has_script=False) is cancelled
    assert settled(cancelled, revision=0, has_script=True) is EpisodeStatus.SCRIPT_READY
    assert settled(EpisodeStatus.QUEUED, revision=1, has_script=True) is EpisodeStatus.QUEUED


async def test_of_two_edits_of_one_version_the_second_is_told(store: Store, owner: str) -> None:
    assert await store.scripts.save_made("e", b"{}", job_id="j", epoch=1)
    await publish(store)
    read = await store.scripts.get(owner, "e")
    kept = await store.scripts.replace(owner, read, b"{1}")
    assert kept
    assert kept.version == read.version + 1
    assert await store.scripts.replace(owner, read, b"{2}") is None
    with pytest.raises(NotFoundError):
        await store.scripts.replace("somebody", kept, b"{3}")
    with pytest.raises(NotFoundError):
        await store.scripts.get("somebody", "e")
    assert (await store.scripts.get(owner, "e")).data == b"{1}"


async def test_only_the_claim_that_stands_writes_the_script(store: Store, owner: str) -> None:
    save = store.scripts.save_made
    assert await save("e", b"{1}", job_id="j", epoch=1)
    assert not await save("e", b"{1}", job_id="j", epoch=1), "the same again is no new version"
    async with store.revisions._database.write() as connection:
        await connection.execute(update(job).values(epoch=2))
    assert not await save("e", b"{2}", job_id="j", epoch=1)
    kept = await store.scripts.get(owner, "e")
    assert (kept.version, kept.data) == (1, b"{1}")
