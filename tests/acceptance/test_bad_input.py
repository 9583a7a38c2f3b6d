"""Bad input: exit code 2, one clear message with the way out on stderr, nothing written, nothing lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.program import OFFLINE, Program

from running import Simulator

SPEAKER = {"name": "Ann", "voice_id": "en-us+f2", "backstory": "", "personality": ""}
OTHER_TURN = {"id": "1", "speaker": "Bob", "text": "Hello.", "cites": []}
STRANGE = {"title": "T", "language": "en", "speakers": [SPEAKER], "segments": [{"title": "S", "turns": [OTHER_TURN]}]}

FILES = {
    "empty.txt": b"",
    "blank.md": b" \n\t\n",
    "noise.txt": bytes(range(256)) * 20,
    "noise.pdf": b"%PDF-1.7\n" + bytes(range(256)) * 20,
    "picture.gif": b"GIF89a" + bytes(200),
    "broken.script.json": b'{"title": "T", ',
    "strange.script.json": json.dumps(STRANGE).encode(),
    "no-profiles.json": b"[]",
    "nothing/.hidden": b"hidden",
    "nothing/data.bin": bytes(300),
    "album.mp3/song.mp3": b"somebody's own",
    "stranger.mp3": b"somebody's own",
    "notes.txt": b"The canal climbed a hill. It took a day. The boats were lifted by water. " * 20,
}

SOURCES = {
    "missing": (["nope.md"], "nope.md does not exist"),
    "empty": (["empty.txt"], "empty.txt is empty"),
    "blank": (["blank.md"], "blank.md is blank"),
    "binary": (["noise.txt"], "noise.txt holds binary"),
    "broken PDF": (["noise.pdf"], "noise.pdf"),
    "picture": (["picture.gif"], "picture.gif is an image"),
    "nothing in it": (["nothing"], "nothing that can be read"),
    "file URL": (["file:///etc/passwd"], "only http and https"),
    "this machine": (["http://127.0.0.1:9/"], "not a public address"),
    "cloud metadata": (["http://169.254.169.254/latest/meta-data"], "not a public address"),
    "no source": ([], "nothing to make"),
    "empty name": ([""], "empty name"),
    "standard input": (["-"], "standard input is empty"),
    "one bad of two": (["canal.md", "nope.md"], "nope.md does not exist"),
}
OPTIONS = {
    "profile": ("--profile nope", "no episode profile 'nope'"),
    "profile typo": ("--profile tech_discusion", "did you mean 'tech_discussion'"),
    "profile file": ("--profile no-profiles.json", "holds no profiles"),
    "speakers": ("--speakers nope", "no speaker profile 'nope'"),
    "language": ("--language xx", "does not speak the language 'xx'"),
    "voices": ("--tts nope", "no voice provider 'nope'"),
    "voice model": ("--tts espeak:large", "espeak has no models"),
    "model": ("--llm gpt", "'gpt' is no model"),
    "model provider": ("--llm nope:gpt", "nope"),
    "key": ("--llm openai:gpt-6-luna", "OPENAI_API_KEY is not set"),
    "format": ("--format ogg", "no format 'ogg'"),
    "minus three minutes": ("--minutes -3", "-3 minutes is no length"),
    "NaN minutes": ("--minutes nan", "nan minutes is no length"),
    "endless": ("--minutes inf", "inf minutes is no length"),
    "no segments": ("--segments 0", "0 segments cannot be made"),
    "half a segment": ("--segments 2.5", "--segments"),
    "budget": ("--budget -1", "budget of -1"),
    "NaN budget": ("--budget nan", "budget of nan"),
    "stop": ("--stop-after lunch", "'lunch' is not known"),
    "option": ("--what", "--what"),
    "output format": ("-o out.wav", "no format 'wav'"),
    "output folder": ("-o nodir/out.mp3", "nodir does not exist"),
    "output without an ending": ("-o nothing", "does not end in .mp3"),
    "output is a folder": ("-o album.mp3", "album.mp3 is a folder"),
    "output of somebody": ("-o stranger.mp3", "was not made by Narrowcast"),
}
SCRIPTS = {
    "missing": ("nope.json", "cannot read the script nope.json"),
    "folder": ("nothing", "cannot read the script nothing"),
    "JSON": ("broken.script.json", "not valid JSON"),
    "speaker": ("strange.script.json", "spoken by 'Bob', who is not among its speakers"),
}


@pytest.fixture(scope="module")
def littered(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program in a folder full of things that cannot be used."""
    folder = tmp_path_factory.mktemp("littered")
    (folder / "canal.md").write_bytes(Path(__file__).with_name("canal.md").read_bytes())
    for name, data in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return Program(folder, tmp_path_factory.mktemp("home"))


CASES = [("source: " + name, arguments, said) for name, (arguments, said) in SOURCES.items()]
CASES += [("option: " + name, ["canal.md", *option.split()], said) for name, (option, said) in OPTIONS.items()]
CASES += [("script: " + name, ["--script", path], said) for name, (path, said) in SCRIPTS.items()]
CASES += [("overwriting a source", ["notes.txt", "-o", "notes.mp3"], "would overwrite a source")]


@pytest.mark.parametrize(("arguments", "said"), [pytest.param(*case, id=name) for name, *case in CASES])
def test_is_refused(littered: Program, arguments: list[str], said: str) -> None:
    """Two, with a message that names the thing and a hint below it; the folder stays as it was."""
    message = littered.run("make", *arguments).refused(said).err.strip().splitlines()
    if not message[0].startswith("Usage"):
        assert message[-2].startswith("narrowcast: "), message
        assert message[-2].endswith((".", "?")), message
        assert message[-1].startswith("  "), "no hint"
        assert message[-1].endswith((".", "?")) or "mkdir" in message[-1], message
    assert littered.names() == {"canal.md", "nothing", "album.mp3", *FILES}
    assert all(littered.path(name).read_bytes() == data for name, data in FILES.items())


def test_a_folder_or_home_that_cannot_be_written(program: Program) -> None:
    """Both are named, before anything is made."""
    occupied = Program(program.folder, program.path("canal.md"))
    occupied.run("make", "canal.md", *OFFLINE).refused("canal.md", "folder")
    program.run("make", "canal.md", "-o", "/proc/out.mp3", *OFFLINE).refused("/proc", "cannot be written")
    assert program.names() == {"canal.md"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own with very little room."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = sys.platform == "linux" and os.geteuid() == 0
    mounted = (
        mounted
        and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], check=False, capture_output=True
        ).returncode
        == 0
    )
    if not mounted:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_seen_before_any_call(program: Program, simulator: Simulator, small_disk: Path) -> None:
    """Room for the audio and room for the clips: either lack is told with figures, and nothing is spent."""
    simulated = Program(program.folder, program.home, simulator.env)
    options = ("--llm", "openai:sim", "--tts", "openai:sim")
    simulated.run("make", "canal.md", "-o", str(small_disk / "out.mp3"), *options).refused("MB are needed", "small")
    at_home = Program(program.folder, small_disk / "home", simulator.env)
    at_home.run("make", "canal.md", "-o", "out.mp3", *options).refused("MB are needed", "small")
    assert simulator.calls() == []
    assert program.names() == {"canal.md"}
