"""Which espeak voices are offered, and what a voice id means."""

from __future__ import annotations

import pytest

from narrowcast.errors import VoiceError
from narrowcast.tts.espeak.provider import word_timings
from narrowcast.tts.espeak.voices import VARIANTS, Base, find_base, offered, resolve

BASES = (
    Base("cmn", "Chinese", (("cmn", 5), ("zh-cmn", 5), ("zh", 5))),
    Base("de", "German", (("de", 5),)),
    Base("en", "British", (("en-gb", 2), ("en", 2))),
    Base("en-gb-x-rp", "RP", (("en-gb-x-rp", 4), ("en-gb", 4), ("en", 5))),
    Base("en-us", "American", (("en-us", 2), ("en", 3))),
    Base("fr", "French", (("fr-fr", 5), ("fr", 5))),
    Base("fr-be", "Belgian", (("fr-be", 5), ("fr", 8))),
)


@pytest.mark.parametrize(
    ("language", "base"),
    [
        *(("en", "en-us"), ("en-GB", "en-gb-x-rp"), ("en_US", "en-us"), ("en-AU", "en-us"), ("fr", "fr")),
        *(("fr-FR", "fr"), ("fr-BE", "fr-be"), ("zh-Hant-TW", "cmn"), ("de-AT", "de")),
    ],
)
def test_the_base_for_a_language(language: str, base: str) -> None:
    found = find_base(BASES, language)
    assert found is not None
    assert found.id == base


@pytest.mark.parametrize("language", ["xx", "", "englisch"])
def test_an_unknown_language_is_refused_with_those_there_are(language: str) -> None:
    with pytest.raises(VoiceError) as caught:
        list(offered(BASES, language))
    assert "de, en, fr" in caught.value.hint


def test_voices_differ_and_alternate() -> None:
    voices = list(offered(BASES, "de"))
    assert len({voice.id for voice in voices}) == len(VARIANTS)
    assert [voice.gender for voice in voices[:4]] == ["female", "male", "female", "male"]


def test_english_mixes_accents() -> None:
    assert [voice.id for voice in offered(BASES, "en")][:2] == ["en-us+f2", "en-gb-x-rp+m3"]


def test_what_a_voice_id_means() -> None:
    assert resolve(BASES, ["f2", "Reed"], "EN-US+reed") == ("en-us+Reed", VARIANTS[3])
    assert resolve(BASES, ["croak"], "de+croak")[0] == "de+croak"
    assert resolve(BASES, [], "de")[0] == "de"


@pytest.mark.parametrize("voice_id", ["", "+f2", "xx+f2", "de+nobody", "de+", "nova"])
def test_a_voice_that_is_not_there(voice_id: str) -> None:
    with pytest.raises(VoiceError) as caught:
        resolve(BASES, ["f2"], voice_id)
    assert "f2" in caught.value.hint


def test_word_timings_are_the_starts_of_words_only() -> None:
    text = "Say 1,234 now"
    events = [(4, 100), (5, 200), (6, 300), (7, 300), (10, 400), (10, 900), (99, 950)]
    found = [(word.offset, word.start_ms) for word in word_timings(text, events, 0, 1000)]
    assert found == [(0, 0), (4, 100), (10, 400)]
    assert word_timings("  ", events, 0, 1000) == ()
    assert word_timings("a b", [], 0, 1000) == ()
