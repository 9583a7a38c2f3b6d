"""The queue, what happened to its jobs, and what they share."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, text

from narrowcast.store.tables.base import Json, identity, metadata, moment, owned

_LIVE = text("status in ('scheduled', 'queued', 'running')")
_UNTOLD = text("status in ('completed', 'failed', 'cancelled') and told_at is null")
_FAILED = text("status = 'failed'")
_RETRIES = text("retry_of is not null")

job = Table(
    "job",
    metadata,
    identity(),
    owned(),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("lot", Integer, nullable=False, server_default="0"),
    moment("run_at"),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("lost_leases", Integer, nullable=False, server_default="0"),
    Column("pauses", Integer, nullable=False, server_default="0"),
    Column("max_failures", Integer, nullable=False, server_default="4"),
    Column("lease_owner", String(80)),
    moment("lease_until"),
    moment("cancel_requested_at"),
    Column("dedupe_key", String(64)),
    Column("retry_of", String(36)),
    Column("episode_id", String(36), ForeignKey("episode.id", ondelete="CASCADE")),
    Column("estimate_s", Integer),
    Column("params", Json, nullable=False),
    Column("progress", Json, nullable=False),
    Column("result", Json),
    Column("error_message", Text),
    moment("created_at", nullable=False),
    moment("queued_at"),
    moment("started_at"),
    moment("moved_at"),
    moment("finished_at"),
    moment("told_at"),
    CheckConstraint(
        "status in ('scheduled', 'queued', 'running', 'completed', 'failed', 'cancelled')", name="status_known"
    ),
    Index(
        "ix_job_queued",
        "rank",
        "queued_at",
        "id",
        "owner_id",
        "kind",
        sqlite_where=text("status = 'queued'"),
        postgresql_where=text("status = 'queued'"),
    ),
    Index(
        "ix_job_scheduled",
        "run_at",
        sqlite_where=text("status = 'scheduled'"),
        postgresql_where=text("status = 'scheduled'"),
    ),
    Index(
        "ix_job_running",
        "owner_id",
        sqlite_where=text("status = 'running'"),
        postgresql_where=text("status = 'running'"),
    ),
    Index("ix_job_history", "owner_id", "created_at", "id"),
    Index(
        "ix_job_finished",
        "finished_at",
        sqlite_where=text("finished_at is not null"),
        postgresql_where=text("finished_at is not null"),
    ),
    Index("ix_job_failed", "id", sqlite_where=_FAILED, postgresql_where=_FAILED),
    Index("ix_job_retry_of", "retry_of", sqlite_where=_RETRIES, postgresql_where=_RETRIES),
    Index("ix_job_episode_id", "episode_id"),
    Index("ix_job_untold", "finished_at", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
    Index("uq_job_live_dedupe", "owner_id", "dedupe_key", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
)
"""Requests for work: the truth about order, caps, schedule, progress and outcome. `rank` is its place in the line, the
lowest first: from its priority and the time it came (`queue/order.py`), kept over retries. `queued_at` is since when it
waits. `epoch` grows with every claim, and a holder's writes carry it. `moved_at` is when the job last got on, for the
guard against hung ones. `failures` counts those that bring its end nearer, `pauses` a provider's, which do not.
`lot` is one of 0 to 99 by chance: where two kinds of hands work side by side, each takes its
share of lots. `told_at` is when its end was written into its owner's inbox, so that each is told once."""

job_event = Table(
    "job_event",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("job_id", String(36), ForeignKey("job.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("data", Json, nullable=False),
    moment("at", nullable=False),
    Index(None, "job_id", "id"),
    sqlite_autoincrement=True,
)
"""What happened to jobs, in order; ids only rise, also after pruning."""

idempotency = Table(
    "idempotency",
    metadata,
    Column("owner_id", String(36), ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("status_code", Integer),
    Column("answer", Json),
    moment("created_at", nullable=False),
    Index(None, "created_at"),
)
"""Answers that were given to requests with an `Idempotency-Key`."""

worker = Table(
    "worker",
    metadata,
    Column("name", String(160), primary_key=True),
    Column("engine", String(16), nullable=False),
    Column("kinds", Json, nullable=False),
    Column("slots", Integer, nullable=False),
    Column("busy", Integer, nullable=False),
    Column("version", String(40), nullable=False),
    moment("started_at", nullable=False),
    moment("seen_at", nullable=False),
)
"""Processes that have hands, as they said of themselves at `seen_at`: how many, and how many of them work."""

provider_slot = Table(
    "provider_slot",
    metadata,
    Column("provider", String(100), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("holder", String(120), nullable=False),
    moment("until", nullable=False),
    Index(None, "holder"),
)
"""Calls that are open at a provider, over all processes; `provider` names it and the key's fingerprint."""

provider_pause = Table(
    "provider_pause",
    metadata,
    Column("provider", String(100), primary_key=True),
    Column("reason", Text, nullable=False),
    moment("until", nullable=False),
)
"""Until when nobody asks a provider."""
