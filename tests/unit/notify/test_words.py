"""What people are told."""

from __future__ import annotations

import pytest

from narrowcast.notify.events import EventType, event_of
from narrowcast.notify.words import MAX_REASON, Ended, of_disabled_webhook, words


@pytest.mark.parametrize(
    ("status", "script_only", "event"),
    [
        ("completed", False, EventType.COMPLETED),
        ("completed", True, EventType.SCRIPT_READY),
        ("failed", True, EventType.FAILED),
        ("cancelled", False, EventType.CANCELLED),
    ],
)
def test_the_end_of_a_job_has_a_name(status: str, script_only: bool, event: EventType) -> None:
    assert event_of(status, script_only=script_only) is event


@pytest.mark.parametrize(
    ("duration_ms", "length"),
    [
        (None, ""),
        (20_000, "less than a minute"),
        (60_000, "1 minute"),
        (725_000, "12 minutes"),
        (3_600_000, "1 hour"),
        (7_500_000, "2 hours and 5 minutes"),
    ],
)
def test_an_episode_that_is_ready_tells_its_length(duration_ms: int | None, length: str) -> None:
    told = words(Ended(EventType.COMPLETED, "Deep sea", duration_ms=duration_ms))
    assert told.title == "“Deep sea” is ready"
    assert told.body.endswith(f" It is {length} long." if length else "listened to.")


def test_a_failure_tells_why_and_what_to_do() -> None:
    reason = "Going on would cost more than the budget of 1.00 USD. Raise the budget."
    told = words(Ended(EventType.FAILED, "Deep sea", reason))
    assert told.title == "“Deep sea” could not be made"
    assert told.body.startswith(reason)
    assert "retry the job" in told.body


def test_a_failure_without_a_reason_still_makes_sentences() -> None:
    assert words(Ended(EventType.FAILED, "x")).body.startswith("Something went wrong that should not have. What was")
    assert words(Ended(EventType.FAILED, "x", "no full stop")).body.startswith("no full stop. What was")


def test_what_documents_and_providers_say_stays_on_its_line_and_is_cut() -> None:
    hostile = "Bcc: all@example.org\r\n\r\n\u202egnp.exe\x1b[2J" + "x" * 5_000
    for event in EventType:
        told = words(Ended(event, hostile, hostile))
        assert not any(char in told.title + told.body for char in "\r\n\u202e\x1b")
        assert len(told.title) < 200
        assert len(told.body) < MAX_REASON + 300


def test_an_episode_without_a_name_has_one() -> None:
    assert words(Ended(EventType.CANCELLED, " \n")).title == "“Untitled” was cancelled"


def test_a_webhook_is_named_by_its_description_never_its_address() -> None:
    assert of_disabled_webhook("Team chat", "It answered 410.").title == "Your webhook “Team chat” was switched off"
    assert of_disabled_webhook("", "It answered 410.").title == "One of your webhooks was switched off"
