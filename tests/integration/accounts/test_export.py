"""All that is a user's own, taken along from PostgreSQL and a bucket."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from tests.integration.store.furnishing import furnish

from narrowcast.accounts.export import export
from narrowcast.store.files.storage_place import storage_place
from narrowcast.store.home import Store
from narrowcast.store.places import Places
from servers import ObjectStore

FILE = os.urandom(3_000_000)


async def test_a_file_that_goes_while_it_is_read_is_named_and_the_rest_is_whole(
    tmp_path: Path, postgresql_url: str, object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in object_store.env.items():
        monkeypatch.setenv(name, value)
    store = await Store.open(tmp_path, Places(postgresql_url, storage_place(f"s3://{object_store.bucket()}")))
    await furnish(store._database)
    for key in ("sources/file_key-0.bin", "sources/read_key-0.bin", "revisions/audio_key-0.bin"):
        await store.blobs.put(key, FILE)
    taken = bytearray()
    async for piece in export(store, "account-0"):
        taken += piece
        if len(taken) > 1_000_000:
            await store.blobs.delete("sources/file_key-0.bin")
    await store.aclose()
    with zipfile.ZipFile(io.BytesIO(taken)) as archive:
        assert archive.testzip() is None
        assert archive.read("files/sources/source-0/read.bin") == FILE
        assert archive.read("files/episodes/episode-0/revision-1/episode.bin") == FILE
        missing = archive.read("missing.txt").decode().split()
        rows = {name: json.loads(archive.read(f"{name}.json")) for name in ("sources", "jobs", "listening_days")}
    assert "files/sources/source-0/given.bin" in missing
    assert "files/sources/source-0/read.bin" not in missing
    assert [row["id"] for row in rows["sources"]] == ["source-0"]
    assert all(len(found) == 1 for found in rows.values())
