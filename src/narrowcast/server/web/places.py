"""The places that lead everywhere: at the top of each page, and at its foot on a phone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A page that every page leads to; with an `icon` also on a phone, where `always` ones stay at the top too."""

    name: str
    title: str
    path: str
    icon: str = ""
    always: bool = False


PLACES = (
    Place("make", "Make", "/", "audio-lines"),
    Place("library", "Library", "/library", "library"),
    Place("sources", "Sources", "/sources"),
    Place("queue", "Queue", "/queue", "list-video"),
    Place("stats", "Stats", "/stats", "chart-column"),
    Place("settings", "Settings", "/settings", "settings"),
)
