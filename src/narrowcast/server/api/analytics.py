"""`/podcasts/analytics/user` and `/podcasts/{id}/analytics`: what one heard, when, and where of an episode."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from narrowcast.listening.overview import Summary, Timeframe, filled, since, summary
from narrowcast.listening.streaks import LEAST_MS
from narrowcast.server.api.audio import EpisodeId
from narrowcast.server.context import Here
from narrowcast.server.problems import documented
from narrowcast.server.who import Reads
from narrowcast.store.home import Store
from narrowcast.studio.listening_figures import EpisodeFigures, episode_figures, listener_figures

router = APIRouter(tags=["Listening"])

PAGE = 500
Frame = Annotated[Timeframe, Query(description="Today, 7 days, 30 days or 365, up to today.")]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula (OWASP, CSV injection)."""


class DayTold(BaseModel):
    """A day of listening: it begins at 4:00 by the listener's clocks. Times are seconds."""

    date: date
    total_time_listened: float = Field(description="By the clock: two devices at once count once.")
    average_speed: float | None
    number_of_sessions: int = Field(description="A session ends with half an hour of silence.")
    completion_rate: float | None = Field(description="The share of what was played that was heard, 0 to 1.")


class EpisodeDayTold(DayTold):
    """A day of one episode."""

    plays: int = Field(description="Sessions with a minute of it, or half of it.")


class StreakTold(BaseModel):
    """Days in a row. Today does not end it before it is over."""

    current: int
    longest: int
    today: float = Field(description="Seconds that were listened today.")
    minimum: float = Field(description="Seconds that make a day count.")
    counts_today: bool


class UserAnalytics(BaseModel):
    """What you heard within a time, and your streak. Times are seconds."""

    timeframe: Timeframe
    time_zone: str
    since: date
    until: date
    total_time_listened: float
    average_speed: float | None
    number_of_sessions: int
    completion_rate: float | None
    streak: StreakTold
    daily: list[DayTold] = Field(description="Every day, also those without listening.")


class Stretch(BaseModel):
    """From one place to another, in seconds."""

    start: float
    end: float


class Replayed(Stretch):
    """A stretch, and how many times it was heard."""

    times: int


class HeatmapTold(BaseModel):
    """An episode in a hundred parts: how many times each was heard, heard again, and which share was passed over."""

    bucket_seconds: float
    heard: list[float]
    replays: list[float]
    skips: list[float]


class EpisodeAnalytics(BaseModel):
    """What was heard of an episode. Times and places are seconds."""

    episode_id: str
    timeframe: Timeframe
    total_plays: int
    downloads: int = Field(description="By podcast apps, from feeds.")
    total_time_listened: float = Field(description="Ever.")
    average_speed: float | None
    number_of_sessions: int
    completion_percentage: float
    daily: list[EpisodeDayTold]
    heatmap: HeatmapTold
    most_replayed: Replayed | None
    skipped: list[Stretch] = Field(description="What was passed over: never heard, though something behind it was.")
    stops: list[float] = Field(description="Where sessions ended before the end.")


@router.get("/podcasts/analytics/user", responses=documented(401, 403, 422))
async def get_user_analytics(
    who: Reads,
    here: Here,
    timeframe: Frame = Timeframe.WEEK,
    tz: Annotated[str | None, Query(max_length=64, description="Where you are; where you last listened.")] = None,
) -> UserAnalytics:
    """What you heard, day by day, and your streak."""
    figures = await listener_figures(here.store, who.id, datetime.now(UTC), tz)
    first = since(timeframe, figures.today)
    days = [day for day in figures.days if first <= day.day <= figures.today]
    whole = summary(first, days)
    streak = figures.streak
    return UserAnalytics(
        timeframe=timeframe,
        time_zone=figures.zone,
        since=first,
        until=figures.today,
        total_time_listened=whole.listened_ms / 1000,
        average_speed=whole.speed,
        number_of_sessions=whole.sessions,
        completion_rate=whole.completion,
        streak=StreakTold(
            current=streak.current,
            longest=streak.longest,
            today=streak.today_ms / 1000,
            minimum=LEAST_MS / 1000,
            counts_today=streak.counts_today,
        ),
        daily=[DayTold(**_told(day)) for day in filled(days, first, figures.today)],
    )


@router.get(
    "/podcasts/analytics/user/export",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/csv": {}, "application/json": {}}, "description": "The file."},
        **documented(401, 403, 422),
    },
)
async def export_listening(
    who: Reads, here: Here, format_: Annotated[Literal["csv", "json"], Query(alias="format")] = "csv"
) -> StreamingResponse:
    """All your listening: days as a table (CSV), or days and the intervals that are kept (JSON)."""
    lines = _csv(here.store, who.id) if format_ == "csv" else _json(here.store, who.id)
    kind = "text/csv; charset=utf-8" if format_ == "csv" else "application/json"
    name = f'attachment; filename="narrowcast-listening.{format_}"'
    return StreamingResponse(lines, media_type=kind, headers={"Content-Disposition": name})


@router.get("/podcasts/{episode_id}/analytics", responses=documented(401, 403, 404, 422))
async def get_episode_analytics(
    who: Reads, here: Here, episode_id: EpisodeId, timeframe: Frame = Timeframe.MONTH
) -> EpisodeAnalytics:
    """What was heard of an episode: how often, how much, what again, what was passed over and where one stopped."""
    figures = await episode_figures(here.store, who.id, str(episode_id), datetime.now(UTC))
    whole = summary(figures.today, figures.days)
    replayed = figures.most_replayed
    return EpisodeAnalytics(
        episode_id=str(episode_id),
        timeframe=timeframe,
        total_plays=figures.far.progress.plays,
        downloads=figures.downloads,
        total_time_listened=whole.listened_ms / 1000,
        average_speed=whole.speed,
        number_of_sessions=whole.sessions,
        completion_percentage=round(100 * figures.far.share, 1),
        daily=_daily(figures, timeframe),
        heatmap=HeatmapTold(
            bucket_seconds=(figures.far.listened.duration_ms or 0) / 100_000,
            heard=list(figures.heat.heard),
            replays=list(figures.heat.replays),
            skips=list(figures.heat.skips),
        ),
        most_replayed=replayed
        and Replayed(start=replayed.start_ms / 1000, end=replayed.end_ms / 1000, times=replayed.times),
        skipped=[Stretch(start=start / 1000, end=end / 1000) for start, end in figures.skipped],
        stops=sorted(stop / 1000 for day in figures.days for stop in day.stops),
    )


def _daily(figures: EpisodeFigures, timeframe: Timeframe) -> list[EpisodeDayTold]:
    plays = {day.day: day.plays for day in figures.days}
    every = filled(figures.days, since(timeframe, figures.today), figures.today)
    return [EpisodeDayTold(**_told(day), plays=plays.get(day.first, 0)) for day in every]


def _told(day: Summary) -> dict[str, float | int | date | None]:
    return {
        "date": day.first,
        "total_time_listened": day.listened_ms / 1000,
        "average_speed": day.speed,
        "number_of_sessions": day.sessions,
        "completion_rate": day.completion,
    }


async def _csv(store: Store, owner_id: str) -> AsyncIterator[str]:
    yield _line(
        ("date", "episode_id", "title", "seconds_listened", "plays", "sessions", "average_speed", "share_heard")
    )
    for identity, title, days in await store.listening_days.by_episode(owner_id):
        for day in days:
            share = "" if day.completion is None else round(day.completion, 4)
            yield _line(
                (day.day, identity, title, day.listened_ms / 1000, day.plays, day.sessions, round(day.speed, 3), share)
            )


async def _json(store: Store, owner_id: str) -> AsyncIterator[str]:
    days = [
        {"date": day.day.isoformat(), "seconds_listened": day.listened_ms / 1000, "sessions": day.sessions,
         "average_speed": day.speed, "completion_rate": day.completion}
        for day in await store.listening_days.all(owner_id)
    ]  # fmt: skip
    yield '{"days": ' + json.dumps(days) + ', "episodes": ['
    for number, (identity, title, theirs) in enumerate(await store.listening_days.by_episode(owner_id)):
        told = [
            {"date": day.day.isoformat(), "seconds_listened": day.listened_ms / 1000, "plays": day.plays}
            for day in theirs
        ]
        yield ("," if number else "") + json.dumps({"episode_id": identity, "title": title, "days": told})
    yield '], "intervals": ['
    after, comma = "", ""
    while page := await store.listening_days.intervals(owner_id, after, PAGE):
        for one in page:
            yield comma + json.dumps(
                {"event_id": one.event_id, "episode_id": one.episode_id, "revision": one.revision,
                 "from": one.from_ms / 1000, "to": one.to_ms / 1000, "rate": one.rate, "wall_start": _iso(one.start_ms),
                 "wall_end": _iso(one.end_ms), "tz": one.zone, "device": one.device}
            )  # fmt: skip
            comma = ","
        after = page[-1].event_id
    yield "]}"


def _line(values: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(_harmless(value) for value in values)
    return out.getvalue()


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _iso(unix_ms: int) -> str:
    return datetime.fromtimestamp(unix_ms / 1000, UTC).isoformat()
