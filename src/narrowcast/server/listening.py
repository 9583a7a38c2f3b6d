"""Who may hear a file below `/audio/`: its owner, signed in, or whoever has a link that was signed for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Path, Query

from narrowcast.accounts.roles import Scope
from narrowcast.accounts.server_secret import Purpose
from narrowcast.accounts.signed_names import check_signature
from narrowcast.errors import ForbiddenError, NotFoundError, SignInError
from narrowcast.server.addresses import parsed_name
from narrowcast.server.context import Here
from narrowcast.server.who import Anyone


@dataclass(frozen=True)
class Hearing:
    """A rendering that may be heard, by its name; whether there is such a one is another question.

    `seconds`: for how long still, where a link says so.
    """

    owner_id: str
    episode_id: str
    number: int
    suffix: str
    seconds: int | None = None


async def hearing(
    here: Here,
    who: Anyone,
    filename: Annotated[str, Path(max_length=100, description="As an episode's `audio_url` has it.")],
    expires: Annotated[str | None, Query(max_length=20, description="Of a signed link.")] = None,
    signature: Annotated[str | None, Query(max_length=100, description="Of a signed link.")] = None,
) -> Hearing:
    """What may be heard. Raises `SignInError`, `ForbiddenError` (a signature that is none), `NotFoundError`."""
    if signature is not None:
        check_signature(here.secret.key(Purpose.SIGNED_URLS), filename, expires or "", signature, datetime.now(UTC))
    elif who is None:
        raise SignInError("Sign in first.", hint="Or use a link that was signed: POST /podcasts/{id}/links.")
    elif Scope.READ not in who.scopes:
        raise ForbiddenError("This needs the right to read.", hint="Use another token.")
    named = parsed_name(filename)
    if named is None:
        raise NotFoundError("There is no such file.")
    # A signature opens the file whoever else shows it is signed in as.
    owner_id = await here.store.shelf.owner_of(named[0]) if signature is not None else who.id if who else None
    if owner_id is None:
        raise NotFoundError("There is no such file.")
    left = int(expires or 0) - int(datetime.now(UTC).timestamp()) if signature is not None else None
    return Hearing(owner_id, *named, left if left is None else max(1, left))


Hears = Annotated[Hearing, Depends(hearing)]
