"""Who is asking, and whether they may: what routes name as `Reads`, `Writes`, `Admins` or `InFull`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from narrowcast.accounts.roles import Role, Scope, scopes_of
from narrowcast.accounts.secrets import secret_hash
from narrowcast.accounts.sessions import LASTING
from narrowcast.errors import ForbiddenError, SignInError
from narrowcast.server.context import Here
from narrowcast.server.cookies import PLAIN_NAME, Cookies, renew_later
from narrowcast.store.people.accounts import User

bearer = HTTPBearer(auto_error=False, description="An API token.")
cookie = APIKeyCookie(name=PLAIN_NAME, auto_error=False, description="A session; `__Host-` goes before it on https.")


@dataclass(frozen=True)
class Principal:
    """Who is asking: a user, and what they may do this way.

    `session_id` is that of the browser's session, `token_id` that of the token that was shown, which ends at `until` if
    it does.
    """

    user: User
    scopes: frozenset[Scope]
    session_id: str | None = None
    until: datetime | None = None
    token_id: str | None = None

    @property
    def credential(self) -> str:
        """The id of what was shown: a session's, or a token's."""
        return self.session_id or self.token_id or ""

    @property
    def id(self) -> str:
        """The user's id: the owner of all that they make."""
        return self.user.id


async def maybe_principal(
    request: Request,
    here: Here,
    shown: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)] = None,
    _session: Annotated[str | None, Security(cookie)] = None,
) -> Principal | None:
    """Who is asking, if they show anything that is valid: a token, else a session. A bad token is nobody's."""
    if "authorization" in request.headers:
        return await _by_token(here, shown.credentials) if shown else None
    cookies = Cookies(here.settings.public_url, here.secret)
    secret = cookies.secret_of(request)
    found = await here.store.sessions.find(secret_hash(secret), lasting=LASTING) if secret else None
    if secret is None or found is None:
        return None
    user, session = found
    if session.renewed:
        renew_later(request, cookies.header(secret))
    return Principal(user, scopes_of(Role(user.role)), session_id=session.id)


async def _by_token(here: Here, credentials: str) -> Principal | None:
    found = await here.store.tokens.bearer(secret_hash(credentials))
    if found is None:
        return None
    user, token = found
    return Principal(
        user, scopes_of(Role(user.role), map(Scope, token.scopes)), until=token.expires_at, token_id=token.id
    )


async def principal(request: Request, found: Annotated[Principal | None, Depends(maybe_principal)]) -> Principal:
    """Who is asking. Raises `SignInError`."""
    if found:
        return found
    if "authorization" in request.headers:
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


async def in_full(who: Annotated[Principal, Depends(principal)]) -> Principal:
    """Whoever asks, unless by a token that narrows what they may. Raises `SignInError`, `ForbiddenError`."""
    if who.scopes != scopes_of(Role(who.user.role)):
        raise ForbiddenError(
            "A token with fewer rights than yours may not do this.",
            hint="Sign in, or use one with all of them.",
        )
    return who


Anyone = Annotated[Principal | None, Depends(maybe_principal)]
Reads = Annotated[Principal, Depends(may(Scope.READ))]
Writes = Annotated[Principal, Depends(may(Scope.WRITE))]
Admins = Annotated[Principal, Depends(may(Scope.ADMIN))]
InFull = Annotated[Principal, Depends(in_full)]
"""For what decides who may come in: passwords, tokens, sessions."""
