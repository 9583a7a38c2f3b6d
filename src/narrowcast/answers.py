"""How much of a provider's answer is read: whatever a server sends, memory holds only so much of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx2

MOST_OF_A_FAULT = 64 * 1024
"""Bytes of an answer that tells of a fault; more of them say no more."""
MOST_OF_A_LIST = 5 * 10**6
"""Bytes of what is only looked up, such as a list of models. The longest list known has 500 KB."""


class AnswerTooLongError(httpx2.RemoteProtocolError):
    """An answer went beyond its limit; its message is what there was of it, such as `more than 5 MB`."""


def bounded(
    most_bytes: int, *, most_of_a_line: int | None = None
) -> dict[str, list[Callable[[httpx2.Response], Awaitable[None]]]]:
    """Event hooks for a client none of whose answers goes beyond `most_bytes`, counted unpacked.

    Answers with a status of 400 and more end at `MOST_OF_A_FAULT` as if they were complete, so that the status is still
    understood. Beyond the other limits (`most_bytes`, for GET `MOST_OF_A_LIST`, and where it is given, `most_of_a_line`
    bytes without a line's end), reading raises `AnswerTooLongError`.
    """

    async def bind(response: httpx2.Response) -> None:
        most = min(most_bytes, MOST_OF_A_LIST) if response.request.method == "GET" else most_bytes
        response.stream = _Bounded(response, most, most_of_a_line)
        # The stream hands out what it has unpacked already.
        for header in ("content-encoding", "content-length"):
            response.headers.pop(header, None)

    return {"response": [bind]}


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, response: httpx2.Response, most: int, line: int | None) -> None:
        self._fault = response.is_error
        self._most = MOST_OF_A_FAULT if self._fault else most
        self._most_of_a_line = line
        # Unpacks in pieces of bounded size.
        self._inner = httpx2.Response(
            response.status_code, headers=response.headers, stream=response.stream, request=response.request
        )

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = line = 0
        async for piece in self._inner.aiter_bytes():
            read += len(piece)
            if self._fault and read >= self._most:
                yield piece[: len(piece) - (read - self._most)]
                return
            if read > self._most:
                raise AnswerTooLongError(f"more than {size(self._most)}", request=self._inner.request)
            if self._most_of_a_line is not None:
                line = _unended(piece, line, self._most_of_a_line)
                if line > self._most_of_a_line:
                    raise AnswerTooLongError(
                        f"a line of more than {size(self._most_of_a_line)}", request=self._inner.request
                    )
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()


def _unended(piece: bytes, before: int, most: int) -> int:
    """How long the line is that `piece` ends in, or the first one in it that is too long; `before` bytes led to it."""
    start = 0
    while (end := piece.find(b"\n", start)) >= 0:
        if before + end - start > most:
            return before + end - start
        before, start = 0, end + 1
    return before + len(piece) - start


def size(count: int) -> str:
    """`64 KB`, `5 MB`."""
    return f"{count / 1e6:.0f} MB" if count >= 10**6 else f"{count / 1e3:.0f} KB"
