"""Moments of episodes that were shared: who may hear them, and what is said there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile

from fastapi import Request

from narrowcast.accounts.address_tokens import Moment, moment_of
from narrowcast.accounts.server_secret import Purpose
from narrowcast.errors import NotFoundError
from narrowcast.server.browsers import address_of
from narrowcast.server.context import Context
from narrowcast.store.episodes.revisions import Revision

QUOTED_MS = 20_000
"""How much is quoted where a moment has no end."""
QUOTED_CHARACTERS = 600


@dataclass(frozen=True)
class SharedMoment:
    """A moment that may be heard, and the rendering that it is of."""

    moment: Moment
    owner_id: str
    found: Revision


@dataclass(frozen=True)
class Said:
    """What one speaker says; the name is empty where nobody knows it."""

    speaker: str
    text: str


async def moment_shown(request: Request, here: Context, token: str) -> Moment:
    """The moment that a token was made for, also when it has expired. Raises `NotFoundError`, `LimitError`."""
    moment = moment_of(here.secret.key(Purpose.MOMENTS), token)
    if moment is None:
        await here.guesses.count(address_of(request))
        raise NotFoundError("There is no such moment.", hint="The link may not have been copied whole.")
    return moment


def has_expired(moment: Moment) -> bool:
    """Whether it cannot be heard any more."""
    return moment.expires <= datetime.now(UTC)


async def open_moment(here: Context, moment: Moment) -> SharedMoment:
    """The moment with its rendering. Raises `NotFoundError` where it has expired, or its episode is gone."""
    owner_id = None if has_expired(moment) else await here.store.shelf.owner_of(moment.episode_id)
    found = await here.store.revisions.get(owner_id, moment.episode_id, moment.revision) if owner_id else None
    if owner_id is None or found is None:
        raise NotFoundError("This moment cannot be heard any more.", hint="Ask whoever shared it for another link.")
    return SharedMoment(moment, owner_id, found)


async def said_there(here: Context, shared: SharedMoment) -> list[Said]:
    """What is said in the moment; nothing where no transcript tells when."""
    key = shared.found.files.get(".transcript.json")
    data = await here.store.blobs.get(key) if key else None
    if data is None:
        return []
    start = shared.moment.start_ms / 1000
    end = (shared.moment.end_ms or shared.moment.start_ms + QUOTED_MS) / 1000
    spoken = (one for one in json.loads(data)["segments"] if one["endTime"] > start)
    quoted: list[Said] = []
    room = QUOTED_CHARACTERS
    for one in takewhile(lambda part: part["startTime"] < end, spoken):
        speaker, text = str(one.get("speaker") or ""), str(one["body"])
        room -= len(text)
        if room < 0:
            break
        if quoted and quoted[-1].speaker == speaker:
            quoted[-1] = Said(speaker, f"{quoted[-1].text} {text}")
        else:
            quoted.append(Said(speaker, text))
    return quoted
