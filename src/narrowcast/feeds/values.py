"""What a feed says, as plain values. Addresses are whole, times are aware, durations are in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Enclosure:
    """The sound: its exact size, and an address that ends as what it is."""

    url: str
    size_bytes: int
    media_type: str


@dataclass(frozen=True)
class Transcript:
    """What is said, under one address."""

    url: str
    media_type: str
    language: str


@dataclass(frozen=True)
class Item:
    """An episode. `guid` never changes, whatever else does; `ai` tells that it was made and not recorded."""

    guid: str
    title: str
    description: str
    link: str
    image: str
    published: datetime
    duration_s: float
    enclosure: Enclosure
    transcripts: tuple[Transcript, ...] = ()
    chapters: str = ""
    people: tuple[str, ...] = ()
    ai: bool = True


@dataclass(frozen=True)
class Channel:
    """A feed. `url` is its own address; `newer` and `older` those of the pages beside this one."""

    url: str
    guid: str
    title: str
    description: str
    link: str
    image: str
    language: str
    author: str
    newer: str = ""
    older: str = ""
