"""`/notebooks`: sets of sources."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from narrowcast.server.api.sources import SourceOut, source_out
from narrowcast.server.context import Here
from narrowcast.server.pages import Cursor, Page, PageSize, page, place
from narrowcast.server.problems import documented
from narrowcast.server.texts import Prose, Title
from narrowcast.server.who import Reads, Writes
from narrowcast.store.library.notebooks import Notebook
from narrowcast.store.paging import Place

router = APIRouter(prefix="/notebooks", tags=["Notebooks"])


class NewNotebook(BaseModel):
    """A notebook to be made."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Volcanoes"}]})

    name: Title
    description: Prose = ""


class NotebookChanges(BaseModel):
    """What to change of a notebook; what is not named stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"description": "For the exam."}]})

    name: Title | None = None
    description: Prose | None = None


class NotebookOut(BaseModel):
    """A notebook, and how much it holds."""

    id: str
    name: str
    description: str
    sources: int = Field(description="How many sources it holds.")
    episodes: int = Field(description="How many episodes were made from it.")
    created_at: datetime
    updated_at: datetime


def _out(found: Notebook) -> NotebookOut:
    return NotebookOut.model_validate(found, from_attributes=True)


@router.get("", responses=documented(401, 403, 422))
async def list_notebooks(
    who: Reads,
    here: Here,
    source_id: Annotated[UUID | None, Query(description="Only those that hold this source.")] = None,
    limit: PageSize = 20,
    cursor: Cursor = None,
) -> Page[NotebookOut]:
    """Your notebooks, newest first."""
    holding = str(source_id) if source_id else None
    rows = await here.store.notebooks.all(who.id, place(cursor), limit + 1, source_id=holding)
    return page(rows, limit, _out, lambda row: Place(row.created_at, row.id))


@router.post("", status_code=HTTPStatus.CREATED, responses=documented(401, 403, 422))
async def create_notebook(who: Writes, here: Here, new: NewNotebook) -> NotebookOut:
    """Make a notebook, empty at first."""
    return _out(await here.store.notebooks.add(who.id, new.name, new.description))


@router.get("/{notebook_id}", responses=documented(401, 403, 404, 422))
async def get_notebook(who: Reads, here: Here, notebook_id: UUID) -> NotebookOut:
    """One notebook."""
    return _out(await here.store.notebooks.get(who.id, str(notebook_id)))


@router.patch("/{notebook_id}", responses=documented(401, 403, 404, 422))
async def change_notebook(who: Writes, here: Here, notebook_id: UUID, changes: NotebookChanges) -> NotebookOut:
    """Change a notebook's name or description."""
    return _out(await here.store.notebooks.change(who.id, str(notebook_id), changes.name, changes.description))


@router.delete("/{notebook_id}", status_code=HTTPStatus.NO_CONTENT, responses=documented(401, 403, 404, 422))
async def delete_notebook(who: Writes, here: Here, notebook_id: UUID) -> None:
    """Delete a notebook; its sources stay, and so do the episodes that were made from it."""
    await here.store.notebooks.delete(who.id, str(notebook_id))


@router.get("/{notebook_id}/sources", responses=documented(401, 403, 404, 422))
async def list_notebook_sources(
    who: Reads, here: Here, notebook_id: UUID, limit: PageSize = 20, cursor: Cursor = None
) -> Page[SourceOut]:
    """The sources in a notebook, newest first."""
    rows = await here.store.sources.all(who.id, place(cursor), limit + 1, notebook_id=str(notebook_id))
    return page(rows, limit, source_out, lambda row: Place(row.created_at, row.id))


@router.put(
    "/{notebook_id}/sources/{source_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(401, 403, 404, 422),
)
async def add_notebook_source(who: Writes, here: Here, notebook_id: UUID, source_id: UUID) -> None:
    """Put one of your sources into a notebook; it may be in there already, and in others."""
    await here.store.notebooks.put_in(who.id, str(notebook_id), str(source_id))


@router.delete(
    "/{notebook_id}/sources/{source_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(401, 403, 404, 422),
)
async def remove_notebook_source(who: Writes, here: Here, notebook_id: UUID, source_id: UUID) -> None:
    """Take a source out of a notebook; the source stays."""
    await here.store.notebooks.take_out(who.id, str(notebook_id), str(source_id))
