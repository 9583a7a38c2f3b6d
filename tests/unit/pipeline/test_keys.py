"""What the keys of paid results hold, and what they leave out."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from narrowcast.pipeline.keys import clip_key, outline_key, segment_key
from narrowcast.script.dialogue import Turn
from narrowcast.script.profile import Speaker
from narrowcast.script.source import Passage, Source
from narrowcast.tts.base import SpeechRequest
from narrowcast.tts.openai.provider import OpenAISpeech
from narrowcast.writers.base import Plan

SOURCE = Source(
    number=1,
    title="T",
    origin="t.txt",
    format="text",
    language="en",
    passages=(Passage(number=1, source=1, text="A."),),
)
PLAN = Plan(title="T", briefing="", language="en", speakers=(Speaker(name="Maya"),), num_segments=3, sources=(SOURCE,))
REQUEST = SpeechRequest("Hello.", "nova", "en", "tts-1", {"speed": 1.0})
WRITER = {"writer": "llm", "model": "m"}


def test_everything_that_is_asked_is_in_the_outline_key() -> None:
    first = outline_key(PLAN, WRITER, ["v"])
    other_source = SOURCE.model_copy(update={"passages": (Passage(number=1, source=1, text="B."),)})
    for changed in (
        replace(PLAN, title="U"),
        replace(PLAN, briefing="Be brief."),
        replace(PLAN, language="de"),
        replace(PLAN, speakers=(Speaker(name="Maya", personality="Dry."),)),
        replace(PLAN, num_segments=4),
        replace(PLAN, minutes=10.0),
        replace(PLAN, parallel=True),
        replace(PLAN, sources=(other_source,)),
    ):
        assert outline_key(changed, WRITER, ["v"]) != first
    assert outline_key(PLAN, {**WRITER, "model": "n"}, ["v"]) != first


def test_words_follow_the_voice_and_are_in_no_key() -> None:
    with_minutes = replace(PLAN, minutes=10.0)
    assert outline_key(replace(with_minutes, words=1500), WRITER, ["v"]) == outline_key(with_minutes, WRITER, ["v"])
    assert outline_key(with_minutes, WRITER, ["w"]) != outline_key(with_minutes, WRITER, ["v"])
    assert outline_key(PLAN, WRITER, ["w"]) == outline_key(PLAN, WRITER, ["v"]), "no length asked, no matter who speaks"


def test_a_segment_depends_on_what_is_heard_before_it() -> None:
    turn = Turn(id="s1t1", speaker="Maya", text="Hello.")
    assert segment_key("o", 2, [turn]) != segment_key("o", 2, [turn.model_copy(update={"text": "Hi."})])
    assert segment_key("o", 2, [turn]) == segment_key("o", 2, [turn.model_copy(update={"id": "x"})])


def test_the_same_name_at_another_server_is_another_sound() -> None:
    here, there = (OpenAISpeech("k", f"http://127.0.0.1:{port}/v1").identity for port in (1, 2))
    assert clip_key(here, REQUEST) != clip_key(there, REQUEST)
    assert OpenAISpeech("k").identity == OpenAISpeech("other key").identity


@given(text=st.text(max_size=50), voice=st.text(max_size=10), language=st.text(max_size=5))
def test_two_requests_share_a_key_only_when_they_are_the_same(text: str, voice: str, language: str) -> None:
    other = SpeechRequest(text, voice, language, "tts-1", {"speed": 1.0})
    assert (clip_key("openai", other) == clip_key("openai", REQUEST)) == (other == REQUEST)
