"""A browser that signs in: its session, and where it asks from."""

from __future__ import annotations

from fastapi import Request

from narrowcast.server.context import Context
from narrowcast.server.cookies import Cookies
from narrowcast.store.people.accounts import User


async def begin_session(request: Request, here: Context, user: User) -> tuple[str, str]:
    """A new session in place of the one that the browser has, so that nobody can have chosen it: its id, the cookie."""
    cookies = Cookies(here.settings.public_url, here.secret)
    secret, session = await here.door.open_session(
        user, user_agent=request.headers.get("user-agent", ""), instead_of=cookies.secret_of(request)
    )
    return session.id, cookies.header(secret)


def address_of(request: Request) -> str:
    """Where a request comes from; of a trusted proxy, what it says."""
    return request.client.host if request.client else "unknown"
