"""`/sources`: documents, taken in as files, addresses or texts, and what was read of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, TypeVar
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import from_json

from narrowcast.errors import InputError, NotFoundError
from narrowcast.script.source import Passage
from narrowcast.server.context import Context, Here
from narrowcast.server.pages import Page, PageSize, behind, further
from narrowcast.server.problems import FieldProblem, answer, documented
from narrowcast.server.texts import Title
from narrowcast.server.uploads import FORM, is_form, received
from narrowcast.server.who import Principal, Reads, Writes
from narrowcast.sources.places import MAX_FILE_BYTES
from narrowcast.store.library.source_list import Behind, SourceOrder, WantedSources
from narrowcast.store.library.sources import StoredSource
from narrowcast.studio.reading import LONGEST_URL, Taken, Wishes, read_back

router = APIRouter(prefix="/sources", tags=["Sources"])

Given = TypeVar("Given", bound=BaseModel)
FormatName = Annotated[str, StringConstraints(max_length=16, pattern=r"^[a-z]+$")]
Language = Annotated[str, StringConstraints(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]


class AboutSource(BaseModel):
    """What may be said of a document."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = Field(default=None, description="What it is called; by default what it calls itself.")
    language: Language | None = Field(default=None, description="Which language it is in; by default as detected.")
    notebook_id: UUID | None = Field(default=None, description="A notebook of yours to put it in.")


class SourceFromUrl(AboutSource):
    """A page or file on the public Internet."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_URL)]


class SourceFromText(AboutSource):
    """A text, plain or Markdown."""

    text: Annotated[str, StringConstraints(min_length=1)]


class SourceOut(BaseModel):
    """A document that was read."""

    id: str
    title: str
    format: str = Field(description="`text`, `markdown`, `html`, `pdf`, `epub`, `docx`, `subtitles` or `youtube`.")
    origin: str = Field(description="The file's name, its URL, or `text`.")
    language: str
    author: str | None
    words: int
    passages: int
    characters: int
    size_bytes: int = Field(description="What it takes in storage.")
    has_file: bool = Field(description="Whether the file as it was given can be downloaded.")
    created_at: datetime
    updated_at: datetime


class SourceTaken(SourceOut):
    """A document that was just read; `notes` tell what of it was not read."""

    notes: list[str]


class SourceChanges(BaseModel):
    """What to change of a source."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"title": "On volcanoes"}]})

    title: Title


def source_out(stored: StoredSource) -> SourceOut:
    """A source as it is shown."""
    return SourceOut(**_told(stored))


def source_taken(taken: Taken) -> SourceTaken:
    """A source that was just read, as it is shown."""
    return SourceTaken(**_told(taken.source), notes=list(taken.notes))


def _told(stored: StoredSource) -> dict[str, Any]:
    return {
        **{name: getattr(stored, name) for name in SourceOut.model_fields if name != "has_file"},
        "has_file": stored.file_key is not None,
    }


_FILE = {
    "type": "object",
    "required": ["file"],
    "additionalProperties": False,
    "properties": {
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
        "title": {"type": "string", "maxLength": 300},
        "language": {"type": "string", "maxLength": 35},
        "notebook_id": {"type": "string", "format": "uuid"},
    },
}
_GIVEN = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        {**model.model_json_schema(), "title": model.__name__}
                        for model in (SourceFromUrl, SourceFromText)
                    ]
                },
                "examples": {
                    "text": {"value": {"title": "Tides", "text": "# Tides\n\nThe moon pulls at the sea."}},
                },
            },
            FORM: {"schema": _FILE},
        },
    }
}


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses={
        200: {"model": SourceTaken, "description": "You have this very document already"},
        **documented(400, 401, 403, 404, 408, 413, 422, 503, 507),
    },
    openapi_extra=_GIVEN,
)
async def create_source(who: Writes, here: Here, request: Request, response: Response) -> SourceTaken:
    """Give a document: a `file` in a form, or a `url` or `text` in JSON.

    It is read once, now; the answer tells what was found. Files may have 100 MB; text, Markdown, HTML, PDF, EPUB,
    Word and subtitles can be read. Addresses lead to the public Internet only.
    """
    taken = await (_take_form(who, here, request) if is_form(request) else _take_json(who, here, request))
    if not taken.new:
        response.status_code = HTTPStatus.OK
    return source_taken(taken)


async def _take_form(who: Principal, here: Context, request: Request) -> Taken:
    async with received(
        request, here.store.incoming, files={"file": MAX_FILE_BYTES}, fields={"title", "language", "notebook_id"}
    ) as form:
        if "file" not in form.files:
            raise InputError("There is no file in the form.", hint="Send it as the part named file.")
        about = valid(AboutSource, {name: value for name, value in form.fields.items() if value})
        file = form.files["file"]
        return await here.reading.take_file(who.id, file.path, file.name, wishes(about, who, here))


async def _take_json(who: Principal, here: Context, request: Request) -> Taken:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise InputError("A source is given as a form with a file, or in JSON.", hint=f"Send {FORM} or JSON.")
    try:
        given = from_json(await request.body())
    except ValueError as error:
        raise InputError("The body is no JSON.", hint="Send an object with url, or with text.") from error
    if isinstance(given, dict) and "url" in given:
        page = valid(SourceFromUrl, given)
        return await here.reading.take_url(who.id, page.url.strip(), wishes(page, who, here))
    pasted = valid(SourceFromText, given)
    return await here.reading.take_text(who.id, pasted.text, wishes(pasted, who, here))


def valid(shape: type[Given], given: object) -> Given:
    """What was given, in that shape. Raises `RequestValidationError`."""
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]) from error


def wishes(about: AboutSource, who: Principal, here: Context) -> Wishes:
    """What is said of a document, and how much room there is for it."""
    notebook_id = str(about.notebook_id) if about.notebook_id else None
    most = here.settings.tiers.tier(who.user.tier).storage_bytes
    return Wishes(about.title, about.language, notebook_id, most)


@router.get("", responses=documented(401, 403, 422))
async def list_sources(
    who: Reads,
    here: Here,
    q: Annotated[
        str, Query(max_length=200, description="Words in title, author or origin, without case and accents.")
    ] = "",
    format: Annotated[list[FormatName], Query(description="Any of these formats.")] = [],  # noqa: A002, B006 - its name outside; FastAPI copies it
    notebook_id: Annotated[UUID | None, Query(description="Only those in this notebook.")] = None,
    sort: Annotated[SourceOrder, Query(description="What comes first.")] = SourceOrder.NEWEST,
    limit: PageSize = 20,
    cursor: Annotated[
        str | None, Query(max_length=1_000, description="The `next_cursor` of the page before, in the same order.")
    ] = None,
) -> Page[SourceOut]:
    """Your sources, newest first or as you `sort` them."""
    wanted = WantedSources(q, format, str(notebook_id) if notebook_id else None, sort)
    return await sources_page(here, who.id, wanted, limit, cursor)


async def sources_page(
    here: Context, owner_id: str, wanted: WantedSources, limit: int, cursor: str | None
) -> Page[SourceOut]:
    """One page of a list of sources. Raises `InputError`, `NotFoundError`."""
    after = Behind(*behind(wanted.order, cursor)) if cursor else None
    found = await here.store.source_list.find(owner_id, wanted, after, limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return Page(
        items=[source_out(one.source) for one in found[:limit]],
        next_cursor=further(wanted.order, last.key, last.source.id) if last else None,
    )


@router.get("/{source_id}", responses=documented(401, 403, 404, 422))
async def get_source(who: Reads, here: Here, source_id: UUID) -> SourceOut:
    """One source."""
    return source_out(await here.store.sources.get(who.id, str(source_id)))


@router.patch("/{source_id}", responses=documented(401, 403, 404, 422))
async def change_source(who: Writes, here: Here, source_id: UUID, changes: SourceChanges) -> SourceOut:
    """Give a source another title. Episodes keep the one that it had when they were made."""
    return source_out(await here.store.sources.rename(who.id, str(source_id), changes.title))


@router.delete(
    "/{source_id}",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=documented(401, 403, 404, 409, 422),
)
async def delete_source(
    who: Writes,
    here: Here,
    request: Request,
    source_id: UUID,
    confirm: Annotated[bool, Query(description="Delete the episodes that are made from it, too.")] = False,  # noqa: FBT002 - a query parameter
) -> Response:
    """Delete a source with all that was kept of it.

    Where episodes are made from it they would go too, and work on them would be cancelled: then this answers 409 with
    those episodes as `errors`, and deletes nothing, unless you `confirm`.
    """
    made = await here.store.sources.delete(who.id, str(source_id), with_episodes=confirm)
    if made and not confirm:
        return answer(
            request,
            HTTPStatus.CONFLICT,
            f"{len(made)} of your episodes {'is' if len(made) == 1 else 'are'} made from this source.",
            "To delete them with it, ask again with ?confirm=true.",
            errors=[FieldProblem(where=f"episode {one.id}", message=one.title) for one in made],
        )
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/{source_id}/passages", responses=documented(401, 403, 404, 422))
async def list_passages(
    who: Reads,
    here: Here,
    source_id: UUID,
    limit: PageSize = 50,
    cursor: Annotated[
        str | None, Query(pattern=r"^[0-9]{1,9}$", description="The page before's `next_cursor`.")
    ] = None,
) -> Page[Passage]:
    """What was read of a source, in its order; passages are numbered from 1."""
    source = await read_back(here.store, await here.store.sources.get(who.id, str(source_id)))
    start = int(cursor or 0)
    shown = source.passages[start : start + limit]
    more = start + limit < len(source.passages)
    return Page(items=list(shown), next_cursor=str(start + limit) if more else None)


@router.get(
    "/{source_id}/file",
    response_class=Response,
    responses={
        200: {
            "description": "The file, byte for byte",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        **documented(401, 403, 404, 422),
    },
)
async def download_source_file(who: Reads, here: Here, source_id: UUID) -> Response:
    """The file as it was given. It is always for saving: no browser runs what a document may hold."""
    stored = await here.store.sources.get(who.id, str(source_id))
    size = await here.store.blobs.size(stored.file_key) if stored.file_key else None
    if stored.file_key is None or size is None:
        raise NotFoundError("There is no file of this source.", hint="Pages and texts are kept as they were read.")
    plain = "".join(
        char if char.isascii() and char.isprintable() and char not in '"\\' else "_" for char in stored.origin
    )
    headers = {
        "Content-Length": str(size),
        # RFC 6266, 4.3: a plain name for old clients, the true one for the others.
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(stored.origin, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-cache",
    }
    body: AsyncIterator[bytes] = here.store.blobs.read_range(stored.file_key, 0, size)
    return StreamingResponse(body, headers=headers, media_type="application/octet-stream")
