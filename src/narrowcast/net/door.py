"""Where a URL leads: the URL itself, the addresses of its host, and connecting to those very addresses."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence

import httpcore2
import httpx2

from narrowcast.errors import SourceError
from narrowcast.net.public import is_public

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port to the textual addresses of that host; raises `OSError` where there is none."""


async def resolve_host(host: str, port: int) -> Sequence[str]:
    """The addresses of a host by the system's resolver, in its order."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def parse(url: str) -> httpx2.URL:
    """The URL, refused where it is none of http(s), has no host, or carries a name or password."""
    try:
        parsed = httpx2.URL(url.strip())
    except httpx2.InvalidURL as error:
        raise SourceError(f"{shown_url(url)} is not a URL: {error}.") from error
    if parsed.scheme not in {"http", "https"}:
        raise SourceError(
            f"{shown_url(url)} is not opened: only http and https addresses are.",
            hint="Give a file's path as it is, without `file:`.",
        )
    if not parsed.host:
        raise SourceError(f"{shown_url(url)} names no host.")
    if parsed.userinfo:
        raise SourceError(
            f"{shown_url(url)} is not opened: it holds a name or password.", hint="Save the page and give the file."
        )
    if parsed.port is not None and not 0 < parsed.port < 65_536:
        raise SourceError(f"{shown_url(url)} names no port that exists.")
    return parsed


async def check_url(
    url: str, *, allow_private: bool = False, resolve: Resolver = resolve_host, timeout_s: float = 5.0
) -> str:
    """`url` as it will be asked, if it may be: so that a wrong one is told when it is given, not when it is used.

    Raises `SourceError` as `fetch` does before it connects.
    """
    target = parse(url)
    try:
        async with asyncio.timeout(timeout_s):
            await addresses_of(target, allow_private=allow_private, resolve=resolve)
    except TimeoutError:
        raise SourceError(f"{shown_url(url)} cannot be reached: its host was not found in {timeout_s:g} s.") from None
    return str(target.copy_with(fragment=None))


async def addresses_of(url: httpx2.URL, *, allow_private: bool, resolve: Resolver) -> tuple[str, ...]:
    """Every address of the URL's host, all of them checked."""
    host = url.raw_host.decode("ascii")
    port = url.port or (443 if url.scheme == "https" else 80)
    if not allow_private and _is_odd(host):
        raise SourceError(f"{shown_url(str(url))} is not opened: {host} is an odd spelling of an address.")
    try:
        found = [str(ipaddress.ip_address(host))]
    except ValueError:
        try:
            found = list(await resolve(host, port))
        except (OSError, UnicodeError) as error:
            raise SourceError(
                f"{shown_url(str(url))} cannot be reached: there is no host {host}.",
                hint="Check the address and your connection.",
            ) from error
    if not found:
        raise SourceError(f"{shown_url(str(url))} cannot be reached: {host} has no address.")
    if not allow_private:
        for address in found:
            if not is_public(ipaddress.ip_address(address)):
                raise SourceError(
                    f"{shown_url(str(url))} is not opened: {_at(host, address)} is not a public address.",
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


class Pinned(httpcore2.AsyncNetworkBackend):
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


def shown_url(url: str) -> str:
    """The URL as it may be shown: without a name, password or fragment, and not endless."""
    text = re.sub(r"^([a-zA-Z][\w+.-]*:/*)[^/?#]*@", r"\1", url.strip()).partition("#")[0]
    text = "".join(char for char in text if char.isprintable())
    return text if len(text) <= 200 else f"{text[:199]}…"
