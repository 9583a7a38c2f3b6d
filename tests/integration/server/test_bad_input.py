"""What breaks parsers and databases is told to its sender, at every door."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from tests.integration.server.conftest import Served
from tests.integration.server.shelving import render, shelve

from narrowcast.server.api.progress import SHOWN
from narrowcast.server.api.speaker_profiles import EXAMPLE

DEEP = 500
"""Deeper than what walks through a value can follow, and not so deep that the JSON parser itself gives up."""
LISTS = ("tokens", "podcasts", "podcasts/jobs", "sources", "notebooks", "webhooks", "inbox", "sessions")


def _nested(document: Any) -> str:
    """`document` as JSON, its `"!"` nested deep."""
    return json.dumps(document).replace('"!"', "[" * DEEP + "]" * DEEP)


async def test_what_is_nested_deep_is_refused_wherever_anything_may_stand(served: Served) -> None:
    speaker = {"name": "Ada", "voice_id": "en-gb", "tts_config": {"x": "!"}}
    turn = {"speaker": "Ada", "text": "Hello there."}
    script = {"title": "T", "language": "en", "speakers": [speaker], "segments": [{"title": "S", "turns": [turn]}]}
    sent = {
        ("POST", "podcasts/generate"): {"script": script},
        ("POST", "podcasts/estimate"): {"script": script},
        ("POST", "speaker-profiles"): {**EXAMPLE, "tts_config": {"x": "!"}},
        ("POST", "speaker-profiles/import"): {"profiles": {"A": {**EXAMPLE, "tts_config": {"x": "!"}}}},
        ("PATCH", "speaker-profiles/analysts"): {"tts_config": {"x": "!"}},
        ("PATCH", "episode-profiles/tech_discussion"): {"outline_config": {"x": "!"}},
    }
    for (method, path), document in sent.items():
        answer = await served.sam.request(
            method, path, content=_nested(document), headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 422, (path, answer.text)
        assert "deep" in answer.json()["detail"]


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
async def test_times_beyond_the_calendar_are_refused(served: Served, at: str) -> None:
    answer = await served.sam.post("tokens", json={"name": "t", "expires_at": at})
    assert answer.status_code == 422, answer.text
    cursor = base64.urlsafe_b64encode(f"{at} x".encode()).decode()
    for path in LISTS:
        answer = await served.sam.get(path, params={"cursor": cursor})
        assert answer.status_code == 422, (path, answer.text)


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
async def test_a_clock_beyond_the_calendar_makes_nothing_heard(served: Served, at: str) -> None:
    episode_id = await shelve(served)
    await render(served, episode_id)
    for told in ({"sent_at": at}, {"wall_start": at, "wall_end": at}):
        interval = {**SHOWN, "wall_start": "2020-01-01T00:00:00Z", "wall_end": "2020-01-01T00:00:15Z"}
        body = {"intervals": [{**interval, **told}]} if "wall_start" in told else {"intervals": [interval], **told}
        answer = await served.sam.post(f"podcasts/{episode_id}/sessions", json=body)
        assert answer.status_code == 200, answer.text
        assert [one["status"] for one in answer.json()["results"]] == ["refused"]
    assert (await served.sam.get(f"podcasts/{episode_id}/progress")).json()["last_played_at"] is None
