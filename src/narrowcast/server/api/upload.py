"""`POST /podcasts`: a recording of one's own, with its transcript, into the library."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, ValidationError

from narrowcast.errors import InputError
from narrowcast.script.folding import fold
from narrowcast.script.transcripts import to_json, to_srt, to_vtt
from narrowcast.server.api.podcasts import PodcastDetail, detail
from narrowcast.server.api.sources import Language
from narrowcast.server.context import Context, Here
from narrowcast.server.problems import documented
from narrowcast.server.texts import Prose, Title
from narrowcast.server.uploads import Form, received
from narrowcast.server.who import Principal, Writes
from narrowcast.sources.given_transcript import Given, read_transcript
from narrowcast.store.episodes.uploads import NewUpload

router = APIRouter(tags=["Podcasts"])

TRANSCRIPT_BYTES = 10_000_000
FIELDS = frozenset({"title", "description", "language", "source_id"})
BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["title", "audio_file"],
                "properties": {
                    "title": {"type": "string", "minLength": 1, "maxLength": 300},
                    "description": {"type": "string", "maxLength": 20_000},
                    "language": {"type": "string", "description": "By default that of the transcript."},
                    "source_id": {"type": "string", "format": "uuid"},
                    "audio_file": {
                        "type": "string",
                        "format": "binary",
                        "description": "MP3, M4A, AAC, Ogg, Opus, FLAC or WAV.",
                    },
                    "transcript_file": {
                        "type": "string",
                        "format": "binary",
                        "description": "Text (timed by its length), WebVTT, SubRip, Podcasting 2.0 JSON or Whisper's.",
                    },
                },
            }
        }
    },
}


class _About(BaseModel):
    """The form's fields."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    description: Prose = ""
    language: Language | None = None
    source_id: UUID | None = None


@router.post(
    "/podcasts",
    status_code=HTTPStatus.CREATED,
    responses=documented(400, 401, 403, 404, 408, 413, 422, 503, 507),
    openapi_extra={"requestBody": BODY},
)
async def upload_podcast(who: Writes, here: Here, request: Request) -> PodcastDetail:
    """Add a recording of your own to the library; a transcript that comes with it gets its times where they lack."""
    most = here.settings.upload_bytes
    async with received(
        request,
        here.store.incoming,
        files={"audio_file": most, "transcript_file": min(most, TRANSCRIPT_BYTES)},
        fields=FIELDS,
    ) as form:
        new = await _read(who, here, form)
        identity = await here.store.uploads.add(new)
    return await detail(await here.store.shelf.get(who.id, identity), who.id, here)


async def _read(who: Principal, here: Context, form: Form) -> NewUpload:
    try:
        about = _About.model_validate({name: value for name, value in form.fields.items() if value})
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{first['loc'][0]}: {first['msg'].removeprefix('Value error, ')}.") from error
    audio = form.files.get("audio_file")
    if audio is None:
        raise InputError("There is no audio in the form.", hint="Send it as the part named audio_file.")
    found = await here.reading.look_at(audio.path)
    texts: dict[str, str] = {}
    language, said = about.language or "en", ""
    if sent := form.files.get("transcript_file"):
        given = await asyncio.to_thread(
            lambda: read_transcript(sent.path.read_bytes(), found.duration_ms, about.language)
        )
        texts, language = _texts(given), given.language
        said = await asyncio.to_thread(fold, given.text)
    return NewUpload(
        owner_id=who.id,
        title=about.title,
        description=about.description,
        language=language,
        audio=audio.path,
        suffix=found.suffix,
        media_type=found.media_type,
        size_bytes=audio.size,
        sha256=audio.sha256,
        duration_ms=found.duration_ms,
        bit_rate=found.bit_rate,
        source_id=str(about.source_id) if about.source_id else None,
        texts=texts,
        transcript=said,
        most_bytes=here.settings.tiers.tier(who.user.tier).storage_bytes,
    )


def _texts(given: Given) -> dict[str, str]:
    texts = {".txt": given.text}
    if given.timeline:
        texts |= {
            ".vtt": to_vtt(given.timeline),
            ".srt": to_srt(given.timeline),
            ".transcript.json": to_json(given.timeline),
        }
    return texts
