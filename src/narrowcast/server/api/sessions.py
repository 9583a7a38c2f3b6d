"""`/sessions`: signing in with a cookie, signing out, and where else one is signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from narrowcast.errors import NotFoundError
from narrowcast.server.browsers import address_of, begin_session
from narrowcast.server.context import Here
from narrowcast.server.cookies import EVERYTHING, Cookies
from narrowcast.server.pages import Cursor, Page, PageSize, page, place
from narrowcast.server.problems import documented
from narrowcast.server.who import InFull, Reads
from narrowcast.store.paging import Place
from narrowcast.store.people.sessions import Session

router = APIRouter(prefix="/sessions", tags=["Accounts"])

SessionId = Annotated[str, Path(max_length=36, description="A session's id.")]


class Credentials(BaseModel):
    """Who signs in."""

    email: str = Field(max_length=320, examples=["sam@example.org"])
    password: str = Field(max_length=1_000, examples=["three quiet green boats"])


class SignedIn(BaseModel):
    """The session that began; its secret is in the cookie."""

    session_id: str
    user_id: str
    role: str


class SessionShape(BaseModel):
    """A browser that is signed in. `current`: the one that asks."""

    id: str
    user_agent: str
    created_at: datetime
    seen_at: datetime = Field(description="Its last use, to the hour.")
    expires_at: datetime = Field(description="30 days after its last use.")
    current: bool


@router.post("", status_code=201, responses=documented(400, 401, 403, 422, 429))
async def sign_in(request: Request, response: Response, here: Here, body: Credentials) -> SignedIn:
    """Sign in with e-mail address and password: the answer sets a cookie, which lasts 30 days from its last use."""
    user = await here.door.by_password(body.email, body.password, address_of(request))
    session_id, cookie = await begin_session(request, here, user)
    response.headers.append("Set-Cookie", cookie)
    return SignedIn(session_id=session_id, user_id=user.id, role=user.role)


@router.get("", responses=documented(401, 403, 422))
async def list_sessions(here: Here, who: Reads, limit: PageSize = 20, cursor: Cursor = None) -> Page[SessionShape]:
    """Where one is signed in, newest first."""
    rows = await here.store.sessions.page(who.id, place(cursor), limit + 1)
    return page(rows, limit, lambda row: _shape(row, who.session_id), lambda row: Place(row.created_at, row.id))


@router.delete("/current", status_code=204, responses=documented(401, 403, 404))
async def sign_out(response: Response, here: Here, who: Reads) -> None:
    """Sign out: end the session of the cookie that was sent. A token has none: 404."""
    if who.session_id is None or not await here.store.sessions.end(who.id, who.session_id):
        raise NotFoundError("There is no session to end.", hint="Tokens are revoked by DELETE /tokens/{id}.")
    response.headers.append("Set-Cookie", Cookies(here.settings.public_url, here.secret).gone())
    response.headers["Clear-Site-Data"] = EVERYTHING


@router.delete("/{session_id}", status_code=204, responses=documented(401, 403, 404, 422))
async def end_session(here: Here, who: InFull, session_id: SessionId) -> None:
    """Sign another browser of one's own out, at once."""
    if not await here.store.sessions.end(who.id, session_id):
        raise NotFoundError("There is no such session.")


def _shape(session: Session, current: str | None) -> SessionShape:
    return SessionShape(
        id=session.id,
        user_agent=session.user_agent,
        created_at=session.created_at,
        seen_at=session.seen_at,
        expires_at=session.expires_at,
        current=session.id == current,
    )
