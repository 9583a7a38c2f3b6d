"""Who may come in: the owner, the names that the server goes by, and what each tier gets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from narrowcast.accounts.tiers import Tiers, tiers_with
from narrowcast.settings.kinds import Names


def _tiers(value: object) -> Tiers:
    if isinstance(value, Tiers):
        return value
    try:
        changes: Any = json.loads(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ValueError('it should look like {"free": {"running": 2}}') from error
    if not isinstance(changes, Mapping) or not all(isinstance(change, Mapping) for change in changes.values()):
        raise ValueError("it should be a table for each tier")
    try:
        return tiers_with(changes)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{where}: {first['msg']}".removeprefix(": ")) from error


class AccountSettings(BaseModel):
    """Who may come in, under which names, and how much they get."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    owner_email: str | None = Field(default=None, alias="NARROWCAST_OWNER_EMAIL", max_length=320)
    owner_password: SecretStr | None = Field(default=None, alias="NARROWCAST_OWNER_PASSWORD")
    allowed_hosts: Names = Field(default=(), alias="NARROWCAST_ALLOWED_HOSTS")
    """What the server may be called besides: `name`, or `*.domain` for every name below one."""
    tiers: Annotated[Tiers, BeforeValidator(_tiers)] = Field(default_factory=Tiers, alias="NARROWCAST_TIERS")
