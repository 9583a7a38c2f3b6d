"""`/library`: everything there is to hear, as a shelf."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from narrowcast.server.api.podcasts import TAG_CHARACTERS
from narrowcast.server.context import Here
from narrowcast.server.shelf_pages import Sorting, shelf_page
from narrowcast.server.texts import line
from narrowcast.server.web import show
from narrowcast.server.web.cards import card
from narrowcast.server.who import Reads
from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.episodes.shelf import Wanted

router = APIRouter(include_in_schema=False)

A_SHELF = 24
MOST_SHOWN = 240
"""Cards that a page may bring at once, for whoever comes back to where they were."""
NOTEBOOKS = 200
BEGUN = 6
"""Episodes to pick up again: a row of them."""
KINDS = {
    "ready": ("Ready", (EpisodeStatus.COMPLETED,)),
    "coming": ("Being made", (EpisodeStatus.QUEUED, EpisodeStatus.GENERATING)),
    "script": ("Script to review", (EpisodeStatus.SCRIPT_READY,)),
    "not": ("Not made", (EpisodeStatus.FAILED, EpisodeStatus.CANCELLED)),
}
SORTS = {Sorting.NEWEST: "Newest", Sorting.TITLE: "Title", Sorting.LENGTH: "Longest", Sorting.PLAYED: "Last played"}


@router.get("/library")
async def library(
    request: Request,
    here: Here,
    who: Reads,
    q: Annotated[str, Query(max_length=200)] = "",
    status: Annotated[str, Query(max_length=20)] = "",
    tag: Annotated[str, Query(max_length=200)] = "",
    notebook: UUID | None = None,
    sort: Annotated[str, Query(max_length=20)] = "",
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    shown: Annotated[int, Query(ge=1, le=MOST_SHOWN)] = A_SHELF,
) -> Response:
    """A shelf of what is wanted, a page at a time."""
    order = Sorting(sort) if sort in set(Sorting) else Sorting.NEWEST
    wanted = Wanted(
        statuses=KINDS[status][1] if status in KINDS else (),
        tag=line(tag).casefold()[:TAG_CHARACTERS] if tag else None,
        notebook_id=str(notebook) if notebook else None,
        words=q,
    )
    rows, following = await shelf_page(here, who.id, wanted, order, cursor, shown)
    filters = {"q": q, "status": status, "tag": tag, "notebook": str(notebook or ""), "sort": sort}
    asked = {name: value for name, value in filters.items() if value}
    narrowed = bool(asked.keys() - {"sort"})
    begun = [] if asked or cursor else await here.store.listening_days.unfinished(who.id, BEGUN)
    going_on = await here.store.shelf.several(who.id, begun)
    heard = await here.store.listening_days.picked_up(who.id, [row.id for row in (*rows, *going_on)])
    return show(
        request,
        "library",
        who,
        here="library",
        cards=[card(row, heard.get(row.id)) for row in rows],
        going_on=[card(row, heard.get(row.id)) for row in going_on if row.revision],
        more=urlencode({**asked, "cursor": following}) if following else "",
        filters=filters,
        narrowed=narrowed,
        kinds={name: title for name, (title, _) in KINDS.items()},
        sorts=SORTS,
        tags=await here.store.tags.all(who.id),
        notebooks=await here.store.notebooks.all(who.id, None, NOTEBOOKS),
        upload_bytes=here.settings.upload_bytes,
    )
