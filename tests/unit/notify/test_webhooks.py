"""Webhooks as a receiver checks them, with the receivers' own library."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from narrowcast.net import Posted
from narrowcast.notify.webhooks import attempt_of, body_of, new_webhook_secret, payload, signed_headers

TOLD = payload("episode.completed", datetime(2026, 11, 21, 12, tzinfo=UTC), {"episode_id": "é", "status": "completed"})


def test_a_receiver_verifies_what_is_signed() -> None:
    secret, body = new_webhook_secret(), body_of(TOLD)
    headers = signed_headers("msg", datetime.now(UTC), body, [secret])
    assert Webhook(secret).verify(body, headers) == {
        "type": "episode.completed",
        "timestamp": "2026-11-21T12:00:00Z",
        "data": {"episode_id": "é", "status": "completed"},
    }


def test_while_a_secret_changes_both_verify_and_a_third_does_not() -> None:
    new, old, body = new_webhook_secret(), new_webhook_secret(), body_of(TOLD)
    headers = signed_headers("msg", datetime.now(UTC), body, [new, old])
    for secret in (new, old):
        Webhook(secret).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_webhook_secret()).verify(body, headers)


@pytest.mark.parametrize("off", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_a_clock_that_is_off_by_minutes_is_refused_by_receivers(off: timedelta) -> None:
    secret, body = new_webhook_secret(), body_of(TOLD)
    headers = signed_headers("msg", datetime.now(UTC) + off, body, [secret])
    with pytest.raises(WebhookVerificationError, match="too"):
        Webhook(secret).verify(body, headers)


@pytest.mark.parametrize("change", ["body", "webhook-id", "webhook-timestamp"])
def test_whatever_is_changed_on_the_way_is_noticed(change: str) -> None:
    secret, body = new_webhook_secret(), body_of(TOLD)
    headers = signed_headers("msg", datetime.now(UTC), body, [secret])
    if change == "body":
        body = body.replace(b"completed", b"cancelled")
    elif change == "webhook-id":
        headers[change] = "another"
    else:
        headers[change] = str(int(headers[change]) + 1)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


def test_secrets_are_long_and_never_the_same() -> None:
    one, other = new_webhook_secret(), new_webhook_secret()
    assert one != other
    assert len(base64.b64decode(one.removeprefix("whsec_"))) == 32


def test_the_body_is_json_whatever_is_in_it() -> None:
    told = payload("episode.failed", datetime(2026, 1, 1, tzinfo=UTC), {"status": "“\u2028\x00"})
    assert json.loads(body_of(told)) == told


@pytest.mark.parametrize(
    ("posted", "delivered", "final", "note"),
    [
        (Posted(200), True, False, ""),
        (Posted(299), True, False, ""),
        (Posted(302), False, False, "redirects are not followed"),
        (Posted(404), False, False, "answered 404"),
        (Posted(410), False, True, "wants no messages"),
        (Posted(500), False, False, "answered 500"),
        (Posted(199), False, False, "answered 199"),
        (Posted(None, "It cannot be reached."), False, False, "It cannot be reached."),
    ],
)
def test_what_an_answer_means(posted: Posted, delivered: bool, final: bool, note: str) -> None:
    attempt = attempt_of(posted)
    assert (attempt.delivered, attempt.final, attempt.code) == (delivered, final, posted.status)
    assert note in attempt.note


@pytest.mark.parametrize(("status", "wait_s"), [(429, 90.0), (503, 90.0), (500, None), (200, None)])
def test_a_wish_to_wait_counts_where_it_says_too_much_or_not_now(status: int, wait_s: float | None) -> None:
    assert attempt_of(Posted(status, retry_after_s=90.0)).wait_s == wait_s
