"""Episodes as a job leaves them, for tests of what is done with them afterwards."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from tests.integration.server.conftest import Served

from narrowcast.pipeline.recall import keep
from narrowcast.script.dialogue import Script
from narrowcast.script.script_file import dump_script, script_of
from narrowcast.script.source import Passage, Source
from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.tables import episode

BEES = Source(
    number=1,
    title="On bees",
    origin="bees.txt",
    format="text",
    language="en",
    passages=(
        Passage(number=1, source=1, text="A bee dances to tell where flowers are."),
        Passage(number=2, source=1, text="A hive holds 40,000 bees.", headings=("The hive",), page=3),
    ),
)


def script(**changes: Any) -> Script:
    """A short script with two turns, the first of which cites a passage."""
    turns = [
        {"id": "s1t1", "speaker": "Maya", "text": "How do bees tell where flowers are?", "cites": [1]},
        {"id": "s1t2", "speaker": "Sam", "text": "They dance.", "cites": []},
    ]
    document = {
        "title": "On bees",
        "language": "en",
        "speakers": [{"name": "Maya", "voice_id": "en-us+f3"}, {"name": "Sam", "voice_id": "en-us+m3"}],
        "sources": [BEES.reference.model_dump(mode="json")],
        "segments": [{"title": "The dance", "turns": turns}],
    }
    return script_of(document | changes, "the test's script")


async def owner_of(served: Served, name: str) -> str:
    """The id of one of the cast."""
    return str((await getattr(served, name).get("me")).json()["id"])


async def add_episode(
    served: Served,
    *,
    owner: str = "sam",
    status: EpisodeStatus = EpisodeStatus.SCRIPT_READY,
    text: Script | None = None,
    snapshot: dict[str, Any] | None = None,
) -> str:
    """An episode of theirs, with its script unless it is still queued, and with what was read for it."""
    store = served.context.store
    identity, now = str(uuid.uuid4()), datetime.now(UTC)
    values: dict[str, Any] = {
        "id": identity,
        "owner_id": await owner_of(served, owner),
        "title": "On bees",
        "language": "en",
        "status": status,
        "snapshot": snapshot,
        "figures": {},
        "created_at": now,
        "updated_at": now,
    }
    if status is not EpisodeStatus.QUEUED:
        await keep([BEES], store.results)
        key = f"episodes/{identity}/script-first.json"
        await store.scripts._blobs.put(key, dump_script(text or script()).encode())
        values |= {"script_blob_key": key, "script_version": 1}
    async with store.scripts._database.write() as connection:
        await connection.execute(insert(episode).values(**values))
    return identity
