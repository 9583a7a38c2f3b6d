"""`/podcasts/{id}/revisions`: an episode's renderings, what was changed from one to the next, and their scripts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from narrowcast.errors import ConflictError, NotFoundError, ScriptError
from narrowcast.script.comparing import Differences, differences
from narrowcast.script.dialogue import Script
from narrowcast.script.script_file import parse_script
from narrowcast.server.api.podcasts import EpisodeId, Rendering, rendering
from narrowcast.server.context import Context, Here
from narrowcast.server.problems import documented
from narrowcast.server.who import Reads
from narrowcast.store.episodes.revisions import Revision

router = APIRouter(tags=["Scripts"])
SCRIPT = ".script.json"


class Changes(BaseModel):
    """What is different from the rendering before, counted in turns."""

    changed: int = Field(description="Said otherwise, or by somebody else.")
    added: int
    removed: int
    reordered: bool
    retitled: bool


class RenderingWithChanges(Rendering):
    """One rendering; `changes` are null where one of the two has no script to compare."""

    changes: Changes | None
    has_script: bool = Field(description="Its script can be read with `?revision=`.")


class Renderings(BaseModel):
    """The renderings, newest first."""

    items: list[RenderingWithChanges]
    unrendered: Changes | None = Field(
        description="How the script as it now is differs from the newest rendering; null where it does not."
    )
    next_cursor: str | None = None


@router.get("/podcasts/{episode_id}/revisions", responses=documented(401, 403, 404, 422))
async def list_revisions(
    who: Reads,
    here: Here,
    episode_id: EpisodeId,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
    cursor: Annotated[
        int | None, Query(ge=1, le=1_000_000, description="The `next_cursor` of the page before.")
    ] = None,
) -> Renderings:
    """An episode's renderings, all of which can be heard, and what was changed from each to the next."""
    await here.store.shelf.get(who.id, str(episode_id))
    found = await here.store.revisions.all(who.id, str(episode_id))
    shown = [revision for revision in found if cursor is None or revision.number < cursor]
    scripts = [await _script(here, revision) for revision in shown[: limit + 1]]
    items = [
        RenderingWithChanges(
            **rendering(revision, here).model_dump(),
            changes=_changes(scripts[at + 1] if at + 1 < len(scripts) else None, scripts[at]),
            has_script=scripts[at] is not None,
        )
        for at, revision in enumerate(shown[:limit])
    ]
    return Renderings(
        items=items,
        unrendered=await _unrendered(here, who.id, str(episode_id), scripts) if cursor is None else None,
        next_cursor=str(shown[limit - 1].number) if len(shown) > limit else None,
    )


async def script_of_revision(here: Context, owner_id: str, episode_id: str, number: int) -> tuple[bytes, str]:
    """The script that a rendering was made from, as it is kept, and its ETag. Raises `NotFoundError`."""
    found = await here.store.revisions.get(owner_id, episode_id, number)
    if found is None:
        newest = (await here.store.shelf.get(owner_id, episode_id)).revision
        raise NotFoundError(
            "There is no such rendering.", hint=f"The newest is {newest}." if newest else "There is none yet."
        )
    key = found.files.get(SCRIPT)
    data = await here.store.blobs.get(key) if key else None
    if data is None:
        raise NotFoundError("This rendering has no script.", hint="Uploaded episodes have none.")
    return data, f'"r{number}-{found.sha256[:16]}"'


async def _script(here: Context, revision: Revision) -> Script | None:
    key = revision.files.get(SCRIPT)
    data = await here.store.blobs.get(key) if key else None
    return await asyncio.to_thread(_parsed, data) if data else None


def _parsed(data: bytes) -> Script | None:
    """None for what another version wrote otherwise: it is played all the same."""
    try:
        return parse_script(data.decode(), "The rendering's script")
    except (ScriptError, UnicodeDecodeError):
        return None


async def _unrendered(
    here: Context, owner_id: str, episode_id: str, scripts: Sequence[Script | None]
) -> Changes | None:
    if not scripts or scripts[0] is None:
        return None
    try:
        kept = await here.store.scripts.get(owner_id, episode_id)
    except (ConflictError, NotFoundError):
        return None
    now = await asyncio.to_thread(_parsed, kept.data)
    found = differences(scripts[0], now) if now else Differences()
    return _told(found) if found.heard else None


def _changes(before: Script | None, after: Script | None) -> Changes | None:
    return _told(differences(before, after)) if before and after else None


def _told(found: Differences) -> Changes:
    told: dict[str, Any] = {name: getattr(found, name) for name in Changes.model_fields}
    return Changes(**told)
