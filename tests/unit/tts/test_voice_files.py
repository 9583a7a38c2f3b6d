"""Which downloaded voice is for which language, in which order; and what piper's settings may be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from narrowcast.errors import VoiceError
from narrowcast.tts.local.phonemes import Clause
from narrowcast.tts.local.voice_files import alternating, digest, nearness
from narrowcast.tts.piper.voice import read_voice, read_voices

SETTINGS: dict[str, Any] = {
    "audio": {"sample_rate": 22050, "quality": "medium"},
    "espeak": {"voice": "en-us"},
    "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
    "phoneme_id_map": {
        "_": [0],
        "^": [1],
        "$": [2],
        " ": [3],
        ",": [8],
        ".": [10],
        "a": [14],
        "b": [15],
        "\u0303": [141],
    },
    "num_speakers": 1,
    "speaker_id_map": {},
}


def write(folder: Path, name: str = "en_US-ryan-high", **changes: Any) -> Path:
    model = folder / f"{name}.onnx"
    model.write_bytes(b"")
    model.with_name(f"{model.name}.json").write_text(json.dumps(SETTINGS | changes))
    return model


@pytest.mark.parametrize(
    ("spoken", "wanted", "far"),
    [
        ("en-US", "en", 0), ("en-US", "en-US", 0), ("en_US", "EN-us", 0), ("en-GB", "en-US", 1), ("en", "en-US", 1),
        ("de-DE", "en", None), ("eng", "en", None), ("en-US", "", None),
    ],
)  # fmt: skip
def test_languages_are_near_or_none(spoken: str, wanted: str, far: int | None) -> None:
    assert nearness(spoken, wanted) == far


def test_neighbours_differ_in_gender_as_long_as_they_can() -> None:
    genders = ["f", "f", "m", "f", "m", "m", "", "f"]
    assert [genders[index] for index in alternating(genders)] == ["f", "m", "f", "m", "f", "m", "f", ""]
    assert alternating([]) == []
    assert alternating(["", ""]) == [0, 1]


def test_a_hash_is_that_of_what_the_files_hold(tmp_path: Path) -> None:
    one, two = tmp_path / "a", tmp_path / "b"
    one.write_bytes(b"same")
    two.write_bytes(b"same")
    assert digest(one) == digest(two) != digest(one, two)
    two.write_bytes(b"other")
    assert digest(one) != digest(two)


def test_a_voice_says_who_it_is(tmp_path: Path) -> None:
    voice = read_voice(write(tmp_path))
    assert (voice.name, voice.language, voice.gender) == ("en_US-ryan-high", "en-US", "male")
    assert [each.id for each in voice.speakers()] == ["en_US-ryan-high"]
    assert voice.speaker("") is None
    with pytest.raises(VoiceError, match="no speaker '1'"):
        voice.speaker("1")


def test_a_model_of_many_speakers_lists_some_and_takes_any(tmp_path: Path) -> None:
    write(tmp_path, "en_GB-vctk-medium", num_speakers=109, speaker_id_map={"p239": 0, "p236": 1})
    [voice] = read_voices(tmp_path)
    ids = [each.id for each in voice.speakers()]
    assert ids[:2] == ["en_GB-vctk-medium#0", "en_GB-vctk-medium#1"]
    assert len(ids) == 12
    assert [voice.speaker(asked) for asked in ("", "108", "p236")] == [0, 108, 1]
    for wrong in ("109", "-1", "p999", "1" * 30, "²"):
        with pytest.raises(VoiceError, match="no speaker"):
            voice.speaker(wrong)


def test_ids_have_padding_between_and_unknown_symbols_are_left_out(tmp_path: Path) -> None:
    voice = read_voice(write(tmp_path))
    symbols = voice.symbols([Clause("ãx", ","), Clause("b", ".")])
    assert symbols == ["a", "\u0303", "x", ",", " ", "b", "."]
    assert voice.ids(symbols) == [1, 0, 14, 0, 141, 0, 8, 0, 3, 0, 15, 0, 10, 0, 2]
    assert voice.ids(["x", "y"]) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"audio": {"sample_rate": 0}}, "sample_rate"),
        ({"audio": {"sample_rate": 10**9}}, "sample_rate"),
        ({"audio": None}, "audio"),
        ({"inference": {"length_scale": 0}}, "length_scale"),
        ({"inference": {"noise_scale": float("nan")}}, "noise_scale"),
        ({"num_speakers": -1}, "num_speakers"),
        ({"phoneme_id_map": {"_": [0], "^": [1]}}, "gives '\\$' no id"),
        ({"phoneme_id_map": {"_": [], "^": [1], "$": [2]}}, "gives '_' no id"),
        ({"phoneme_id_map": {"_": [-1], "^": [1], "$": [2]}}, "phoneme_id_map"),
        ({"phoneme_id_map": []}, "phoneme_id_map"),
        ({"phoneme_type": "pinyin"}, "'pinyin'"),
    ],
)
def test_settings_that_make_no_voice_are_told_and_not_listed(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    model = write(tmp_path, **changes)
    with pytest.raises(VoiceError, match=words) as caught:
        read_voice(model)
    assert caught.value.hint
    assert read_voices(tmp_path) == []


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[]", b"[" * 100_000, b" " * 3_000_000, b'{"audio": 1}'])
def test_settings_that_are_none_are_told(tmp_path: Path, data: bytes) -> None:
    model = write(tmp_path)
    model.with_name(f"{model.name}.json").write_bytes(data)
    with pytest.raises(VoiceError, match="en_US-ryan-high"):
        read_voice(model)


def test_missing_settings_are_told(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="No such file"):
        read_voice(tmp_path / "gone.onnx")
