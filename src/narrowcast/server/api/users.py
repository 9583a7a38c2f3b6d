"""`/users`: who may use this server. For its owners."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field, model_validator

from narrowcast.accounts.passwords import LONGEST, SHORTEST
from narrowcast.accounts.roles import Role
from narrowcast.accounts.tiers import USUAL
from narrowcast.server.context import Here
from narrowcast.server.pages import Cursor, Page, PageSize, page, place
from narrowcast.server.problems import documented
from narrowcast.server.texts import Title
from narrowcast.server.who import Admins
from narrowcast.store.paging import Place
from narrowcast.store.people.accounts import User

router = APIRouter(prefix="/users", tags=["Users"])

UserId = Annotated[str, Path(max_length=36, description="A user's id.")]
Email = Annotated[str, Field(max_length=320)]
Budget = Annotated[float | None, Field(ge=0, allow_inf_nan=False)]
TierName = Annotated[str, Field(max_length=32)]


class NewUser(BaseModel):
    """A user to be added. Without a password they sign in by a link."""

    email: Email = Field(examples=["mia@example.org"])
    name: Title | None = Field(default=None, examples=["Mia"])
    role: Role = Role.MEMBER
    tier: TierName = USUAL
    password: str | None = Field(default=None, min_length=SHORTEST, max_length=LONGEST)
    monthly_budget_usd: Budget = Field(default=None, description="That of the tier when left out.")


class UserChange(BaseModel):
    """What to change of a user; what is left out stays."""

    email: Email | None = None
    name: Title | None = Field(default=None, examples=["Mia B."])
    role: Role | None = None
    tier: TierName | None = None
    active: bool | None = Field(default=None, description="False signs them out, and cancels their jobs.")
    monthly_budget_usd: Budget = Field(default=None, description="Null: that of the tier.")

    @model_validator(mode="after")
    def _no_nulls(self) -> Self:
        for name in self.model_fields_set - {"monthly_budget_usd"}:
            if getattr(self, name) is None:
                raise ValueError(f"{name} may be left out, but not be null")
        return self


class UserShape(BaseModel):
    """A user."""

    id: str
    email: str
    name: str
    role: Role
    tier: str
    active: bool
    has_password: bool
    monthly_budget_usd: float | None
    created_at: datetime


class SignInLink(BaseModel):
    """A link that signs a user in once."""

    url: str
    expires_at: datetime


@router.get("", responses=documented(401, 403, 422))
async def list_users(here: Here, _who: Admins, limit: PageSize = 20, cursor: Cursor = None) -> Page[UserShape]:
    """All users, newest first."""
    rows = await here.store.accounts.page(place(cursor), limit + 1)
    return page(rows, limit, _shape, lambda row: Place(row.created_at, row.id))


@router.post("", status_code=201, responses=documented(401, 403, 409, 422))
async def add_user(here: Here, _who: Admins, body: NewUser) -> UserShape:
    """Add a user."""
    user = await here.people.add(
        body.email,
        name=body.name or "",
        role=body.role,
        tier=body.tier,
        password=body.password,
        monthly_budget_usd=body.monthly_budget_usd,
    )
    return _shape(user)


@router.get("/{user_id}", responses=documented(401, 403, 404, 422))
async def get_user(here: Here, _who: Admins, user_id: UserId) -> UserShape:
    """One user."""
    return _shape(await here.people.get(user_id))


@router.patch("/{user_id}", responses=documented(401, 403, 404, 409, 422))
async def change_user(here: Here, _who: Admins, user_id: UserId, body: UserChange) -> UserShape:
    """Change a user. The last owner stays one."""
    return _shape(await here.people.change(user_id, body.model_dump(exclude_unset=True)))


@router.delete("/{user_id}", status_code=204, responses=documented(401, 403, 404, 409, 422))
async def delete_user(here: Here, _who: Admins, user_id: UserId) -> None:
    """Delete a user and all that is theirs: running jobs are cancelled, files go at the next `gc`."""
    await here.people.remove(user_id)


@router.post("/{user_id}/sign-in-link", status_code=201, responses=documented(401, 403, 404, 422))
async def make_sign_in_link(request: Request, here: Here, _who: Admins, user_id: UserId) -> SignInLink:
    """Make a link that signs a user in once, within 15 minutes; it is shown now and never again."""
    user = await here.people.get(user_id)
    secret, expires_at = await here.door.new_link(user)
    base = here.settings.public_url or str(request.base_url).rstrip("/")
    return SignInLink(url=f"{base}/sign-in/{secret}", expires_at=expires_at)


def _shape(user: User) -> UserShape:
    return UserShape(
        id=user.id,
        email=user.email,
        name=user.name,
        role=Role(user.role),
        tier=user.tier,
        active=user.active,
        has_password=user.has_password,
        monthly_budget_usd=user.monthly_budget_usd,
        created_at=user.created_at,
    )
