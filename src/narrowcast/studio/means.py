"""The keys and addresses to ask providers with: those that were entered go before those of the settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from narrowcast.errors import SettingError
from narrowcast.settings import Settings
from narrowcast.tts.registry import Means


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
