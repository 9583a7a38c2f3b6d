"""What an episode's card on a shelf says. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import shorten

from narrowcast.server.web.words import span
from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.episodes.shelf import Shelved
from narrowcast.store.listening.days import PickedUp

STATES = {
    EpisodeStatus.QUEUED: ("in the queue", ""),
    EpisodeStatus.GENERATING: ("being made", "live"),
    EpisodeStatus.SCRIPT_READY: ("script to review", "ready"),
    EpisodeStatus.FAILED: ("not made", "wrong"),
    EpisodeStatus.CANCELLED: ("cancelled", ""),
}
"""What its badge says, and how it looks; what is ready to hear has none."""


def state(status: EpisodeStatus) -> str:
    """What a badge says of an episode in that state."""
    return STATES.get(status, ("ready", ""))[0]


@dataclass(frozen=True)
class Card:
    """An episode on a shelf. `share` is how far its listener is; `job_id` that of what is at work on it."""

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


def card(row: Shelved, heard: PickedUp | None = None) -> Card:
    """The card of an episode, and how far its listener is in it."""
    badge, look = STATES.get(row.status, ("", ""))
    return Card(
        id=row.id,
        title=row.title,
        description=row.description,
        language=row.language,
        said=_said(row, heard),
        state=badge,
        look=look,
        revision=row.revision,
        tags=row.tags,
        notebook_id=row.notebook_id or "",
        has_script=row.has_script,
        job_id=row.job.id if row.job and row.status in {EpisodeStatus.QUEUED, EpisodeStatus.GENERATING} else "",
        share=None if heard is None else 1.0 if heard.finished else min(0.99, _place(row, heard)),
    )


def _place(row: Shelved, heard: PickedUp) -> float:
    return heard.position_ms / row.duration_ms if row.duration_ms else 0.0


def _said(row: Shelved, heard: PickedUp | None) -> str:
    if row.status in {EpisodeStatus.FAILED, EpisodeStatus.CANCELLED}:
        return shorten((row.error_message or "").split("\n")[0], 90, placeholder="…")
    if not row.revision or row.duration_ms is None:
        return ""
    whole = span(row.duration_ms / 1000)
    if heard is None:
        return f"{whole} · {'a recording' if row.uploaded else 'new'}"
    left_s = max(0, row.duration_ms - heard.position_ms) / 1000
    return f"{whole} · finished" if heard.finished else f"{span(left_s)} left"
