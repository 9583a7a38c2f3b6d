"""What episode and speaker profiles have in common when they go in and out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import Header, Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from narrowcast.accounts.roles import Role
from narrowcast.script.profile import EpisodeProfile, SpeakerProfile
from narrowcast.script.value import Config, Value
from narrowcast.server.texts import Title
from narrowcast.server.who import Principal
from narrowcast.studio.profiles import Shown

ProfileName = Annotated[str, Path(min_length=1, max_length=100, description="Its id or name.")]
IfMatch = Annotated[str | None, Header(max_length=200, description="The `ETag` that it is to have still.")]
Replace = Annotated[bool, Query(description="Put them in the place of yours with the same names.")]


def _no_file(value: object) -> None:
    if value is not None:
        raise ValueError("a profile on a server names no files: it would be one of the server's own machine")


NoFile = Annotated[None, BeforeValidator(_no_file)]


class ProfileKept(Value):
    """How a profile is kept. Shipped ones are never changed, and have their name for an id."""

    id: str
    shipped: bool
    copied_from: str | None = Field(default=None, description="The profile that this is a new copy of.")
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @classmethod
    def of(cls, shown: Shown[EpisodeProfile] | Shown[SpeakerProfile]) -> ProfileKept:
        """How that one is kept."""
        return ProfileKept(
            id=shown.id,
            shipped=shown.shipped,
            copied_from=shown.copied_from,
            created_at=shown.created_at,
            updated_at=shown.updated_at,
        )


class ProfileSent(Value):
    """What tells how a profile is kept may be sent back with it, and is not looked at."""

    id: str | None = None
    shipped: bool | None = None
    copied_from: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class BrokenProfile(BaseModel):
    """A profile of yours that cannot be used: `fault` says why, `body` is what it holds."""

    id: str
    name: str
    fault: str
    body: dict[str, Any]

    @classmethod
    def of(cls, shown: Shown[EpisodeProfile] | Shown[SpeakerProfile]) -> Self:
        """What is known of it."""
        return cls(id=shown.id, name=shown.name, fault=shown.fault, body=dict(shown.body))


class ProfileFile(BaseModel):
    """Profiles by name, as podcast-creator's files hold them."""

    model_config = ConfigDict(extra="forbid")

    profiles: Annotated[Config, Field(max_length=200)]


class Refused(BaseModel):
    """What was not imported: by name, what is wrong with it."""

    refused: dict[str, str]


class Duplicate(BaseModel):
    """How a copy is to be called; by default by the first free name."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "My own"}]})

    name: Annotated[Title, Field(max_length=100)] | None = None


def given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a profile as it was sent, without those that tell how it is kept: what was got may be sent back."""
    return {name: value for name, value in fields.items() if name not in ProfileKept.model_fields}


def may_name_private(who: Principal) -> bool:
    """Whether profiles of theirs may name servers in private networks: only the owner knows what is there."""
    return who.user.role == Role.OWNER
