"""The door for clients that stay open: to public addresses alone, checked at each connection."""

from __future__ import annotations

import ssl
from collections.abc import Iterable

import httpcore2
import httpx2

from narrowcast.net.door import Pinned, Resolver, addresses_of, resolve_host


class PublicTransport(httpx2.AsyncHTTPTransport):
    """For an `httpx2.AsyncClient` that asks a server which a stranger named.

    Each connection resolves the name once, refuses it (`SourceError`) unless all its addresses are public, and goes to
    one of those. No proxy of the environment is used.
    """

    def __init__(self, *, resolve: Resolver = resolve_host, ssl_context: ssl.SSLContext | None = None) -> None:
        super().__init__(verify=ssl_context or True, trust_env=False)
        context = ssl_context or httpx2.create_ssl_context(trust_env=False)
        self._pool = httpcore2.AsyncConnectionPool(ssl_context=context, network_backend=_PublicOnly(resolve))


class _PublicOnly(httpcore2.AsyncNetworkBackend):
    def __init__(self, resolve: Resolver) -> None:
        self._resolve = resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        named = httpx2.URL(scheme="http", host=host, port=port)
        addresses = await addresses_of(named, allow_private=False, resolve=self._resolve)
        return await Pinned(addresses).connect_tcp(host, port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await Pinned(()).sleep(seconds)
