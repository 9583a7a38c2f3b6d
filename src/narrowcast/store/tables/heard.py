"""What was heard: play intervals as they came, and what follows of them for each day and each episode."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text

from narrowcast.store.tables.base import Json, metadata, moment


def _of_owner() -> Column[str]:
    return Column("owner_id", String(36), ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)


play_interval = Table(
    "play_interval",
    metadata,
    _of_owner(),
    Column("event_id", String(64), primary_key=True),
    Column("episode_id", String(36), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("from_ms", BigInteger, nullable=False),
    Column("to_ms", BigInteger, nullable=False),
    Column("rate", Float, nullable=False),
    Column("start_ms", BigInteger, nullable=False),
    Column("end_ms", BigInteger, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("device", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Column("duration_ms", BigInteger),
    moment("received_at", nullable=False),
    Index(None, "owner_id", "day"),
    Index(None, "owner_id", "start_ms"),
    Index(None, "start_ms"),
)
"""A stretch of an episode's rendering `revision` (0: while it was being made) that was played from `from_ms` to `to_ms`
at `rate`. `start_ms` and `end_ms` are when, in Unix milliseconds; `day` is the listener's day (by the clocks of `zone`)
that it began on; `duration_ms` is how long the rendering is. It outlives its
episode, so that days stay as they were."""

listening_day = Table(
    "listening_day",
    metadata,
    _of_owner(),
    Column("day", Date, primary_key=True),
    Column("listened_ms", BigInteger, nullable=False),
    Column("speed", Float, nullable=False),
    Column("sessions", Integer, nullable=False),
    Column("completion", Float),
)
"""A listener's day: how long they listened by the clock, how fast on average, in how many sessions, and which share
of what they played they heard."""

listening_day_episode = Table(
    "listening_day_episode",
    metadata,
    _of_owner(),
    Column("day", Date, primary_key=True),
    Column("episode_id", String(36), primary_key=True),
    Column("listened_ms", BigInteger, nullable=False),
    Column("heard_ms", BigInteger, nullable=False),
    Column("speed", Float, nullable=False),
    Column("sessions", Integer, nullable=False),
    Column("plays", Integer, nullable=False),
    Column("duration_ms", BigInteger),
    Column("stops", Json, nullable=False),
    Index(None, "owner_id", "episode_id"),
)
"""The part of a day that one episode had; `stops` are the places (milliseconds) where its sessions ended early."""

listening_progress = Table(
    "listening_progress",
    metadata,
    _of_owner(),
    Column("episode_id", String(36), ForeignKey("episode.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("position_ms", BigInteger, nullable=False),
    Column("position_at_ms", BigInteger, nullable=False),
    Column("rate", Float, nullable=False),
    Column("rate_at_ms", BigInteger, nullable=False),
    Column("heard", Json, nullable=False),
    Column("heat", Json, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
    Column("finished", Boolean, nullable=False),
    Column("plays", Integer, nullable=False),
    Column("played_at_ms", BigInteger),
    Column("heard_share", Float, nullable=False),
    Index(None, "owner_id", "played_at_ms"),
    Index(None, "episode_id"),
)
"""How far a listener is in an episode's rendering `revision`. The newest position wins by its own time, `…_at_ms`.
`heard` are the stretches that were heard since `since_ms`; `heat` says for places how many more times what follows was
ever heard than what is before. `heard_share` is what `heard` makes of the whole, for lists."""

weekly_report = Table(
    "weekly_report",
    metadata,
    _of_owner(),
    Column("week", Date, primary_key=True),
    Column("sent", Boolean, nullable=False),
    Column("body", Text, nullable=False, server_default=""),
    moment("made_at", nullable=False),
)
"""Which weeks (by their Mondays) were told of by e-mail, so that none is told of twice."""
