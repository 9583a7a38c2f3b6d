"""The commands of docs/api.md run as they stand, in the order of the page."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.acceptance.program import Program
from tests.acceptance.server import serving

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


def test_the_commands_run_as_they_stand(program: Program) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 5
    token = program.run("token", "create", "guide").done().out.strip()
    with serving(program) as server:
        ran = subprocess.run(
            ["bash", "-euc", "\n".join(blocks)],
            cwd=program.folder,
            env=program.environ({"ADDRESS": server.address, "TOKEN": token}),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "event: completed" in ran.stdout
    assert program.path("episode.mp3").stat().st_size > 10_000
    assert program.path("turn.mp3").stat().st_size > 1_000
    assert "Welcome to the canal." in program.path("script.json").read_text("utf-8")
