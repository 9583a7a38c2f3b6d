"""Links that open a feed in a podcast app, and from where its address can be reached. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import quote, urlsplit


class Reach(StrEnum):
    """From where a server can be reached by its name."""

    MACHINE = "machine"
    NETWORK = "network"
    WORLD = "world"


@dataclass(frozen=True)
class AppLink:
    """A link to an app. `by_server`: its makers' servers fetch feeds, so it takes an address that all can reach."""

    app: str
    system: str
    url: str
    by_server: bool = False


_HOUSE_NAMES = (".local", ".lan", ".home", ".internal", ".home.arpa")
"""Names that no name server of the Internet knows (RFC 6762, RFC 8375, and what routers give)."""


def reach_of(url: str) -> Reach:
    """From where `url` can be reached, as far as its host tells."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        address = ip_address(host)
    except ValueError:
        if host == "localhost" or host.endswith(".localhost"):
            return Reach.MACHINE
        return Reach.NETWORK if "." not in host or host.endswith(_HOUSE_NAMES) else Reach.WORLD
    if address.is_loopback:
        return Reach.MACHINE
    return Reach.WORLD if address.is_global else Reach.NETWORK


def app_links(url: str) -> tuple[AppLink, ...]:
    """Links that subscribe to the feed at `url`, as each app documents them, or else registers them with its system."""
    bare = url.partition("://")[2]
    return (
        AppLink("Apple Podcasts", "iPhone, iPad, Mac", f"podcast://{bare}"),
        AppLink("AntennaPod", "Android", f"antennapod-subscribe://{bare}"),
        AppLink("Podcast Addict", "Android", f"podcastaddict://{bare}"),
        AppLink("gPodder", "Linux, Windows, Mac", f"gpodder://{bare}"),
        AppLink("Downcast", "iPhone, Mac", f"downcast://{bare}"),
        AppLink("Overcast", "iPhone", f"overcast://x-callback-url/add?url={quote(url, safe='')}", by_server=True),
        AppLink("Pocket Casts", "iPhone, Android", f"pktc://subscribe/{bare}", by_server=True),
        AppLink("Castro", "iPhone", f"castro://subscribe/{bare}", by_server=True),
        AppLink("Another app", "whichever takes feeds", f"feed:{url}"),
    )
