"""`narrowcast voices` and `narrowcast say`: what works here, how it sounds, how words are said."""

from __future__ import annotations

import json
import signal
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.program import Program, until
from tests.integration.tts.elevenlabs_server import ElevenLabsServer, serving
from tests.integration.tts.test_voice_download import PIPER, entry
from tests.integration.tts.tiny_models import make_piper
from tests.integration.tts.voice_hub import running

from running import StartSimulator

SPEAKERS = {
    "profiles": {
        "mine": {
            "tts_provider": "elevenlabs",
            "lexicon": {"nginx": "engine x"},
            "speakers": [{"name": "Ann", "voice_id": "aria1"}, {"name": "Ben", "voice_id": "bill2"}],
        }
    }
}


@pytest.fixture
def elevenlabs() -> Iterator[ElevenLabsServer]:
    with serving() as server:
        yield server


@pytest.fixture
def hosted(program: Program, elevenlabs: ElevenLabsServer) -> Program:
    program.path("mine.json").write_text(json.dumps(SPEAKERS), "utf-8")
    env = {"ELEVENLABS_API_KEY": elevenlabs.key, "ELEVENLABS_BASE_URL": elevenlabs.url, "NO_PROXY": "127.0.0.1"}
    return Program(program.folder, program.home, env)


def seconds(path: Path) -> float:
    with wave.open(str(path)) as file:
        return float(file.getnframes() / file.getframerate())


def test_alone_it_tells_what_works_and_what_the_others_need(program: Program, hosted: Program) -> None:
    told = program.run("voices").done().out
    assert "espeak       ready  6 voices  ← auto" in told
    assert "ELEVENLABS_API_KEY is not set" in told
    states = {state["name"]: state for state in json.loads(hosted.run("voices", "--json").done().out)}
    assert (states["elevenlabs"]["ready"], states["elevenlabs"]["voices"], states["elevenlabs"]["auto"]) == (
        True,
        4,
        True,
    )
    assert not states["espeak"]["auto"]
    assert "fake" not in states


def test_voices_of_a_language_are_listed_as_ever(
    program: Program, hosted: Program, elevenlabs: ElevenLabsServer
) -> None:
    assert program.run("voices", "de").done().out.startswith("de+f2 ")
    listed = json.loads(hosted.run("voices", "list", "de-AT", "--tts", "elevenlabs", "--json").done().out)
    assert [voice["id"] for voice in listed] == ["cora3", "dirk4", "aria1", "bill2"]
    program.run("voices", "smaple").refused("'smaple' is no language")
    elevenlabs.voices[0]["name"] = "\x1b[2JEvil\nName"
    assert "\x1b" not in hosted.run("voices", "--tts", "elevenlabs").done().out


def test_samples_are_paid_for_once_and_written_or_played(
    hosted: Program, elevenlabs: ElevenLabsServer, tmp_path: Path
) -> None:
    sample = ("voices", "sample", "Bill", "aria1", "--tts", "elevenlabs")
    hosted.run(*sample, "-o", "two.wav").done()
    assert [call["voice"] for call in elevenlabs.ledger] == ["bill2", "aria1"]
    assert len({call["text"] for call in elevenlabs.ledger}) == 1
    assert 10 < seconds(hosted.path("two.wav")) < 18
    programs = tmp_path / "programs"
    programs.mkdir()
    player = programs / "paplay"
    player.write_text(f'#!/bin/sh\nexec /bin/cp "$1" "{tmp_path}/heard.$$.wav"\n', "utf-8")
    player.chmod(0o755)
    hosted.run(*sample, env={"PATH": str(programs)}).done()
    assert len(list(tmp_path.glob("heard.*.wav"))) == 2
    assert len(elevenlabs.ledger) == 2, "they were there already"
    player.write_text("#!/bin/sh\necho 'no sound card' >&2; exit 3\n", "utf-8")
    hosted.run(*sample, env={"PATH": str(programs)}).refused("paplay could not play it: no sound card", "-o sample.wav")
    player.unlink()
    hosted.run(*sample, "--text", "Something new.", env={"PATH": str(programs)}).refused("ffplay, mpv", "-o sample.wav")
    assert len(elevenlabs.ledger) == 2, "nothing is paid for that nobody could hear"
    hosted.run("voices", "sample", "nobody", "--tts", "elevenlabs", "-o", "x.mp3").refused("'nobody'")
    assert "x.mp3" not in hosted.names()


def test_a_phrase_is_shown_and_said_as_an_episode_would(hosted: Program, elevenlabs: ElevenLabsServer) -> None:
    said = ("say", "We moved to **nginx** in 2019.", "--speakers", "mine.json")
    assert hosted.run(*said, "--spoken").done().out == "We moved to engine x in twenty nineteen.\n"
    assert elevenlabs.ledger == []
    told = hosted.run(*said, "--speaker", "ben", "-o", "said.mp3").done()
    assert told.out == "We moved to engine x in twenty nineteen.\n"
    assert [(call["voice"], call["text"] + "\n") for call in elevenlabs.ledger] == [("bill2", told.out)]
    hosted.run(*said, "--speaker", "Zoe", "-o", "x.wav").refused("no speaker 'Zoe'", "Ann, Ben")
    hosted.run(*said, "-o", "x.ogg").refused(".wav or .mp3")


def test_a_voice_is_found_downloaded_heard_and_removed(program: Program, tmp_path: Path) -> None:
    path = make_piper(tmp_path)
    data = {each.name: each.read_bytes() for each in (path, path.with_name(f"{path.name}.json"))}
    place = "en/en_US/tones/medium"
    with running() as hub:
        hub.files[f"{PIPER}/voices.json"] = json.dumps({path.stem: entry(path.stem, place, data)}).encode()
        hub.files |= {f"{PIPER}/{place}/{name}": content for name, content in data.items()}
        here = Program(program.folder, program.home, {"NARROWCAST_VOICES_URL": hub.url, "NO_PROXY": "127.0.0.1"})
        voice = f"piper:{path.stem}"
        assert here.run("voices", "catalogue", "piper", "--language", "en").done().out.startswith(f"{voice} ")
        here.run("voices", "download", "piper:nobody").refused("no 'piper:nobody'", voice)
        told = here.run("voices", "download", voice).done().err
        assert f"narrowcast voices sample {path.stem} --tts piper" in told
    here.run("voices", "sample", path.stem, "--tts", "piper", "-o", "heard.wav").done()
    assert seconds(here.path("heard.wav")) > 1
    assert voice in here.run("voices", "installed").done().out
    assert "are free again" in here.run("voices", "remove", voice).done().err
    here.run("voices", "remove", voice).refused("not downloaded")


def test_a_phrase_that_is_on_its_way_when_interrupted_is_kept(
    program: Program, start_simulator: StartSimulator
) -> None:
    simulator = start_simulator(speed=2)
    simulated = Program(program.folder, program.home, simulator.env)
    say = ("say", "The lamp burned through the night.", "--tts", "openai:sim", "--speaker", "Maya", "-o", "lamp.wav")
    process = simulated.start(*say)
    assert until(lambda: bool(simulator.calls("speech")), process)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 130, said
    simulated.run(*say).done()
    assert len(simulator.calls("speech")) == 1, "it was paid for, and is not asked for again"
