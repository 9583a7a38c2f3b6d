"""The examples of docs/library.md run as they stand, in the order of the page, offline."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.acceptance.program import Program

PAGE = Path(__file__).parents[2] / "docs" / "library.md"


def test_the_examples_run_as_they_stand(program: Program) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 5
    (program.folder / "paper.md").write_bytes((program.folder / "canal.md").read_bytes())
    (program.folder / "examples.py").write_text("\n".join(blocks), "utf-8")
    keys = {name for name in os.environ if name.endswith(("_API_KEY", "_BASE_URL"))}
    environ = {name: value for name, value in program.environ().items() if name not in keys}
    # A port that nobody listens on: a model that runs on this machine would be found.
    environ["OLLAMA_BASE_URL"] = "http://127.0.0.1:9/v1"
    ran = subprocess.run(
        [sys.executable, "-W", "error", "examples.py"],
        cwd=program.folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert re.match(r"paper\.mp3: \d+ s, \d+ turns$", lines[0])
    assert "paper.script.json" in lines[1]
    assert re.match(r"about \d+ s of audio, \$0\.00$", lines[2])
    assert re.match(r"100 %, \d+ turns$", lines[3])
    cached, turns = map(int, re.findall(r"\d+", lines[4]))
    assert cached == turns - 1
    assert "takes a language model" in lines[5]
    assert "espeak ready" in lines
    assert any(line.startswith("Built in nineteen eighty-seven by Doctor Lee") for line in lines)
    assert re.match(r"\d\.\d s$", lines[-1])
    assert {"paper.mp3", "short.mp3", "edited.mp3", "edited.vtt"} <= program.names()


def test_the_public_names_are_all_there() -> None:
    code = "import narrowcast; [getattr(narrowcast, name) for name in narrowcast.__all__]; narrowcast.nothing"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "has no attribute 'nothing'" in ran.stderr
