"""A disk that is full, and one that cannot be written: a small file system of our own, where the system lets us."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from narrowcast.errors import OutputError
from narrowcast.store.home import Store

KEY = "ab" * 32


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk cannot be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def write_protect(disk: Path) -> None:
    """From now on nothing can be written there."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


async def test_a_full_disk_is_told_and_what_was_there_is_kept(disk: Path) -> None:
    store = await Store.open(disk / "home")

    async def make(data: bytes) -> None:
        async with store.results.reserve(KEY, "clip") as reservation:
            await reservation.save_partial(b"[1]")
            await reservation.finish(data, {}, suffix=".flac")

    with pytest.raises(OutputError, match="is full") as caught:
        await make(b"x" * 2_000_000)
    assert "what was made so far is kept" in caught.value.hint
    assert not [*(disk / "home" / "blobs").glob("incoming/*")]
    async with store.results.reserve(KEY, "clip") as reservation:
        assert reservation.partial == b"[1]"
        await reservation.finish(b"small", {}, suffix=".flac")

    async def fill() -> None:
        for number in range(1000):
            async with store.results.reserve(f"{number:064x}", "segment") as reservation:
                await reservation.save_partial(b"x" * 20_000)

    with pytest.raises(OutputError, match="is full"):
        await fill()
    stored = await store.results.get(KEY)
    assert stored
    assert stored.data == b"small"
    await store.aclose()


async def test_no_room_for_a_new_home_is_told(disk: Path) -> None:
    (disk / "much").write_bytes(b"x" * (1_048_576 - 3 * 4096))
    with pytest.raises(OutputError, match="is full"):
        await Store.open(disk / "home")


async def test_a_read_only_disk_is_told(disk: Path) -> None:
    await (await Store.open(disk / "home")).aclose()
    write_protect(disk)
    with pytest.raises(OutputError, match=r"cannot be used: Read-only file system") as caught:
        await Store.open(disk / "home")
    assert "NARROWCAST_HOME" in caught.value.hint
