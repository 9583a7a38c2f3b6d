"""`/tokens`: API tokens, shown once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, Field

from narrowcast.accounts.granting import ending, granted, new_token
from narrowcast.accounts.roles import Scope
from narrowcast.errors import NotFoundError
from narrowcast.server.context import Here
from narrowcast.server.pages import Cursor, Page, PageSize, page, place
from narrowcast.server.problems import documented
from narrowcast.server.texts import Title
from narrowcast.server.who import InFull, Reads
from narrowcast.store.paging import Place
from narrowcast.store.people.tokens import Token

router = APIRouter(prefix="/tokens", tags=["Accounts"])

TokenId = Annotated[str, Path(max_length=36, description="A token's id.")]


class NewToken(BaseModel):
    """What a token is for, and what it may."""

    name: Title = Field(examples=["Home automation"])
    scopes: list[Scope] | None = Field(
        default=None,
        max_length=10,
        description="One's own when left out. `write` brings `read`.",
        examples=[["read"]],
    )
    expires_at: AwareDatetime | None = Field(default=None, description="Never when left out.")


class TokenName(BaseModel):
    """Another name for a token."""

    name: Title = Field(examples=["Kitchen radio"])


class TokenShape(BaseModel):
    """A token, without its secret."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    used_at: datetime | None = Field(description="Its last use, to the minute.")
    expires_at: datetime | None
    revoked_at: datetime | None


class TokenMade(TokenShape):
    """A token that was just made."""

    token: str = Field(description="The secret. It is shown now and never again.")


@router.get("", responses=documented(401, 403, 422))
async def list_tokens(here: Here, who: Reads, limit: PageSize = 20, cursor: Cursor = None) -> Page[TokenShape]:
    """One's own tokens, newest first, revoked ones too."""
    rows = await here.store.tokens.page(who.id, place(cursor), limit + 1)
    return page(rows, limit, _shape, lambda row: Place(row.created_at, row.id))


@router.post("", status_code=201, responses=documented(401, 403, 409, 422))
async def create_token(here: Here, who: InFull, body: NewToken) -> TokenMade:
    """Make a token. It may no more than who makes it, and a token's token lives no longer than it."""
    scopes = granted(body.scopes, who.scopes)
    expires_at = ending(body.expires_at, datetime.now(UTC), who.until)
    secret, token = await new_token(here.store, who.id, body.name, scopes, expires_at)
    return TokenMade(**_shape(token).model_dump(), token=secret)


@router.get("/{token_id}", responses=documented(401, 403, 404, 422))
async def get_token(here: Here, who: Reads, token_id: TokenId) -> TokenShape:
    """One of one's own tokens."""
    return _shape(_found(await here.store.tokens.get(who.id, token_id)))


@router.patch("/{token_id}", responses=documented(401, 403, 404, 422))
async def rename_token(here: Here, who: InFull, token_id: TokenId, body: TokenName) -> TokenShape:
    """Give a token another name."""
    return _shape(_found(await here.store.tokens.rename(who.id, token_id, body.name)))


@router.delete("/{token_id}", status_code=204, responses=documented(401, 403, 404, 422))
async def revoke_token(here: Here, who: InFull, token_id: TokenId) -> None:
    """Revoke a token: it stops working at once, for good."""
    if not await here.store.tokens.revoke(who.id, token_id):
        _found(None)


def _shape(token: Token) -> TokenShape:
    return TokenShape(
        id=token.id,
        name=token.name,
        scopes=list(token.scopes),
        created_at=token.created_at,
        used_at=token.used_at,
        expires_at=token.expires_at,
        revoked_at=token.revoked_at,
    )


def _found(token: Token | None) -> Token:
    if token is None:
        raise NotFoundError("There is no such token.")
    return token
