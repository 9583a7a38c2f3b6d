"""Which names the server answers to, and where one goes after signing in."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from narrowcast.server.origins import Names, from_own_page, own_path

NAMES = Names.of("192.168.1.5", "https://pod.example.org:444", ["NAS.local.", "*.home.arpa"])


@pytest.mark.parametrize("host", ["192.168.1.5:8484", "nas.local", "x.y.home.arpa", "pod.example.org.", "x.localhost"])
def test_its_own_names_and_this_machine(host: str) -> None:
    assert NAMES.include(host)


@pytest.mark.parametrize(
    "host", [None, "", "192.168.1.6", "xhome.arpa", "nas.local.evil", "nas.local@x", "nas.local:x"]
)
def test_other_names(host: str | None) -> None:
    assert not NAMES.include(host)


def test_listening_everywhere_is_no_name() -> None:
    assert not Names.of("0.0.0.0", None, []).include("0.0.0.0")  # noqa: S104 - as a browser may ask for it


def test_a_page_by_another_port_is_another_page() -> None:
    headers = {"host": "nas.local:8484", "origin": "http://nas.local:9999"}
    assert not from_own_page(NAMES, "POST", headers, has_session=True)
    assert from_own_page(NAMES, "POST", headers | {"origin": "http://nas.local:8484"}, has_session=True)
    assert from_own_page(NAMES, "POST", headers | {"origin": "https://pod.example.org:444"}, has_session=True)
    assert from_own_page(NAMES, "GET", headers, has_session=True)


def test_only_the_browser_itself_brings_what_is_shared() -> None:
    by_hand = {"host": "nas.local", "sec-fetch-site": "none"}
    for origin in ({}, {"origin": "null"}):
        assert from_own_page(NAMES, "POST", by_hand | origin, has_session=True, path="/share-target")
        assert not from_own_page(NAMES, "POST", by_hand | origin, has_session=True, path="/save")
        for site in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}):
            assert not from_own_page(NAMES, "POST", by_hand | origin | site, has_session=True, path="/share-target")
        assert not from_own_page(NAMES, "POST", {"host": "nas.local"} | origin, has_session=True, path="/share-target")
    elsewhere = by_hand | {"origin": "https://evil.example"}
    assert not from_own_page(NAMES, "POST", elsewhere, has_session=True, path="/share-target")


@given(st.text(alphabet="/\\.:@?#ab \t\n\r%ä", max_size=12))
@example("//evil.example")
@example("/\t/evil.example")
@example("/\\evil.example")
def test_wherever_it_leads_it_is_here(wanted: str) -> None:
    there = urlsplit(urljoin("https://pod.example.org/sign-in", own_path(wanted)))
    assert (there.scheme, there.netloc) == ("https", "pod.example.org")
