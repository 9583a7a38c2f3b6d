"""`/podcasts/{id}/progress` and `/sessions`: how far one is in an episode, and what was heard of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from narrowcast.listening.intervals import FASTEST, SLOWEST, Offered
from narrowcast.server.api.audio import EpisodeId
from narrowcast.server.context import Here
from narrowcast.server.problems import documented
from narrowcast.server.who import Reads
from narrowcast.studio.hearing import Change, Hearing, HowFar, Taken

router = APIRouter(tags=["Listening"])

AT_ONCE = 500
DAY_S = 86_400.0
Place = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False, description="Seconds from the beginning.")]
SHOWN: dict[str, Any] = {
    "event_id": "6f1c9a52-6d0e-4d0a-9f5c-0a1b2c3d4e5f",
    "revision": 1,
    "from": 12.0,
    "to": 27.0,
    "rate": 1.0,
    "wall_start": "2026-11-21T18:00:00Z",
    "wall_end": "2026-11-21T18:00:15Z",
    "tz": "Europe/Berlin",
    "device": "phone-1",
}


class ProgressTold(BaseModel):
    """How far you are in the newest rendering of an episode. Places and lengths are seconds."""

    episode_id: str
    revision: int = Field(description="The rendering that the places are of; 0 before the first.")
    current_position: float
    resume_position: float = Field(description="Where to go on now: a little before, at the start of a sentence.")
    duration: float | None
    playback_speed: float
    completed_segments: list[int] = Field(description="Which segments were heard, counted from 0.")
    total_segments: int = Field(description="How many there are: chapters, or else minutes.")
    completion_percentage: float = Field(description="How much of it was heard, 0 to 100.")
    finished: bool
    total_plays: int
    last_played_at: datetime | None
    position_set_at: datetime | None = Field(description="When you came to that position, or chose it.")


class ProgressChange(BaseModel):
    """Where to go, how fast to play, or a mark; what is left out stays. The rest follows from what was heard."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"current_position": 0.5, "playback_speed": 1.5}]}
    )

    current_position: Annotated[float, Field(ge=0, le=DAY_S, allow_inf_nan=False)] | None = None
    playback_speed: Annotated[float, Field(ge=SLOWEST, le=FASTEST, allow_inf_nan=False)] | None = None
    finished: bool | None = Field(default=None, description="False: as if nothing was heard yet.")


class Interval(BaseModel):
    """A stretch of sound that was played without a break, at one speed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [SHOWN]})

    event_id: str = Field(pattern=r"^[A-Za-z0-9._:-]{8,64}$", description="An id of your own: sent again, it is known.")
    revision: int = Field(ge=0, le=1_000_000, description="Which rendering; 0: the one that is being made.")
    from_: Place = Field(alias="from")
    to: Place
    rate: float = Field(ge=0, le=1_000, allow_inf_nan=False)
    wall_start: AwareDatetime
    wall_end: AwareDatetime
    tz: str = Field(max_length=64, description="The listener's time zone, as `Europe/Berlin`.")
    device: str = Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$", description="An id of the device, of your own making.")


class Intervals(BaseModel):
    """What was heard, in any order."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"intervals": [SHOWN]}]})

    intervals: Annotated[list[Interval], Field(max_length=AT_ONCE)]
    sent_at: AwareDatetime | None = Field(
        default=None, description="What the device's clock says now; if it is wrong, times are set right by it."
    )


class VerdictTold(BaseModel):
    """What became of an interval. None of them needs to be sent again."""

    event_id: str
    status: Taken
    reason: str = Field(description="Why it was refused.")


class Heard(BaseModel):
    """What became of each interval, in the order in which they were sent."""

    results: list[VerdictTold]


@router.get("/podcasts/{episode_id}/progress", responses=documented(401, 403, 404, 422))
async def get_progress(who: Reads, here: Here, episode_id: EpisodeId) -> ProgressTold:
    """How far you are in an episode, and where to go on."""
    return told(await Hearing(here.store).how_far(who.id, str(episode_id), datetime.now(UTC)))


@router.patch("/podcasts/{episode_id}/progress", responses=documented(401, 403, 404, 412, 422))
async def change_progress(who: Reads, here: Here, episode_id: EpisodeId, change: ProgressChange) -> ProgressTold:
    """Go to a place, change the speed, or mark the episode as finished or not heard yet."""
    place = change.current_position
    wish = Change(None if place is None else round(place * 1000), change.playback_speed, change.finished)
    return told(await Hearing(here.store).change(who.id, str(episode_id), wish, datetime.now(UTC)))


@router.post("/podcasts/{episode_id}/sessions", responses=documented(401, 403, 404, 412, 422))
async def add_sessions(who: Reads, here: Here, episode_id: EpisodeId, body: Intervals) -> Heard:
    """Tell what was heard: each interval counts once, however often it is sent; those that cannot be are refused."""
    offered = [_offered(one) for one in body.intervals]
    verdicts = await Hearing(here.store).take(who.id, str(episode_id), offered, body.sent_at, datetime.now(UTC))
    return Heard(results=[VerdictTold(event_id=v.event_id, status=v.status, reason=v.reason) for v in verdicts])


def told(far: HowFar) -> ProgressTold:
    """How far somebody is, as it is told."""
    length = far.listened.duration_ms
    return ProgressTold(
        episode_id=far.listened.episode_id,
        revision=far.listened.revision,
        current_position=far.progress.position_ms / 1000,
        resume_position=far.resume_ms / 1000,
        duration=None if length is None else length / 1000,
        playback_speed=far.progress.rate,
        completed_segments=list(far.completed),
        total_segments=len(far.segments),
        completion_percentage=round(100 * far.share, 1),
        finished=far.finished,
        total_plays=far.progress.plays,
        last_played_at=_at(far.progress.played_at_ms),
        position_set_at=_at(far.progress.position_at_ms),
    )


def _at(unix_ms: int | None) -> datetime | None:
    return datetime.fromtimestamp(unix_ms / 1000, UTC) if unix_ms else None


def _offered(one: Interval) -> Offered:
    return Offered(
        event_id=one.event_id,
        revision=one.revision,
        from_ms=round(one.from_ * 1000),
        to_ms=round(one.to * 1000),
        rate=one.rate,
        start_ms=_ms(one.wall_start),
        end_ms=_ms(one.wall_end),
        zone=one.tz,
        device=one.device,
    )


def _ms(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
