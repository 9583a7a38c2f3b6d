"""Providers' keys that were entered on a server, for hands in other processes."""

from __future__ import annotations

from narrowcast.accounts.one_secret import agreed_secret, shared_secret
from narrowcast.keys.sealing import Sealer
from narrowcast.settings import Settings
from narrowcast.store.database import Database
from narrowcast.store.installation import Installation
from narrowcast.studio.provider_keys import KeyRing
from narrowcast.studio.studio import Studio


async def entered_keys(studio: Studio, settings: Settings) -> KeyRing:
    """The keys, in use by this studio from now on; `load` them again for those that were entered since.

    Raises `SettingError` and `OutputError` as `shared_secret`.
    """
    secret = await shared_secret(studio.store, settings.home, _given(settings))
    sealer = Sealer(secret.sealing_key())
    studio.access.serve_many(sealer)
    keys = KeyRing(settings, studio.store.provider_keys, studio.access, sealer)
    await keys.load()
    return keys


async def check_secret(database: Database, settings: Settings) -> None:
    """Raises `SettingError` where those that share the database have another secret, and as `agreed_secret`."""
    await agreed_secret(Installation(database), settings.home, _given(settings))


def _given(settings: Settings) -> str | None:
    return settings.secret_key.get_secret_value() if settings.secret_key else None
