"""`/me`: who is signed in."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from narrowcast.server.problems import documented
from narrowcast.server.who import Reads

router = APIRouter(tags=["Accounts"])


class Me(BaseModel):
    """Who is signed in, and what they may do this way."""

    id: str
    email: str
    name: str
    role: str
    tier: str
    scopes: list[str]
    created_at: datetime


@router.get("/me", responses=documented(401, 403))
async def who_am_i(who: Reads) -> Me:
    """Who is signed in."""
    user = who.user
    return Me(
        id=user.id,
        email=user.email,
        name=user.name,
        role=user.role,
        tier=user.tier,
        scopes=sorted(who.scopes),
        created_at=user.created_at,
    )
