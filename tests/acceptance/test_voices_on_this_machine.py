"""Episodes spoken by neural voices that were downloaded: tiny ones, made on the spot, through the real ONNX Runtime."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.acceptance.listening import decoded, judged
from tests.acceptance.program import Ended, Program
from tests.integration.tts.tiny_models import make_kokoro, make_piper

SHORT = ("make", "canal.md", "-o", "out.mp3", "--llm", "none", "--minutes", "1", "--segments", "1", "--json")
GERMAN = """# Der Kanal

Der Kanal wurde im Jahr 1790 gebaut, und seine Schleusen tragen die Schiffe noch heute über den Berg. Die Arbeiter
gruben den Tunnel mit Schaufeln und Hacken, und es dauerte elf Jahre, bis das erste Schiff hindurchfuhr.
"""


@pytest.fixture
def voiced(program: Program) -> Program:
    """The program with voices of both providers in its home."""
    make_piper(program.home / "voices" / "piper")
    make_kokoro(program.home / "voices" / "kokoro")
    return program


def whole(program: Program, ended: Ended, provider: str) -> None:
    """Every turn was spoken by the provider, and the file is as loud and as long as it should be."""
    figures = ended.done().figures
    speakers = program.script()["speakers"]
    assert {speaker["tts_provider"] for speaker in speakers} == {provider}
    assert len({speaker["voice_id"] for speaker in speakers}) == len(speakers) == 2
    samples, rate = decoded(program.path("out.mp3"))
    assert len(samples) / rate == pytest.approx(figures["seconds"], abs=0.1)
    assert figures["seconds"] == pytest.approx(60, rel=0.25)
    assert figures["cost_usd"] == 0
    loudness, peak = judged(program.path("out.mp3"))
    assert loudness == pytest.approx(-16, abs=1)
    assert peak <= -1


def test_an_episode_spoken_by_piper_and_again_for_nothing(voiced: Program) -> None:
    """Run again with one more voice in the folder, nothing is spoken anew."""
    whole(voiced, voiced.run(*SHORT, "--tts", "piper"), "piper")
    make_piper(voiced.home / "voices" / "piper", "de_DE-zither-medium", language={"code": "de_DE"})
    again = voiced.run(*SHORT, "--tts", "piper").done().figures
    assert again["cached"]["clips"] == again["turns"]


def test_auto_takes_kokoro_where_it_speaks_the_language_and_says_so(voiced: Program) -> None:
    """It has voices for English, and none for German."""
    ended = voiced.run(*SHORT)
    whole(voiced, ended, "kokoro")
    assert "kokoro af_heart" in ended.err
    german = voiced.run("make", "-", "-o", "de.mp3", "--llm", "none", "--stop-after", "script", stdin=GERMAN.encode())
    assert "espeak de+" in german.done().err


def test_what_is_not_downloaded_is_refused_with_the_way_to_get_it(program: Program, tmp_path: Path) -> None:
    """Nothing is made, and the message says what to type."""
    program.run(*SHORT, "--tts", "piper").refused("No piper voice for the language", "voices download piper:")
    program.run(*SHORT, "--tts", "kokoro").refused("kokoro voice", "narrowcast voices download kokoro:af_heart")
    (program.home / "voices" / "piper").mkdir(parents=True)
    (program.home / "voices" / "piper" / "en_US-lessac-medium.onnx").write_bytes(b"cut off")
    program.run(*SHORT, "--tts", "piper").refused("No piper voice for the language")
    assert program.names() == {"canal.md"}
