"""What every request works with; built once, when the server starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from narrowcast.accounts.server_secret import ServerSecret, server_secret
from narrowcast.keys.sealing import Sealer
from narrowcast.settings import Settings
from narrowcast.store.home import Store
from narrowcast.studio import Studio
from narrowcast.studio.provider_keys import KeyRing


@dataclass(frozen=True)
class Context:
    """The parts of a running server.

    `closing` is set as soon as it was told to end: streams end, jobs are given back.
    """

    settings: Settings
    studio: Studio
    secret: ServerSecret
    keys: KeyRing
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def store(self) -> Store:
        """What is kept."""
        return self.studio.store


@asynccontextmanager
async def open_context(settings: Settings) -> AsyncIterator[Context]:
    """The parts, opened; given back at the end. Raises as `Studio.open` and `server_secret`."""
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    async with Studio.open(settings) as studio:
        secret = await asyncio.to_thread(server_secret, settings.home, given)
        keys = KeyRing(settings, studio.store.provider_keys, studio.access, Sealer(secret.sealing_key()))
        await keys.load()
        yield Context(settings, studio, secret, keys)


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Here = Annotated[Context, Depends(_context)]
