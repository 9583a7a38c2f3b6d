"""Telling a URL something: one POST, of whose answer only the status is looked at."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

import httpcore2

from narrowcast.errors import SourceError
from narrowcast.net.door import Pinned, Resolver, addresses_of, parse, resolve_host
from narrowcast.net.waiting import wish_s
from narrowcast.version import __version__


@dataclass(frozen=True)
class PostLimits:
    """What one POST may take; `total_s` is from the look-up of the name to the answer's status."""

    total_s: float = 15.0
    connect_s: float = 10.0


@dataclass(frozen=True)
class Posted:
    """What became of a POST: the answer's `status`, or none and `fault`, which names neither URL nor address.

    `retry_after_s` is when the other end wants to be asked again, if it said so.
    """

    status: int | None
    fault: str = ""
    retry_after_s: float | None = None


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    limits: PostLimits,
    *,
    allow_private: bool = False,
    resolve: Resolver = resolve_host,
    ssl_context: ssl.SSLContext | None = None,
) -> Posted:
    """Post `body`; the connection ends as soon as the status is there, so that an endless answer costs nothing.

    A redirect is not followed: its status is the answer. Nothing is raised for what stands in the way at the other
    end; it is told in the result.
    """
    try:
        async with asyncio.timeout(limits.total_s):
            return await _posted(url, body, headers, limits, allow_private, resolve, ssl_context)
    except (TimeoutError, httpcore2.TimeoutException):
        return Posted(None, f"It did not answer within {limits.total_s:g} seconds.")
    except SourceError:
        return Posted(None, "Its address cannot be found, or is not a public one.")
    except httpcore2.NetworkError as error:
        certificate = isinstance(_root(error), ssl.SSLError)
        return Posted(None, "Its certificate is not valid." if certificate else "It cannot be reached.")
    except httpcore2.ProtocolError:
        return Posted(None, "It did not answer in HTTP.")


async def _posted(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    limits: PostLimits,
    allow_private: bool,  # noqa: FBT001 - passed on as it came
    resolve: Resolver,
    ssl_context: ssl.SSLContext | None,
) -> Posted:
    target = parse(url)
    addresses = await addresses_of(target, allow_private=allow_private, resolve=resolve)
    sent: dict[bytes | str, bytes | str] = {
        **dict(headers.items()),
        "Host": target.netloc.decode("ascii"),
        "User-Agent": f"narrowcast/{__version__}",
        "Content-Length": str(len(body)),
    }
    timeout = {"connect": limits.connect_s, "read": limits.total_s, "write": limits.total_s, "pool": limits.total_s}
    async with (
        httpcore2.AsyncConnectionPool(ssl_context=ssl_context, network_backend=Pinned(addresses)) as pool,
        pool.stream(
            "POST", str(target.copy_with(fragment=None)), headers=sent, content=body, extensions={"timeout": timeout}
        ) as response,
    ):
        wish = next((value for name, value in response.headers if name.lower() == b"retry-after"), b"")
        return Posted(int(response.status), retry_after_s=wish_s(wish.decode("latin-1")))


def _root(error: BaseException) -> BaseException:
    """The fault at the bottom of a chain of causes."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error
