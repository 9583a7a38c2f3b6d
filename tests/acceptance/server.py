"""The real server in a process of its own: started, asked, ended, killed."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.program import COMMAND, Program, hears_interrupts, until


@dataclass(frozen=True)
class Server:
    """A running server; `said` is what it prints on stdout, `told` on stderr."""

    address: str
    process: subprocess.Popen[bytes]
    program: Program
    out: Path
    err: Path

    @property
    def api(self) -> str:
        """Where the API is."""
        return f"{self.address}/api/v1/"

    def said(self) -> str:
        """What it printed so far."""
        return self.out.read_text("utf-8")

    def told(self) -> str:
        """What it told on stderr so far: words for the person, and its log."""
        return self.err.read_text("utf-8")

    def end(self, stop: signal.Signals = signal.SIGTERM, timeout_s: float = 120) -> int:
        """Tell it to end; its exit code."""
        self.process.send_signal(stop)
        return self.process.wait(timeout_s)

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.wait(60)


@contextmanager
def serving(program: Program, *arguments: str, env: Mapping[str, str] | None = None) -> Iterator[Server]:
    """`narrowcast serve` at a free port, once it answers; killed at the end if it still lives."""
    out, err = program.home.with_name("server.out"), program.home.with_name("server.err")
    with out.open("wb") as said, err.open("wb") as told:
        process = subprocess.Popen(
            [COMMAND, "serve", "--port", "0", *arguments],
            cwd=program.folder,
            env=program.environ(env),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=told,
            preexec_fn=hears_interrupts,  # noqa: PLW1509 - no threads here
        )
    try:
        assert until(lambda: "Narrowcast is at " in out.read_text("utf-8"), process, timeout_s=120), err.read_text(
            "utf-8"
        )
        found = re.search(r"Narrowcast is at (\S+)", out.read_text("utf-8"))
        assert found
        yield Server(found[1], process, program, out, err)
    finally:
        process.kill()
        process.wait(60)


def free_port() -> str:
    """A port that nobody listens at, for a server that is to come again at its address."""
    with socket.create_server(("127.0.0.1", 0)) as tried:
        return str(tried.getsockname()[1])
