"""`/podcasts/jobs`: what was asked for, how far it is, and what happens to it, live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel, Field

from narrowcast.errors import NotFoundError
from narrowcast.queue.standing import Standing
from narrowcast.server.context import Context, Here
from narrowcast.server.event_stream import EventStream, Opening
from narrowcast.server.events import ENDS, Frame, frame, frame_of
from narrowcast.server.idempotency import IdempotencyKey, once
from narrowcast.server.pages import Cursor, Page, PageSize, page, place
from narrowcast.server.problems import documented
from narrowcast.server.progress import Progress, progress_of
from narrowcast.server.who import Reads, Writes
from narrowcast.store.jobs.events import Turn
from narrowcast.store.jobs.rows import Job, JobStatus
from narrowcast.store.paging import Place
from narrowcast.studio.submit import Ids, Submitted

router = APIRouter(tags=["Jobs"])
JobId = Annotated[UUID, Path(description="The job's id.")]
LastEventId = Annotated[
    int | None,
    Header(
        alias="Last-Event-ID",
        ge=0,
        le=2**62,
        description="The id of the last event that you got: you get those after it.",
    ),
]
LIVE = (JobStatus.SCHEDULED, JobStatus.QUEUED, JobStatus.RUNNING)
MOST_LIVE = 200
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events. `state` holds a job as `GET /podcasts/jobs/{job_id}` gives it; the others "
        "are named by a job's new status, `progress`, or what its hands tell, and hold at least `job_id`, "
        "`episode_id`, `at`.",
        "content": {"text/event-stream": {}},
    }
}


class EstimatedTime(BaseModel):
    """Until it is done, as far as can be said."""

    seconds: int
    human_readable: str = Field(examples=["about 2 minutes"])


class TurnAtWork(BaseModel):
    """A turn that is written, and not voiced yet."""

    turn_id: str
    speaker: str
    text: str


class JobState(Progress):
    """A request for work, and how far it is."""

    job_id: str
    episode_id: str | None
    title: str = Field(description="The episode's; empty where it is gone.")
    speakers: list[str] = Field(description="Who speaks in it, as far as that is known before its script.")
    turn: TurnAtWork | None = Field(description="The turn that is voiced now; null unless it runs and has come so far.")
    kind: str
    status: JobStatus
    priority: int
    queue_position: int | None = Field(description="Jobs of anyone that stand before it, plus one; null unless queued.")
    estimated_time: EstimatedTime | None = Field(description="Null once it has ended.")
    cancel_requested: bool
    failures: int
    error_message: str | None
    result: dict[str, Any] | None
    retry_of: str | None
    run_at: datetime | None
    created_at: datetime
    queued_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None


class Accepted(BaseModel):
    """The job that does what was asked, and where it stands."""

    episode_id: str | None
    job_id: str
    status: str
    queue_position: int | None
    estimated_time: EstimatedTime | None
    message: str = Field(examples=["Queued: position 2, about 2 minutes"])


def accepted(submitted: Submitted) -> Accepted:
    """What is answered at once to who hands something in."""
    job, standing = submitted.job, submitted.standing
    return Accepted(
        episode_id=job.episode_id,
        job_id=job.id,
        status=job.status,
        queue_position=standing.position,
        estimated_time=EstimatedTime(seconds=round(standing.seconds), human_readable=standing.human),
        message=submitted.message,
    )


def provisional(ids: Ids) -> Accepted:
    """The answer that is kept with the job itself, for the case that a crash comes before the whole one."""
    return Accepted(
        episode_id=ids.episode,
        job_id=ids.job,
        status=JobStatus.QUEUED,
        queue_position=None,
        estimated_time=None,
        message="Queued",
    )


def job_state(job: Job, standing: Standing, title: str, turn: Turn | None) -> JobState:
    """A job as it is shown."""
    progress = progress_of(job.progress, done=job.status is JobStatus.COMPLETED)
    progress["estimated_time_remaining"] = None if job.status.ended else round(standing.seconds)
    return JobState(
        **progress,
        job_id=job.id,
        episode_id=job.episode_id,
        title=title,
        speakers=_speakers(job.params),
        turn=TurnAtWork(turn_id=turn.turn_id, speaker=turn.speaker, text=turn.text) if turn else None,
        kind=job.kind,
        status=job.status,
        priority=job.priority,
        queue_position=standing.position,
        estimated_time=None
        if job.status.ended
        else EstimatedTime(seconds=round(standing.seconds), human_readable=standing.human),
        cancel_requested=job.cancel_requested_at is not None,
        failures=job.failures,
        error_message=job.error_message,
        result=dict(job.result) if job.result is not None else None,
        retry_of=job.retry_of,
        run_at=job.run_at,
        created_at=job.created_at,
        queued_at=job.queued_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )


@router.get("/podcasts/jobs", responses=documented(401, 403, 422))
async def list_jobs(
    who: Reads,
    here: Here,
    status: Annotated[list[JobStatus] | None, Query(description="Only those of these statuses.")] = None,
    kind: Annotated[str | None, Query(max_length=16, description="Only `episode`, or only `brief`.")] = None,
    episode_id: Annotated[UUID | None, Query(description="Only those that make this episode.")] = None,
    limit: PageSize = 20,
    cursor: Cursor = None,
) -> Page[JobState]:
    """Your jobs, newest first."""
    jobs = await here.queue.history(
        who.id,
        limit=limit + 1,
        after=place(cursor),
        statuses=status or (),
        kinds=(kind,) if kind else (),
        episode_id=str(episode_id) if episode_id else None,
    )
    states = list(zip(jobs, await job_states(here, who.id, jobs), strict=True))
    return page(states, limit, lambda each: each[1], lambda each: Place(each[0].created_at, each[0].id))


@router.get("/podcasts/jobs/{job_id}", responses=documented(401, 403, 404, 422))
async def read_job(who: Reads, here: Here, job_id: JobId) -> JobState:
    """One job, and how far it is."""
    return await _state(here, who.id, str(job_id))


@router.post("/podcasts/jobs/{job_id}/cancel", responses=documented(401, 403, 404, 409, 422))
async def cancel_job(who: Writes, here: Here, job_id: JobId) -> JobState:
    """Cancel a job: one that waits at once, a running one when its hands hear of it. What was paid for is kept."""
    (state,) = await job_states(here, who.id, [await here.queue.cancel(who.id, str(job_id))])
    return state


@router.post(
    "/podcasts/jobs/{job_id}/retry",
    status_code=HTTPStatus.ACCEPTED,
    response_model=Accepted,
    responses=documented(401, 402, 403, 404, 409, 413, 422, 429, 503)
    | {200: {"model": Accepted, "description": "It is being done again already."}},
)
async def retry_job(
    who: Writes, here: Here, job_id: JobId, request: Request, idempotency_key: IdempotencyKey = None
) -> Response:
    """Do a failed or cancelled job again, as it was asked for; what was paid for is not paid for again."""
    async with once(here.store.idempotency, who.id, idempotency_key, request, None) as this:
        if this.before:
            return this.before
        submitted = await here.submitting.retry(who.user, str(job_id))
        return await this.answer(HTTPStatus.OK if submitted.existing else HTTPStatus.ACCEPTED, accepted(submitted))


@router.get(
    "/podcasts/jobs/{job_id}/events",
    response_class=Response,
    responses=STREAM | documented(401, 403, 404, 422, 429, 503),
)
async def watch_job(who: Reads, here: Here, job_id: JobId, last_event_id: LastEventId = None) -> Response:
    """What happens to a job, live: first its present state (or what you missed), then each event, to its end."""
    identity = str(job_id)
    if await here.queue.get(who.id, identity) is None:
        raise NotFoundError("There is no such job.")
    here.events.admit(who.id)

    async def opening() -> Opening:
        known = await here.events.log.newest_id()
        missed: list[Frame] = []
        # Before what was missed: of one that has ended by now, the end is among that.
        job = await here.queue.get(who.id, identity)
        if last_event_id is not None and last_event_id <= known:
            missed = [frame_of(event) for event in await here.events.log.of_job(identity, last_event_id)]
            known = missed[-1].id if missed else last_event_id
        ended = job is None or job.status.ended
        if last_event_id is None or known < last_event_id or (ended and not any(told.ends for told in missed)):
            frames = await _state_frames(here, who.id, [job] if job else [], known)
            return Opening([*missed, *frames], known)
        return Opening(missed, known)

    return EventStream(here.events, opening, owner_id=who.id, job_id=identity, credential=who.credential)


@router.get("/podcasts/events", response_class=Response, responses=STREAM | documented(401, 403, 422, 429, 503))
async def watch_jobs(who: Reads, here: Here, last_event_id: LastEventId = None) -> Response:
    """What happens to all your jobs, live: first the present state of those that live (or what you missed)."""
    here.events.admit(who.id)

    async def opening() -> Opening:
        known = await here.events.log.newest_id()
        if last_event_id is not None and last_event_id <= known:
            missed = [frame_of(event) for event in await here.events.log.of_owner(who.id, last_event_id)]
            return Opening(missed, missed[-1].id if missed else last_event_id)
        live = await here.queue.history(who.id, limit=MOST_LIVE, statuses=LIVE)
        return Opening(await _state_frames(here, who.id, list(reversed(live)), known), known)

    return EventStream(here.events, opening, owner_id=who.id, job_id=None, credential=who.credential)


async def _state(here: Context, owner_id: str, job_id: str) -> JobState:
    job = await here.queue.get(owner_id, job_id)
    if job is None:
        raise NotFoundError("There is no such job.")
    (state,) = await job_states(here, owner_id, [job])
    return state


async def job_states(here: Context, owner_id: str, jobs: Sequence[Job]) -> list[JobState]:
    """The owner's jobs as they are shown."""
    titles = await here.store.shelf.titles(owner_id, {job.episode_id for job in jobs if job.episode_id})
    states = []
    for job in jobs:
        turn = await here.events.log.turn_at_work(job.id) if job.status is JobStatus.RUNNING else None
        title = titles.get(job.episode_id, "") if job.episode_id else ""
        states.append(job_state(job, await here.queue.standing(job), title, turn))
    return states


async def _state_frames(here: Context, owner_id: str, jobs: Sequence[Job], known: int) -> list[Frame]:
    """The present states, which include everything up to the event `known`, as events."""
    return [
        frame(known, "state", state.model_dump_json(), ends=state.status in ENDS)
        for state in await job_states(here, owner_id, jobs)
    ]


def _speakers(params: Mapping[str, Any]) -> list[str]:
    """The names in the profile that a job was handed in with."""
    profile = params.get("speakers") or {}
    return [str(speaker["name"]) for speaker in profile.get("speakers", ()) if "name" in speaker]
