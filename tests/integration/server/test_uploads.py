"""Forms with files over a real socket and in process: what comes is counted, named safely, and never left behind."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI, Request

from narrowcast.server.bodies import MAX_BODY, BodyLimits
from narrowcast.server.problems import install_problems
from narrowcast.server.uploads import received
from narrowcast.store.files.incoming import Incoming

MOST = 3_000_000


def _app(folder: Path) -> FastAPI:
    app = FastAPI()
    install_problems(app)
    app.add_middleware(BodyLimits)
    incoming = Incoming(folder, "me")

    @app.post("/files")
    async def take(request: Request) -> dict[str, Any]:
        async with received(request, incoming, files={"file": MOST, "other": 1000}, fields={"title"}) as form:
            files = {
                field: [file.name, file.size, file.sha256 == hashlib.sha256(file.path.read_bytes()).hexdigest()]
                for field, file in form.files.items()
            }
            return {"fields": form.fields, "files": files}

    @app.post("/json")
    async def json(body: dict[str, Any]) -> int:
        return len(body)

    @app.post("/refused")
    async def refused() -> None:
        return None

    return app


def _client(folder: Path) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=_app(folder)), base_url="http://here")


def _raw(body: bytes, boundary: str = "b") -> dict[str, Any]:
    return {"content": body, "headers": {"Content-Type": f"multipart/form-data; boundary={boundary}"}}


async def test_files_and_texts_come_whole_and_nothing_stays(tmp_path: Path) -> None:
    data = bytes(range(256)) * 8000
    async with _client(tmp_path) as client:
        answer = await client.post(
            "/files", files={"file": ("a.pdf", data), "other": ("b", b"\r\n--")}, data={"title": "Über 雪"}
        )
    assert answer.json() == {
        "fields": {"title": "Über 雪"},
        "files": {"file": ["a.pdf", len(data), True], "other": ["b", 4, True]},
    }
    assert _left(tmp_path) == []


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/", "document"),
        ("..", "document"),
        ("", "document"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("line\tbreak\x7f.txt", "line break .txt"),
        ("e\u0301tude 📚 雪.md", "étude 📚 雪.md"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
async def test_a_file_is_shown_by_a_harmless_name(tmp_path: Path, given: str, shown: str) -> None:
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{given}"\r\n\r\nx\r\n--b--\r\n'
    async with _client(tmp_path) as client:
        answer = await client.post("/files", **_raw(head.encode()))
    assert answer.json()["files"]["file"][0] == shown


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no form at all",
        b"--b\r\n",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nno end',
        b'--b\r\nContent-Disposition: form-data; name="unknown"\r\n\r\nx\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\n\xff\xfe\r\n--b--\r\n',
        b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
        b"--b\r\n" + b"X: y\r\n" * 100 + b"\r\nx\r\n--b--\r\n",
        b"--b\r\n" + b"X" * 10_000,
        b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nx\r\n' * 2 + b"--b--\r\n",
    ],
)
async def test_broken_forms_are_refused_and_leave_nothing(tmp_path: Path, body: bytes) -> None:
    async with _client(tmp_path) as client:
        answer = await client.post("/files", **_raw(body))
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), answer.text
        assert (await client.post("/files", **_raw(body, boundary=""))).status_code == 422
        assert (await client.post("/files", content=body)).status_code == 422
    assert _left(tmp_path) == []


async def test_too_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    sent = 0

    async def endless(size: int) -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="big"\r\n\r\n'
        while sent < size:
            sent += 64_000
            yield b"x" * 64_000

    async with _client(tmp_path) as client:
        answer = await client.post("/files", **_raw(endless(10**9)))  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["title"]) == (413, "Request Entity Too Large")
        assert "big has more than 3 MB" in answer.json()["detail"]
        assert MOST < sent < MOST + 10_000_000
        answer = await client.post("/json", json={"a": "x" * MAX_BODY})
        assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
        answer = await client.post("/files", files={"other": b"x" * 1001})
        assert answer.status_code == 413
    assert _left(tmp_path) == []


@asynccontextmanager
async def _listening(app: FastAPI) -> AsyncIterator[int]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    running = asyncio.create_task(server.serve())
    await _until(lambda: server.started)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await running


async def _ask(port: int, head: str, then: bytes) -> tuple[bytes, int]:
    """What a server answers to a sender who goes on for ever, and how many bytes of it went through until the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head.encode())
    answered = asyncio.create_task(_answer(reader))
    taken = 0
    with suppress(ConnectionError):
        while then:
            writer.write(then)
            await writer.drain()
            taken += len(then)
    answer = await answered
    writer.transport.abort()
    return answer, taken


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    assert length
    return head + await reader.readexactly(int(length[1]))


async def test_a_sender_of_too_much_hears_why_and_is_cut_off(tmp_path: Path) -> None:
    form = "Host: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    async with _listening(_app(tmp_path)) as port:
        head = f"POST /files HTTP/1.1\r\n{form}Content-Length: 50000000000\r\n\r\n"
        answer, taken = await _ask(port, head, b"x" * 65536)
        assert answer.startswith(b"HTTP/1.1 413")
        assert b"connection: close" in answer.lower()
        assert answer.endswith(b"}")
        assert taken < 40_000_000
        answer, _ = await _ask(port, f"{head[:-2]}Expect: 100-continue\r\n\r\n", b"")
        assert answer.startswith(b"HTTP/1.1 413")


async def test_a_sender_who_goes_away_leaves_nothing(tmp_path: Path) -> None:
    begin = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + b"x" * 1_500_000
    head = "POST /files HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 2000000"
    async with _listening(_app(tmp_path)) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"{head}\r\n\r\n".encode() + begin)
        await writer.drain()
        async with asyncio.timeout(60):
            await _until(lambda: any(file.stat().st_size for file in tmp_path.iterdir()))
            writer.close()
            await _until(lambda: not any(tmp_path.iterdir()))


async def _until(holds: Callable[[], bool]) -> None:
    while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - another thread's and the disk's doing
        await asyncio.sleep(0.01)


def _left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_what_a_dead_process_was_receiving_is_swept(tmp_path: Path) -> None:
    for name in ("me.1", "dead.1"):
        (tmp_path / name).write_bytes(b"x")
    Incoming(tmp_path, "me").sweep(lambda owner: owner == "me")
    assert _left(tmp_path) == ["me.1"]
