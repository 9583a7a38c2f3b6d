"""Bytes by key: whole and on the disk, or not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from narrowcast.errors import NotFoundError, OutputError, SettingError
from narrowcast.store.files.blobs import Blobs


@pytest.fixture(params=["folder", "elsewhere"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return Blobs.open((tmp_path / "blobs").as_uri() if request.param == "folder" else "memory:///", "me")


async def test_what_is_put_is_there_until_it_is_deleted(blobs: Blobs) -> None:
    key = "clips/ab/abcd.flac"
    assert await blobs.get(key) is None
    assert not await blobs.exists(key)
    await blobs.put(key, b"one")
    await blobs.put(key, b"two")
    assert await blobs.exists(key)
    assert await blobs.get(key) == b"two"
    await blobs.delete(key)
    await blobs.delete(key)
    assert await blobs.get(key) is None


async def test_an_empty_blob_is_a_blob(blobs: Blobs) -> None:
    await blobs.put("clips/ab/none.flac", b"")
    assert await blobs.get("clips/ab/none.flac") == b""


async def test_bytes_and_folders_are_synced_before_and_after_the_move(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = Blobs.open((tmp_path / "blobs").as_uri(), "me")
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(descriptor: int) -> None:
        steps.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    def noted_replace(source: Path, target: Path) -> Path:
        steps.append("move")
        return replace(source, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    await blobs.put("clips/ab/abcd.flac", b"one")
    assert steps == ["me.1", "move", "ab", "clips", "blobs", tmp_path.name]
    steps.clear()
    await blobs.put("clips/ab/abce.flac", b"two")
    assert steps == ["me.2", "move", "ab"]


async def test_only_the_unfinished_files_of_the_dead_are_swept(tmp_path: Path) -> None:
    blobs = Blobs.open((tmp_path / "blobs").as_uri(), "me")
    blobs.sweep(lambda _token: False)
    await blobs.put("clips/ab/abcd.flac", b"one")
    incoming = tmp_path / "blobs" / "incoming"
    for name in ("12-dead.1", "12-dead.2#1", "34-living.1"):
        (incoming / name).touch()
    blobs.sweep(lambda token: token == "34-living")
    assert [path.name for path in incoming.iterdir()] == ["34-living.1"]
    assert await blobs.exists("clips/ab/abcd.flac")


async def test_a_place_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="file"):
        Blobs.open((tmp_path / "file").as_uri(), "me")
    blobs = Blobs.open((tmp_path / "blobs").as_uri(), "me")
    (tmp_path / "blobs" / "clips").touch()
    with pytest.raises(OutputError, match="cannot be used"):
        await blobs.put("clips/ab/abcd.flac", b"one")
    assert not [*(tmp_path / "blobs" / "incoming").iterdir()]


def test_an_unknown_kind_of_storage_is_refused_without_showing_its_key() -> None:
    with pytest.raises(SettingError, match="storage URL") as caught:
        Blobs.open("carrier-pigeon://name:secret@roof", "me")
    assert "secret" not in caught.value.message + caught.value.hint


async def test_a_file_is_put_whole_and_read_by_ranges(blobs: Blobs, tmp_path: Path) -> None:
    data = bytes(range(256)) * 5_000
    file = tmp_path / "mix.mp3"
    file.write_bytes(data)
    assert await blobs.size("episodes/e/audio.mp3") is None
    await blobs.put_file("episodes/e/audio.mp3", file)
    assert file.exists()
    assert await blobs.size("episodes/e/audio.mp3") == len(data)
    pieces = [piece async for piece in blobs.read_range("episodes/e/audio.mp3", 7, 1_100_000)]
    assert b"".join(pieces) == data[7:1_100_000]
    assert len(pieces) == 2
    with pytest.raises(NotFoundError):
        assert [piece async for piece in blobs.read_range("episodes/none.mp3", 0, 1)]


async def test_a_file_in_a_folder_is_found_there_and_nothing_is_left_on_the_way(tmp_path: Path) -> None:
    blobs = Blobs.open((tmp_path / "blobs").as_uri(), "me")
    (tmp_path / "mix.mp3").write_bytes(b"sound")
    await blobs.put_file("episodes/e/audio.mp3", tmp_path / "mix.mp3")
    place = blobs.path("episodes/e/audio.mp3")
    assert place
    assert place.read_bytes() == b"sound"
    with pytest.raises(OutputError):
        await blobs.put_file("episodes/e/other.mp3", tmp_path / "none.mp3")
    assert not list((tmp_path / "blobs" / "incoming").iterdir())
