"""What each role may do, as scopes; a token may narrow them, never widen."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from narrowcast.errors import InputError


class Scope(StrEnum):
    """A kind of thing that may be done."""

    READ = "read"
    """Look and listen."""
    WRITE = "write"
    """Make, change and delete one's own; spend money."""
    ADMIN = "admin"
    """Users, provider keys, everybody's queue."""


class Role(StrEnum):
    """What a user is on this server."""

    OWNER = "owner"
    MEMBER = "member"
    LISTENER = "listener"


SCOPES = {
    Role.OWNER: frozenset(Scope),
    Role.MEMBER: frozenset({Scope.READ, Scope.WRITE}),
    Role.LISTENER: frozenset({Scope.READ}),
}


def scopes_of(role: Role, narrowed_to: Iterable[Scope] | None = None) -> frozenset[Scope]:
    """What someone of that role may do, with a token that names `narrowed_to`."""
    return SCOPES[role] if narrowed_to is None else SCOPES[role] & frozenset(narrowed_to)


def named_scopes(names: Iterable[str]) -> frozenset[Scope]:
    """The scopes of those names. Raises `InputError` for one that there is not."""
    names = list(names)
    if unknown := [name for name in names if name not in set(Scope)]:
        raise InputError(f"There is no scope {unknown[0]!r}.", hint=f"Scopes: {', '.join(Scope)}.")
    return frozenset(map(Scope, names))
