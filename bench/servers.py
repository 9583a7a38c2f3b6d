"""Servers of other people, for tests and benchmarks: PostgreSQL, Redis, an S3 store; each in a folder of its own.

Each is a process on a free port that can be killed, stopped and started again over the same data.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg

START_S = 30.0
OLDEST_POSTGRESQL = 15
NO_POSTGRESQL = "PostgreSQL 15 or newer is not installed: apt-get install postgresql"
NO_REDIS = "Redis is not installed: apt-get install redis-server"


class Missing(Exception):  # noqa: N818 - it is told, and no fault
    """A server is not installed; the message says how to get it."""


class Server:
    """A process that is somebody else's server."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self._command = command
        self._log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers. Raises `ChildProcessError`."""
        with self._log.open("ab") as log:
            # A group of its own: Ctrl-C at a test's terminal is not meant for it.
            self.process = subprocess.Popen(
                self._command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        until = time.monotonic() + START_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise ChildProcessError(f"{self._command[0]} did not start: {self._log.read_text()[-2000:]}")
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether it can be asked something."""
        raise NotImplementedError

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """Have it stand still."""
        self._tell(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._tell(signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        if self.process:
            self._tell(how)
            self._tell(signal.SIGCONT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self._tell(signal.SIGKILL)
                self.process.wait(10)
            self.process = None

    def _tell(self, what: signal.Signals) -> None:
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, what)


class Postgres(Server):
    """A PostgreSQL cluster of its own. `fsync` off loses nothing by killed processes, only by power cuts.

    Raises `Missing`.
    """

    def __init__(self, *, fsync: bool = False, settings: Mapping[str, str] | None = None) -> None:
        programs = _postgresql_programs()
        self.folder = Path(tempfile.mkdtemp(prefix="narrowcast-postgresql-"))
        self.port = free_port()
        self._as = _somebody_else(self.folder)
        self._data = self.folder / "data"
        initdb = [str(programs / "initdb"), "-D", str(self._data), "-A", "trust", "-U", "postgres", "-E", "UTF8"]
        subprocess.run([*self._as, *initdb, "--locale=C.UTF-8", "-N"], check=True, capture_output=True, cwd="/")
        given = {
            "fsync": "on" if fsync else "off",
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": "64MB",
            **(settings or {}),
        }
        options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        command = [*self._as, str(programs / "postgres"), "-D", str(self._data), "-p", str(self.port), *options]
        super().__init__(command, _log(self.folder))
        self._made = 0
        self.start()

    def url(self, name: str = "postgres") -> str:
        """The address of one database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def database(self, template: str | None = None) -> str:
        """A new database, a copy of `template` if one is named: its address."""
        self._made += 1
        name = f"narrowcast_{self._made}"
        self.run(f"create database {name}" + (f" template {template}" if template else ""))
        return self.url(name)

    def run(self, statement: str) -> None:
        """Have the server do something as its administrator."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)

    def answers(self) -> bool:
        """See `Server`."""
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """End it, whoever is connected."""
        self._end(signal.SIGINT)

    def remove(self) -> None:
        """End it, and leave nothing."""
        self._end(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)


class Redis(Server):
    """A Redis that keeps nothing on the disk. Raises `Missing`."""

    def __init__(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise Missing(NO_REDIS)
        self.folder = Path(tempfile.mkdtemp(prefix="narrowcast-redis-"))
        self.port = free_port()
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        super().__init__([program, *options, "--dir", str(self.folder)], _log(self.folder))
        self.start()

    def url(self, number: int = 0) -> str:
        """The address of one of its sixteen databases."""
        return f"redis://127.0.0.1:{self.port}/{number}"

    def answers(self) -> bool:
        """See `Server`."""
        return _answer(self.port, b"PING\r\n").startswith(b"+PONG")

    def remove(self) -> None:
        """End it, and leave nothing."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class ObjectStore(Server):
    """An S3 server (moto), with `env` as its users set it; it forgets everything when it ends."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="narrowcast-s3-"))
        self.port = free_port()
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        super().__init__(command, _log(self.folder))
        self.start()

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self) -> Mapping[str, str]:
        """Credentials and address, under the names that all S3 clients know."""
        return {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ALLOW_HTTP": "true",
        }

    def bucket(self) -> str:
        """A new bucket: its name."""
        name = f"narrowcast-{uuid.uuid4().hex[:12]}"
        self._ask("PUT", f"/{name}")
        return name

    def answers(self) -> bool:
        """See `Server`."""
        try:
            self._ask("GET", "/moto-api/")
        except OSError:
            return False
        return True

    def _ask(self, method: str, path: str) -> None:
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        asking.request(method, path)
        asking.getresponse().read()
        asking.close()

    def remove(self) -> None:
        """End it, and leave nothing."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])


def _answer(port: int, question: bytes) -> bytes:
    try:
        with socket.create_connection(("127.0.0.1", port), 2) as asking:
            asking.sendall(question)
            asking.settimeout(2)
            return asking.recv(100)
    except OSError:
        return b""


def _postgresql_programs() -> Path:
    """Where Debian keeps them, the newest first; else wherever the path leads."""
    kept = {int(path.parent.name): path for path in Path("/usr/lib/postgresql").glob("[0-9]*/bin")}
    if kept and max(kept) >= OLDEST_POSTGRESQL:
        return kept[max(kept)]
    program = shutil.which("initdb")
    if program is None:
        raise Missing(NO_POSTGRESQL)
    return Path(program).resolve().parent


def _somebody_else(folder: Path) -> list[str]:
    """What to put before a command so that it is not run as root, which PostgreSQL refuses; the folder is theirs."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _log(folder: Path) -> Path:
    return folder / "log"
