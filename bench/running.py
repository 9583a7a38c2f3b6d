"""A simulator in a process of its own: started, asked for its address and its ledger, stopped."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ledger import Call, read_ledger


class Simulator:
    """A running `bench/simulator.py` with a ledger of its own and further `options`. Raises `ChildProcessError`."""

    def __init__(self, ledger: Path, *options: str) -> None:
        self.ledger = ledger
        command = [sys.executable, str(Path(__file__).with_name("simulator.py")), f"--ledger={ledger}", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip() if self.process.stdout else ""
        if not self.url:
            self.stop()
            raise ChildProcessError("the simulator did not start")

    @property
    def base_url(self) -> str:
        """What OPENAI_BASE_URL should be."""
        return f"{self.url}/v1"

    @property
    def env(self) -> Mapping[str, str]:
        """The settings that lead to it."""
        return {"OPENAI_API_KEY": "sim", "OPENAI_BASE_URL": self.base_url, "NO_PROXY": "127.0.0.1"}

    def calls(self, stage: str | None = None) -> list[Call]:
        """All paid calls so far, or those of one stage (`outline`, `transcript`, `speech`)."""
        return [call for call in read_ledger(self.ledger) if stage in {None, call.stage}]

    def stop(self) -> None:
        """Go down; the ledger can still be read."""
        self.process.terminate()
        self.process.wait(10)
        if self.process.stdout:
            self.process.stdout.close()


class StartSimulator(Protocol):
    """Starts a simulator with faults such as `tts:429@3`; whoever gave this stops it."""

    def __call__(
        self, *, speed: float = 50.0, faults: Sequence[str] = (), options: Sequence[str] = ()
    ) -> Simulator: ...
