"""Making API tokens: never with more rights, nor for longer, than who makes them has."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from narrowcast.accounts.roles import Scope
from narrowcast.accounts.secrets import TOKEN_PREFIX, new_secret, secret_hash
from narrowcast.errors import ForbiddenError, InputError
from narrowcast.store.home import Store
from narrowcast.store.people.tokens import Token

LONGEST_NAME = 300


def granted(wanted: Iterable[Scope] | None, may: Collection[Scope]) -> frozenset[Scope]:
    """The scopes of a new token: those wanted, all of `may` where none are named.

    To write takes to read: `write` alone gives both, and `admin` all. Raises `ForbiddenError` beyond `may`,
    `InputError` for an empty list.
    """
    if wanted is None:
        return frozenset(may)
    scopes = set(wanted)
    if not scopes:
        raise InputError("A token needs at least one scope.", hint=f"Name some of: {', '.join(Scope)}.")
    if Scope.ADMIN in scopes:
        scopes |= {Scope.WRITE}
    if Scope.WRITE in scopes:
        scopes |= {Scope.READ}
    if beyond := sorted(scopes - set(may)):
        raise ForbiddenError(
            f"A token may not have more rights than who makes it: {', '.join(beyond)}.",
            hint=f"Possible: {', '.join(sorted(may))}.",
        )
    return frozenset(scopes)


def ending(wanted: datetime | None, now: datetime, until: datetime | None = None) -> datetime | None:
    """When a new token ends: never where none. Raises `InputError` for a past time, `ForbiddenError` beyond `until`."""
    if wanted is not None and wanted.tzinfo is None:
        raise InputError("expires_at needs a zone.", hint="As in 2027-01-31T12:00:00Z.")
    try:
        wanted = wanted.astimezone(UTC) if wanted else None
    except OverflowError:
        raise InputError(
            "expires_at is no time that there is.", hint="Name one before the year 9999, or none."
        ) from None
    if wanted is not None and wanted <= now:
        raise InputError("expires_at has passed already.", hint="Name a time to come, or none.")
    if until is not None and (wanted is None or wanted > until):
        raise ForbiddenError(
            "A token may not outlive the token that makes it.", hint=f"Name an expires_at until {until.isoformat()}."
        )
    return wanted


async def new_token(
    store: Store, owner_id: str, name: str, scopes: Collection[Scope], expires_at: datetime | None = None
) -> tuple[str, Token]:
    """A new token's secret, which is not kept, and the token. Raises `InputError`, `ConflictError` (too many)."""
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise InputError("A token needs a name that tells what it is for.", hint="For example: phone.")
    secret = new_secret(TOKEN_PREFIX)
    token = await store.tokens.add(
        owner_id,
        name=name,
        secret_hash=secret_hash(secret),
        scopes=scopes,
        expires_at=ending(expires_at, datetime.now(UTC)),
    )
    return secret, token
