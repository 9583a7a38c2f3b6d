"""What was made is remembered; a voice's rate is measured on what it said."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.home import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "home")
    yield opened
    await opened.aclose()


async def test_an_episode_is_remembered_from_its_beginning_to_its_end(store: Store, tmp_path: Path) -> None:
    identity = await store.episodes.begin(title="On bees", language="en")
    begun = await store.episodes.get(identity)
    assert begun
    assert (begun.title, begun.language, begun.status) == ("On bees", "en", EpisodeStatus.GENERATING)
    assert not begun.has_script
    await store.episodes.save_script(identity, b'{"title": "On bees"}')
    await store.episodes.save_script(identity, b'{"title": "On bees, edited"}')
    await store.episodes.finish(identity, output=tmp_path / "bees.mp3", duration_ms=61_000, figures={"turns": 12})
    done = await store.episodes.get(identity)
    assert done
    assert (done.status, done.duration_ms, done.output_path) == ("completed", 61_000, tmp_path / "bees.mp3")
    assert done.figures == {"turns": 12}
    assert done.updated_at >= done.created_at == begun.created_at
    assert done.created_at.utcoffset() is not None
    assert await store.episodes.script(identity) == b'{"title": "On bees, edited"}'
    assert len([*(tmp_path / "home" / "blobs" / "episodes").rglob("*.json")]) == 1


async def test_the_latest_come_first(store: Store) -> None:
    made = [await store.episodes.begin(title=title, language="en") for title in "abc"]
    assert [episode.id for episode in await store.episodes.latest()] == made[::-1]
    assert [episode.id for episode in await store.episodes.latest(limit=1)] == made[2:]


async def test_what_is_unknown_is_none(store: Store) -> None:
    assert await store.episodes.get("nothing") is None
    assert await store.episodes.script("nothing") is None


async def test_an_episode_may_end_without_sound(store: Store) -> None:
    identity = await store.episodes.begin(title="Script only", language="de")
    await store.episodes.end(identity, EpisodeStatus.SCRIPT_READY, {"turns": 3})
    ended = await store.episodes.get(identity)
    assert ended
    assert (ended.status, ended.figures) == (EpisodeStatus.SCRIPT_READY, {"turns": 3})


async def test_what_a_dead_process_was_making_is_found_as_failed(store: Store, tmp_path: Path) -> None:
    mine = await store.episodes.begin(title="Still going on", language="en")
    code = (
        "import asyncio, os, pathlib, sys\n"
        "from narrowcast.store.home import Store\n"
        "async def go():\n"
        "    store = await Store.open(pathlib.Path(sys.argv[1]))\n"
        "    print(await store.episodes.begin(title='Killed', language='en'), flush=True)\n"
        "    os._exit(137)\n"
        "asyncio.run(go())"
    )
    killed = output(code, tmp_path / "home").strip()
    other = await Store.open(tmp_path / "home")
    statuses = {episode.id: episode.status for episode in await other.episodes.latest()}
    assert statuses == {mine: EpisodeStatus.GENERATING, killed: EpisodeStatus.FAILED}
    await other.aclose()


def output(code: str, home: Path) -> str:
    """What a Python process prints that runs `code` with `home`."""
    command = [sys.executable, "-c", code, str(home)]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout


async def say(store: Store, key: int, words: int, ms: int, voice: str = "f3", kind: str = "clip") -> None:
    meta = {"provider": "espeak", "voice_id": voice, "language": "en", "words": words, "ms": ms}
    async with store.results.reserve(f"{key:064x}", kind) as reservation:
        await reservation.finish(b"x", meta, suffix=".flac")


async def test_a_voices_rate_is_words_by_time_over_its_own_clips(store: Store) -> None:
    await say(store, 1, words=30, ms=10_000)
    assert await store.voice_rate("espeak", "f3", "en") is None, "thirty words say little"
    await say(store, 2, words=60, ms=20_000)
    await say(store, 3, words=500, ms=1_000, voice="m3")
    await say(store, 4, words=500, ms=1_000, kind="segment")
    await say(store, 5, words=0, ms=9_000)
    assert await store.voice_rate("espeak", "f3", "en") == pytest.approx(180)
    assert await store.voice_rate("espeak", "f3", "de") is None
    assert await store.voice_rate("openai", "f3", "en") is None


async def test_a_voices_rate_follows_its_last_clips(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("narrowcast.store.home.VOICE_CLIPS", 2)
    for key, ms in enumerate([60_000, 30_000, 30_000]):
        await say(store, key, words=100, ms=ms)
    assert await store.voice_rate("espeak", "f3", "en") == pytest.approx(200)
