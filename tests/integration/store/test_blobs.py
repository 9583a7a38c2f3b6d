"""Bytes by key: whole and lasting, or not there; alike in a folder and in a bucket."""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from narrowcast.errors import NotFoundError, OutputError, SettingError
from narrowcast.store.files.blobs import AT_ONCE, PART, Blobs
from narrowcast.store.files.storage_place import storage_place


@pytest.fixture(params=["folder", "bucket"])
async def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "folder":
        return Blobs.open((tmp_path / "blobs").as_uri(), "me")
    name: str = request.getfixturevalue("bucket")
    return Blobs.open(f"s3://{name}/kept/here", "me")


async def test_what_is_put_is_there_until_it_is_deleted(blobs: Blobs) -> None:
    key = "clips/ab/abcd.flac"
    await blobs.reach()
    assert await blobs.get(key) is None
    assert not await blobs.exists(key)
    assert await blobs.sha256(key) is None
    await blobs.put(key, b"one")
    await blobs.put(key, b"two")
    assert await blobs.exists(key)
    assert await blobs.get(key) == b"two"
    assert await blobs.sha256(key) == hashlib.sha256(b"two").hexdigest()
    await blobs.delete(key)
    await blobs.delete(key)
    assert await blobs.get(key) is None


async def test_an_empty_blob_is_a_blob(blobs: Blobs) -> None:
    await blobs.put("clips/ab/none.flac", b"")
    assert await blobs.get("clips/ab/none.flac") == b""
    assert await blobs.size("clips/ab/none.flac") == 0


async def test_all_are_listed_with_their_sizes_and_the_storages_own_times(blobs: Blobs) -> None:
    before = await blobs.now()
    for key, data in (("clips/ab/a.flac", b"1"), ("episodes/e/audio ä+&.mp3", b"22"), ("contents/c", b"")):
        await blobs.put(key, data)
    found = {entry.key: entry async for entry in blobs.entries()}
    assert {key: entry.size for key, entry in found.items()} == {
        "clips/ab/a.flac": 1,
        "episodes/e/audio ä+&.mp3": 2,
        "contents/c": 0,
    }
    assert abs(before - datetime.now(UTC)) < timedelta(minutes=1)
    # Storages tell whole seconds.
    assert all(entry.written_at >= before - timedelta(seconds=1) for entry in found.values())
    assert not [key async for key, _ in blobs.older_than(before - timedelta(minutes=1))]
    assert len([key async for key, _ in blobs.older_than(before + timedelta(minutes=1))]) == 3


async def test_many_are_deleted_at_once_whether_they_are_there_or_not(blobs: Blobs) -> None:
    for number in range(5):
        await blobs.put(f"clips/{number}", b"x")
    keys = [f"clips/{number}" for number in range(1, AT_ONCE + 7)]
    await blobs.delete_all(keys)
    assert [entry.key async for entry in blobs.entries()] == ["clips/0"]


async def test_a_file_is_put_whole_and_read_by_ranges(blobs: Blobs, tmp_path: Path) -> None:
    # More than one part of an upload.
    data = os.urandom(PART + 1_000_003)
    file = tmp_path / "mix.mp3"
    file.write_bytes(data)
    assert await blobs.size("episodes/e/audio.mp3") is None
    await blobs.put_file("episodes/e/audio.mp3", file)
    assert file.exists()
    assert await blobs.size("episodes/e/audio.mp3") == len(data)
    assert await blobs.sha256("episodes/e/audio.mp3") == hashlib.sha256(data).hexdigest()
    pieces = [piece async for piece in blobs.read_range("episodes/e/audio.mp3", 7, 1_100_000)]
    assert b"".join(pieces) == data[7:1_100_000]
    assert len(pieces) == 2
    with pytest.raises(NotFoundError):
        assert [piece async for piece in blobs.read_range("episodes/none.mp3", 0, 1)]
    with pytest.raises(OutputError):
        await blobs.put_file("episodes/e/other.mp3", tmp_path / "none.mp3")
    assert not await blobs.exists("episodes/e/other.mp3")


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


async def test_a_file_in_a_folder_is_found_there_and_nothing_is_left_on_the_way(tmp_path: Path) -> None:
    blobs = Blobs.open(str(tmp_path / "blobs"), "me")
    (tmp_path / "mix.mp3").write_bytes(b"sound")
    await blobs.put_file("episodes/e/audio.mp3", tmp_path / "mix.mp3")
    place = blobs.path("episodes/e/audio.mp3")
    assert place
    assert place.read_bytes() == b"sound"
    with pytest.raises(OutputError):
        await blobs.put_file("episodes/e/other.mp3", tmp_path / "none.mp3")
    assert not list((tmp_path / "blobs" / "incoming").iterdir())
    assert await blobs.link("episodes/e/audio.mp3", 60, {}) is None


def test_an_unknown_kind_of_storage_is_refused_without_showing_its_key() -> None:
    with pytest.raises(SettingError, match="cannot be used") as caught:
        Blobs.open("carrier-pigeon://name:secret@roof", "me")
    assert "secret" not in caught.value.message + caught.value.hint


async def test_a_link_opens_one_object_by_ranges_and_nothing_else(bucket: str) -> None:
    blobs = Blobs.open(f"s3://{bucket}/kept", "me")
    await blobs.put("episodes/e/audio ä.mp3", b"0123456789")
    headers = {
        "Content-Type": "audio/mpeg",
        "Content-Disposition": "inline; filename=\"a.mp3\"; filename*=UTF-8''%C3%A4",
    }
    url = await blobs.link("episodes/e/audio ä.mp3", 3600, headers)
    assert url
    assert blobs.links_begin_with
    assert url.startswith(blobs.links_begin_with + "kept/episodes/e/")
    assert url == await blobs.link("episodes/e/audio ä.mp3", 3600, headers)
    async with httpx2.AsyncClient(trust_env=False) as client:
        whole = await client.get(url)
        assert (whole.status_code, whole.content) == (200, b"0123456789")
        assert {name: whole.headers[name] for name in headers} == headers
        part = await client.get(url, headers={"Range": "bytes=2-4"})
        assert (part.status_code, part.content) == (206, b"234")
        assert part.headers["Content-Range"] == "bytes 2-4/10"


async def test_what_the_address_of_the_store_itself_is_given_is_signed_for_it(bucket: str) -> None:
    """A store checks the signature with the host that it sees; a CDN is said to send the bucket's own."""
    seen = "http://objects.example.org:8333"
    itself = Blobs.open(f"s3://{bucket}/kept?endpoint={seen}", "me")
    inside = f"s3://{bucket}/kept?endpoint=http://objects:8333"
    named = Blobs.open(storage_place(inside, public_url=f"{seen}/{bucket}"), "me")
    cdn = Blobs.open(storage_place(inside, public_url="https://cdn.example.org"), "me")
    own = Blobs.open(inside, "me")
    for _ in range(2):
        urls = [str(await blobs.link("a b", 3600, {})) for blobs in (itself, named, own, cdn)]
        # At a change of the five minutes, once more.
        if len({parse_qs(urlsplit(url).query)["X-Amz-Date"][0] for url in urls}) == 1:
            break
    assert urls[0] == urls[1]
    assert named.links_begin_with == f"{seen}/{bucket}/"
    assert urls[3] == urls[2].replace(f"http://objects:8333/{bucket}/", "https://cdn.example.org/")


async def test_a_bucket_that_is_not_there_is_no_empty_one(bucket: str) -> None:
    blobs = Blobs.open(f"s3://{bucket}-none", "me")
    with pytest.raises(OutputError, match="There is no bucket"):
        await blobs.exists("a")
    for question in (blobs.reach(), blobs.put("key", b"data"), blobs.get("key"), blobs.delete_all(["key"])):
        with pytest.raises(OutputError, match="There is no bucket"):
            await question


async def test_keys_that_are_wrong_or_not_there_and_a_network_that_is_gone_are_told(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    gone = Blobs.open(f"s3://{bucket}", "me")
    with pytest.raises(OutputError, match="cannot be reached") as caught:
        await gone.reach()
    assert "testing" not in str(caught.value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(OutputError, match="There are no keys for s3://") as caught:
        Blobs.open(f"s3://{bucket}", "me")
    assert "AWS_PROFILE" in caught.value.hint
    with pytest.raises(OutputError, match="There are no keys"):
        Blobs.open(f"s3://{bucket}?profile=nobody", "me")


async def test_keys_of_a_shared_file_open_and_sign(
    bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    shared = tmp_path / "credentials"
    shared.write_text("[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = hidden\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(shared))
    blobs = await asyncio.to_thread(Blobs.open, f"s3://{bucket}?profile=work", "me")
    await blobs.put("key", b"data")
    assert await blobs.get("key") == b"data"
    url = await blobs.link("key", 60, {})
    assert url
    assert "AKIAWORK" in url
    assert "hidden" not in url


async def test_a_storage_that_stays_silent_is_given_up(monkeypatch: pytest.MonkeyPatch, bucket: str) -> None:
    monkeypatch.setattr("narrowcast.store.files.blobs.PATIENCE_S", 0.2)
    # The system takes the connection; nobody ever answers.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(OutputError, match="cannot be reached"):
            await Blobs.open(f"s3://{bucket}?endpoint={endpoint}", "me").reach()
