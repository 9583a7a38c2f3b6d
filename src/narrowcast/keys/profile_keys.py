"""Keys within profiles and scripts: sealed before they are kept, each for the one address that it stands beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from narrowcast.errors import ProfileError
from narrowcast.keys.sealing import Sealer
from narrowcast.script.own_server import API_KEY, BASE_URL, SEALED, OwnServer

DEEPEST = 40
T = TypeVar("T")


def seal_keys(profile: T, sealer: Sealer) -> T:
    """The same (JSON) with every `api_key` in it sealed, for the `base_url` beside it alone.

    What is sealed already stays. A sealed key that is copied beside another address opens nothing there.
    Raises `ProfileError` for what is nested too deep.
    """
    sealed: T = _sealed(profile, sealer, 0)
    return sealed


def _sealed(value: Any, sealer: Sealer, deep: int) -> Any:
    if deep > DEEPEST:
        raise ProfileError("The profile is nested too deep.")
    if isinstance(value, Mapping):
        inner = {name: _sealed(each, sealer, deep + 1) for name, each in value.items()}
        key = inner.get(API_KEY)
        if isinstance(key, str) and key.strip() and not key.startswith(SEALED):
            url = inner.get(BASE_URL)
            inner[API_KEY] = SEALED + sealer.seal(purpose_of(url if isinstance(url, str) else ""), key.strip()).decode()
        return inner
    if isinstance(value, list | tuple):
        return [_sealed(each, sealer, deep + 1) for each in value]
    return value


def open_key(server: OwnServer, sealer: Sealer) -> str:
    """The key of a config's own server, as it is sent. Raises `ProfileError` where it is not meant for that address."""
    if not server.api_key.startswith(SEALED):
        return server.api_key
    opened = sealer.open(purpose_of(server.base_url), server.api_key.removeprefix(SEALED).encode())
    if opened is None:
        raise ProfileError(
            "The api_key in the profile cannot be read: it was sealed for another address, or by another server.",
            hint="Enter the key again in the profile.",
        )
    return opened


def purpose_of(base_url: str) -> str:
    """What a key beside that address is sealed for."""
    return f"profile {base_url.strip().rstrip('/')}"
