"""Reading what a URL answers with.

Redirects are followed by hand, and each address on the way is checked alike. No proxy, no cookies, no credentials.
"""

from __future__ import annotations

import asyncio
import json as json_text
import re
import ssl
import zlib
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass

import httpcore2
import httpx2

from narrowcast.errors import SourceError
from narrowcast.net.door import Pinned, Resolver, addresses_of, parse, resolve_host, shown_url
from narrowcast.version import __version__

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PIECE = 1 << 16
_MEANING = {
    401: " (sign-in needed)",
    403: " (forbidden)",
    404: " (not found)",
    410: " (gone)",
    429: " (too many calls)",
}


@dataclass(frozen=True)
class FetchLimits:
    """What one fetch may take. `max_bytes` holds for the bytes received and again for the body unpacked."""

    max_bytes: int = 50_000_000
    total_s: float = 30.0
    connect_s: float = 10.0
    max_redirects: int = 5


@dataclass(frozen=True)
class Fetched:
    """An answer with status 200. `content_type` is lower-case without parameters; both texts are empty if not told."""

    final_url: str
    content_type: str
    charset: str
    body: bytes


async def fetch(
    url: str,
    limits: FetchLimits,
    *,
    allow_private: bool = False,
    json: object = None,
    resolve: Resolver = resolve_host,
    ssl_context: ssl.SSLContext | None = None,
) -> Fetched:
    """The body that a URL answers with. `allow_private` admits any address, for networks of one's own.

    With `json` that value is posted, and a redirect is an error: what was meant for one host goes to no other.

    Raises `SourceError` naming the URL for whatever stands in the way: a scheme other than http(s), a name or password
    in it, an address that is not public, a redirect too many, a status other than 200, and a limit passed.
    """
    shown = shown_url(url)
    try:
        async with asyncio.timeout(limits.total_s):
            body = None if json is None else json_text.dumps(json).encode()
            return await _follow(
                url, limits, body, allow_private=allow_private, resolve=resolve, ssl_context=ssl_context
            )
    except TimeoutError:
        raise SourceError(
            f"{shown} did not answer in full within {limits.total_s:g} seconds.",
            hint="Try again later, or save the page and give the file.",
        ) from None
    except (httpcore2.TimeoutException, httpcore2.NetworkError) as error:
        raise SourceError(
            f"{shown} cannot be reached: {str(error) or 'the connection broke off'}.",
            hint="Check the address and your connection.",
        ) from error
    except (httpcore2.ProtocolError, zlib.error) as error:
        raise SourceError(f"{shown} sent an answer that cannot be read: {error}.") from error


async def _follow(
    url: str,
    limits: FetchLimits,
    body: bytes | None,
    *,
    allow_private: bool,
    resolve: Resolver,
    ssl_context: ssl.SSLContext | None,
) -> Fetched:
    target = parse(url)
    for _ in range(limits.max_redirects + 1):
        addresses = await addresses_of(target, allow_private=allow_private, resolve=resolve)
        answer = await _ask(target, addresses, limits, body, ssl_context)
        if isinstance(answer, Fetched):
            return answer
        if body is not None:
            raise SourceError(f"{shown_url(url)} redirects what is posted to it.", hint="Try again later.")
        target = parse(answer)
    raise SourceError(
        f"{shown_url(url)} redirects more than {limits.max_redirects} times.", hint="Give the final address."
    )


async def _ask(
    url: httpx2.URL,
    addresses: Sequence[str],
    limits: FetchLimits,
    posted: bytes | None,
    ssl_context: ssl.SSLContext | None,
) -> Fetched | str:
    """The answer, or the URL that it redirects to."""
    bare = str(url.copy_with(fragment=None))
    headers: dict[bytes | str, bytes | str] = {
        "Host": url.netloc.decode("ascii"),
        "User-Agent": f"narrowcast/{__version__}",
        "Accept": "text/html, application/xhtml+xml, text/markdown, text/plain, application/pdf, */*;q=0.5",
        "Accept-Encoding": "gzip, deflate",
    }
    if posted is not None:
        headers |= {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Content-Length": str(len(posted)),
        }
    method = "GET" if posted is None else "POST"
    timeout = {"connect": limits.connect_s, "read": limits.total_s, "write": limits.total_s, "pool": limits.total_s}
    async with (
        httpcore2.AsyncConnectionPool(ssl_context=ssl_context, network_backend=Pinned(addresses)) as pool,
        pool.stream(method, bare, headers=headers, content=posted, extensions={"timeout": timeout}) as response,
    ):
        fields = {name.lower(): value.decode("latin-1") for name, value in response.headers}
        if response.status in _REDIRECTS and (location := fields.get(b"location")):
            try:
                return str(url.join(location))
            except httpx2.InvalidURL as error:
                raise SourceError(f"{shown_url(str(url))} redirects to no URL: {error}.") from error
        if response.status != 200:
            raise SourceError(
                f"{shown_url(str(url))} answered {response.status}{_MEANING.get(response.status, '')}.",
                hint="Check the address; a page that asks for a sign-in has to be saved and given as a file.",
            )
        body = bytearray()
        stream = _unpacked(response.aiter_stream(), fields.get(b"content-encoding", ""), limits, shown_url(str(url)))
        async for piece in stream:
            body += piece
        content_type, charset = _media_type(fields.get(b"content-type", ""))
        return Fetched(shown_url(str(url)), content_type, charset, bytes(body))


async def _unpacked(raw: AsyncIterator[bytes], encoding: str, limits: FetchLimits, shown: str) -> AsyncIterator[bytes]:
    """The body without its content encoding; stops at the limit before more than a piece beyond it is unpacked."""
    encoding = encoding.strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
        raise SourceError(f"{shown} sent a body packed as {encoding}, which was not asked for.")
    packed = unpacked = 0
    unpack = _Inflate(encoding) if encoding not in {"", "identity"} else None
    async for chunk in raw:
        packed += len(chunk)
        for piece in unpack.pieces(chunk) if unpack else (chunk,):
            unpacked += len(piece)
            if max(packed, unpacked) > limits.max_bytes:
                raise SourceError(
                    f"{shown} is larger than {limits.max_bytes / 1e6:g} MB.",
                    hint="Save the part you want and give the file.",
                )
            yield piece


class _Inflate:
    """gzip or deflate (with zlib's header or, as some servers send it, without), in pieces of bounded size."""

    def __init__(self, encoding: str) -> None:
        self._deflate = encoding == "deflate"
        self._stream: zlib._Decompress | None = None

    def pieces(self, chunk: bytes) -> Iterable[bytes]:
        if self._stream is None and chunk:
            # RFC 1950: a zlib header's first byte has method 8 in its low half
            raw = self._deflate and chunk[0] & 0x0F != 8
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS if raw else zlib.MAX_WBITS | (0 if self._deflate else 16))
        while chunk and self._stream is not None:
            if self._stream.eof:
                return
            yield self._stream.decompress(chunk, _PIECE)
            chunk = self._stream.unconsumed_tail


def _media_type(header: str) -> tuple[str, str]:
    content_type, _, rest = header.partition(";")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", rest, re.IGNORECASE)
    return content_type.strip().lower(), charset.group(1) if charset else ""
