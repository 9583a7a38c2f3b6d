"""`/sources/batch`: several documents at once."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import from_json

from narrowcast.errors import InputError
from narrowcast.server.api.sources import (
    AboutSource,
    SourceTaken,
    source_taken,
    valid,
    wishes,
)
from narrowcast.server.context import Here
from narrowcast.server.problems import documented
from narrowcast.server.uploads import FORM, is_form, received
from narrowcast.server.who import Writes
from narrowcast.sources.places import MAX_FILE_BYTES
from narrowcast.studio.reading_several import GivenDocument, GivenFile, GivenText, GivenUrl, TakenTogether, take_several

router = APIRouter(prefix="/sources", tags=["Sources"])

MOST = 20
TOGETHER_BYTES = 200_000_000
"""Bytes of all files of one form."""


class PageGiven(BaseModel):
    """A page or file on the public Internet."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(min_length=1, max_length=2_000)]


class TextGiven(BaseModel):
    """A text, plain or Markdown."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1)]


class SourcesGiven(AboutSource):
    """Addresses and texts; language and notebook go for all of them."""

    title: None = None
    items: Annotated[list[PageGiven | TextGiven], Field(min_length=1, max_length=MOST)]


class SourceRefused(BaseModel):
    """A document that was not taken."""

    name: str
    detail: str = Field(description="What is wrong with it.")
    hint: str


class SourcesTaken(BaseModel):
    """What became of each, in the order given."""

    taken: list[SourceTaken]
    refused: list[SourceRefused]


def sources_taken(result: TakenTogether) -> SourcesTaken:
    """What became of several documents, as it is shown."""
    return SourcesTaken(
        taken=[source_taken(one) for one in result.taken],
        refused=[SourceRefused(name=one.name, detail=one.fault.message, hint=one.fault.hint) for one in result.refused],
    )


_FILES: dict[str, Any] = {
    "type": "object",
    "required": ["file"],
    "additionalProperties": False,
    "properties": {
        "file": {
            "type": "array",
            "items": {"type": "string", "contentMediaType": "application/octet-stream"},
            "minItems": 1,
            "maxItems": MOST,
        },
        "language": {"type": "string", "maxLength": 35},
        "notebook_id": {"type": "string", "format": "uuid"},
    },
}
_EXAMPLE = {
    "items": [
        {"text": "# Tides\n\nThe moon pulls at the sea."},
        {"text": "# Currents\n\nThe wind drives the water before it."},
    ]
}
_GIVEN = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["items"],
                    "additionalProperties": False,
                    "properties": {
                        "items": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": MOST,
                            "items": {"anyOf": [PageGiven.model_json_schema(), TextGiven.model_json_schema()]},
                        },
                        "language": {"type": "string", "maxLength": 35},
                        "notebook_id": {"type": "string", "format": "uuid"},
                    },
                },
                "examples": {"texts": {"value": _EXAMPLE}},
            },
            FORM: {"schema": _FILES},
        },
    }
}


@router.post("/batch", responses=documented(400, 401, 403, 404, 408, 413, 422, 503, 507), openapi_extra=_GIVEN)
async def create_sources(who: Writes, here: Here, request: Request) -> SourcesTaken:
    """Give up to 20 documents: several parts named `file` in a form, or `items` with a `url` or `text` each in JSON.

    Each is read and kept, or refused, for itself; the answer is 200 also where all were refused.
    """
    if is_form(request):
        async with received(
            request,
            here.store.incoming,
            files={"file": MAX_FILE_BYTES},
            fields={"language", "notebook_id"},
            several="file",
            most_together=TOGETHER_BYTES,
        ) as form:
            if not 1 <= len(form.several) <= MOST:
                raise InputError(f"Send 1 to {MOST} files.", hint="Send each as a part named file.")
            about = valid(AboutSource, {name: value for name, value in form.fields.items() if value})
            files = [GivenFile(file.path, file.name) for file in form.several]
            return sources_taken(await take_several(here.reading, who.id, files, wishes(about, who, here)))
    try:
        given = valid(SourcesGiven, from_json(await request.body()))
    except ValueError as error:
        raise InputError("The body is no JSON.", hint=f"Send {FORM}, or JSON with items.") from error
    documents: list[GivenDocument] = [
        GivenUrl(item.url.strip()) if isinstance(item, PageGiven) else GivenText(item.text) for item in given.items
    ]
    return sources_taken(await take_several(here.reading, who.id, documents, wishes(given, who, here)))
