"""Real processes that work on one store."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

WORKER = Path(__file__).with_name("store_worker.py")
PATIENCE_S = 30.0
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a worker on a key; what still runs at the end is killed."""
    running: list[subprocess.Popen[str]] = []
    watchdogs: list[threading.Timer] = []

    def run(key: str, *options: str, crashpoint: str = "") -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(WORKER), str(tmp_path / "home"), key, str(tmp_path / "ledger"), *options],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "NARROWCAST_CRASHPOINT": crashpoint},
        )
        running.append(process)
        # One that hangs is ended, so that the test fails on what it did not say.
        watchdog = threading.Timer(PATIENCE_S, process.kill)
        watchdogs.append(watchdog)
        watchdog.start()
        return process

    yield run
    for watchdog in watchdogs:
        watchdog.cancel()
    for process in running:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Callable[[], list[str]]:
    """The words noted so far, one a piece of work."""

    def read() -> list[str]:
        path = tmp_path / "ledger"
        return [line.split()[0] for line in path.read_text().splitlines()] if path.exists() else []

    return read
