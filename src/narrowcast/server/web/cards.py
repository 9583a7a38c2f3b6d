"""What an episode's card on a shelf says. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from narrowcast.server.web.words import span
from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.episodes.shelf import Shelved

STATES = {
    EpisodeStatus.QUEUED: ("in the queue", ""),
    EpisodeStatus.GENERATING: ("being made", "live"),
    EpisodeStatus.SCRIPT_READY: ("script to review", "ready"),
    EpisodeStatus.FAILED: ("not made", "wrong"),
    EpisodeStatus.CANCELLED: ("cancelled", ""),
}
"""What its badge says, and how it looks; what is ready to hear has none."""


@dataclass(frozen=True)
class Card:
    """An episode on a shelf. `share` is how much of it was heard; `job_id` that of what is at work on it."""

    id: str
    title: str
    description: str
    language: str
    said: str
    state: str
    look: str
    revision: int
    tags: tuple[str, ...]
    notebook_id: str
    has_script: bool
    job_id: str = ""
    share: float | None = None

    @property
    def can_be_heard(self) -> bool:
        """Whether there is sound of it, or will be in a moment."""
        return self.revision > 0


def card(row: Shelved, share: float | None = None, left_s: float | None = None) -> Card:
    """The card of an episode, of which `share` was heard and `left_s` seconds are left."""
    state, look = STATES.get(row.status, ("", ""))
    return Card(
        id=row.id,
        title=row.title,
        description=row.description,
        language=row.language,
        said=_said(row, share, left_s),
        state=state,
        look=look,
        revision=row.revision,
        tags=row.tags,
        notebook_id=row.notebook_id or "",
        has_script=row.has_script,
        job_id=row.job.id if row.job and row.status in {EpisodeStatus.QUEUED, EpisodeStatus.GENERATING} else "",
        share=share,
    )


def _said(row: Shelved, share: float | None, left_s: float | None) -> str:
    if row.status in {EpisodeStatus.FAILED, EpisodeStatus.CANCELLED}:
        return (row.error_message or "").split("\n")[0][:90]
    if not row.revision or row.duration_ms is None:
        return ""
    whole = span(row.duration_ms / 1000)
    if share is None:
        return f"{whole} · {'a recording' if row.uploaded else 'new'}"
    return f"{whole} · finished" if share >= 1 else f"{span(left_s)} left"
