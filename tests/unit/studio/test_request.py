"""What a job's snapshot must hold, and when two ask for the same."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from narrowcast.profiles.catalogue import find_episode_profile, find_speaker_profile
from narrowcast.studio.request import EpisodeRequest, GivenSource, Mode

PROFILE = find_episode_profile("solo_expert")
SPEAKERS = find_speaker_profile(PROFILE.speaker_config)
SOURCE = GivenSource(id="s", digest="d", read_key="sources/d.json")


def request(**changes: object) -> EpisodeRequest:
    return EpisodeRequest.model_validate({"profile": PROFILE, "speakers": SPEAKERS, "sources": (SOURCE,), **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"sources": ()},
        {"speakers": None},
        {"mode": Mode.RENDER},
        {"mode": Mode.RENDER, "script_key": "k", "stop_after_script": True},
        {"num_segments": 0},
        {"minutes": 601},
        {"minutes": float("nan")},
        {"budget_usd": -1},
        {"format": "wav"},
    ],
)
def test_what_makes_no_episode_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        request(**changes)


def test_it_comes_back_from_the_database_as_it_was() -> None:
    asked = request(minutes=2.5, instructions="simpler", budget_usd=0)
    assert EpisodeRequest.model_validate(asked.model_dump(mode="json")) == asked


def test_only_what_would_make_the_same_has_one_fingerprint() -> None:
    assert request().fingerprint == request().fingerprint
    assert request().fingerprint != request(language="fr").fingerprint
    assert request(speakers=None, script_key="k").fingerprint != request(script_key="k").fingerprint
