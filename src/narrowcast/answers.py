"""How much of a provider's answer is read: whatever a server sends, memory holds only so much of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx2

MOST_OF_A_FAULT = 64 * 1024
"""Bytes of an answer that tells of a fault; more of them say no more."""
MOST_OF_A_LIST = 5 * 10**6
"""Bytes of what is only looked up, such as a list of models. The longest list known has 500 KB."""

_BLANK_LINE = re.compile(rb"\n\r?\n|\r\r")


class AnswerTooLongError(httpx2.RemoteProtocolError):
    """An answer went beyond its limit; its message is what there was of it, such as `more than 5 MB`."""


def bounded(
    most_bytes: int = MOST_OF_A_LIST, *, most_of_an_event: int | None = None
) -> Callable[[httpx2.Response], Awaitable[None]]:
    """A response hook for an `AsyncClient` none of whose answers goes beyond `most_bytes`, counted unpacked.

    Answers with a status of 400 and more end at `MOST_OF_A_FAULT` as if they were complete, so that the status is still
    understood. Beyond the other limits (`most_bytes`, for GET `MOST_OF_A_LIST`, and where it is given,
    `most_of_an_event` bytes without a blank line, which ends a server-sent event), reading raises `AnswerTooLongError`.
    """

    async def bind(response: httpx2.Response) -> None:
        most = min(most_bytes, MOST_OF_A_LIST) if response.request.method == "GET" else most_bytes
        response.stream = _Bounded(response, most, most_of_an_event)
        # The stream hands out what it has unpacked already.
        for header in ("content-encoding", "content-length"):
            response.headers.pop(header, None)

    return bind


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, response: httpx2.Response, most: int, event: int | None) -> None:
        self._fault = response.is_error
        self._most = MOST_OF_A_FAULT if self._fault else most
        self._most_of_an_event = event
        # Unpacks in pieces of bounded size.
        self._inner = httpx2.Response(
            response.status_code, headers=response.headers, stream=response.stream, request=response.request
        )

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = event = 0
        before = b""
        async for piece in self._inner.aiter_bytes():
            read += len(piece)
            if self._fault and read >= self._most:
                yield piece[: len(piece) - (read - self._most)]
                return
            if read > self._most:
                raise AnswerTooLongError(f"more than {size(self._most)}", request=self._inner.request)
            if self._most_of_an_event is not None and not self._fault:
                parts = [len(part) for part in _BLANK_LINE.split(before + piece)]
                parts[0] += event
                if max(parts) > self._most_of_an_event:
                    raise AnswerTooLongError(
                        f"an event of more than {size(self._most_of_an_event)}", request=self._inner.request
                    )
                # A blank line may lie across two pieces.
                before = (before + piece)[-2:]
                event = max(0, parts[-1] - len(before))
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()


def size(count: int) -> str:
    """`64 KB`, `5 MB`."""
    return f"{count / 1e6:.0f} MB" if count >= 10**6 else f"{count / 1e3:.0f} KB"
