"""A config that names a server of its own, and the key for it: no other key ever goes there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from narrowcast.errors import ProfileError

BASE_URL, API_KEY = "base_url", "api_key"
SEALED = "sealed:"
"""What a key begins with that only the server can read which sealed it."""
_HOST_NAMES = re.compile(
    r"(?i)(.*_)?(base_?ur[il]|api_?(base|url|host|endpoint)|endpoint(_?ur[il])?|ur[il]|hosts?|hostname|origin|servers?"
    r"|address|base_?path|prox(y|ies)(_?ur[il])?|gateway)"
)
_ADDRESS = re.compile(r"(?i)\s*(?:[a-z][a-z0-9+.-]*:)?//\S+\s*")
"""A value that is an address as a whole, with or without its scheme; prose may hold one."""


@dataclass(frozen=True)
class OwnServer:
    """A server that a config names (empty: the provider's own), and the config's own key for it."""

    base_url: str
    api_key: str = field(repr=False)


def names_host(name: str, value: object) -> bool:
    """Whether a config's entry says where to send things: by its name, or by a value that is an address."""
    if isinstance(value, str):
        said = value.strip()
        return bool(said) and bool(_HOST_NAMES.fullmatch(name) or _ADDRESS.fullmatch(value))
    return False


def own_server(config: Mapping[str, Any], where: str) -> OwnServer | None:
    """The server that a config names by `base_url`, with the `api_key` beside it; none where it has neither.

    An `api_key` alone is for the provider's own server. `where` names the config to the person. Raises `ProfileError`
    for an address without a key, one that is no http(s) address, and one under a name that is not followed: it would
    be left out in silence.
    """
    named = [name for name, value in config.items() if names_host(str(name), value)]
    key = config.get(API_KEY)
    key = key.strip() if isinstance(key, str) else ""
    if not named:
        return OwnServer("", key) if key else None
    if others := [name for name in named if name != BASE_URL]:
        raise ProfileError(
            f"{where} names a server as {others[0]!r}, which is not followed.",
            hint=f"Name it as {BASE_URL}, with its own {API_KEY} beside it.",
        )
    url = str(config[BASE_URL]).strip().rstrip("/")
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        sound = False
    if not sound:
        raise ProfileError(f"The {BASE_URL} in {where} is no address.", hint="It should look like https://host/v1.")
    if not key:
        raise ProfileError(
            f"{where} names the server {parts.hostname}, and no key for it.",
            hint=f"Put an {API_KEY} of that server beside its {BASE_URL}: no other key is sent there.",
        )
    return OwnServer(url, key)


def without_server(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config without its server and key: what may be kept, shown and hashed."""
    return {name: value for name, value in config.items() if name not in {BASE_URL, API_KEY}}
