"""An episode in ElevenLabs' voices: exact cues, words by the lexicon, nothing paid twice, refusals told."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from tests.acceptance.program import Program
from tests.integration.tts.elevenlabs_server import ElevenLabsServer, serving

TURNS = [
    ("Ann", "Welcome. Today we talk about nginx. It has been with us for long."),
    ("Ben", "Nginx serves pages. It was written late. Nobody was surprised."),
    ("Ann", "I was not there. You were."),
]
SCRIPT = {
    "title": "Servers",
    "language": "en",
    "speakers": [{"name": "Ann", "voice_id": "aria1", "tts_provider": "elevenlabs"}, {"name": "Ben"}],
    "lexicon": {"nginx": "engine x"},
    "segments": [{"title": "One", "turns": [{"speaker": name, "text": text} for name, text in TURNS]}],
}


@pytest.fixture
def elevenlabs() -> Iterator[ElevenLabsServer]:
    with serving() as server:
        yield server


def as_said(text: str) -> str:
    return text.replace("nginx", "engine x").replace("Nginx", "engine x")


def led_to(program: Program, server: ElevenLabsServer) -> Program:
    program.path("s.script.json").write_text(json.dumps(SCRIPT), "utf-8")
    env = {"ELEVENLABS_API_KEY": server.key, "ELEVENLABS_BASE_URL": server.url, "NO_PROXY": "127.0.0.1"}
    return Program(program.folder, program.home, env)


def test_an_episode_has_exact_cues_and_says_words_by_the_lexicon(
    program: Program, elevenlabs: ElevenLabsServer
) -> None:
    program = led_to(program, elevenlabs)
    program.run("make", "--script", "s.script.json", "-o", "out.mp3").done()
    spoken = [each["text"] for each in elevenlabs.ledger]
    assert sorted(spoken) == sorted(as_said(text) for _, text in TURNS)
    assert {each["voice"] for each in elevenlabs.ledger} == {"aria1", "bill2"}
    cues = json.loads(program.path("out.transcript.json").read_text("utf-8"))["segments"]
    assert " ".join(cue["body"] for cue in cues) == " ".join(text for _, text in TURNS), "as it was written"
    place = 0
    for _, text in TURNS:
        sentences = [f"{part.strip(' .')}." for part in text.split(". ")]
        said = as_said(text)
        heard = elevenlabs.truth[said]
        words = [len(part.split()) for part in said.split(". ")]
        for number in range(1, len(sentences)):
            truth = heard[sum(words[:number])] - heard[0]
            found = cues[place + number]["startTime"] - cues[place]["startTime"]
            # A clip keeps up to 25 ms of silence before its first sound, which this one fades in.
            assert 0.015 < found - truth < 0.035, (sentences[number], found, truth)
        place += len(sentences)
    again = program.run("make", "--script", "s.script.json", "-o", "out.mp3", "--json").done()
    assert again.figures["cached"]["clips"] == len(TURNS)
    assert len(elevenlabs.ledger) == len(TURNS)
    assert program.script()["lexicon"] == {"nginx": "engine x"}


def test_a_voice_that_is_gone_is_told_before_anything_is_paid(program: Program, elevenlabs: ElevenLabsServer) -> None:
    program = led_to(program, elevenlabs)
    del elevenlabs.voices[0]
    ended = program.run("make", "--script", "s.script.json", "-o", "out.mp3").refused("voice 'aria1'", "not found")
    assert elevenlabs.key not in ended.err
    assert elevenlabs.ledger == []


def test_no_credit_ends_the_run_which_can_go_on(program: Program, elevenlabs: ElevenLabsServer) -> None:
    program = led_to(program, elevenlabs)
    for _ in range(3):
        elevenlabs.plan(401, {"status": "quota_exceeded", "message": "You have 0 credits remaining."})
    ended = program.run("make", "--script", "s.script.json", "-o", "out.mp3")
    assert ended.code == 1
    assert "no credit" in ended.err
    assert "0 credits remaining" in ended.err
    elevenlabs.planned.clear()
    program.run("make", "--script", "s.script.json", "-o", "out.mp3").done()
