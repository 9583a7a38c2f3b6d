"""What counts as a download, after the IAB's Podcast Measurement Guidelines 2.2. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import date
from ipaddress import IPv6Address, ip_address

LEAST_S = 60
"""Seconds of sound that must have been sent."""
_BOTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|monitor|validator|preview|facebookexternalhit|feedfetcher|importer"
    r"|^(?:itms|itunesstored|atc/|Trackable/|Tentacles|Castopod/|Blubrry|curl/|libcurl|python|Go-http-client"
    r"|Java/|okhttp/|axios/|node|Ruby|PHP|GuzzleHttp|HeadlessChrome)",
    re.IGNORECASE,
)
"""What fetches without anybody listening: robots by their usual words, and what opawg/user-agents-v2 (`bots.json`)
lists of the directories' own checks, of watches (they fetch what their phone has fetched), and of bare libraries."""
_APPS = {
    "AntennaPod": re.compile(r"^AntennaPod", re.IGNORECASE),
    "Apple Podcasts": re.compile(r"^(?:Podcasts/|Balados/|Podcast/|AppleCoreMedia/.*Podcasts)", re.IGNORECASE),
    "Overcast": re.compile(r"^Overcast", re.IGNORECASE),
    "Pocket Casts": re.compile(r"^(?:Pocket ?Casts|PocketCasts)", re.IGNORECASE),
    "Castro": re.compile(r"^Castro", re.IGNORECASE),
    "Podcast Addict": re.compile(r"^(?:Podcast ?Addict)", re.IGNORECASE),
    "gPodder": re.compile(r"gPodder", re.IGNORECASE),
    "Podget": re.compile(r"podget|^Wget/", re.IGNORECASE),
    "Downcast": re.compile(r"^Downcast", re.IGNORECASE),
    "Kodi": re.compile(r"^Kodi", re.IGNORECASE),
    "mpv": re.compile(r"^(?:mpv|Lavf/|libmpv)", re.IGNORECASE),
    "VLC": re.compile(r"^VLC", re.IGNORECASE),
    "Apple’s player": re.compile(r"^AppleCoreMedia", re.IGNORECASE),
    "A browser": re.compile(r"^Mozilla/", re.IGNORECASE),
}


def is_bot(agent: str) -> bool:
    """Whether nobody is behind a `User-Agent`; none at all is nobody's either."""
    return not agent.strip() or bool(_BOTS.search(agent))


def app_of(agent: str) -> str:
    """What an app is called in figures: one of those that we know by name, else what it calls itself, in short."""
    for name, pattern in _APPS.items():
        if pattern.search(agent):
            return name
    return re.sub(r"[^\w .-]", "", agent.split("/", 1)[0])[:40].strip() or "Another app"


def enough_bytes(size_bytes: int, duration_ms: int) -> int:
    """How many bytes hold the first minute's worth of sound; all of them where it is shorter."""
    if duration_ms <= LEAST_S * 1000:
        return size_bytes
    return min(size_bytes, size_bytes * LEAST_S * 1000 // duration_ms)


def listener_hash(key: bytes, day: date, address: str, agent: str, episode_id: str) -> str:
    """Who fetches which episode, so that it is told apart for a day and cannot be told of another day or episode."""
    salt = hmac.digest(key, f"downloads {day.isoformat()}".encode(), hashlib.sha256)
    return hmac.digest(salt, "\n".join((_household(address), agent, episode_id)).encode(), hashlib.sha256).hex()


def _household(address: str) -> str:
    """An address; of IPv6 the /64, which one household has whole."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(IPv6Address(int(found) >> 64 << 64))
    return str(found)
