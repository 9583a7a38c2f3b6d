"""Dying at every named place: what is left keeps the laws, and a second run pays only for what is missing."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from narrowcast.store.files.storage_place import storage_place
from narrowcast.store.home import Store
from narrowcast.store.places import Places

Start = Callable[..., subprocess.Popen[str]]
Ledger = Callable[[], list[str]]
KEY = "ab" * 32

POINTS = [
    # place, pieces that were promised to be kept, whether the result was promised
    ("upgrade.before_commit", 0, False),
    ("claim.before_commit", 0, False),
    ("claim.committed", 0, False),
    ("partial.before_commit:1", 0, False),
    ("partial.committed:1", 1, False),
    ("partial.before_commit:3", 2, False),
    ("partial.committed:3", 3, False),
    # The first blob is the mark of the storage.
    ("blob.before_write:2", 3, False),
    ("blob.written:2", 3, False),
    ("blob.before_rename:2", 3, False),
    ("blob.published:2", 3, False),
    ("publish.before_commit", 3, False),
    ("publish.committed", 3, True),
]


@pytest.mark.parametrize(("place", "kept", "ready"), POINTS, ids=[place for place, *_ in POINTS])
def test_dying_there_loses_nothing_that_was_promised(
    start: Start, ledger: Ledger, tmp_path: Path, place: str, kept: int, ready: bool
) -> None:
    victim = start(KEY, crashpoint=place)
    said, _ = victim.communicate(timeout=120)
    assert victim.returncode == 137, said
    promised = max((int(line.split()[1]) for line in said.splitlines() if line.startswith("saved")), default=0)
    assert promised <= kept
    assert_ready_rows_have_their_blobs(tmp_path / "home")

    paid = ledger().count("part")
    heir = start(KEY)
    said, _ = heir.communicate(timeout=120)
    assert heir.returncode == 0, said
    if ready:
        assert "found [0, 1, 2]" in said
        assert ledger().count("part") == paid
    else:
        assert f"holding {kept}" in said
        assert "finished [0, 1, 2]" in said
        assert ledger().count("part") == paid + 3 - kept
    home = tmp_path / "home"
    assert assert_ready_rows_have_their_blobs(home) == 1
    assert not list((home / "run").iterdir()), "marks of the dead were left"
    assert not [*(home / "blobs").glob("incoming/*")], "unfinished files were left"


@pytest.mark.parametrize("place", ["blob.before_write:2", "blob.published:2"])
async def test_dying_beside_a_bucket_leaves_nothing_that_is_promised_and_missing(
    start: Start, ledger: Ledger, tmp_path: Path, bucket: str, place: str
) -> None:
    url = f"s3://{bucket}/kept"
    victim = start(KEY, "--storage", url, crashpoint=place)
    said, _ = victim.communicate(timeout=120)
    assert victim.returncode == 137, said
    heir = start(KEY, "--storage", url)
    said, _ = heir.communicate(timeout=120)
    assert heir.returncode == 0, said
    assert "holding 3" in said
    assert "finished [0, 1, 2]" in said
    assert ledger().count("part") == 3
    store = await Store.open(tmp_path / "home", Places(storage=storage_place(url)))
    try:
        checkup = await store.check_up(deep=True)
        assert (checkup.blobs, checkup.missing, checkup.damaged) == (1, [], [])
        [key] = [entry.key async for entry in store.blobs.entries()]
        await store.blobs.put(key, b"something else")
        assert (await store.check_up(deep=True)).damaged == [key]
        await store.blobs.delete(key)
        assert (await store.check_up(deep=True)).missing == [key]
    finally:
        await store.aclose()


@pytest.mark.parametrize("place", ["release.before_commit", "release.committed"])
def test_dying_while_giving_a_lease_back_blocks_nobody(start: Start, tmp_path: Path, place: str) -> None:
    # A folder where the file should go makes finishing fail, so that the lease is given back unfinished.
    blocked = tmp_path / "home" / "blobs" / "segments"
    blocked.parent.mkdir(parents=True)
    blocked.touch()
    victim = start(KEY, crashpoint=place)
    assert victim.wait(timeout=120) == 137
    blocked.unlink()
    heir = start(KEY)
    said, _ = heir.communicate(timeout=120)
    assert heir.returncode == 0, said
    assert "holding 3" in said


def assert_ready_rows_have_their_blobs(home: Path) -> int:
    """The law, looked at from outside; how many ready rows there are."""
    connection = sqlite3.connect(home / "narrowcast.db")
    try:
        if not connection.execute("select 1 from sqlite_master where name = 'result'").fetchone():
            return 0
        ready = connection.execute("select blob_key, sha256 from result where status = 'ready'").fetchall()
        blocking = connection.execute("select count(*) from result where status = 'ready' and lease_owner is not null")
        assert blocking.fetchone() == (0,)
    finally:
        connection.close()
    for blob_key, sha256 in ready:
        assert hashlib.sha256((home / "blobs" / blob_key).read_bytes()).hexdigest() == sha256
    return len(ready)
