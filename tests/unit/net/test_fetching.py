"""The door to URLs, against a real server on the loopback that misbehaves on request."""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio

from narrowcast.errors import SourceError
from narrowcast.net import Fetched, FetchLimits, door, fetch, is_public

LIMITS = FetchLimits(max_bytes=100_000, total_s=5, connect_s=2)


class Server:
    """A server that sends what a test puts at a path, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.port = 0
        self.drip = False

    def put(self, path: str, body: bytes = b"", *, status: str = "200 OK", headers: Sequence[str] = ()) -> str:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
        self.answers[path] = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
        return f"http://127.0.0.1:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.requests.append(request)
            path = request.split(" ", 2)[1]
            if path == "/endless":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
                while True:
                    writer.write(b"x" * 10_000)
                    await writer.drain()
            if path == "/slow":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
                while True:
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(0.05)
            writer.write(self.answers[path])
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    yield made
    listening.close()
    await listening.wait_closed()


def resolver(*answers: str) -> tuple[list[str], object]:
    """A resolver that gives one answer after the other, and the hosts that it was asked for."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return [answers[min(len(asked), len(answers)) - 1]]

    return asked, resolve


async def get(url: str, **others: object) -> Fetched:
    return await fetch(url, LIMITS, **{"allow_private": True, **others})  # type: ignore[arg-type]


async def refused(url: str, **others: object) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await get(url, **others)
    return caught.value


async def test_body_type_and_charset_arrive(server: Server) -> None:
    url = server.put("/a", "Grüße".encode(), headers=['Content-Type: Text/HTML; Charset="ISO-8859-15"'])
    page = await get(f"{url}#part")
    assert page == Fetched(url, "text/html", "ISO-8859-15", "Grüße".encode())


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data)[2:-4]),
        ("identity", bytes),
    ],
)
async def test_packed_bodies_are_unpacked(server: Server, encoding: str, pack: object) -> None:
    body = b"All that is said. " * 2_000
    url = server.put("/z", pack(body), headers=[f"Content-Encoding: {encoding}"])  # type: ignore[operator]
    assert (await get(url)).body == body


async def test_a_bomb_of_zeros_stops_at_the_limit(server: Server) -> None:
    url = server.put("/bomb", gzip.compress(bytes(50_000_000)), headers=["Content-Encoding: gzip"])
    assert "larger than 0.1 MB" in (await refused(url)).message


async def test_a_body_packed_in_an_unknown_way_is_refused(server: Server) -> None:
    assert "packed as br" in (await refused(server.put("/br", b"?", headers=["Content-Encoding: br"]))).message


async def test_endless_bytes_stop_at_the_limit(server: Server) -> None:
    assert "larger than" in (await refused(f"http://127.0.0.1:{server.port}/endless")).message


async def test_a_byte_now_and_then_ends_at_the_time_limit(server: Server) -> None:
    started = time.monotonic()
    with pytest.raises(SourceError, match=r"within 0\.5 seconds"):
        await fetch(f"http://127.0.0.1:{server.port}/slow", FetchLimits(total_s=0.5), allow_private=True)
    assert time.monotonic() - started < 10


async def test_a_status_is_named_with_the_url(server: Server) -> None:
    url = server.put("/gone", b"no", status="404 Not Found")
    error = await refused(url)
    assert url in error.message
    assert "404" in error.message
    assert error.hint


async def test_redirects_are_followed_relative_and_absolute(server: Server) -> None:
    server.put("/end", b"here")
    server.put("/two", status="302 Found", headers=["Location: end"])
    url = server.put("/one", status="301 Moved", headers=[f"Location: http://127.0.0.1:{server.port}/two"])
    assert (await get(url)).final_url.endswith("/end")


async def test_a_circle_of_redirects_ends(server: Server) -> None:
    url = server.put("/round", status="302 Found", headers=["Location: /round"])
    assert "more than 5 times" in (await refused(url)).message
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "ftp://example.com/", "gopher://x/", "http://user:secret@example.com/", "http://[::1"],
)
async def test_a_redirect_is_held_to_the_same_rules(server: Server, target: str) -> None:
    url = server.put("/bad", status="302 Found", headers=[f"Location: {target}"])
    error = await refused(url)
    assert "secret" not in error.message


@pytest.fixture
def loopback_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.1, and it alone, passes for a public address, so that a first hop can be made."""
    monkeypatch.setattr(door, "is_public", lambda address: str(address) == "127.0.0.1" or is_public(address))


@pytest.mark.usefixtures("loopback_is_public")
@pytest.mark.parametrize("target", ["127.0.0.2", "localhost6.example", "[::1]", "169.254.169.254", "2130706434"])
async def test_a_redirect_to_the_inside_is_refused(server: Server, target: str) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["::1"]

    url = server.put("/out", status="302 Found", headers=[f"Location: http://{target}:{server.port}/inside"])
    error = await refused(url, allow_private=False, resolve=resolve)
    assert "not a public address" in error.message or "odd spelling" in error.message
    assert len(server.requests) == 1


@pytest.mark.usefixtures("loopback_is_public")
async def test_a_name_that_changes_to_the_inside_is_refused_at_the_next_hop(server: Server) -> None:
    url = f"http://changing.example:{server.port}/again"
    server.put("/again", status="302 Found", headers=[f"Location: {url}"])
    asked, resolve = resolver("127.0.0.1", "127.0.0.2")
    assert "127.0.0.2" in (await refused(url, allow_private=False, resolve=resolve)).message
    assert len(asked) == 2
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "http://10.1.2.3/",
        "http://169.254.169.254/latest/meta-data/", "http://2130706433/", "http://0x7f.1/", "http://0x7f000001/",
        "http://017700000001/", "http://127.1/", "http://127.0.0.1./", "http://localhost/", "http://localhost./",
        "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://①②⑦.0.0.1/",
    ],
)  # fmt: skip
async def test_private_addresses_are_refused_however_they_are_spelt(url: str) -> None:
    with pytest.raises(SourceError):
        await fetch(url, LIMITS)


@pytest.mark.parametrize(
    "url",
    [
        "file:/etc/passwd",
        "file:///etc/passwd",
        "ftp://x/",
        "data:text/plain,hi",
        "javascript:1",
        "http:///x",
        "http://a:99999/",
    ],
)
async def test_other_schemes_and_broken_urls_are_refused(url: str) -> None:
    assert (await refused(url)).message


async def test_names_and_passwords_are_refused_and_never_shown() -> None:
    error = await refused("http://me:hunter2@example.com/x")
    assert "hunter2" not in error.message + error.hint
    assert "password" in error.message


async def test_every_address_of_a_name_must_be_public() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["93.184.215.14", "10.0.0.1"]

    assert "10.0.0.1" in (await refused("http://two.example/", allow_private=False, resolve=resolve)).message


async def test_the_connection_goes_to_the_address_that_was_checked(server: Server) -> None:
    """A name whose answer changes is asked once only: what was checked is what is connected to."""
    server.put("/x", b"fine")
    asked, resolve = resolver("127.0.0.1", "192.0.2.1")
    page = await get(f"http://changing.example:{server.port}/x", resolve=resolve)
    assert page.body == b"fine"
    assert asked == ["changing.example"]
    assert f"host: changing.example:{server.port}" in server.requests[0].lower()


async def test_proxies_in_the_environment_and_cookies_play_no_part(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    server.put("/b", b"done")
    url = server.put("/c", status="302 Found", headers=["Location: /b", "Set-Cookie: a=b"])
    assert (await get(url)).body == b"done"
    assert not any("cookie" in request.lower() for request in server.requests)


async def test_a_port_where_nothing_listens_and_a_host_that_is_not_there() -> None:
    assert "cannot be reached" in (await refused("http://127.0.0.1:1/")).message

    async def nobody(host: str, port: int) -> Sequence[str]:
        raise OSError("no such host")

    assert "no host nowhere.example" in (await refused("http://nowhere.example/", resolve=nobody)).message


async def test_noise_instead_of_http_is_a_clear_error(server: Server) -> None:
    url = server.put("/n")
    server.answers["/n"] = b"\x00\x01 what?\r\n\r\n"
    assert "cannot be read" in (await refused(url)).message
    url = server.put("/g", b"not gzip", headers=["Content-Encoding: gzip"])
    assert "cannot be read" in (await refused(url)).message
