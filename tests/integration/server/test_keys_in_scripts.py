"""A key that somebody writes into a script or profile lies nowhere in clear."""

from __future__ import annotations

import io
import zipfile
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
    shown = (await served.sam.get(place)).json()["speakers"][0]["tts_config"]
    assert shown == {"base_url": OWN["base_url"], "api_key": "(kept)"} == put.json()["speakers"][0]["tts_config"]
    assert _holding(tmp_path, KEY) == []
    assert len(sealed := _holding(tmp_path, "sealed:")) > 1
    again = await served.sam.get(place)
    back = {name: again.json()[name] for name in ("title", "language", "speakers", "segments")}
    same = await served.sam.put(place, json=back, headers={"If-Match": again.headers["etag"]})
    assert (same.status_code, same.headers["etag"]) == (200, again.headers["etag"])
    assert _holding(tmp_path, "sealed:") == sealed
    back["speakers"][0]["tts_config"]["base_url"] = "https://elsewhere.example.org/v1"
    stolen = await served.sam.put(place, json=back, headers={"If-Match": again.headers["etag"]})
    assert stolen.status_code == 422, stolen.text
    profile = {"name": "Own", "tts_provider": "openai", "speakers": keyed[:1]}
    assert (await served.sam.post("speaker-profiles", json=profile)).status_code == 201
    spoken = {"content": "Bees dance to tell where the flowers are.", "speaker_profile": "Own"}
    assert (await served.sam.post("podcasts/generate", json=spoken)).status_code == 202
    with zipfile.ZipFile(io.BytesIO((await served.sam.get("me/export")).content)) as taken:
        texts = {name: taken.read(name).decode() for name in taken.namelist()}
    assert "sealed:" not in "".join(texts.values())
    assert {name for name in texts if "(kept)" in texts[name]} >= {"profiles.json", "jobs.json", "episodes.json"}
