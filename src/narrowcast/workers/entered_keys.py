"""Providers' keys that were entered on a server, for hands in other processes."""

from __future__ import annotations

from narrowcast.accounts.one_secret import shared_secret
from narrowcast.keys.sealing import Sealer
from narrowcast.settings import Settings
from narrowcast.studio.provider_keys import KeyRing
from narrowcast.studio.studio import Studio


async def entered_keys(studio: Studio, settings: Settings) -> KeyRing:
    """The keys, in use by this studio from now on; `load` them again for those that were entered since.

    Raises `SettingError` and `OutputError` as `shared_secret`.
    """
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    secret = await shared_secret(studio.store, settings.home, given)
    sealer = Sealer(secret.sealing_key())
    studio.access.serve_many(sealer)
    keys = KeyRing(settings, studio.store.provider_keys, studio.access, sealer)
    await keys.load()
    return keys
