"""All servers of an installation have one secret: what one signs or seals, the others read."""

from __future__ import annotations

import asyncio
import hmac
from pathlib import Path

from narrowcast.accounts.server_secret import SETTING, Purpose, ServerSecret, server_secret
from narrowcast.errors import SettingError
from narrowcast.store.home import Store
from narrowcast.store.installation import Installation

FACT = "secret"


async def shared_secret(store: Store, home: Path, given: str | None = None) -> ServerSecret:
    """The secret of this server, which is that of all that share its store; raises as `agreed_secret`."""
    return await agreed_secret(store.installation, home, given)


async def agreed_secret(installation: Installation, home: Path, given: str | None = None) -> ServerSecret:
    """The secret of this server, which is that of the whole installation; `given` by a setting, else of `home`.

    Of the secret only a fingerprint is kept. A SQLite file is one machine's, so nothing is refused there. Raises
    `SettingError` where the others have another one, and as `server_secret` and the store do.
    """
    secret = await asyncio.to_thread(server_secret, home, given)
    mine = _fingerprint(secret)
    if installation.of_many and not hmac.compare_digest(await installation.agree(FACT, mine), mine):
        raise SettingError(
            f"This server has another secret than those that share its database{'' if given else ' (in its home)'}.",
            hint=f"Give all of them the same {SETTING}. If this one is to hold for good: narrowcast db accept-secret.",
        )
    return secret


async def accept_secret(store: Store, home: Path, given: str | None = None) -> None:
    """Have this server's secret be that of all, from their next start on. Raises as `server_secret` and the store."""
    await store.installation.put(FACT, _fingerprint(await asyncio.to_thread(server_secret, home, given)))


def _fingerprint(secret: ServerSecret) -> str:
    """Tells one secret from another, and nothing else of it."""
    return secret.key(Purpose.FINGERPRINT).hex()
