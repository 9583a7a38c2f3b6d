"""Each rule of the feed, by XPath: what directories and apps require, and what no title may do to it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from narrowcast.feeds.rss import NAMESPACES, feed_xml
from narrowcast.feeds.texts import described
from narrowcast.feeds.values import Channel, Enclosure, Item, Transcript

BASE = "https://casts.example.org/feeds/TOKEN"
CHANNEL = Channel(
    url=f"{BASE}.xml",
    guid="9b024349-ccf0-5f69-a609-6b82873eab3c",
    title="Sam’s Narrowcast",
    description="Episodes from the whole library.",
    link="https://casts.example.org/library",
    image=f"{BASE}/cover.jpg",
    language="en",
    author="Sam",
    older=f"{BASE}.xml?page=2",
)
ITEM = Item(
    guid="0f8fad5b-d9cb-469f-a165-70867728950e",
    title="Why harbours silt up",
    description="Mud & money.\n\nAnd the river.",
    link="https://casts.example.org/episodes/0f8fad5b-d9cb-469f-a165-70867728950e",
    image=f"{BASE}/0f8fad5b-d9cb-469f-a165-70867728950e-2.jpg",
    published=datetime(2026, 3, 1, 5, 40, tzinfo=UTC),
    duration_s=740.4,
    enclosure=Enclosure(f"{BASE}/0f8fad5b-d9cb-469f-a165-70867728950e-2.mp3", 8_883_210, "audio/mpeg"),
    transcripts=(
        Transcript(f"{BASE}/x-2.vtt", "text/vtt", "en"),
        Transcript(f"{BASE}/x-2.srt", "application/x-subrip", "en"),
        Transcript(f"{BASE}/x-2.json", "application/json", "en"),
    ),
    chapters=f"{BASE}/x-2.chapters.json",
    people=("Ada", "Ben"),
)


def read(channel: Channel = CHANNEL, *items: Item) -> Any:
    return etree.fromstring(feed_xml(channel, items or (ITEM,)))


def found(tree: Any, path: str) -> list[str]:
    return [str(one) for one in tree.xpath(path, namespaces=NAMESPACES)]


CHANNEL_RULES = {
    "/rss/@version": ["2.0"],
    "/rss/channel/title/text()": ["Sam’s Narrowcast"],
    "/rss/channel/link/text()": [CHANNEL.link],
    "/rss/channel/description/text()": [CHANNEL.description],
    "/rss/channel/language/text()": ["en"],
    "/rss/channel/itunes:image/@href": [CHANNEL.image],
    "/rss/channel/image/url/text()": [CHANNEL.image],
    "/rss/channel/itunes:category/@text": ["Education"],
    "/rss/channel/itunes:explicit/text()": ["false"],
    "/rss/channel/itunes:author/text()": ["Sam"],
    "/rss/channel/itunes:block/text()": ["Yes"],
    "/rss/channel/atom:link[@rel='self']/@href": [CHANNEL.url],
    "/rss/channel/atom:link[@rel='self']/@type": ["application/rss+xml"],
    "/rss/channel/atom:link[@rel='next']/@href": [CHANNEL.older],
    "/rss/channel/atom:link[@rel='previous']/@href": [],
    "/rss/channel/podcast:guid/text()": [CHANNEL.guid],
    "/rss/channel/podcast:medium/text()": ["podcast"],
    "/rss/channel/podcast:block/text()": ["yes"],
    "/rss/channel/podcast:locked/text()": ["yes"],
}
ITEM_RULES = {
    "title/text()": [ITEM.title],
    "link/text()": [ITEM.link],
    "description/text()": ["Mud &amp; money.<br>\n<br>\nAnd the river."],
    "enclosure/@url": [ITEM.enclosure.url],
    "enclosure/@length": ["8883210"],
    "enclosure/@type": ["audio/mpeg"],
    "guid/text()": [ITEM.guid],
    "guid/@isPermaLink": ["false"],
    "itunes:duration/text()": ["740"],
    "itunes:image/@href": [ITEM.image],
    "itunes:explicit/text()": ["false"],
    "podcast:transcript/@type": ["text/vtt", "application/x-subrip", "application/json"],
    "podcast:transcript/@url": [one.url for one in ITEM.transcripts],
    "podcast:transcript/@language": ["en", "en", "en"],
    "podcast:chapters/@url": [ITEM.chapters],
    "podcast:chapters/@type": ["application/json+chapters"],
    "podcast:person/text()": ["Ada", "Ben"],
    "podcast:person/@role": ["host", "host"],
    "podcast:txt[@purpose='ai-content']/text()": ["true"],
}


@pytest.mark.parametrize("path", CHANNEL_RULES)
def test_the_channel_holds_to_every_rule(path: str) -> None:
    assert found(read(), path) == CHANNEL_RULES[path]


@pytest.mark.parametrize("path", ITEM_RULES)
def test_an_item_holds_to_every_rule(path: str) -> None:
    assert found(read(), f"/rss/channel/item/{path}") == ITEM_RULES[path]


def test_dates_are_those_of_rfc_2822() -> None:
    for path in ("/rss/channel/pubDate/text()", "/rss/channel/item/pubDate/text()"):
        (date,) = found(read(), path)
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000", date)
        assert parsedate_to_datetime(date) == ITEM.published


def test_what_there_is_not_is_not_said() -> None:
    bare = replace(ITEM, transcripts=(), chapters="", people=(), ai=False)
    tree = read(CHANNEL, bare)
    for tag in ("transcript", "chapters", "person", "txt"):
        assert found(tree, f"//podcast:{tag}") == []
    empty = etree.fromstring(feed_xml(CHANNEL, ()))
    assert found(empty, "//item | //channel/pubDate") == []


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "a ]]> b", "&lt;b&gt; & \"'", "🐝 \x00\x08\x0b\ud83d\ufffe蜂", "<!--", "<?x?>"],
)
def test_nothing_that_a_person_writes_is_markup(text: str) -> None:
    hostile = replace(ITEM, title=text, description=text, people=(text,))
    tree = read(replace(CHANNEL, title=text, author=text), hostile)
    kept = re.sub("[\x00\x08\x0b\ud83d\ufffe]", "", text)
    assert found(tree, "/rss/channel/item/title/text()") == [kept]
    assert found(tree, "/rss/channel/item/podcast:person/text()") == [kept]
    shown = etree.HTML(f"<p>{found(tree, '/rss/channel/item/description/text()')[0]}</p>")
    assert [one.tag for one in shown.iter()] == ["html", "body", "p"]
    assert "".join(shown.itertext()) == kept


@given(st.text(), st.integers(20, 200))
def test_descriptions_are_cut_between_characters(text: str, most: int) -> None:
    said = described(text, most)
    assert len(said.encode()) <= most
    # No entity is cut in two.
    assert re.sub(r"&(?:amp|lt|gt|quot|#x27);", "", said).count("&") == 0


def test_a_description_takes_no_more_than_4000_bytes() -> None:
    for text in ("蜂" * 5_000, "&" * 5_000, "a\n" * 5_000, "🐝" * 1_334):
        (said,) = found(read(CHANNEL, replace(ITEM, description=text)), "/rss/channel/item/description/text()")
        assert 3_980 <= len(said.encode()) <= 4_000
        assert said.endswith("…")
    exact = "b" * 4_000
    assert described(exact) == exact


def test_a_short_sound_lasts_a_second() -> None:
    assert found(read(CHANNEL, replace(ITEM, duration_s=0.2)), "//itunes:duration/text()") == ["1"]


def test_the_latest_episode_dates_the_channel() -> None:
    older = replace(ITEM, published=ITEM.published - timedelta(days=3))
    (date,) = found(read(CHANNEL, older, ITEM), "/rss/channel/pubDate/text()")
    assert parsedate_to_datetime(date) == ITEM.published
