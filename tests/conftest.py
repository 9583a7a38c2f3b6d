"""What every test gets: no network beyond this machine, a home of its own, no keys; and a simulated provider to ask.

Tiers are folders: `unit` (pure or faked), `integration` (real codecs, databases, sockets), `acceptance` (the real
program). In CI nothing may be skipped.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import URL, make_url

from running import Simulator, StartSimulator
from servers import Missing, ObjectStore, Postgres, Redis

_KEYS = ("_API_KEY", "_BASE_URL", "_TOKEN", "_SECRET", "_ACCESS_KEY")
_OURS = ("NARROWCAST_", "OPENAI_", "ANTHROPIC_", "GOOGLE_", "AWS_", "AZURE_", "OLLAMA_")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")

_Server = TypeVar("_Server", Postgres, Redis, ObjectStore)

_ON_POSTGRESQL = os.environ.get("NARROWCAST_TESTS_DATABASE") == "postgresql"
"""Whether integration tests have `postgresql_instead`, all of them; those of SQLite's own matters fail then."""

_reached: list[str] = []

# How fast a machine is that others use too says nothing of the code.
settings.register_profile("narrowcast", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("narrowcast")


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook (PEP 578): sees every socket that Python opens, whatever library opens it."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
    elif event == "socket.getaddrinfo" and arguments[0] is not None:
        host = arguments[0].decode() if isinstance(arguments[0], bytes) else str(arguments[0])
        with contextlib.suppress(ValueError):
            ipaddress.ip_address(host)
            return  # a literal asks no name server
    else:
        return
    if host.rstrip(".") in {"localhost", ""}:
        return
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host.partition("%")[0]).is_loopback:
            return
    _reached.append(f"{event} {host}")
    raise PermissionError(f"a test may not reach {host}")


def pytest_configure() -> None:
    """Stand guard before anything is imported for a test."""
    sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """Fail the test that reaches beyond this machine, even if the code under test swallowed the refusal."""
    _reached.clear()
    yield
    assert not _reached, f"this test tried to reach {', '.join(_reached)}"


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A home folder of the test's own, and an environment without keys, settings or proxies."""
    for name in list(os.environ):
        if name.upper().startswith(_OURS) or name.upper().endswith(_KEYS) or name.upper() in _PROXIES:
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "share"))
    monkeypatch.setenv("NARROWCAST_HOME", str(home / "narrowcast"))


@pytest.fixture
def start_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartSimulator]:
    """Starts provider simulators, with faults such as `tts:429@3` and further options of `bench/simulator.py`."""
    running: list[Simulator] = []

    def start(*, speed: float = 50.0, faults: Sequence[str] = (), options: Sequence[str] = ()) -> Simulator:
        ledger = tmp_path_factory.mktemp("simulator") / "ledger.jsonl"
        running.append(Simulator(ledger, f"--speed={speed}", *(f"--fault={fault}" for fault in faults), *options))
        return running[-1]

    yield start
    for simulator in running:
        simulator.stop()


@pytest.fixture
def simulator(start_simulator: StartSimulator) -> Simulator:
    """A simulator without faults, fifty times as fast as a real provider."""
    return start_simulator()


def _running(kind: Callable[[], _Server]) -> Iterator[_Server]:
    try:
        server = kind()
    except Missing as missing:
        pytest.skip(str(missing))
    yield server
    server.remove()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """PostgreSQL, one for all tests of this process; what kills or freezes it starts one of its own."""
    yield from _running(Postgres)


@pytest.fixture(scope="session")
def _migrated(postgres: Postgres) -> str:
    """The name of a database with all tables, to be copied: making them takes longer than most tests."""
    from narrowcast.store.database import open_database

    async def make() -> None:
        await (await open_database(postgres.url("migrated"))).aclose()

    postgres.run("create database migrated")
    asyncio.run(make())
    return "migrated"


@pytest.fixture
def new_postgresql(postgres: Postgres, _migrated: str) -> Iterator[Callable[[], str]]:
    """Makes databases with all tables: the address of each, which is gone after the test."""
    made: list[str] = []

    def make() -> str:
        made.append(postgres.database(_migrated))
        return made[-1]

    yield make
    for url in made:
        postgres.run(f"drop database {url.rpartition('/')[2]} with (force)")


@pytest.fixture
def postgresql_instead(new_postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A PostgreSQL database in the place of each SQLite file, empty at first, in all that this process opens."""
    from narrowcast.store import database

    instead: dict[str, str] = {}
    kind_of = database._kind

    def kind(url: str | URL) -> Any:
        known = make_url(url)
        if not known.drivername.startswith("sqlite"):
            return kind_of(url)
        path = str(known.database)
        if path not in instead:
            instead[path] = new_postgresql()
        return kind_of(instead[path])

    monkeypatch.setattr(database, "_kind", kind)


@pytest.fixture(autouse=True)
def _on_postgresql(request: pytest.FixtureRequest) -> None:
    if _ON_POSTGRESQL and "/integration/" in str(request.path):
        request.getfixturevalue("postgresql_instead")


@pytest.fixture
def postgresql_url(new_postgresql: Callable[[], str]) -> str:
    """The address of one such database."""
    return new_postgresql()


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    """Redis, likewise."""
    yield from _running(Redis)


@pytest.fixture(scope="session")
def object_store() -> Iterator[ObjectStore]:
    """An S3 server, likewise."""
    yield from _running(ObjectStore)


@pytest.fixture
def bucket(object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new bucket, with what its users set in the environment: its name."""
    for name, value in object_store.env.items():
        monkeypatch.setenv(name, value)
    return object_store.bucket()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failure: nothing that the figures rest on may be missing there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if reporter and os.environ.get("CI") and skipped and not session.config.getoption("collectonly"):
        reporter.write_line(f"CI: {len(skipped)} tests were skipped, which is not allowed here.", red=True)
        for report in skipped:
            reporter.write_line(f"  {report.nodeid}: {report.longreprtext}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
