"""What is done to an installation while it works, drawn by a seed; each fault says from when to when it disturbed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from tests.chaos.installation import Installation, Process
from tests.laws import Disturbance

AFTER_DATABASE_S = 15.0
"""After the database came back: what was being kept when it went may be asked for again until then."""
WAKE_UPS = 100


class Faults:
    """Each method is one fault, done until it is over."""

    def __init__(self, installation: Installation, chance: random.Random, longest_freeze_s: float) -> None:
        self._installation = installation
        self._chance = chance
        self._longest_freeze_s = longest_freeze_s
        self.disturbances: list[Disturbance] = []
        self.done: list[str] = []

    @property
    def kinds(self) -> Mapping[str, Callable[[], str]]:
        """Every fault by name."""
        return {
            "kill a child of Celery": self.kill_child,
            "kill a worker": self.kill_worker,
            "kill the web server": self.kill_web,
            "freeze a worker": self.freeze_worker,
            "end a worker in order": self.drain_worker,
            "kill PostgreSQL": self.kill_postgres,
            "kill Redis": self.kill_redis,
            "empty Redis": self.flush_redis,
            "freeze Redis": self.freeze_redis,
            "the same wake-up, often": self.flood,
        }

    def one(self, name: str) -> str:
        """Do it; what was done, in words."""
        begun = time.monotonic()
        said = f"{name}: {self.kinds[name]()}"
        self.done.append(name)
        return f"{said} ({time.monotonic() - begun:.1f} s)"

    def kill_child(self, of: Process | None = None) -> str:
        """One of Celery's processes, as the kernel does when memory runs out."""
        workers = [of] if of else self._installation.workers[:2]
        children = [(worker, pid) for worker in workers for pid in worker.children()]
        if not children:
            return "none was there"
        worker, pid = self._chance.choice(children)
        begun = time.monotonic()
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return self._disturbed(f"{worker.name} {pid}", begun)

    def kill_worker(self) -> str:
        """A whole worker, started again by whoever looks after it."""
        return self.kill(self._chance.choice(self._installation.workers))

    def kill_web(self) -> str:
        """The web server, with its own hands."""
        return self.kill(self._installation.web)

    def freeze_worker(self, worker: Process | None = None, seconds: float | None = None) -> str:
        """One stands still, longer than its lease at times, and then goes on as if nothing had been."""
        worker = worker or self._chance.choice(self._installation.workers)
        seconds = seconds or self._chance.uniform(3, self._longest_freeze_s)
        begun = time.monotonic()
        worker.tell(signal.SIGSTOP)
        time.sleep(seconds)
        worker.tell(signal.SIGCONT)
        return self._disturbed(f"{worker.name} for {seconds:.0f} s", begun)

    def drain_worker(self, worker: Process | None = None) -> str:
        """A restart as for a new version: what is under way is kept, so this disturbs nothing."""
        worker = worker or self._chance.choice(self._installation.workers)
        try:
            code = worker.drain()
        except subprocess.TimeoutExpired:
            return f"{worker.name} DID NOT END; {self.kill(worker)}"
        worker.start()
        return f"{worker.name}, exit code {code}"

    def kill_postgres(self) -> str:
        """As by a power cut, and started again."""
        begun = time.monotonic()
        self._installation.postgres.kill()
        self._installation.postgres.start()
        down = time.monotonic() - begun
        self.disturbances.append(Disturbance("PostgreSQL", begun, time.monotonic() + AFTER_DATABASE_S))
        return f"{down:.1f} s"

    def kill_redis(self) -> str:
        """It keeps nothing; wake-ups are lost."""
        self._installation.redis.kill()
        time.sleep(self._chance.uniform(1, 8))
        self._installation.redis.start()
        return "started again, empty"

    def flush_redis(self) -> str:
        """Everything in it is gone, under its users' feet."""
        command = ["redis-cli", "-p", str(self._installation.redis.port), "flushall"]
        subprocess.run(command, check=True, capture_output=True)
        return "done"

    def freeze_redis(self) -> str:
        """It takes connections, and answers nothing."""
        self._installation.redis.freeze()
        time.sleep(self._chance.uniform(2, 10))
        self._installation.redis.thaw()
        return "done"

    def flood(self) -> str:
        """The same wake-up a hundred times."""
        code = (
            "from narrowcast.settings import read_settings; from narrowcast.workers.celery import sender;"
            f"send = sender(read_settings()); [send('episode') for _ in range({WAKE_UPS})]"
        )
        env = {**self._installation.env, "NARROWCAST_HOME": str(self._installation.web.home)}
        ended = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=False)
        return f"{WAKE_UPS} sent" if not ended.returncode else f"FAILED: {ended.stderr.decode()[-300:]}"

    def kill(self, process: Process) -> str:
        """All of a program, at once, and start it again."""
        begun = time.monotonic()
        process.kill()
        said = self._disturbed(process.name, begun)
        process.start()
        return said

    def _disturbed(self, what: str, begun: float) -> str:
        self.disturbances.append(Disturbance(what, begun, time.monotonic()))
        return what


def traces(installation: Installation) -> dict[str, int]:
    """How many traces of faults of ours are in the logs of each process: none is to be there."""
    return {
        each.name: count
        for each in installation.processes
        if (count := Path(each.log).read_text("utf-8", "replace").count("Traceback"))
    }
