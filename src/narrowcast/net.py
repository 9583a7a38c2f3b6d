"""The only door to URLs that users name: http and https to public addresses, within limits.

A name is resolved once; every address that it has must be public, and the connection goes to one of those very
addresses, so that an answer that changes later changes nothing. Redirects are followed by hand and checked alike.
Certificates are checked against the name. No proxy, no cookies, no credentials.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json as json_text
import re
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

import httpcore2
import httpx2

from narrowcast.errors import SourceError
from narrowcast.version import __version__

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port to the textual addresses of that host; raises `OSError` where there is none."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # RFC 4291: all that is handed out for use on the Internet
_NOT_PUBLIC = tuple(
    # IANA's special-purpose registries, where older Pythons' `is_global` knows better than they do or not at all:
    # protocol assignments, 6to4 relays, benchmarking, Teredo and ORCHID, documentation.
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4", "2001::/23", "3fff::/20")
)
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


def is_public(address: IPAddress) -> bool:
    """Whether an address is one of the public Internet's.

    Private, loopback, link-local, shared (CGNAT), multicast, reserved, unspecified, benchmarking and documentation
    addresses are not, and neither are IPv6 forms that stand for such an IPv4 address (mapped, 6to4, NAT64). Teredo and
    IPv4-compatible addresses never are. Source: IANA's IPv4 and IPv6 special-purpose address registries.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return False
        inner = address.ipv4_mapped or address.sixtofour or _nat64(address)
        if inner is not None:
            return is_public(inner)
        if address not in _GLOBAL_UNICAST:
            return False
    if any(address.version == network.version and address in network for network in _NOT_PUBLIC):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None


async def resolve_host(host: str, port: int) -> Sequence[str]:
    """The addresses of a host by the system's resolver, in its order."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


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
    shown = _shown(url)
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
    target = _parse(url)
    for _ in range(limits.max_redirects + 1):
        addresses = await _addresses(target, allow_private=allow_private, resolve=resolve)
        answer = await _ask(target, addresses, limits, body, ssl_context)
        if isinstance(answer, Fetched):
            return answer
        if body is not None:
            raise SourceError(f"{_shown(url)} redirects what is posted to it.", hint="Try again later.")
        target = _parse(answer)
    raise SourceError(
        f"{_shown(url)} redirects more than {limits.max_redirects} times.", hint="Give the final address."
    )


def _parse(url: str) -> httpx2.URL:
    """The URL, refused where it is none of http(s), has no host, or carries a name or password."""
    try:
        parsed = httpx2.URL(url.strip())
    except httpx2.InvalidURL as error:
        raise SourceError(f"{_shown(url)} is not a URL: {error}.") from error
    if parsed.scheme not in {"http", "https"}:
        raise SourceError(
            f"{_shown(url)} is not read: only http and https addresses are.",
            hint="Give a file's path as it is, without `file:`.",
        )
    if not parsed.host:
        raise SourceError(f"{_shown(url)} names no host.")
    if parsed.userinfo:
        raise SourceError(
            f"{_shown(url)} is not read: it holds a user name or password.", hint="Save the page and give the file."
        )
    if parsed.port is not None and not 0 < parsed.port < 65_536:
        raise SourceError(f"{_shown(url)} names no port that exists.")
    return parsed


async def _addresses(url: httpx2.URL, *, allow_private: bool, resolve: Resolver) -> tuple[str, ...]:
    """Every address of the URL's host, all of them checked."""
    host = url.raw_host.decode("ascii")
    port = url.port or (443 if url.scheme == "https" else 80)
    if not allow_private and _is_odd(host):
        raise SourceError(f"{_shown(str(url))} is not read: {host} is an odd spelling of an address.")
    try:
        found = [str(ipaddress.ip_address(host))]
    except ValueError:
        try:
            found = list(await resolve(host, port))
        except (OSError, UnicodeError) as error:
            raise SourceError(
                f"{_shown(str(url))} cannot be reached: there is no host {host}.",
                hint="Check the address and your connection.",
            ) from error
    if not found:
        raise SourceError(f"{_shown(str(url))} cannot be reached: {host} has no address.")
    if not allow_private:
        for address in found:
            if not is_public(ipaddress.ip_address(address)):
                raise SourceError(
                    f"{_shown(str(url))} is not read: {_at(host, address)} is not a public address.",
                    hint="Set NARROWCAST_ALLOW_PRIVATE_ADDRESSES=true if this is a network of your own.",
                )
    return tuple(found)


def _at(host: str, address: str) -> str:
    return address if host == address else f"{host}, which is at {address},"


def _is_odd(host: str) -> bool:
    """Whether a host is a number in disguise (`2130706433`, `0x7f.1`, `127.0.0.1.`), by the WHATWG URL standard's rule.

    A host whose last label is a number is an IPv4 address there; only the dotted form of four decimals is plain.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        last = host.rstrip(".").rpartition(".")[2]
        return bool(re.fullmatch(r"[0-9]+|0[xX][0-9a-fA-F]*", last))
    return False


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
        httpcore2.AsyncConnectionPool(ssl_context=ssl_context, network_backend=_Pinned(addresses)) as pool,
        pool.stream(method, bare, headers=headers, content=posted, extensions={"timeout": timeout}) as response,
    ):
        fields = {name.lower(): value.decode("latin-1") for name, value in response.headers}
        if response.status in _REDIRECTS and (location := fields.get(b"location")):
            try:
                return str(url.join(location))
            except httpx2.InvalidURL as error:
                raise SourceError(f"{_shown(str(url))} redirects to no URL: {error}.") from error
        if response.status != 200:
            raise SourceError(
                f"{_shown(str(url))} answered {response.status}{_MEANING.get(response.status, '')}.",
                hint="Check the address; a page that asks for a sign-in has to be saved and given as a file.",
            )
        body = bytearray()
        stream = _unpacked(response.aiter_stream(), fields.get(b"content-encoding", ""), limits, _shown(str(url)))
        async for piece in stream:
            body += piece
        content_type, charset = _media_type(fields.get(b"content-type", ""))
        return Fetched(_shown(str(url)), content_type, charset, bytes(body))


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


class _Pinned(httpcore2.AsyncNetworkBackend):
    """Connects to the addresses that were checked, in turn, whatever name it is asked for."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses
        self._tcp = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - the name is for the certificate, never for connecting
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        failure: httpcore2.ConnectError | httpcore2.ConnectTimeout | None = None
        for address in self._addresses:
            try:
                return await self._tcp.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore2.ConnectError("no address")

    async def sleep(self, seconds: float) -> None:
        await self._tcp.sleep(seconds)


def _media_type(header: str) -> tuple[str, str]:
    content_type, _, rest = header.partition(";")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", rest, re.IGNORECASE)
    return content_type.strip().lower(), charset.group(1) if charset else ""


def _shown(url: str) -> str:
    """The URL as it may be shown: without a name, password or fragment, and not endless."""
    text = re.sub(r"^([a-zA-Z][\w+.-]*:/*)[^/?#]*@", r"\1", url.strip()).partition("#")[0]
    text = "".join(char for char in text if char.isprintable())
    return text if len(text) <= 200 else f"{text[:199]}…"
