"""A server in this process, and a cast of users: Olga owns it, Sam is a member, Nils another who must see nothing."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from pwdlib.hashers.argon2 import Argon2Hasher
from starlette.routing import BaseRoute

from narrowcast.accounts.passwords import Passwords
from narrowcast.accounts.roles import Role, Scope
from narrowcast.accounts.secrets import TOKEN_PREFIX, new_secret, secret_hash
from narrowcast.server.app import create_app
from narrowcast.server.context import Context
from narrowcast.settings import read_settings
from narrowcast.store.database import open_database

CAST = {"olga": Role.OWNER, "sam": Role.MEMBER, "nils": Role.MEMBER, "lea": Role.LISTENER}


@dataclass(frozen=True)
class Served:
    """A running application and a client for each of the cast; `nobody` is not signed in."""

    app: FastAPI
    olga: httpx2.AsyncClient
    sam: httpx2.AsyncClient
    nils: httpx2.AsyncClient
    lea: httpx2.AsyncClient
    nobody: httpx2.AsyncClient

    @property
    def context(self) -> Context:
        """The server's parts."""
        context: Context = self.app.state.context
        return context


@pytest.fixture
def server_settings() -> Mapping[str, str]:
    """Settings for the server besides its home; override in a test module. Without any, jobs stay where they are."""
    return {}


@pytest.fixture(scope="session")
def made_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables: making them is most of what opening a server takes."""
    path = tmp_path_factory.mktemp("made") / "narrowcast.db"

    async def make() -> None:
        await (await open_database(f"sqlite+aiosqlite:///{path}")).aclose()

    asyncio.run(make())
    return path


@pytest.fixture(scope="session")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[BaseRoute]:
    """The routes of every server: FastAPI works them out at the first request, which takes longer than most tests."""
    home = tmp_path_factory.mktemp("routes")
    return create_app(read_settings({"NARROWCAST_HOME": str(home)})).router.routes


@pytest.fixture
async def served(
    tmp_path: Path, made_database: Path, server_settings: Mapping[str, str], routes: list[BaseRoute]
) -> AsyncIterator[Served]:
    """A server whose parts are open, reached without a socket."""
    (tmp_path / "home").mkdir(exist_ok=True)
    shutil.copy(made_database, tmp_path / "home")
    app = create_app(
        read_settings({"NARROWCAST_HOME": str(tmp_path / "home"), "NARROWCAST_JOBS_AT_ONCE": "0", **server_settings})
    )
    app.router.routes = routes
    async with app.router.lifespan_context(app):
        context: Context = app.state.context
        # Otherwise as the real ones, whose 64 MiB and 50 ms each would be most of what tests of sign-in take.
        context.door.passwords = Passwords(Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1))
        clients = {"nobody": _client(app)}
        for name, role in CAST.items():
            user = await context.store.accounts.add(
                email=f"{name}@example.org", name=name.title(), role=role, tier="standard"
            )
            secret = new_secret(TOKEN_PREFIX)
            await context.store.tokens.add(user.id, name="tests", secret_hash=secret_hash(secret), scopes=list(Scope))
            clients[name] = _client(app, secret)
        yield Served(app, **clients)
        for client in clients.values():
            await client.aclose()


def _client(app: FastAPI, secret: str | None = None) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app),
        base_url="http://127.0.0.1:8484/api/v1",
        headers={"Authorization": f"Bearer {secret}"} if secret else {},
    )
