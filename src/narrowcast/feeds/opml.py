"""OPML 2.0: several feeds in one file, which podcast apps import. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from narrowcast.feeds.texts import xml_text


def opml(title: str, feeds: Sequence[tuple[str, str]]) -> bytes:
    """The file, of `(title, url)` each."""
    root = etree.Element("opml", {"version": "2.0"})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = xml_text(title)
    body = etree.SubElement(root, "body")
    for name, url in feeds:
        clean = xml_text(name)
        etree.SubElement(body, "outline", {"type": "rss", "text": clean, "title": clean, "xmlUrl": xml_text(url)})
    text: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return text
