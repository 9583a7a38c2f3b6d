"""A lexicon on its way to the voice: what is asked for, what is paid for, what is asked anew."""

from __future__ import annotations

from pathlib import Path

from narrowcast.pipeline.keys import clip_key
from narrowcast.pipeline.order import Order
from narrowcast.profiles.catalogue import find_episode_profile
from narrowcast.script.dialogue import Script
from narrowcast.script.profile import Speaker, SpeakerProfile
from narrowcast.tts.casting import cast
from narrowcast.tts.fake import Fake

SPEAKERS = SpeakerProfile(name="p", tts_provider="fake", speakers=(Speaker(name="Ann"),), lexicon={"SQL": "sequel"})


def order(script: Script | None = None) -> Order:
    profile = find_episode_profile("solo_expert").model_copy(update={"lexicon": {"SQL": "S Q L", "nginx": "engine x"}})
    return Order(places=(), profile=profile, speakers=SPEAKERS, script=script, script_path=Path("x"))


def test_the_speakers_entries_go_before_the_episodes_and_these_before_the_scripts() -> None:
    script = Script.model_validate(
        {
            "title": "T",
            "language": "en",
            "speakers": [{"name": "Ann"}],
            "lexicon": {"nginx": "n", "Zoë": "Zo ee"},
            "segments": [{"title": "S", "turns": [{"id": "a", "speaker": "Ann", "text": "x"}]}],
        }
    )
    assert order(script).lexicon == {"SQL": "sequel", "nginx": "engine x", "Zoë": "Zo ee"}


async def test_only_turns_that_hold_the_word_are_asked_for_anew() -> None:
    plain = (await cast(SPEAKERS, "fake", "en", (), lambda _name: Fake()))["Ann"]
    told = (await cast(SPEAKERS, "fake", "en", (), lambda _name: Fake(), order().lexicon))["Ann"]
    for text, same in (("We use it on 3 servers.", True), ("We use SQL behind nginx on 3 servers.", False)):
        keys = {clip_key("fake", voice.request(text, "en")) for voice in (plain, told)}
        assert (len(keys) == 1) is same
    assert told.request("We use SQL behind nginx.", "en").text == "We use sequel behind engine x."


async def test_the_way_to_say_it_is_normalised_as_all_that_is_spoken() -> None:
    voice = (await cast(SPEAKERS, "fake", "en", (), lambda _name: Fake(), {"HTTP/2": "H T T P, version 2"}))["Ann"]
    assert voice.request("Over **HTTP/2**…", "en").text == "Over H T T P, version 2..."
