"""A profile's own server gets the profile's own key, and nobody else's; a stranger's word opens no private door."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from narrowcast import Studio, order
from narrowcast.errors import NarrowcastError, ProfileError, SourceError
from narrowcast.keys.profile_keys import open_key, seal_keys
from narrowcast.keys.sealing import Sealer
from narrowcast.pipeline.events import Episode
from narrowcast.script.own_server import OwnServer
from narrowcast.script.profile import EpisodeProfile, Speaker, SpeakerProfile
from narrowcast.settings import read_settings
from running import Simulator

OWN = "sk-own-of-the-profile-77"
SERVERS = "sk-of-the-server-0000"
TEXT = "# Locks\n\n" + "A lock lifts boats between two levels of a canal, with gates at both ends. " * 12


def _profiles(config: dict[str, str]) -> tuple[EpisodeProfile, SpeakerProfile]:
    episode = EpisodeProfile(
        name="own",
        speaker_config="own",
        outline_provider="openai",
        outline_model="sim",
        transcript_provider="openai-compatible",
        transcript_model="sim",
        num_segments=1,
        outline_config=config,
        transcript_config=config,
    )
    speakers = SpeakerProfile(
        name="own", tts_provider="openai", tts_config=config, speakers=(Speaker(name="Ann", voice_id="nova"),)
    )
    return episode, speakers


async def _make(studio: Studio, folder: Path, config: dict[str, str]) -> Episode:
    (folder / "locks.md").write_text(TEXT)
    episode, speakers = _profiles(config)
    return await studio.make(order(folder / "locks.md", profile=episode, speakers=speakers, out=folder / "locks.mp3"))


def _holding(folder: Path, word: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


@asynccontextmanager
async def _studio(folder: Path, **settings: str) -> AsyncIterator[Studio]:
    async with Studio.open(read_settings({"NARROWCAST_HOME": str(folder / "home"), **settings})) as studio:
        yield studio


@asynccontextmanager
async def _stranger() -> AsyncIterator[tuple[str, list[str]]]:
    """Somebody's host that answers nothing of use, and what was sent to it."""
    heard: list[str] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            heard.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(hear, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", heard


async def test_the_profiles_own_server_is_asked_with_its_own_key_alone(tmp_path: Path, simulator: Simulator) -> None:
    # The simulator refuses the key `wrong`: were the server's key sent, nothing would be made.
    async with _studio(tmp_path, OPENAI_API_KEY="wrong", OPENAI_BASE_URL=simulator.base_url) as studio:
        made = await _make(studio, tmp_path, {"base_url": simulator.base_url, "api_key": OWN})
    assert made.turns
    assert simulator.calls("speech")
    assert _holding(tmp_path, OWN) == []


async def test_a_strangers_host_gets_no_key_of_the_server(tmp_path: Path) -> None:
    async with (
        _stranger() as (url, heard),
        _stranger() as (ours, _),
        _studio(tmp_path, OPENAI_API_KEY=SERVERS, OPENAI_BASE_URL=ours) as studio,
    ):
        with pytest.raises(ProfileError, match="no key for it"):
            await _make(studio, tmp_path, {"base_url": url})
        assert heard == []
        with pytest.raises(NarrowcastError):
            await _make(studio, tmp_path, {"base_url": url, "api_key": OWN})
        assert heard
        assert all(f"Bearer {OWN}" in head for head in heard)
        assert not any(SERVERS in head for head in heard)


async def test_on_a_server_a_profiles_host_must_be_public_whatever_its_name_leads_to(tmp_path: Path) -> None:
    async with _stranger() as (url, heard), _studio(tmp_path) as studio:
        studio.access.serve_many(Sealer(Fernet.generate_key()))
        for named in (url, url.replace("127.0.0.1", "localhost")):
            with pytest.raises(SourceError, match="not a public address"):
                await _make(studio, tmp_path, {"base_url": named, "api_key": OWN})
        assert heard == []


async def test_a_sealed_key_opens_beside_its_own_address_alone(tmp_path: Path, simulator: Simulator) -> None:
    sealer = Sealer(Fernet.generate_key())
    config = seal_keys({"base_url": simulator.base_url, "api_key": OWN}, sealer)
    assert OWN not in str(config)
    assert seal_keys(config, sealer) == config
    async with _stranger() as (url, heard), _studio(tmp_path, NARROWCAST_ALLOW_PRIVATE_ADDRESSES="true") as studio:
        with pytest.raises(ProfileError, match="sealed: only the server"):
            await _make(studio, tmp_path, config)
        studio.access.serve_many(sealer)
        made = await _make(studio, tmp_path, config)
        again = order(script=made.script, out=tmp_path / "again.mp3")
        assert (await studio.make(again)).cached.clips == made.turns
        with pytest.raises(ProfileError, match="sealed for another address"):
            await _make(studio, tmp_path, {**config, "base_url": url})
        assert heard == []


def test_keys_are_sealed_however_deep_they_lie() -> None:
    sealer = Sealer(Fernet.generate_key())
    sealed = seal_keys({"speakers": [{"tts_config": {"api_key": OWN}}], "name": "x"}, sealer)
    key = sealed["speakers"][0]["tts_config"]["api_key"]  # type: ignore[index]
    assert sealed["name"] == "x"
    assert open_key(OwnServer("", key), sealer) == OWN
    with pytest.raises(ProfileError):
        open_key(OwnServer("https://elsewhere.example", key), sealer)
