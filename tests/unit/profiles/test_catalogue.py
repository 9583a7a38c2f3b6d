"""Finding profiles: shipped names, podcast-creator's files, and what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from narrowcast.errors import ProfileError
from narrowcast.profiles.catalogue import (
    find_episode_profile,
    find_speaker_profile,
    shipped_episode_profiles,
    shipped_speaker_profiles,
    speakers_for,
)

SPEAKERS = {
    "tts_provider": "elevenlabs",
    "tts_model": "eleven_flash_v2_5",
    "speakers": [{"name": "Ann", "voice_id": "x", "backstory": "b", "personality": "p"}],
}
EPISODE = {
    "speaker_config": "duo",
    "outline_provider": "openai",
    "outline_model": "gpt-4o-mini",
    "transcript_provider": "anthropic",
    "transcript_model": "claude",
    "default_briefing": "Explain.",
    "num_segments": 3,
}


def write(path: Path, **profiles: Any) -> str:
    path.write_text(json.dumps({"profiles": profiles}), "utf-8")
    return str(path)


def test_what_is_shipped_is_whole() -> None:
    speakers = shipped_speaker_profiles()
    episodes = shipped_episode_profiles()
    assert {"tech_discussion", "solo_expert", "business_analysis", "diverse_panel"} == set(episodes)
    for name, profile in episodes.items():
        assert profile.speaker_config in speakers
        assert speakers_for(profile, name, None).name == profile.speaker_config


def test_a_file_with_one_profile_needs_no_name(tmp_path: Path) -> None:
    place = write(tmp_path / "e.json", mine=EPISODE)
    assert find_episode_profile(place).name == "mine"


def test_one_of_many_is_named(tmp_path: Path) -> None:
    place = write(tmp_path / "s.json", duo=SPEAKERS, solo=SPEAKERS)
    assert find_speaker_profile(f"{place}#solo").name == "solo"
    with pytest.raises(ProfileError, match="2 profiles") as caught:
        find_speaker_profile(place)
    assert "#duo" in caught.value.hint


def test_speakers_beside_an_episode_profile_are_found(tmp_path: Path) -> None:
    place = write(tmp_path / "episodes_config.json", mine=EPISODE)
    with pytest.raises(ProfileError, match="duo"):
        speakers_for(find_episode_profile(place), place, None)
    write(tmp_path / "speakers_config.json", duo=SPEAKERS, other=SPEAKERS)
    assert speakers_for(find_episode_profile(place), place, None).speakers[0].name == "Ann"


def test_a_misspelt_name_gets_the_right_one() -> None:
    with pytest.raises(ProfileError) as caught:
        find_episode_profile("tech_discusion")
    assert "tech_discussion" in caught.value.hint


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({**EPISODE, "num_segmets": 2}, "num_segmets"),
        ({**EPISODE, "num_segments": 0}, "num_segments"),
        ({**EPISODE, "minutes": -3}, "minutes"),
        ({"speaker_config": "x"}, "outline_provider"),
        ("text", "not an object"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, fields: Any, says: str) -> None:
    with pytest.raises(ProfileError, match=says):
        find_episode_profile(write(tmp_path / "e.json", mine=fields))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"profiles": {}}', '{"profiles": []}', "[" * 50_000])
def test_broken_files_are_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "e.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ProfileError):
        find_episode_profile(str(path))


def test_five_speakers_and_twins_are_refused(tmp_path: Path) -> None:
    one = SPEAKERS["speakers"][0]
    many = [one | {"name": name} for name in "abcde"]  # type: ignore[operator]
    with pytest.raises(ProfileError, match="speakers"):
        find_speaker_profile(write(tmp_path / "s.json", many={**SPEAKERS, "speakers": many}))
    with pytest.raises(ProfileError, match="same name"):
        find_speaker_profile(write(tmp_path / "t.json", twins={**SPEAKERS, "speakers": [one, one]}))


def test_files_that_a_profile_names_are_found_from_its_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "profiles").mkdir()
    music = {"intro": "jingle.mp3", "bed": str(tmp_path / "bed.flac"), "outro": "~/outro.mp3"}
    fields = {**EPISODE, "music": music, "cover": "art/cover.png"}
    place = write(tmp_path / "profiles" / "e.json", mine=fields)
    monkeypatch.chdir("/")
    monkeypatch.setenv("HOME", "/home/ann")
    profile = find_episode_profile(place)
    assert profile.cover == str(tmp_path / "profiles" / "art" / "cover.png")
    assert profile.music
    assert profile.music.named() == {
        "intro": str(tmp_path / "profiles" / "jingle.mp3"),
        "outro": "/home/ann/outro.mp3",
        "bed": str(tmp_path / "bed.flac"),
    }


@pytest.mark.parametrize(
    "music",
    [
        {},
        {"bed_below_db": 24},
        {"intro": "a.mp3", "overlap_s": 12},
        {"bed": "a.mp3", "bed_below_db": 12},
        {"jingle": "a"},
    ],
)
def test_music_that_makes_no_sense_is_refused(tmp_path: Path, music: dict[str, Any]) -> None:
    place = write(tmp_path / "e.json", mine={**EPISODE, "music": music})
    with pytest.raises(ProfileError, match="wrong at music"):
        find_episode_profile(place)
