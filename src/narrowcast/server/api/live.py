"""Listening to an episode while it is made: a playlist and its segments, what they say, and one MP3 for the others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.responses import RedirectResponse, StreamingResponse

from narrowcast.errors import LimitError, NotFoundError
from narrowcast.live import playlist, stream
from narrowcast.live.session import Session
from narrowcast.server.addresses import file_name, suffix_of
from narrowcast.server.api.jobs import LastEventId
from narrowcast.server.context import Context, Here
from narrowcast.server.describing import bears
from narrowcast.server.files import text_answer
from narrowcast.server.live_access import (
    HearsLive,
    LiveHearing,
    finished_address,
    heard_live,
    session_of,
)
from narrowcast.server.live_events import LiveEvents, watching
from narrowcast.server.problems import documented
from narrowcast.server.who import Reads
from narrowcast.store.episodes.revisions import Revision
from narrowcast.store.jobs.rows import JobStatus

router = APIRouter(tags=["Listening"])

FIRST_SOUND_S = 20.0
"""How long the first sound is waited for where somebody works on it."""
BEGUN_S = 1.0
"""How long it is waited for that somebody begins to work on it."""
SEGMENT_S = 10.0
"""How long a segment is waited for whose words are voiced already."""
COME_AGAIN_S = 5
EpisodeId = Annotated[UUID, Path(description="The episode's id.")]
Edition = Annotated[str | None, Query(max_length=40, description="Which sound it is of, as the playlist names it.")]
Route = TypeVar("Route", bound=Callable[..., Any])


def _heard(path: str, media_type: str, *statuses: int) -> Callable[[Route], Route]:
    """A route for GET and HEAD that answers with sound, or with what leads to it."""
    answers: dict[int | str, dict[str, Any]] = {
        200: {"description": "What there is so far.", "content": {media_type: {"schema": {"type": "string"}}}},
        **{status: {"description": said, **more} for status, (said, more) in _OTHERS.items() if status in statuses},
        **documented(401, 403, 404, 422, 429, 503),
        **documented(*(status for status in statuses if status not in _OTHERS)),
    }

    def add(function: Route) -> Route:
        for method in ("HEAD", "GET"):
            router.add_api_route(
                path,
                function,
                methods=[method],
                responses=answers,
                response_class=Response,
                name=function.__name__ if method == "GET" else f"{function.__name__}_head",
            )
        return function

    return add


_OTHERS: dict[int, tuple[str, dict[str, Any]]] = {
    206: ("The range that was asked for.", bears("Content-Range")),
    304: ("It is what you have.", bears("ETag")),
    307: ("It is finished: this is where its audio is.", {}),
}


@_heard("/podcasts/{episode_id}/live.m3u8", playlist.MEDIA_TYPE, 307)
async def get_live_playlist(hears: HearsLive, here: Here) -> Response:
    """What is made so far, as an HLS playlist that grows; once it is finished, the way to its audio."""
    heard = await _with_sound(here, hears)
    if isinstance(heard, Revision):
        return RedirectResponse(finished_address(here, hears, heard), HTTPStatus.TEMPORARY_REDIRECT)
    query = hears.query(edition=heard.edition)
    lines = ((f"live/{segment.number}.m4s{query}", segment.seconds) for segment in heard.segments)
    text = playlist.playlist(f"live/init.mp4{query}", lines, ended=heard.complete)
    return Response(text, media_type=playlist.MEDIA_TYPE, headers={"Cache-Control": "no-store"})


@_heard("/podcasts/{episode_id}/live/init.mp4", "audio/mp4", 206, 304, 412, 416)
async def get_live_beginning(request: Request, hears: HearsLive, here: Here, edition: Edition = None) -> Response:
    """What goes before the segments: how their sound is encoded."""
    session = await _session(here, hears, edition)
    await session.until(lambda: bool(session.init) or session.caught_up, SEGMENT_S)
    if not session.init or (edition and session.edition != edition):
        raise _missing(session, "There is no such sound.")
    return text_answer(request, session.init, "audio/mp4", "init.mp4", session.job.created_at)


@_heard("/podcasts/{episode_id}/live/{number}.m4s", "audio/mp4", 206, 304, 412, 416)
async def get_live_segment(
    request: Request,
    hears: HearsLive,
    here: Here,
    number: Annotated[int, Path(ge=1, le=1_000_000, description="Which segment; the first is 1.")],
    edition: Edition = None,
) -> Response:
    """One segment: a few seconds of sound, as fragmented MP4."""
    session = await _session(here, hears, edition)
    data = await session.segment(number, SEGMENT_S)
    if data is None or (edition and session.edition != edition):
        raise _missing(session, "There is no such segment.")
    if request.method == "GET":
        here.metrics.heard(hears.episode_id, session.job.id, None)
    return text_answer(request, data, "audio/mp4", f"{number}.m4s", session.job.created_at)


@_heard("/podcasts/{episode_id}/live.mp3", stream.MEDIA_TYPE, 307)
async def get_live_stream(request: Request, hears: HearsLive, here: Here) -> Response:
    """All of it as one MP3 whose length nobody knows yet, as it is made; once it is finished, the way to its audio."""
    heard = await _with_sound(here, hears)
    if isinstance(heard, Revision):
        return RedirectResponse(finished_address(here, hears, heard), HTTPStatus.TEMPORARY_REDIRECT)

    async def pieces(session: Session) -> AsyncIterator[bytes]:
        with watching(here.events, session.job, hears.credential) as watch:
            await here.events.begin()
            async for piece in session.mp3():
                if watch.closed:
                    return
                here.metrics.heard(hears.episode_id, session.job.id, None)
                yield piece

    here.events.admit(hears.owner_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    if request.method == "HEAD":
        return Response(media_type=stream.MEDIA_TYPE, headers=headers)
    return StreamingResponse(pieces(heard), media_type=stream.MEDIA_TYPE, headers=headers)


EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events. `segment` tells of one more that can be had: its number, start and "
        "seconds, the turns and chapters that begin in it (as the cues have them), and how long the whole will be "
        "about. `state` tells how it stands, `again` that the sound is another one now, `fault` that live listening "
        "fails, `ended` that the job has ended, with the finished audio if there is one.",
        "content": {"text/event-stream": {}},
    }
}


@router.get(
    "/podcasts/{episode_id}/live/events",
    response_class=Response,
    responses=EVENTS | documented(401, 403, 404, 422, 429, 503),
)
async def watch_live(who: Reads, here: Here, episode_id: EpisodeId, last_event_id: LastEventId = None) -> Response:
    """What can be heard of an episode while it is made: each segment with its words, up to where the whole is found."""
    hears = LiveHearing(who.id, str(episode_id), who.credential)
    here.events.admit(who.id)
    heard = await heard_live(here, hears)

    async def final() -> dict[str, Any] | None:
        found = await here.store.revisions.get(hears.owner_id, hears.episode_id)
        return _final(here, found) if found else None

    if isinstance(heard, Revision):
        return _ended_already(_final(here, heard))
    return LiveEvents(heard, here.events, final, credential=hears.credential, known=last_event_id or 0)


def _ended_already(final: dict[str, Any]) -> Response:
    from json import dumps

    told = dumps({"status": JobStatus.COMPLETED.value, "made": final["seconds"], "final": final})
    return Response(
        f"event: ended\ndata: {told}\n\n", media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


def _final(here: Context, found: Revision) -> dict[str, Any]:
    """The finished rendering: its number, its length, and where it is."""
    name = file_name(found.episode_id, found.number, suffix_of(found.media_type, found.audio_key))
    base = (here.settings.public_url or "").rstrip("/")
    return {"revision": found.number, "seconds": found.duration_ms / 1000, "audio_url": f"{base}/audio/{name}"}


async def _session(here: Context, hears: LiveHearing, edition: str | None) -> Session:
    if edition:
        return await session_of(here, hears, edition)
    heard = await heard_live(here, hears)
    if isinstance(heard, Revision):
        raise NotFoundError("This is not being made any more.", hint="Its audio is finished: GET /podcasts/{id}/audio.")
    return heard


def _missing(session: Session, message: str) -> NotFoundError | LimitError:
    """What to say of what is not there: a process that has just taken over may be mixing it still."""
    if session.caught_up:
        return NotFoundError(message, hint="Ask for the playlist again.")
    return LimitError("This is being mixed still.", hint="Ask again in a second.", retry_after_s=1, everyone=True)


async def _with_sound(here: Context, hears: LiveHearing) -> Session | Revision:
    """What there is to hear, once there is something. Raises `LimitError` where that takes longer."""
    heard = await heard_live(here, hears)
    if isinstance(heard, Revision):
        return heard

    def begun() -> bool:
        return heard.making.status is JobStatus.RUNNING or heard.making.status.ended

    if await heard.until(begun, BEGUN_S):
        await heard.until(lambda: bool(heard.segments) or heard.complete, FIRST_SOUND_S)
    if heard.segments:
        return heard
    if heard.complete:
        raise NotFoundError("There is nothing to hear of this episode.", hint=f"Its job {heard.making.status}.")
    raise LimitError(
        "There is no sound yet.",
        hint="Its first words are being written: come again.",
        retry_after_s=COME_AGAIN_S,
        everyone=True,
    )
