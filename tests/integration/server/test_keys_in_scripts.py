"""A key that somebody writes into a script or profile lies nowhere in clear."""

from __future__ import annotations

from pathlib import Path

from tests.integration.server.conftest import Served
from tests.integration.server.episodes import add_episode, script

KEY = "sk-own-of-sam-4242424242"
OWN = {"base_url": "https://voices.example.org/v1", "api_key": KEY}


def _holding(folder: Path, word: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


async def test_keys_in_scripts_and_profiles_are_kept_sealed(served: Served, tmp_path: Path) -> None:
    document = script().model_dump(mode="json", exclude_defaults=True)
    keyed = [{"name": "Maya", "voice_id": "nova", "tts_provider": "openai", "tts_config": OWN}, document["speakers"][1]]
    asked = await served.sam.post("podcasts/generate", json={"script": {**document, "speakers": keyed}})
    assert asked.status_code == 202, asked.text
    place = f"podcasts/{await add_episode(served)}/script"
    read = await served.sam.get(place)
    changed = {**read.json(), "speakers": keyed}
    changed = {name: changed[name] for name in ("title", "language", "speakers", "segments")}
    put = await served.sam.put(place, json=changed, headers={"If-Match": read.headers["etag"]})
    assert put.status_code == 200, put.text
    kept = (await served.sam.get(place)).json()["speakers"][0]["tts_config"]
    assert kept["base_url"] == OWN["base_url"]
    assert kept["api_key"].startswith("sealed:")
    assert _holding(tmp_path, KEY) == []
