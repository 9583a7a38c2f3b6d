"""What a person shares from another app: the address in it, or the text. Pure."""

from __future__ import annotations

import re

LINK = re.compile(r"https?://\S+", re.IGNORECASE)
AROUND = 300
"""Characters of a text around an address that are not worth reading by themselves: a title, "look at this"."""


def address_shared(url: str, text: str) -> str | None:
    """The address that was meant: apps put it into `text` as often as into `url`. None where it is a text."""
    if found := LINK.fullmatch(url.strip()):
        return found[0]
    links = LINK.findall(text)
    if len(links) == 1 and len(text) - len(links[0]) <= AROUND:
        link: str = links[0]
        return link.rstrip(").,;!?\u201d\u2019")
    return None


def text_shared(title: str, text: str) -> str:
    """The text, under its title where it has one that it does not begin with."""
    title, text = " ".join(title.split()), text.strip()
    return f"# {title}\n\n{text}" if title and text and not text.startswith(title) else text
