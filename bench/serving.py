"""`narrowcast serve` in a process and a home of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

PROGRAM = [sys.executable, "-m", "narrowcast"]
LATEST_S = 120


class Server:
    """A running server and its owner's token; `env` are its settings besides. Raises `ChildProcessError`.

    `began_s` is how long it took until it said its address.
    """

    def __init__(self, home: Path, env: Mapping[str, str]) -> None:
        self.env = os.environ | {"NARROWCAST_LOG_FORMAT": "json", "NO_PROXY": "127.0.0.1"} | dict(env)
        self.env |= {"NARROWCAST_HOME": str(home), "NARROWCAST_PORT": "0"}
        self.token = self.program("token", "create", "bench")
        self.log = home.with_suffix(".log").open("w+")
        begun = time.monotonic()
        self.process = subprocess.Popen([*PROGRAM, "serve"], env=self.env, stderr=self.log, stdout=self.log)
        while not (found := re.search(r"http://127\.0\.0\.1:[1-9]\d*", Path(self.log.name).read_text())):
            if time.monotonic() > begun + LATEST_S or self.process.poll() is not None:
                self.process.kill()
                raise ChildProcessError(f"the server did not start: {Path(self.log.name).read_text()[-2000:]}")
            time.sleep(0.01)
        self.began_s = time.monotonic() - begun
        self.url = found[0]

    @property
    def api(self) -> str:
        """Where the API is."""
        return f"{self.url}/api/v1"

    @property
    def headers(self) -> dict[str, str]:
        """What lets the owner in."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def resident_mb(self) -> float:
        """Its memory now, in MB (`/proc`)."""
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self.process.pid}/status").read_text())
        return int(found[1]) * 1024 / 1e6 if found else 0.0

    def program(self, *arguments: str) -> str:
        """What the program prints in this server's home."""
        done = subprocess.run([*PROGRAM, *arguments], env=self.env, stdout=subprocess.PIPE, check=True)
        return done.stdout.decode().strip()

    def link(self) -> str:
        """A fresh link that signs the owner in, once."""
        found = re.search(r"/sign-in/\S+", self.program("user", "link"))
        if not found:
            raise ChildProcessError("there is no link")
        return self.url + found[0]

    def stop(self) -> None:
        """End it, and give jobs back."""
        self.process.terminate()
        self.process.wait(60)
        self.log.close()


def processor_s(server: Server) -> float:
    """Seconds of processor time of the server so far."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
