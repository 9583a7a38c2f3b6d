"""Entering, trying and removing providers' keys on a running server; new work uses them at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from narrowcast.errors import InputError, NotFoundError, ProviderError
from narrowcast.keys.providers import PROVIDERS, Provider, check_entry, ending_of, provider_named
from narrowcast.keys.sealing import Sealer
from narrowcast.keys.trying import Tried, Verdict, try_key
from narrowcast.settings import Settings
from narrowcast.store.people.provider_keys import ProviderKey, ProviderKeys
from narrowcast.studio.means import Access, EnteredKey, locked

UNTESTED, LOCKED = "untested", "locked"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ProviderState:
    """A provider as its server's owner sees it; never its key.

    `source`: `entered` here, from the `environment` (or `narrowcast.toml`), or none. `verdict` is that of the last
    test (`accepted`, `refused`, `unreachable`, `unclear`), `untested`, or `locked` where the key cannot be read.
    """

    provider: Provider
    source: str | None
    has_key: bool
    ending: str = ""
    base_url: str | None = None
    verdict: str = UNTESTED
    tested_at: datetime | None = None
    shadows_environment: bool = False


@dataclass(frozen=True)
class _Pair:
    """A key and where it goes."""

    api_key: str = field(repr=False)
    base_url: str | None


class KeyRing:
    """The entered keys of one server, sealed in its store and open in `access`."""

    def __init__(self, settings: Settings, kept: ProviderKeys, access: Access, sealer: Sealer) -> None:
        self._settings = settings
        self._kept = kept
        self._access = access
        self._sealer = sealer
        self._verdicts: dict[str, tuple[str, datetime]] = {}

    async def load(self) -> None:
        """Use what is kept from now on; a key that does not open harms only its own provider."""
        entered = []
        for key in await self._kept.all():
            opened = self._sealer.open(key.provider, key.sealed)
            if opened is None:
                log.warning("a provider's key cannot be read", provider=key.provider, hint=locked(key.provider).hint)
            entered.append(EnteredKey(key.provider, opened or "", key.base_url, locked=opened is None))
        self._access.replace(entered)

    async def states(self) -> list[ProviderState]:
        """Every provider that is known."""
        kept = {key.provider: key for key in await self._kept.all()}
        return [self._state(provider, kept.get(name)) for name, provider in PROVIDERS.items()]

    async def enter(
        self, name: str, *, api_key: str, base_url: str | None, by: str | None, force: bool = False
    ) -> ProviderState:
        """Try a key and keep it, in the place of whatever was entered before.

        `force` keeps it also where the provider cannot be reached. Raises `NotFoundError` (no such provider),
        `InputError` (wrong in itself, or refused, in the provider's words), `ProviderError` (not reachable).
        """
        provider = provider_named(name)
        check_entry(provider, api_key, base_url)
        tried = await try_key(provider, api_key, base_url or self._settings.base_urls().get(name))
        if tried.verdict is Verdict.REFUSED:
            raise InputError(
                f"{provider.title} refuses the key. {tried.said}.".replace("..", "."),
                hint="Check that it is copied whole, and not revoked. Nothing was changed.",
            )
        if tried.verdict is Verdict.UNREACHABLE and not force:
            raise ProviderError(
                tried.said,
                provider=name,
                retryable=True,
                hint="Nothing was changed. Check the address and the connection, or keep it untested with ?force=true.",
            )
        key = ProviderKey(
            provider=name,
            sealed=self._sealer.seal(name, api_key),
            ending=ending_of(api_key),
            base_url=base_url,
            verdict=tried.verdict,
            tested_at=datetime.now(UTC),
            set_by=by,
        )
        await self._kept.put(key)
        await self.load()
        log.info("provider key entered", provider=name, verdict=str(tried.verdict), by=by)
        return self._state(provider, key)

    async def test(self, name: str) -> tuple[ProviderState, Tried]:
        """Try the key that is in use. Raises `NotFoundError` where there is none, `SettingError` where it is locked."""
        provider = provider_named(name)
        self._access.check_open(name)
        pair = _Pair(self._access.keys().get(name, ""), self._access.base_urls().get(name))
        if not pair.api_key and not pair.base_url:
            raise NotFoundError(f"There is no key for {name}.", hint="Enter one first.")
        kept = await self._of(name)
        tried = await try_key(provider, pair.api_key, pair.base_url)
        now = datetime.now(UTC)
        if kept:
            await self._kept.judge(kept, tried.verdict, now)
        else:
            self._verdicts[name] = (tried.verdict, now)
        return self._state(provider, await self._of(name)), tried

    async def remove(self, name: str) -> None:
        """Forget what was entered; what the environment sets holds again. Raises `NotFoundError`."""
        provider_named(name)
        if not await self._kept.delete(name):
            raise NotFoundError(
                f"Nothing was entered for {name}.",
                hint="Keys from the environment or narrowcast.toml are removed there." if name in self._set() else "",
            )
        await self.load()
        log.info("provider key removed", provider=name)

    async def _of(self, name: str) -> ProviderKey | None:
        return next((key for key in await self._kept.all() if key.provider == name), None)

    def _set(self) -> set[str]:
        """The providers that the settings name."""
        return {*self._settings.keys(), *self._settings.base_urls()}

    def _state(self, provider: Provider, kept: ProviderKey | None) -> ProviderState:
        name = provider.name
        keys, base_urls = self._settings.keys(), self._settings.base_urls()
        if kept:
            opened = self._sealer.open(name, kept.sealed)
            return ProviderState(
                provider,
                "entered",
                has_key=bool(opened) or opened is None,
                ending=kept.ending,
                base_url=kept.base_url or base_urls.get(name),
                verdict=LOCKED if opened is None else kept.verdict,
                tested_at=kept.tested_at,
                shadows_environment=name in keys,
            )
        key, base_url = keys.get(name, ""), base_urls.get(name)
        verdict, at = self._verdicts.get(name, (UNTESTED, None))
        source = "environment" if key or base_url else None
        return ProviderState(provider, source, bool(key), ending_of(key), base_url, verdict, at)
