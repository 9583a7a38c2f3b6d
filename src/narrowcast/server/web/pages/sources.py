"""`/sources`, `/sources/{id}`, `/notebooks/{id}`: what was given, and what was read of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from narrowcast.script.source import Passage
from narrowcast.server.api.sources import FormatName, sources_page
from narrowcast.server.context import Context, Here
from narrowcast.server.public import base_of
from narrowcast.server.web import show
from narrowcast.server.who import Reads
from narrowcast.sources.places import MAX_FILE_BYTES
from narrowcast.store.episodes.shelf import Wanted
from narrowcast.store.library.notebooks import Notebook
from narrowcast.store.library.source_list import SourceOrder, WantedSources
from narrowcast.studio.reading import read_back
from narrowcast.studio.wanted import MAX_SOURCES

router = APIRouter(include_in_schema=False)

ROWS = 50
PASSAGES = 100
NOTEBOOKS = 100
EPISODES = 20
ORDERS = (("newest", "Newest first"), ("oldest", "Oldest first"), ("title", "By title"), ("largest", "Largest first"))
Words = Annotated[str, Query(max_length=200)]
ListPlace = Annotated[str | None, Query(max_length=1_000)]


@dataclass(frozen=True)
class Place:
    """Passages that stand on one page under one heading, or at one time of a recording."""

    heading: str
    page: int | None
    passages: tuple[Passage, ...]


@router.get("/sources")
async def list_sources(
    request: Request,
    here: Here,
    who: Reads,
    q: Words = "",
    kind: FormatName | None = None,
    sort: SourceOrder = SourceOrder.NEWEST,
    cursor: ListPlace = None,
) -> Response:
    """Everything that was given, and the notebooks."""
    found = await sources_page(here, who.id, WantedSources(q, (kind,) if kind else (), None, sort), ROWS, cursor)
    asked = {name: value for name, value in (("q", q), ("kind", kind or ""), ("sort", sort.value)) if value}
    return show(
        request,
        "sources",
        who,
        here="sources",
        found=found.items,
        further=urlencode({**asked, "cursor": found.next_cursor}) if found.next_cursor else "",
        first=cursor is None,
        q=q,
        kind=kind,
        kinds=await here.store.source_list.formats(who.id),
        sort=sort.value,
        orders=ORDERS,
        notebooks=await _notebooks(here, who.id),
        most_bytes=MAX_FILE_BYTES,
        bookmarklet=bookmarklet(base_of(request, here)),
    )


@router.get("/sources/{source_id}")
async def show_source(
    request: Request, here: Here, who: Reads, source_id: UUID, p: Annotated[int, Query(ge=1, le=10**9)] = 1
) -> Response:
    """One source, its passages around the `p`th."""
    stored = await here.store.sources.get(who.id, str(source_id))
    read = await read_back(here.store, stored)
    first = (min(p, max(1, len(read.passages))) - 1) // PASSAGES * PASSAGES
    shown = read.passages[first : first + PASSAGES]
    holding = await here.store.notebooks.all(who.id, None, NOTEBOOKS, source_id=stored.id)
    inside = {one.id for one in holding}
    return show(
        request,
        "source",
        who,
        here="sources",
        source=stored,
        stretches=places(shown),
        first=first + 1,
        last=first + len(shown),
        count=len(read.passages),
        step=PASSAGES,
        holding=holding,
        others=[one for one in await _notebooks(here, who.id) if one.id not in inside],
        episodes=await here.store.shelf.list(who.id, Wanted(source_id=stored.id), None, EPISODES),
    )


@router.get("/notebooks/{notebook_id}")
async def show_notebook(
    request: Request, here: Here, who: Reads, notebook_id: UUID, cursor: ListPlace = None
) -> Response:
    """One notebook: its sources, and the episodes made from it."""
    notebook = await here.store.notebooks.get(who.id, str(notebook_id))
    found = await sources_page(here, who.id, WantedSources(notebook_id=notebook.id), ROWS, cursor)
    return show(
        request,
        "notebook",
        who,
        here="sources",
        notebook=notebook,
        found=found.items,
        further=urlencode({"cursor": found.next_cursor}) if found.next_cursor else "",
        most_bytes=MAX_FILE_BYTES,
        most_sources=MAX_SOURCES,
        episodes=await here.store.shelf.list(who.id, Wanted(notebook_id=notebook.id), None, EPISODES),
    )


def places(passages: Sequence[Passage]) -> Sequence[Place]:
    """Passages by page and heading, in their order. Pure."""
    grouped = groupby(passages, key=lambda one: (" › ".join(one.headings), one.page))
    return [Place(heading, page, tuple(inside)) for (heading, page), inside in grouped]


def bookmarklet(address: str) -> str:
    """The bookmark that sends the page one looks at to the server at `address`. Pure."""
    safe = address.replace("\\", "").replace("'", "%27").replace('"', "%22")
    return (
        f"javascript:void open('{safe}/save?url='+encodeURIComponent(location.href)"
        "+'&title='+encodeURIComponent(document.title.slice(0,200)),'_blank','noopener')"
    )


async def _notebooks(here: Context, owner_id: str) -> Sequence[Notebook]:
    return await here.store.notebooks.all(owner_id, None, NOTEBOOKS)
