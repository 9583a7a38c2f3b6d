"""Log lines hold no secrets."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from narrowcast.logs import HIDDEN, set_up_logs, without_secrets


@pytest.mark.parametrize(
    "text",
    [
        "nc_Zm9vYmFyYmF6cXV4",
        "sk-proj-abcdefghijklmnop1234",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "AIzaSyA1234567890abcdefghijklmnop",
        "GET /sign-in/abcDEF-123_456 failed",
        "/feeds/abcDEF123456.xml",
        "/audio/a.mp3?expires=1&signature=abc.def",
        "Authorization: Bearer eyJhbGciOi.x.y",
        "smtp://ann:hunter2@mail.example.org",
    ],
)
def test_what_looks_like_a_secret_is_hidden_wherever_it_stands(text: str) -> None:
    event = without_secrets(None, "info", {"event": text, "data": {"inner": [text]}})
    secret = text.rsplit("nc_", maxsplit=1)[-1] if text.startswith("nc_") else text
    for shown in (event["event"], event["data"]["inner"][0]):
        assert HIDDEN in shown
        assert secret not in shown
        for part in ("hunter2", "abcDEF", "eyJ", "abc.def", "abcdefghijklmnop1234", "MfKQ9r8GK"):
            assert part not in shown


def test_what_is_named_like_a_secret_is_hidden_and_the_rest_stays() -> None:
    event = without_secrets(None, "info", {"event": "kept", "api_key": "x", "headers": {"Cookie": "y", "Host": "z"}})
    assert event == {"event": "kept", "api_key": HIDDEN, "headers": {"Cookie": HIDDEN, "Host": "z"}}


def test_a_line_is_json_with_the_request_and_a_trace_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    root, level = logging.getLogger().handlers, logging.getLogger().level
    try:
        set_up_logs("info", as_json=True)
        with structlog.contextvars.bound_contextvars(request_id="r1"):
            try:
                raise ValueError("the key sk-proj-abcdefghijklmnop1234 was refused")
            except ValueError:
                structlog.get_logger("narrowcast.test").exception("failed")
            logging.getLogger("some.library").warning("user:%s", "nc_Zm9vYmFyYmF6cXV4")
        ours, theirs = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    finally:
        logging.getLogger().handlers = root
        logging.getLogger().setLevel(level)
        structlog.reset_defaults()
    assert (ours["request_id"], ours["level"], ours["event"]) == ("r1", "error", "failed")
    assert "ValueError" in ours["exception"]
    assert "abcdefghijklmnop" not in ours["exception"]
    assert theirs["event"] == f"user:{HIDDEN}"
