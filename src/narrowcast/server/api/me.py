"""`/me`: who is signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from narrowcast.accounts.export import export
from narrowcast.accounts.passwords import LONGEST, SHORTEST
from narrowcast.errors import InputError
from narrowcast.server.browsers import address_of
from narrowcast.server.context import Here
from narrowcast.server.problems import documented
from narrowcast.server.texts import Title
from narrowcast.server.who import InFull, Principal, Reads
from narrowcast.store.people.accounts import User

router = APIRouter(tags=["Accounts"])


class Me(BaseModel):
    """Who is signed in, and what they may do this way."""

    id: str
    email: str
    name: str
    role: str
    tier: str
    scopes: list[str]
    has_password: bool
    created_at: datetime


class MyChange(BaseModel):
    """What to change of oneself."""

    name: Title = Field(examples=["Sam"])


class PasswordChange(BaseModel):
    """A new password, and the one until now where there is one."""

    current_password: str | None = Field(default=None, max_length=LONGEST, examples=["three quiet green boats"])
    new_password: str = Field(min_length=SHORTEST, max_length=LONGEST, examples=["seven loud red kettles"])


@router.get("/me", responses=documented(401, 403))
async def who_am_i(who: Reads) -> Me:
    """Who is signed in."""
    return _shape(who, who.user)


@router.patch("/me", responses=documented(401, 403, 422))
async def change_me(here: Here, who: InFull, body: MyChange) -> Me:
    """Change one's own name."""
    return _shape(who, await here.people.change(who.id, {"name": body.name}))


@router.put("/me/password", status_code=204, responses=documented(401, 403, 422, 429))
async def change_my_password(request: Request, here: Here, who: InFull, body: PasswordChange) -> None:
    """Change one's own password. It ends all other sessions, and links; tokens stay."""
    await here.door.count_try(who.user.email, address_of(request))
    await here.people.change_password(who.user, body.current_password, body.new_password, keep_session=who.session_id)


@router.delete("/me", status_code=204, responses=documented(401, 403, 409, 422))
async def delete_me(
    here: Here,
    who: InFull,
    confirm: Annotated[str, Query(max_length=320, description="One's own e-mail address, to be sure.")],
) -> None:
    """Delete oneself and all that is one's own, for good. The last owner cannot."""
    if confirm.strip().lower() != who.user.email:
        raise InputError("That is not your e-mail address.", hint=f"To delete all of yours: ?confirm={who.user.email}.")
    await here.people.remove(who.id)


@router.get(
    "/me/export",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {}}, "description": "The zip."}, **documented(401, 403)},
)
async def export_mine(here: Here, who: InFull) -> StreamingResponse:
    """All that is one's own as a zip: rows as JSON, and the files that they name. No secret is in it."""
    headers = {"Content-Disposition": 'attachment; filename="narrowcast-export.zip"'}
    return StreamingResponse(export(here.store, who.id), media_type="application/zip", headers=headers)


def _shape(who: Principal, user: User) -> Me:
    return Me(
        id=user.id,
        email=user.email,
        name=user.name,
        role=user.role,
        tier=user.tier,
        scopes=sorted(who.scopes),
        has_password=user.has_password,
        created_at=user.created_at,
    )
