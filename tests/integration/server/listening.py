"""A served application behind a real socket, and a client for its events."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI


@dataclass(frozen=True)
class Told:
    """One event as a client got it."""

    id: int
    kind: str
    data: dict[str, Any]


@asynccontextmanager
async def listening(app: FastAPI) -> AsyncIterator[str]:
    """The address of `app`, whose parts are open already; the API's root."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, lifespan="off", http="httptools", ws="none", log_config=None, access_log=False)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve([listener]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api/v1/"
        server.should_exit = True
        await serving


async def told(
    url: str,
    client: httpx2.AsyncClient,
    path: str,
    last: int | None = None,
    count: int | None = None,
    began: asyncio.Event | None = None,
) -> list[Told]:
    """What a client is told after the event `last`: `count` events, then it hangs up; all of them without a `count`.

    `began` is set once the first was told.
    """
    headers = {**client.headers, **({"Last-Event-ID": str(last)} if last is not None else {})}
    got: list[Told] = []
    began = began or asyncio.Event()
    async with (
        httpx2.AsyncClient(base_url=url, headers=headers, timeout=60) as reader,
        reader.stream("GET", path) as answer,
    ):
        answer.raise_for_status()
        lines: dict[str, str] = {}
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if line and name:
                lines[name] = value
            elif not line and "data" in lines:
                got.append(Told(int(lines["id"]), lines["event"], json.loads(lines["data"])))
                lines = {}
                began.set()
                if len(got) == count:
                    break
    return got
