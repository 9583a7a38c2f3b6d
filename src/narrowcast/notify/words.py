"""What a person is told, in their own words: what happened, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from narrowcast.notify.events import EventType
from narrowcast.script.one_line import one_line

MAX_TITLE = 120
MAX_REASON = 600


@dataclass(frozen=True)
class Ended:
    """The end of a job. `reason` is the job's own error message, if it has one."""

    event: EventType
    episode_title: str
    reason: str = ""
    duration_ms: int | None = None


@dataclass(frozen=True)
class Words:
    """A message: a line, and what there is to say about it in plain text."""

    title: str
    body: str


def words(ended: Ended) -> Words:
    """What to say about the end of a job."""
    name = f"“{shortened(ended.episode_title, MAX_TITLE) or 'Untitled'}”"
    match ended.event:
        case EventType.COMPLETED:
            length = f" It is {_minutes(ended.duration_ms)} long." if ended.duration_ms else ""
            return Words(f"{name} is ready", f"Your episode {name} is ready to be listened to.{length}")
        case EventType.SCRIPT_READY:
            return Words(
                f"The script of {name} is ready",
                f"The script of {name} is ready to be read and changed. Nothing was spent on its sound yet: "
                "render it when you are content with it.",
            )
        case EventType.FAILED:
            reason = shortened(ended.reason, MAX_REASON) or "Something went wrong that should not have."
            reason = reason if reason.endswith((".", "!", "?", "…")) else f"{reason}."
            return Words(
                f"{name} could not be made",
                f"{reason} What was made so far is kept: once that is put right, retry the job, and only what is "
                "missing is made and paid for.",
            )
        case EventType.CANCELLED:
            return Words(
                f"{name} was cancelled",
                f"Making {name} was cancelled. What was made so far is kept: retry the job to go on from there.",
            )


def of_disabled_webhook(description: str, reason: str) -> Words:
    """What to say when a webhook is not told any more."""
    name = shortened(description, MAX_TITLE)
    which = f"Your webhook “{name}”" if name else "One of your webhooks"
    return Words(
        f"{which} was switched off",
        f"{which} was switched off: {shortened(reason, MAX_REASON)} Put that right, test the webhook, and switch it on "
        "again.",
    )


def of_test() -> Words:
    """What a test says."""
    return Words("This is a test", "You asked for a test of the notifications of your episodes. They arrive here.")


def shortened(text: str, longest: int) -> str:
    """`text` on one line, cut where it is longer."""
    line = one_line(text)
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _minutes(duration_ms: int) -> str:
    minutes = round(duration_ms / 60_000)
    if minutes < 1:
        return "less than a minute"
    hours, rest = divmod(minutes, 60)
    parts = [_count(hours, "hour")] if hours else []
    parts += [_count(rest, "minute")] if rest else []
    return " and ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
