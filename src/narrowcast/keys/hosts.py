"""Whose host a profile sends things to: one that it names must come with a key of its own, beside the address."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from narrowcast.errors import ProfileError
from narrowcast.net import is_public
from narrowcast.script.hosts import is_loopback
from narrowcast.script.own_server import own_server

DEEPEST = 20
_PROSE = frozenset({"name", "description", "backstory", "personality", "default_briefing", "instructions"})
_LOCAL_NAMES = (".local", ".internal", ".lan", ".home", ".home.arpa", ".intranet", ".corp")


def check_hosts(profile: Mapping[str, Any], *, private_allowed: bool) -> None:
    """Refuse a profile (its fields, as JSON) that would send a key, or anything else, where it should not go.

    Wherever in it, however deep, an address is named, it must be a `base_url` with its own `api_key` in the same
    object. `private_allowed` admits addresses of this machine and of private networks: the server's owner may name
    them. Names are not resolved here; the connection checks what they lead to. Raises `ProfileError`.
    """
    for where, part in _configs(profile, ""):
        server = own_server(part, where)
        if server and server.base_url and not private_allowed and _looks_private(server.base_url):
            raise ProfileError(
                f"{where} names a server in a private network ({urlsplit(server.base_url).hostname}).",
                hint="Only the owner of this server may name one.",
            )


def _configs(value: object, where: str, deep: int = 0) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every object within the profile that may be a config, with its place."""
    if deep > DEEPEST:
        raise ProfileError("The profile is nested too deep.")
    if isinstance(value, Mapping):
        if deep:
            yield where, {str(name): inner for name, inner in value.items() if name not in _PROSE}
        for name, inner in value.items():
            if name not in {"lexicon", "voices"}:  # words of the text, and ids of voices
                yield from _configs(inner, f"{where}.{name}".lstrip("."), deep + 1)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _configs(inner, f"{where}.{number}", deep + 1)


def _looks_private(url: str) -> bool:
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    try:
        return not is_public(ipaddress.ip_address(host))
    except ValueError:
        # Numbers in other spellings (0x7f000001, 127.1) are addresses to resolvers; no public name ends in a number.
        last = host.rpartition(".")[2]
        number = last.isdigit() or last.startswith("0x")
        return is_loopback(f"//{host}") or "." not in host or host.endswith(_LOCAL_NAMES) or number
