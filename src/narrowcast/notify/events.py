"""What is told."""

from __future__ import annotations

from enum import StrEnum


class EventType(StrEnum):
    """What happened, as webhooks, the inbox and preferences name it."""

    COMPLETED = "episode.completed"
    SCRIPT_READY = "episode.script_ready"
    FAILED = "episode.failed"
    CANCELLED = "episode.cancelled"


WEBHOOK_TEST = "webhook.test"
WEBHOOK_DISABLED = "webhook.disabled"
EMAIL_TEST = "email.test"
PUSH_TEST = "push.test"

EMAILED_BY_DEFAULT = frozenset({EventType.COMPLETED, EventType.SCRIPT_READY, EventType.FAILED})
"""Who cancels knows it already."""
PUSHED_BY_DEFAULT = EMAILED_BY_DEFAULT


def event_of(status: str, *, script_only: bool) -> EventType:
    """What the end of a job in that status is called; `script_only` where its audio was not asked for yet."""
    if status == "completed":
        return EventType.SCRIPT_READY if script_only else EventType.COMPLETED
    return EventType.FAILED if status == "failed" else EventType.CANCELLED
