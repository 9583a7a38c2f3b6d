"""Who is asking, and whether they may: what routes name as `Reads`, `Writes` or `Admins`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from narrowcast.accounts.roles import Role, Scope, scopes_of
from narrowcast.accounts.secrets import secret_hash
from narrowcast.errors import ForbiddenError, SignInError
from narrowcast.server.context import Here
from narrowcast.store.accounts import User

bearer = HTTPBearer(auto_error=False, description="An API token.")


@dataclass(frozen=True)
class Principal:
    """Who is asking: a user, and what they may do this way."""

    user: User
    scopes: frozenset[Scope]

    @property
    def id(self) -> str:
        """The user's id: the owner of all that they make."""
        return self.user.id


async def principal(
    here: Here, shown: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)] = None
) -> Principal:
    """Who is asking. Raises `SignInError`."""
    if shown:
        found = await here.store.accounts.by_token(secret_hash(shown.credentials))
        if found:
            user, scopes = found
            return Principal(user, scopes_of(Role(user.role), [Scope(scope) for scope in scopes]))
        raise SignInError(
            "This token is not known, or not valid any more.", hint="Make a new one: narrowcast token create NAME."
        )
    raise SignInError(
        "Sign in first.", hint="Send an API token as `Authorization: Bearer …`, or sign in in the browser."
    )


def may(scope: Scope) -> Callable[[Principal], Awaitable[Principal]]:
    """A dependency: whoever asks, if they may do that. Raises `SignInError`, `ForbiddenError`."""

    async def check(who: Annotated[Principal, Depends(principal)]) -> Principal:
        if scope not in who.scopes:
            raise ForbiddenError(
                f"This needs the right to {scope}.", hint="Ask the owner of this server, or use another token."
            )
        return who

    return check


Reads = Annotated[Principal, Depends(may(Scope.READ))]
Writes = Annotated[Principal, Depends(may(Scope.WRITE))]
Admins = Annotated[Principal, Depends(may(Scope.ADMIN))]
