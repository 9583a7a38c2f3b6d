"""Who sits at a server's own machine, and which forms are its own page's."""

from __future__ import annotations

import pytest

from narrowcast.server.claiming import is_at_hand, is_own_form

HERE = {"host": "127.0.0.1:8484"}


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["127.0.0.1:8484", "localhost", "LOCALHOST:80", "[::1]:8484"])
def test_a_browser_at_this_machine(peer: str, host: str) -> None:
    assert is_at_hand(peer, "1.1", {"host": host})


@pytest.mark.parametrize("peer", [None, "", "unknown", "192.168.1.7", "::ffff:10.0.0.1", "fe80::1", "0.0.0.0"])  # noqa: S104 - compared
def test_a_connection_from_elsewhere(peer: str | None) -> None:
    assert not is_at_hand(peer, "1.1", HERE)


def test_a_proxy_that_says_nothing_of_itself_but_speaks_http_1_0() -> None:
    assert not is_at_hand("127.0.0.1", "1.0", HERE)


@pytest.mark.parametrize("header", ["forwarded", "via", "x-forwarded-for", "x-real-ip", "x-forwarded-host"])
def test_a_proxy_that_tells_whom_it_asks_for(header: str) -> None:
    assert not is_at_hand("127.0.0.1", "1.1", HERE | {header: "127.0.0.1"})


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "evil.localhost", "127.0.0.1.evil.example", "localhost:8484@evil.example", "localhost.",
     "127.0.0.1\n", "[::1", "1270.0.1", "192.168.1.7:8484"],
)  # fmt: skip
def test_a_name_that_is_not_this_machine(host: str) -> None:
    assert not is_at_hand("127.0.0.1", "1.1", {"host": host})


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"origin": "http://127.0.0.1:8484", "sec-fetch-site": "same-origin"}, True),
        ({"origin": "http://127.0.0.1:8484"}, True),
        ({}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://127.0.0.1:3000"}, False),
        ({"origin": "https://127.0.0.1:8484"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://127.0.0.1:8484", "sec-fetch-site": "none"}, False),
        ({"origin": "http://127.0.0.1:8484", "sec-fetch-site": "cross-site"}, False),
    ],
)
def test_a_form_of_our_own_page(headers: dict[str, str], *, own: bool) -> None:
    assert is_own_form(HERE | headers) is own
