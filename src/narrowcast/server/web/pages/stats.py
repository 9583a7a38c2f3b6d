"""`/stats`: what one heard; and `/episodes/{id}/figures`: what was heard of an episode."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from narrowcast.listening.overview import Timeframe, filled, months, since, summary, weeks
from narrowcast.listening.streaks import LEAST_MS
from narrowcast.server.api.audio import EpisodeId
from narrowcast.server.context import Here
from narrowcast.server.web import show
from narrowcast.server.web.charts import HEIGHT, bar_chart, calendar
from narrowcast.server.who import Reads
from narrowcast.store.listening.reports import PREFERENCE
from narrowcast.studio.listening_figures import episode_figures, listener_figures
from narrowcast.studio.weekly import words_of_days

router = APIRouter(include_in_schema=False)

SIZES = (("day", "Days"), ("week", "Weeks"), ("month", "Months"))
MONTH = timedelta(days=29)
TENTHS = 10


@router.get("/stats")
async def stats(request: Request, who: Reads, here: Here, by: Annotated[str, Query(max_length=10)] = "day") -> Response:
    """Minutes a day, streak, speed, completion, and what was listened to most."""
    figures = await listener_figures(here.store, who.id, datetime.now(UTC))
    size = Timeframe(by) if by in dict(SIZES) else Timeframe.DAY
    today = figures.today
    values = {
        Timeframe.DAY: lambda: filled(figures.days, since(Timeframe.MONTH, today), today),
        Timeframe.WEEK: lambda: weeks(figures.days, today, 26),
        Timeframe.MONTH: lambda: months(figures.days, today, 12),
    }[size]()
    month = [day for day in figures.days if today - MONTH <= day.day <= today]
    week = [day for day in figures.days if day.day >= since(Timeframe.WEEK, today)]
    most = await here.store.listening_days.most_listened(who.id, today - MONTH, today, 5)
    by_day = {day.day: day.listened_ms for day in figures.days}
    return show(
        request,
        "stats",
        who,
        here="stats",
        sizes=SIZES,
        size=size.value,
        height=HEIGHT,
        chart=bar_chart(values, size),
        calendar=calendar(by_day, today, 52, 2),
        year=list(reversed(months(figures.days, today, 12))),
        streak=figures.streak,
        least_ms=LEAST_MS,
        week=summary(today, week),
        month=summary(today, month),
        ever=summary(today, figures.days),
        most=most,
        report=await words_of_days(here.store, who.id, figures, since(Timeframe.WEEK, today)),
        weekly=bool((await here.store.preferences.get(who.id)).get(PREFERENCE)),
        sends_mail=here.teller.channels.sends_mail,
    )


@router.get("/episodes/{episode_id}/figures")
async def figures_of_episode(request: Request, who: Reads, here: Here, episode_id: EpisodeId) -> Response:
    """Plays, downloads, and where one listens again, passes over and stops."""
    figures = await episode_figures(here.store, who.id, str(episode_id), datetime.now(UTC))
    length_ms = figures.far.listened.duration_ms or 0
    heat = figures.heat
    every = filled(figures.days, since(Timeframe.MONTH, figures.today), figures.today)
    stops = sorted(stop for day in figures.days for stop in day.stops)
    top = max((*heat.heard, 1.0))
    tenths = [
        {
            "from_s": length_ms / 1000 * tenth / TENTHS,
            "to_s": length_ms / 1000 * (tenth + 1) / TENTHS,
            "heard": sum(heat.heard[tenth * 10 : tenth * 10 + 10]) / 10,
            "skipped": sum(heat.skips[tenth * 10 : tenth * 10 + 10]) / 10,
            "stops": sum(tenth * length_ms <= stop * TENTHS < (tenth + 1) * length_ms for stop in stops),
        }
        for tenth in range(TENTHS)
    ]
    return show(
        request,
        "figures",
        who,
        here="library",
        episode=figures.far.listened,
        far=figures.far,
        whole=summary(figures.today, figures.days),
        downloads=figures.downloads,
        height=HEIGHT,
        chart=bar_chart(every, Timeframe.DAY),
        heat=[
            {"heard": min(heard, 1.0) / top * HEIGHT, "all": heard / top * HEIGHT, "skipped": skipped >= 0.5}
            for heard, skipped in zip(heat.heard, heat.skips, strict=True)
        ],
        tenths=tenths,
        stops=[{"at": round(100 * stop / length_ms, 3), "s": stop / 1000} for stop in stops[:500]] if length_ms else [],
        replayed=figures.most_replayed,
        skipped=figures.skipped,
    )
