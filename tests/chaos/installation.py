"""One installation as people run it: PostgreSQL, Redis, a web server with hands, workers, each a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx2

from running import Simulator
from servers import Postgres, Redis, free_port

PROGRAM = [sys.executable, "-m", "narrowcast"]
READY_S = 120.0
END_S = 45.0
OWNERS = 4
AT_ONCE = 2
"""Jobs of one owner."""
FAULTS = ("tts:500:0.02", "tts:reset:0.02", "tts:429:0.01", "tts:truncated:0.01", "tts:html:0.01", "tts:empty:0.01")
"""What goes wrong at the provider anyway."""


@dataclass(frozen=True)
class Owner:
    """Somebody who asks for episodes."""

    email: str
    token: str


class Process:
    """One program of ours, in a process group of its own, with its log in a file; it can be started again."""

    def __init__(self, name: str, arguments: list[str], env: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.home = folder / name
        self.log = folder / f"{name}.log"
        self._command = [*PROGRAM, *arguments]
        self._env = {**env, "NARROWCAST_HOME": str(self.home)}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **env: str) -> None:
        """Start it, once with these settings besides; it need not be at work yet."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                env={**self._env, **env},
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def children(self) -> list[int]:
        """Its processes but the first one."""
        assert self.process
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        with suppress(OSError):
            return [int(each) for each in path.read_text().split()]
        return []

    def kill(self) -> None:
        """End all of it as a power cut would."""
        self.tell(signal.SIGKILL)
        if self.process:
            self.process.wait(END_S)

    def holds(self, lease_owner: str) -> bool:
        """Whether a lease with an owner of that name is in its hands."""
        identity = self.home / "identity"
        home = identity.read_text() if identity.exists() else "?"
        return lease_owner.startswith((f"celery:{self.name}@", f"local:{home}:"))

    def tell(self, what: signal.Signals) -> None:
        """Send all of it a signal."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, what)

    def drain(self) -> int:
        """Have it end in order, as an administrator would: its exit code. Raises `TimeoutExpired`."""
        assert self.process
        self.process.terminate()
        code = self.process.wait(END_S)
        self.tell(signal.SIGKILL)
        return code


class Installation:
    """All of it, in `folder`. Use it as a context manager: at its end every process is gone."""

    def __init__(self, folder: Path, *, speed: float = 3.0, faults: Sequence[str] = FAULTS) -> None:
        self.folder = folder
        self.postgres = Postgres()
        self.redis = Redis()
        self.simulator = Simulator(
            folder / "ledger.jsonl", f"--speed={speed}", "--retry-after=2", *(f"--fault={each}" for each in faults)
        )
        self.database_url = self.postgres.database()
        self.blobs = folder / "blobs"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.env = {
            **os.environ,
            **self.simulator.env,
            "NARROWCAST_PORT": str(port),
            "NARROWCAST_DATABASE_URL": self.database_url,
            "NARROWCAST_STORAGE_URL": self.blobs.as_uri(),
            "NARROWCAST_ENGINE": "celery",
            "NARROWCAST_CELERY_SHARE": "50",
            "NARROWCAST_REDIS_URL": self.redis.url(),
            "NARROWCAST_SECRET_KEY": "chaos " * 8,
            "NARROWCAST_JOBS_AT_ONCE": "1",
            "NARROWCAST_TTS_CONCURRENCY": "8",
            "NARROWCAST_LOG_FORMAT": "json",
            "NARROWCAST_TIERS": json.dumps({"standard": {"running": AT_ONCE, "queued": 1000}}),
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }
        local = {**self.env, "NARROWCAST_ENGINE": "local"}
        self.web = Process("web", ["serve"], self.env, folder)
        self.workers = [
            Process("one", ["worker", "--concurrency=2", "--name=one"], self.env, folder),
            Process("two", ["worker", "--concurrency=1", "--name=two"], self.env, folder),
            Process("three", ["worker", "--concurrency=1"], local, folder),
        ]

    @property
    def processes(self) -> list[Process]:
        """All that are ours."""
        return [self.web, *self.workers]

    def __enter__(self) -> Self:
        try:
            self.web.start()
            self.await_web()
            self.owners = [self._owner(number) for number in range(OWNERS)]
            for worker in self.workers:
                worker.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.tell(signal.SIGCONT)
            process.kill()
        self.simulator.stop()
        self.redis.thaw()
        self.redis.remove()
        self.postgres.thaw()
        self.postgres.remove()

    def await_web(self) -> None:
        """Wait until the web server answers. Raises `TimeoutError`."""
        until = time.monotonic() + READY_S
        while time.monotonic() < until:
            with suppress(httpx2.HTTPError):
                if httpx2.get(f"{self.url}/readyz", timeout=5).is_success:
                    return
            time.sleep(0.2)
        raise TimeoutError(f"the web server does not answer: {self.web.log.read_text()[-2000:]}")

    def clear_up(self) -> None:
        """What the dead left in a home is cleared away by the next start of a program there."""
        for process in self.processes:
            self._run("user", "list", home=process.home)

    def _owner(self, number: int) -> Owner:
        email = f"{number}@example.org"
        self._run("user", "add", email, "--name", f"Owner {number}")
        return Owner(email, self._run("token", "create", "chaos", "--user", email).split()[-1])

    def _run(self, *arguments: str, home: Path | None = None) -> str:
        env = {**self.env, "NARROWCAST_HOME": str(home or self.web.home)}
        pipe = subprocess.PIPE
        return subprocess.run([*PROGRAM, *arguments], env=env, check=True, stdout=pipe, stderr=pipe, text=True).stdout
