"""What refusals mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest

from narrowcast.errors import ProviderError, VoiceError
from narrowcast.tts.hosted import retry_after_s
from narrowcast.tts.openai.errors import fault_of, server_says

KEY = "sk-secret-12345"


def response(status: int, body: object = None, **headers: str) -> httpx2.Response:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, str):
        return httpx2.Response(status, text=body, headers=headers)
    return httpx2.Response(status, json=body, headers=headers)


def error(message: str, code: str = "") -> dict[str, object]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}


def fault(answer: httpx2.Response) -> ProviderError | VoiceError:
    found = fault_of(answer, "http://x/v1", KEY, voice="nova", model="tts-1")
    assert isinstance(found, ProviderError | VoiceError)
    return found


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_named_but_never_shown(status: int) -> None:
    found = fault(response(status, error(f"Incorrect API key provided: {KEY}.")))
    assert isinstance(found, ProviderError)
    assert not found.retryable
    assert "OPENAI_API_KEY" in found.hint
    assert KEY not in f"{found.message}{found.hint}"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, error("Invalid value: 'bob'. Supported voices are: 'nova'")),
        (404, error("The model `tts-9` does not exist", "model_not_found")),
        (422, {"detail": [{"loc": ["body", "voice"], "msg": "Voice 'bob' not found"}]}),
    ],
)
def test_an_unknown_voice_or_model(status: int, body: object) -> None:
    found = fault(response(status, body))
    assert isinstance(found, VoiceError)
    assert "'nova'" in found.message


@pytest.mark.parametrize(("status", "retryable"), [(429, True), (500, True), (503, True), (408, True), (400, False)])
def test_what_may_be_tried_again(status: int, retryable: bool) -> None:
    found = fault(response(status, error("Something else")))
    assert isinstance(found, ProviderError)
    assert found.retryable is retryable


def test_no_money_left_is_permanent() -> None:
    found = fault(response(429, error("You exceeded your current quota", "insufficient_quota")))
    assert isinstance(found, ProviderError)
    assert not found.retryable


def test_a_page_that_is_not_found_blames_the_base_url() -> None:
    assert "OPENAI_BASE_URL" in fault(response(404, "<html>nginx</html>")).hint


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        *(
            ({"retry_after": "7"}, 7.0),
            ({"retry_after": "1.5"}, 1.5),
            ({"retry_after": "soon"}, None),
            ({"retry_after": "9" * 400}, None),
            ({}, None),
        ),
        ({"retry_after_ms": "250", "retry_after": "9"}, 0.25),
    ],
)
def test_retry_after_in_seconds(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(response(429, "", **headers)) == seconds


def test_retry_after_as_a_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 27 < (retry_after_s(response(429, "", retry_after=soon)) or 0) <= 30
    past = "Wed, 21 Oct 2015 07:28:00 GMT"
    assert retry_after_s(response(429, "", retry_after=past)) == 0.0


def test_the_servers_words_are_short_and_keyless() -> None:
    says = server_says(response(400, error(f"{KEY} and sk-other-999999\n" + "long " * 200)), KEY)
    assert "secret" not in says
    assert "999999" not in says
    assert len(says) <= 301
