"""The tables, in SQL that SQLite and PostgreSQL both speak.

A change here needs a migration and a new `SCHEMA`; `scripts/migration` writes the migration's body.
"""

from __future__ import annotations

from narrowcast.store.tables.accounts import account, session, sign_in_link, token
from narrowcast.store.tables.base import SCHEMA, UtcDateTime, metadata
from narrowcast.store.tables.episodes import episode, episode_source, episode_tag, episode_text, revision
from narrowcast.store.tables.heard import (
    listening_day,
    listening_day_episode,
    listening_progress,
    play_interval,
    weekly_report,
)
from narrowcast.store.tables.installation import installation
from narrowcast.store.tables.jobs import idempotency, job, job_event, provider_pause, provider_slot, worker
from narrowcast.store.tables.library import notebook, notebook_source, profile, source
from narrowcast.store.tables.listening import bookmark, download, feed, up_next
from narrowcast.store.tables.money import provider_key, spending
from narrowcast.store.tables.results import PENDING, READY, result
from narrowcast.store.tables.telling import delivery, message, push_subscription, webhook

__all__ = [
    "PENDING",
    "READY",
    "SCHEMA",
    "UtcDateTime",
    "account",
    "bookmark",
    "delivery",
    "download",
    "episode",
    "episode_source",
    "episode_tag",
    "episode_text",
    "feed",
    "idempotency",
    "installation",
    "job",
    "job_event",
    "listening_day",
    "listening_day_episode",
    "listening_progress",
    "message",
    "metadata",
    "notebook",
    "notebook_source",
    "play_interval",
    "profile",
    "provider_key",
    "provider_pause",
    "provider_slot",
    "push_subscription",
    "result",
    "revision",
    "session",
    "sign_in_link",
    "source",
    "spending",
    "token",
    "up_next",
    "webhook",
    "weekly_report",
    "worker",
]
