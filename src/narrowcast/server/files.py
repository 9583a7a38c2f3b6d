"""Answers that are bytes of the store: by ranges, conditionally, and about as fast as the disk."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from narrowcast.errors import ChangedError, NotFoundError
from narrowcast.server import problems
from narrowcast.server.dispositions import disposition
from narrowcast.server.ranges import Share, Stored, may_follow, share_of
from narrowcast.store.files.blobs import Blobs

PIECE = 256 * 1024
"""Bytes that are read and handed on at once: what a client that is slow keeps in memory."""
FAIR = 4
"""Pieces after which others get their turn, however fast a client takes them."""
Piece = bytes | memoryview
LINK_S = 3600
"""For how long at most an address of the storage opens what a request asked for."""
_NO_WAIT = getattr(os, "RWF_NOWAIT", None)


@dataclass(frozen=True)
class Kept:
    """One thing in the store as it is answered: what it is, and the file name it gets where it is saved."""

    stored: Stored
    media_type: str
    name: str


class Elsewhere(Response):
    """Where the bytes are: at the storage, for a while. `share` is what was asked for."""

    def __init__(self, url: str, share: Share) -> None:
        headers = {"Location": url, "Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}
        super().__init__(None, HTTPStatus.FOUND, headers)
        self.share = share


async def sound_answer(
    request: Request, blobs: Blobs, key: str, kept: Kept, *, direct: bool | None = None, seconds: int = LINK_S
) -> Response:
    """Likewise, or where the storage itself gives it, by an address that is good for `seconds` at most.

    `direct`: whether to; by default wherever whoever asks can follow. A browser lets a script of another site not
    follow, and says with `Origin` that one asks. Raises as `blob_answer`.
    """
    if direct is None:
        direct = "origin" not in request.headers
    if direct and request.method == "GET" and may_follow(kept.stored, request.headers):
        share = share_of(kept.stored, request.method, request.headers)
        if share.status in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
            said = {"Content-Type": kept.media_type, "Content-Disposition": disposition(kept.name)}
            if url := await blobs.link(key, min(seconds, LINK_S), said):
                return Elsewhere(url, share)
    return await blob_answer(request, blobs, key, kept)


async def blob_answer(request: Request, blobs: Blobs, key: str, kept: Kept) -> Response:
    """The blob under `key`, or what of it `request` asks for.

    Raises `ChangedError` (a condition does not hold), `NotFoundError` (it is gone from the storage).
    """
    path = blobs.path(key)
    size = path.stat().st_size if path and path.is_file() else None if path else await blobs.size(key)
    if size != kept.stored.size:
        raise NotFoundError(
            "This file is not in the server's storage as it should be.",
            hint="Render the episode again, or ask whoever runs the server to restore a backup.",
        )
    share = share_of(kept.stored, request.method, request.headers)
    read = partial(_of_file, path) if path else partial(blobs.read_range, key)
    return _answer(request, kept, share, read(share.start, share.stop))


def text_answer(
    request: Request, text: bytes, media_type: str, name: str, modified: datetime, etag: str | None = None
) -> Response:
    """The same of bytes that are at hand; the `etag` is made of them where none is given."""
    etag = etag or f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    kept = Kept(Stored(etag, len(text), modified), media_type, name)
    share = share_of(kept.stored, request.method, request.headers)
    return _answer(request, kept, share, _at_hand(text[share.start : share.stop]))


def _answer(request: Request, kept: Kept, share: Share, pieces: AsyncIterator[Piece]) -> Response:
    stored = kept.stored
    headers = {
        "ETag": stored.etag,
        "Last-Modified": format_datetime(stored.modified.replace(microsecond=0), usegmt=True),
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    match share.status:
        case HTTPStatus.PRECONDITION_FAILED:
            raise ChangedError("It is not what you have seen any more.", hint="Ask for it again without a condition.")
        case HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return problems.answer(
                request,
                share.status,
                f"The range lies beyond the {stored.size} bytes that there are.",
                headers={**headers, "Content-Range": f"bytes */{stored.size}"},
            )
        case HTTPStatus.NOT_MODIFIED:
            return Response(None, int(share.status), headers)
        case HTTPStatus.PARTIAL_CONTENT:
            headers["Content-Range"] = f"bytes {share.start}-{share.stop - 1}/{stored.size}"
    headers["Content-Type"] = kept.media_type
    headers["Content-Disposition"] = disposition(kept.name)
    headers["Content-Length"] = str(share.stop - share.start)
    return _Pieces(int(share.status), headers, pieces)


class _Pieces(Response):
    """An answer in pieces, as they are read. A client that goes away ends the reading; HEAD gets none of them."""

    def __init__(self, status: int, headers: dict[str, str], pieces: AsyncIterator[Piece]) -> None:
        self.status_code = status
        self.background = None
        self.init_headers(headers)
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] != "HEAD":
            left = asyncio.create_task(_disconnected(receive))
            try:
                await self._send_pieces(send, left)
            finally:
                left.cancel()
            if left.done() and not left.cancelled():
                return
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_pieces(self, send: Send, left: asyncio.Task[None]) -> None:
        number = 0
        async for piece in self._pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            number += 1
            if number % FAIR == 0:
                await asyncio.sleep(0)
            if left.done():
                return


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _at_hand(data: bytes) -> AsyncIterator[Piece]:
    if data:
        yield data


async def _of_file(path: Path, start: int, stop: int) -> AsyncIterator[Piece]:
    """The bytes of a file. What the system has in memory is taken at once; only the disk is waited for in a thread."""
    # Opening what was just looked at waits for no disk, and a thread would cost more than many a range.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        while start < stop:
            piece: Piece = _in_memory(descriptor, start, min(PIECE, stop - start))
            if not piece:
                piece = await asyncio.to_thread(os.pread, descriptor, min(PIECE, stop - start), start)
            if not piece:
                raise NotFoundError("This file has become shorter while it was read.")
            start += len(piece)
            yield piece
    finally:
        os.close(descriptor)


def _in_memory(descriptor: int, start: int, size: int) -> Piece:
    """What of these bytes is in the page cache; nothing where that cannot be known (only Linux tells)."""
    if _NO_WAIT is None:
        return b""
    buffer = bytearray(size)
    try:
        count = os.preadv(descriptor, [buffer], start, _NO_WAIT)
    except OSError:
        # EAGAIN where it is not in memory, EOPNOTSUPP where the file system cannot say.
        return b""
    return memoryview(buffer)[:count]
