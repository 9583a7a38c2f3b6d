"""Fetching one large file whose size and hash are known: resumed where it was cut, whole or not at all."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urlsplit

import httpx2

from narrowcast.errors import OutputError, ProviderError, VoiceError
from narrowcast.script.hosts import is_loopback

CONNECT_S, READ_S = 10.0, 30.0
TRIES = 4
"""How often a connection that was cut is taken up again."""
REDIRECTS = 5
ROOM = 50_000_000
"""Bytes that must stay free on the disk."""

Progress = Callable[[int], None]
"""Is told how many bytes of the file are there."""


@dataclass(frozen=True)
class RemoteFile:
    """A file by its place below the base URL. `digest` is `md5:…` or `sha256:…`, empty where it is not known."""

    path: str
    name: str
    size: int
    digest: str = ""


class CutError(Exception):
    """The connection ended before the file did."""


async def fetch(client: httpx2.AsyncClient, base_url: str, file: RemoteFile, folder: Path, progress: Progress) -> Path:
    """`file` in `folder` under its name. What was fetched of it before is kept in `NAME.part` and gone on from.

    Of two that fetch the same file at once the second is refused: they would write over each other's part.
    Raises `VoiceError` (not there), `ProviderError` (server, connection, wrong content), `OutputError` (disk).
    """
    target = folder / file.name
    part = target.with_name(f"{target.name}.part")
    try:
        await asyncio.to_thread(_make_room, target.parent, file.size)
        # The kernel drops the lock when this process ends, however it ends.
        with _alone(part, file):
            for attempt in range(1, TRIES + 1):
                try:
                    await _rest(client, f"{base_url}/{quote(file.path)}", file, part, progress)
                    break
                except (httpx2.TransportError, CutError) as error:
                    if attempt == TRIES:
                        raise _not_reached(base_url, file, error) from error
            await asyncio.to_thread(_finish, file, part, target)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            part.unlink(missing_ok=True)
        raise OutputError(
            f"Cannot write {target}: {error.strerror}.", hint="Make room, or see who may write into that folder."
        ) from error
    return target


@contextmanager
def _alone(part: Path, file: RemoteFile) -> Iterator[None]:
    """Holds the part while it grows; of a fetch that wrote nothing none is left."""
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _busy(file) from error
        # Between the opening and the locking the other may have finished, and this be its file.
        if not part.exists() or part.stat().st_ino != os.fstat(descriptor).st_ino:
            raise _busy(file)
        try:
            yield
        finally:
            if part.exists() and part.stat().st_size == 0:
                part.unlink()
    finally:
        os.close(descriptor)


async def _rest(client: httpx2.AsyncClient, url: str, file: RemoteFile, part: Path, progress: Progress) -> None:
    there = await asyncio.to_thread(_size, part)
    if there > file.size:
        there = 0
    if there == file.size:
        progress(there)
        return
    response = await _open(client, url, file, there)
    try:
        start = there if response.status_code == 206 and _starts_at(response, there) else 0
        with await asyncio.to_thread(_open_part, part, start) as out:
            done = start
            progress(done)
            # In pieces as they come: gathered into blocks, the last before a cut would be lost.
            async for block in response.aiter_raw():
                done += len(block)
                if done > file.size:
                    await asyncio.to_thread(part.unlink, missing_ok=True)
                    raise _wrong(file, "is longer than it should be")
                await asyncio.to_thread(out.write, block)
                progress(done)
    finally:
        await response.aclose()
    if done < file.size:
        raise CutError(f"{done} of {file.size} bytes came")


async def _open(client: httpx2.AsyncClient, url: str, file: RemoteFile, start: int) -> httpx2.Response:
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    for _ in range(REDIRECTS + 1):
        response = await client.send(client.build_request("GET", url, headers=headers), stream=True)
        if response.status_code in {200, 206}:
            return response
        await response.aclose()
        if response.is_redirect:
            url = str(httpx2.URL(url).join(response.headers["location"]))
            if not is_safe(url):
                raise _wrong(file, f"is sent on to {urlsplit(url).hostname} without encryption")
            continue
        if response.status_code == 416:
            headers.pop("Range", None)
            continue
        raise _refused(url, file, response.status_code)
    raise _wrong(file, "is sent on without end")


def is_safe(url: str) -> bool:
    """Whether nobody on the way can change what comes: HTTPS, or this machine."""
    return urlsplit(url).scheme == "https" or (urlsplit(url).scheme == "http" and is_loopback(url))


def _starts_at(response: httpx2.Response, start: int) -> bool:
    return str(response.headers.get("content-range", "")).startswith(f"bytes {start}-")


def _open_part(part: Path, start: int) -> BinaryIO:
    part.parent.mkdir(parents=True, exist_ok=True)
    out = part.open("r+b" if start else "wb")
    out.seek(start)
    return out


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _make_room(folder: Path, size: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < size + ROOM:
        raise OutputError(
            f"{(size + ROOM) / 1e6:,.0f} MB are needed in {folder}, and {free / 1e6:,.0f} MB are free.",
            hint="Make room, or choose another place with NARROWCAST_HOME.",
        )


def _finish(file: RemoteFile, part: Path, target: Path) -> None:
    kind, _, wanted = file.digest.partition(":")
    with part.open("r+b") as data:
        if wanted:
            found = hashlib.file_digest(data, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()
            if found != wanted:
                part.unlink()
                raise _wrong(file, f"has another {kind.upper()} than it should have")
        os.fsync(data.fileno())
    part.replace(target)


def _refused(url: str, file: RemoteFile, status: int) -> Exception:
    host = urlsplit(url).hostname
    if status in {403, 404, 410}:
        return VoiceError(
            f"{host} has no {file.path} ({status}).",
            hint="See which there are with: narrowcast voices catalogue",
        )
    return ProviderError(
        f"{host} answered {status} for {file.name}.",
        provider=str(host),
        retryable=status == 429 or status >= 500,
        hint="Try again later; what was downloaded is kept.",
    )


def _not_reached(base_url: str, file: RemoteFile, error: Exception) -> ProviderError:
    host = str(urlsplit(base_url).hostname)
    why = str(error) or type(error).__name__
    return ProviderError(
        f"Cannot download {file.name} from {host}: {why}.",
        provider=host,
        retryable=True,
        hint="Run the same command again to go on from there; NARROWCAST_VOICES_URL names another server.",
    )


def _busy(file: RemoteFile) -> ProviderError:
    return ProviderError(
        f"Another program is downloading {file.name}.",
        provider="voices",
        retryable=True,
        hint="Wait until it is through, then run the same command again.",
    )


def _wrong(file: RemoteFile, how: str) -> ProviderError:
    return ProviderError(
        f"The file {file.name} {how}, and was thrown away.",
        provider="voices",
        retryable=False,
        hint="Try again; if it comes out the same, the server does not hold what was published.",
    )
