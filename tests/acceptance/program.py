"""The real program in a process of its own, and what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).with_name("narrowcast")
SIDE_ENDINGS = (".script.json", ".vtt", ".srt", ".txt", ".transcript.json", ".chapters.json", ".notes.md")
SIMULATED = ("--llm", "openai:sim", "--tts", "openai:sim")
MAKE = ("make", "canal.md", "-o", "out.mp3", "--minutes", "1", "--segments", "2", *SIMULATED)
OFFLINE = ("--llm", "none", "--tts", "espeak")


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    code: int
    out: str
    err: str

    @property
    def figures(self) -> dict[str, Any]:
        """The one object on stdout."""
        figures: dict[str, Any] = json.loads(self.out)
        return figures

    def done(self) -> Ended:
        """Itself, once it is sure that it ended well."""
        assert self.code == 0, self.err
        assert "Traceback" not in self.err
        return self

    def refused(self, *words: str) -> Ended:
        """Itself, once it is sure that it refused with one clear message that holds `words`."""
        assert self.code == 2, (self.code, self.err)
        assert "Traceback" not in self.err, self.err
        assert self.out == ""
        for word in words:
            assert word.casefold() in " ".join(self.err.split()).casefold(), self.err
        return self


@dataclass(frozen=True)
class Program:
    """`narrowcast` in a working folder, with a home and an environment of its own."""

    folder: Path
    home: Path
    env: Mapping[str, str] = field(default_factory=dict)

    def run(
        self, *arguments: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None, timeout_s: float = 180
    ) -> Ended:
        """Run to the end."""
        done = subprocess.run(
            [COMMAND, *arguments],
            cwd=self.folder,
            env=self.environ(env),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start, and let it run; stdout and stderr go to one pipe."""
        return subprocess.Popen(
            [COMMAND, *arguments],
            cwd=self.folder,
            env=self.environ(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=hears_interrupts,  # noqa: PLW1509 - no threads here
        )

    def environ(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment that a run sees."""
        return {**os.environ, "NARROWCAST_HOME": str(self.home), **self.env, **(more or {})}

    def path(self, name: str) -> Path:
        """A file in the working folder."""
        return self.folder / name

    def names(self) -> set[str]:
        """All that lies in the working folder."""
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*")}

    def script(self, stem: str = "out") -> dict[str, Any]:
        """The script file of an episode."""
        script: dict[str, Any] = json.loads(self.path(f"{stem}.script.json").read_text("utf-8"))
        return script

    def turns(self, stem: str = "out") -> list[dict[str, Any]]:
        """The turns in the script file of an episode."""
        return [turn for segment in self.script(stem)["segments"] for turn in segment["turns"]]


def hears_interrupts() -> None:
    """A shell lets what it starts in the background ignore SIGINT, and so all that this starts in turn."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def until(true: Callable[[], bool], process: subprocess.Popen[Any], *, timeout_s: float = 90) -> bool:
    """Wait until something is `true`; false when the process was through before that."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if true():
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.005)
    raise AssertionError("it never came to that")
