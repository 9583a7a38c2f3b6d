"""Whether a request comes from a browser on this very machine: who may make a new server theirs. Pure.

Decision record 0034 says what each condition keeps out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address

from narrowcast.accounts.start import is_loopback_host
from narrowcast.settings import Settings

BY_PROXY = frozenset({
    "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "x-original-host",
    "cf-connecting-ip", "true-client-ip",
})  # fmt: skip
"""What a proxy says of whom it asks for. One that says nothing is told by HTTP/1.0, or by the browser's `Origin`."""
HOST = re.compile(r"(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)


def is_private(settings: Settings) -> bool:
    """Whether the server is meant for this machine alone."""
    return is_loopback_host(settings.host) and not settings.public_url and not settings.trusted_proxies


def is_at_hand(peer: str | None, http_version: str, headers: Mapping[str, str]) -> bool:
    """Whether whoever looks sits at this machine: by the connection's other end, and by the name that was opened."""
    return (
        _is_loopback(peer)
        and http_version != "1.0"
        and HOST.fullmatch(headers.get("host", "")) is not None
        and not any(name in headers for name in BY_PROXY)
    )


def is_own_form(headers: Mapping[str, str]) -> bool:
    """Whether a form was sent from our own page, as the browser says: nothing is believed that it leaves out."""
    origin, site = headers.get("origin", ""), headers.get("sec-fetch-site", "same-origin")
    return origin.lower() == f"http://{headers.get('host', '')}".lower() and site == "same-origin"


def _is_loopback(peer: str | None) -> bool:
    try:
        address = ip_address(peer or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
