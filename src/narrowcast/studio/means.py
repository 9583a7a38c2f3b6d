"""The keys and addresses to ask providers with: those that were entered go before those of the settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from narrowcast.errors import ProfileError, SettingError
from narrowcast.keys.profile_keys import open_key, seal_keys
from narrowcast.keys.sealing import Sealer
from narrowcast.script.own_server import SEALED, OwnServer
from narrowcast.settings import Settings
from narrowcast.tts.registry import Means

T = TypeVar("T")
OPEN_TO_OTHERS = ("openai", "elevenlabs")
"""The providers whose wire others speak too."""


@dataclass(frozen=True)
class EnteredKey:
    """What was entered for a provider. `locked`: it was sealed with another secret and cannot be read."""

    provider: str
    api_key: str = field(default="", repr=False)
    base_url: str | None = None
    locked: bool = False


class Access:
    """The keys and addresses as they are now; what is built from them before stays as it is.

    An address that was entered stands with the key that was entered beside it, or with none: a key of the settings
    never goes to it. A key that was entered alone goes to the settings' address. A provider whose entered key is
    locked has no key at all until it is entered anew.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._entered: Mapping[str, EnteredKey] = {}
        self._sealer: Sealer | None = None

    def serve_many(self, sealer: Sealer) -> None:
        """From now on profiles are other people's: their keys may be sealed, and their servers must be public ones."""
        self._sealer = sealer

    def replace(self, entered: Iterable[EnteredKey]) -> None:
        """Use these from now on."""
        self._entered = {each.provider: each for each in entered}

    def keys(self) -> dict[str, str]:
        """The keys by provider."""
        keys = {name: key for name, key in self._settings.keys().items() if name not in self._entered}
        return keys | {name: each.api_key for name, each in self._entered.items() if each.api_key and not each.locked}

    def base_urls(self) -> dict[str, str]:
        """The addresses by provider, where they are not the provider's own."""
        urls = self._settings.base_urls()
        for name, each in self._entered.items():
            if each.locked:
                urls.pop(name, None)
            elif each.base_url:
                urls[name] = each.base_url
        return urls

    def means(self) -> Means:
        """What providers of voices are opened with."""
        return Means(self._settings.home / "voices", self.keys(), self.base_urls())

    def own(self, server: OwnServer, provider: str, where: str) -> Means:
        """What a config's own server or key gives its provider, and nothing else does. Raises `ProfileError`."""
        if server.base_url and provider not in OPEN_TO_OTHERS:
            raise ProfileError(
                f"{where} names a server of its own, which {provider} cannot have.",
                hint=f"It can be set for {', '.join(OPEN_TO_OTHERS)}.",
            )
        if self._sealer is None and server.api_key.startswith(SEALED):
            raise ProfileError(f"The api_key in {where} is sealed: only the server it was given to can read it.")
        key = open_key(server, self._sealer) if self._sealer else server.api_key
        urls = {provider: server.base_url} if server.base_url else {}
        guarded = self._sealer is not None and not self._settings.allow_private_addresses
        return Means(self._settings.home / "voices", {provider: key}, urls, public_only=guarded)

    def seal(self, value: T) -> T:
        """JSON of a profile or script, as it may be kept: its keys sealed. Raises `ProfileError`."""
        return seal_keys(value, self._sealer) if self._sealer else value

    def check_open(self, provider: str) -> None:
        """Refuse a provider whose key cannot be read. Raises `SettingError`."""
        if provider in self._entered and self._entered[provider].locked:
            raise locked(provider)


def locked(provider: str) -> SettingError:
    """The fault of a key that was sealed with another secret than the server's present one."""
    return SettingError(
        f"The key for {provider} cannot be read: it was sealed with another secret than this server has now.",
        hint=f"Enter the key for {provider} again, or start the server with the secret that it had.",
    )
