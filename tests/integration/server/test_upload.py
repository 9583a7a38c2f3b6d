"""Recordings of one's own in the library, and what is refused of them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.integration.audio.test_recording import sound
from tests.integration.server.conftest import Served

from narrowcast.store.files.besides import MARK


@pytest.fixture
def server_settings() -> Mapping[str, str]:
    """So little may be uploaded that too much of it is made quickly."""
    return {"NARROWCAST_UPLOAD_BYTES": "300000", "NARROWCAST_TIERS": '{"standard": {"storage_bytes": 900000}}'}


def form(audio: bytes | None, transcript: bytes | None = None, **fields: str) -> dict[str, Any]:
    files = {"audio_file": ("../../etc/../蜂\u202e.mp3", audio)} if audio is not None else {}
    if transcript is not None:
        files["transcript_file"] = ("words.txt", transcript)
    return {"data": {"title": "Mine"} | fields, "files": files}


async def test_a_recording_is_heard_read_and_found(served: Served) -> None:
    mp3 = sound(".mp3")
    said = b"Maya: Bees dance at noon.\n\nSam: Do they?\n"
    answer = await served.sam.post("podcasts", **form(mp3, said, description="By me", language="en"))
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["title"], told["status"], told["uploaded"]) == ("Mine", "completed", True)
    assert (told["transcript_status"], told["size_bytes"], told["media_type"]) == ("timed", len(mp3), "audio/mpeg")
    assert abs(told["duration"] - 2) < 0.12
    assert (await served.sam.get(f"podcasts/{told['episode_id']}/audio")).content == mp3
    vtt = (await served.sam.get(f"podcasts/{told['episode_id']}/transcript.vtt")).text
    assert "<v Maya>Bees dance at noon." in vtt
    assert len((await served.sam.get("podcasts?q=noon")).json()["items"]) == 1
    assert (await served.nils.get(f"podcasts/{told['episode_id']}")).status_code == 404
    alone = (await served.sam.post("podcasts", **form(sound(".opus")))).json()
    assert (alone["transcript_status"], alone["transcript_urls"]) == (None, {})
    assert alone["audio_url"].endswith("-1.opus")
    vague = (await served.sam.post("podcasts", **form(mp3, b"Hm."))).json()
    assert (vague["transcript_status"], list(vague["transcript_urls"])) == ("txt_only", ["txt"])


async def test_what_is_refused_leaves_nothing(served: Served) -> None:
    mp3 = sound(".mp3", 0.5)
    refused: list[tuple[int, dict[str, Any]]] = [
        (422, form(None)),
        (422, form(b"")),
        (422, form(b"#EXTM3U\nhttp://127.0.0.1/\n")),
        (422, form(b"PK\3\4" + bytes(100))),
        (422, form(mp3, title="\u202e ")),
        (422, form(mp3, title="x" * 301)),
        (422, form(mp3, language="not a language")),
        (422, form(mp3, source_id="x")),
        (422, form(mp3, owner_id="olga")),
        (404, form(mp3, source_id=str(uuid.uuid4()))),
        (413, form(bytes(300_001))),
        (422, form(mp3, b"\xff\xd8\xff\0\0\0")),
        (422, form(mp3, b"1\n00:59:01,000 --> 00:59:02,000\nToo late.\n")),
        (422, {"json": {"title": "x"}}),
    ]
    for status, given in refused:
        answer = await served.sam.post("podcasts", **given)
        assert answer.status_code == status, (answer.text, given)
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await served.nobody.post("podcasts", **form(mp3))).status_code == 401
    assert (await served.lea.post("podcasts", **form(mp3))).status_code == 403
    assert (await served.sam.get("podcasts")).json()["items"] == []
    home = served.context.settings.home
    left = [path for folder in ("blobs", "incoming") for path in (home / folder).rglob("*") if path.is_file()]
    left = [path for path in left if not str(path).endswith(MARK)]
    assert left == []


async def test_uploads_at_once_do_not_come_beyond_what_a_person_may_store(served: Served, tmp_path: Path) -> None:
    wav = sound(".wav", 2.5)
    assert 225_000 < len(wav) < 300_000
    answers = await asyncio.gather(*(served.sam.post("podcasts", **form(wav)) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [413] * 3
    assert len((await served.sam.get("podcasts")).json()["items"]) == 3
    assert len(_files(tmp_path, "*.wav")) == 3
    note = {"text": "Bees dance. " * 20_000}
    assert (await served.sam.post("sources", json=note)).status_code == 413
    assert (await served.nils.post("podcasts", **form(wav))).status_code == 201


def _files(folder: Path, pattern: str) -> list[Path]:
    return [path for path in folder.rglob(pattern) if path.is_file()]
