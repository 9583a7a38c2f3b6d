"""RSS 2.0 with what podcast apps read besides: iTunes, Atom and the podcast namespace. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import format_datetime

from lxml import etree

from narrowcast.feeds.texts import described, xml_text
from narrowcast.feeds.values import Channel, Item

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
ATOM = "http://www.w3.org/2005/Atom"
PODCAST = "https://podcastindex.org/namespace/1.0"
NAMESPACES = {"itunes": ITUNES, "atom": ATOM, "podcast": PODCAST}
CATEGORY = "Education"
GENERATOR = "Narrowcast"


def feed_xml(channel: Channel, items: Sequence[Item]) -> bytes:
    """The feed as UTF-8: private (`itunes:block`), its items as they come."""
    rss = etree.Element("rss", {"version": "2.0"}, nsmap=NAMESPACES)
    top = etree.SubElement(rss, "channel")
    _say(top, "title", channel.title)
    _say(top, "link", channel.link)
    _say(top, "description", described(channel.description))
    _say(top, "language", channel.language)
    _say(top, "generator", GENERATOR)
    _atom(top, "self", channel.url)
    if channel.newer:
        _atom(top, "previous", channel.newer)
    if channel.older:
        _atom(top, "next", channel.older)
    image = etree.SubElement(top, "image")
    for name, said in (("url", channel.image), ("title", channel.title), ("link", channel.link)):
        _say(image, name, said)
    _say(top, _itunes("author"), channel.author)
    _say(top, _itunes("image"), href=channel.image)
    _say(top, _itunes("category"), text=CATEGORY)
    _say(top, _itunes("explicit"), "false")
    _say(top, _itunes("type"), "episodic")
    _say(top, _itunes("block"), "Yes")
    _say(top, _podcast("guid"), channel.guid)
    _say(top, _podcast("medium"), "podcast")
    _say(top, _podcast("locked"), "yes")
    _say(top, _podcast("block"), "yes")
    if items:
        _say(top, "pubDate", format_datetime(max(item.published for item in items)))
    for item in items:
        _add(top, item)
    text: bytes = etree.tostring(rss, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return text


def _add(top: etree._Element, item: Item) -> None:
    entry = etree.SubElement(top, "item")
    _say(entry, "title", item.title)
    _say(entry, "link", item.link)
    _say(entry, "description", described(item.description))
    sound = item.enclosure
    _say(entry, "enclosure", url=sound.url, length=str(sound.size_bytes), type=sound.media_type)
    _say(entry, "guid", item.guid, isPermaLink="false")
    _say(entry, "pubDate", format_datetime(item.published))
    _say(entry, _itunes("duration"), str(max(1, round(item.duration_s))))
    _say(entry, _itunes("image"), href=item.image)
    _say(entry, _itunes("explicit"), "false")
    _say(entry, _itunes("episodeType"), "full")
    for one in item.transcripts:
        _say(entry, _podcast("transcript"), url=one.url, type=one.media_type, language=one.language)
    if item.chapters:
        _say(entry, _podcast("chapters"), url=item.chapters, type="application/json+chapters")
    for name in item.people:
        _say(entry, _podcast("person"), name, role="host")
    if item.ai:
        _say(entry, _podcast("txt"), "true", purpose="ai-content")


def _atom(top: etree._Element, relation: str, url: str) -> None:
    _say(top, f"{{{ATOM}}}link", href=url, rel=relation, type="application/rss+xml")


def _say(parent: etree._Element, name: str, said: str | None = None, /, **attributes: str) -> None:
    element = etree.SubElement(parent, name, {key: xml_text(value) for key, value in attributes.items()})
    if said is not None:
        element.text = xml_text(said)


def _itunes(name: str) -> str:
    return f"{{{ITUNES}}}{name}"


def _podcast(name: str) -> str:
    return f"{{{PODCAST}}}{name}"
