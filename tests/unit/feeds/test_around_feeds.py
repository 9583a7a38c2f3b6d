"""Names, links to apps, lists of feeds, and what counts as a download."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from lxml import etree

from narrowcast.feeds.apps import Reach, app_links, reach_of
from narrowcast.feeds.downloads import app_of, enough_bytes, is_bot, listener_hash
from narrowcast.feeds.guid import feed_guid
from narrowcast.feeds.opml import opml

FEED = "https://casts.example.org/feeds/TOKEN.xml"


def test_a_feed_keeps_its_name_whatever_its_scheme() -> None:
    first = feed_guid("http://casts.example.org/", "one")
    assert uuid.UUID(first).version == 5
    assert first == feed_guid("https://casts.example.org", "one")
    assert first != feed_guid("https://casts.example.org", "two")
    # The example of the podcast namespace: UUIDv5 over host and path.
    assert str(uuid.uuid5(uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6"), "podnews.net/rss")) == (
        "9b024349-ccf0-5f69-a609-6b82873eab3c"
    )


@pytest.mark.parametrize(
    ("url", "reach"),
    [
        ("http://127.0.0.1:8484", Reach.MACHINE),
        ("http://localhost:8484", Reach.MACHINE),
        ("http://[::1]:8484", Reach.MACHINE),
        ("http://192.168.1.20", Reach.NETWORK),
        ("http://10.0.0.1", Reach.NETWORK),
        ("http://[fd00::1]", Reach.NETWORK),
        ("http://nas.local", Reach.NETWORK),
        ("http://nas", Reach.NETWORK),
        ("http://nas.home.arpa:80", Reach.NETWORK),
        ("https://casts.example.org", Reach.WORLD),
        ("https://93.184.216.34", Reach.WORLD),
    ],
)
def test_from_where_an_address_is_reached(url: str, reach: Reach) -> None:
    assert reach_of(url) is reach


def test_links_open_apps_on_this_very_feed() -> None:
    links = {link.app: link for link in app_links(FEED)}
    assert links["AntennaPod"].url == "antennapod-subscribe://casts.example.org/feeds/TOKEN.xml"
    assert links["Apple Podcasts"].url == "podcast://casts.example.org/feeds/TOKEN.xml"
    assert links["Overcast"].url.endswith("?url=https%3A%2F%2Fcasts.example.org%2Ffeeds%2FTOKEN.xml")
    assert links["Overcast"].by_server
    # No link goes by somebody else's site, which would learn the token.
    assert all(not link.url.startswith("http") for link in links.values())


def test_opml_holds_every_feed() -> None:
    tree = etree.fromstring(opml("All", [("A <b> & \x00c", FEED), ("Two", f"{FEED}?x=1&y=2")]))
    assert tree.xpath("/opml/@version") == ["2.0"]
    assert tree.xpath("/opml/body/outline[@type='rss']/@text") == ["A <b> & c", "Two"]
    assert tree.xpath("/opml/body/outline/@xmlUrl") == [FEED, f"{FEED}?x=1&y=2"]


@pytest.mark.parametrize(
    ("agent", "app"),
    [
        ("AntennaPod/3.5.0", "AntennaPod"),
        ("Podcasts/1500.1 CFNetwork/1410 Darwin/22.6", "Apple Podcasts"),
        ("AppleCoreMedia/1.0.0.21F90 (iPhone; U; CPU OS 17_5 like Mac OS X)", "Apple’s player"),
        ("Pocket Casts", "Pocket Casts"),
        ("Overcast/3.0 (+http://overcast.fm/; iOS podcast app)", "Overcast"),
        ("Wget/1.21.3", "Podget"),
        ("gPodder/3.11.4", "gPodder"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "A browser"),
        ("MyCaster<script>/1.0", "MyCasterscript"),
    ],
)
def test_apps_are_called_by_their_names(agent: str, app: str) -> None:
    assert not is_bot(agent)
    assert app_of(agent) == app


@pytest.mark.parametrize(
    "agent",
    [
        "",
        " ",
        "curl/8.1.2",
        "Googlebot/2.1 (+http://www.google.com/bot.html)",
        "facebookexternalhit/1.1",
        "itms",
        "atc/1.0 watchOS/10.1 model/Watch7,1",
        "Mozilla/5.0 (compatible; bingbot/2.0)",
        "python-httpx2/2.16",
        "CastFeedValidator/3.6.1",
        "Mozilla/5.0 HeadlessChrome/120 Crawler",
    ],
)
def test_robots_listen_to_nothing(agent: str) -> None:
    assert is_bot(agent)


def test_a_minute_of_sound_is_enough() -> None:
    assert enough_bytes(8_000_000, 600_000) == 800_000
    assert enough_bytes(8_000_000, 59_000) == 8_000_000
    assert enough_bytes(0, 0) == 0


def test_who_listens_is_told_apart_for_a_day() -> None:
    def who(address: str = "192.0.2.1", agent: str = "App", day: int = 1, episode: str = "e", key: bytes = b"k") -> str:
        return listener_hash(key, date(2026, 1, day), address, agent, episode)

    others = {who(address="192.0.2.2"), who(agent="B"), who(day=2), who(episode="f"), who(key=b"l")}
    assert len(others | {who()}) == 6
    assert who(address="2001:db8::1") == who(address="2001:db8::ffff:2")
    assert who(address="2001:db8::1") != who(address="2001:db8:0:1::1")
    assert len(who()) == 64
