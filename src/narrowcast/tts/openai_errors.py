"""What an OpenAI-compatible server's refusals mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from narrowcast.answers import AnswerTooLongError
from narrowcast.errors import NarrowcastError, ProviderError, VoiceError
from narrowcast.script.one_line import one_line

NAME = "openai"
_KEY_LIKE = re.compile(r"\b(?:sk|key|Bearer)[-_ ][\w*.-]{4,}")


def fault_of(response: httpx2.Response, url: str, key: str, *, voice: str, model: str) -> NarrowcastError:
    """The error that a response other than 200 means. Its body has been read."""
    status = response.status_code
    says = server_says(response, key)
    place = f"The voice server at {url}"
    quoted = f": {says}" if says else "."
    if status in {401, 403}:
        return ProviderError(
            f"{place} refuses the key ({status}).",
            provider=NAME,
            retryable=False,
            hint="Check OPENAI_API_KEY: it is missing, wrong, or may not make speech.",
        )
    if status == 402 or "insufficient_quota" in response.text:
        return ProviderError(
            f"{place} wants to be paid first{quoted}", provider=NAME, retryable=False, hint="Check the account."
        )
    if status in {408, 409, 429} or status >= 500:
        busy = "has too much to do" if status == 429 else "failed"
        return ProviderError(
            f"{place} {busy} ({status}){quoted}", provider=NAME, retryable=True, retry_after_s=retry_after_s(response)
        )
    if status in {400, 404, 422} and says and re.search(r"voice|model", says, re.IGNORECASE):
        return VoiceError(
            f"{place} refuses the voice {voice!r} or the model {model!r}: {says}",
            hint="Choose another with --tts openai:MODEL or in the speaker profile.",
        )
    hint = "OPENAI_BASE_URL should end where /audio/speech begins, mostly in /v1." if status in {404, 405} else ""
    return ProviderError(f"{place} refuses ({status}){quoted}", provider=NAME, retryable=False, hint=hint)


def makes_speech(response: httpx2.Response, key: str) -> bool:
    """Whether a server that answers thus to an empty request at `/audio/speech` makes speech at all.

    Who does refuses the request for what it lacks. Who does not knows no such address, or has a gateway say so.
    """
    if response.status_code == 404:
        return bool(re.search(r"\b(voice|model)", server_says(response, key), re.IGNORECASE))
    if response.status_code in {405, 501}:
        return False
    if response.status_code >= 500:
        return bool(server_says(response, key))
    return "html" not in response.headers.get("content-type", "")


def no_connection(error: httpx2.RequestError | TimeoutError, url: str) -> ProviderError:
    """The error that a broken, refused, silent or overflowing connection means."""
    if isinstance(error, AnswerTooLongError):
        return broken_answer(url, str(error), retryable=False)
    if isinstance(error, httpx2.DecodingError):
        return broken_answer(url, "what is not packed as it says")
    late = isinstance(error, httpx2.TimeoutException | TimeoutError)
    kind = "does not answer in time" if late else "cannot be reached"
    if isinstance(error, httpx2.ReadError | httpx2.RemoteProtocolError):
        kind = "broke off its answer"
    return ProviderError(
        f"The voice server at {url} {kind}.",
        provider=NAME,
        retryable=True,
        hint="Is it running, and is OPENAI_BASE_URL right? Or choose another provider with --tts.",
    )


def broken_answer(url: str, what: str, *, retryable: bool = True) -> ProviderError:
    """The error that a 200 without usable sound means."""
    return ProviderError(f"The voice server at {url} answered with {what}.", provider=NAME, retryable=retryable)


def server_says(response: httpx2.Response, key: str) -> str:
    """The server's own message in one short line, without keys; empty where it has none.

    Nothing in it can move a terminal's cursor.
    """
    try:
        line = one_line(_message(response.json()))
    except (ValueError, RecursionError):
        return ""
    if key:
        line = line.replace(key, "…")
    line = _KEY_LIKE.sub("…", line)
    return line if len(line) <= 300 else f"{line[:300]}…"


def _message(body: object) -> str:
    error = body.get("error", body.get("detail", body)) if isinstance(body, Mapping) else body
    if isinstance(error, Mapping):
        error = error.get("message") or error.get("error") or ""
    if isinstance(error, list):
        error = "; ".join(str(each.get("msg", each)) if isinstance(each, Mapping) else str(each) for each in error)
    return str(error)


def retry_after_s(response: httpx2.Response) -> float | None:
    """The server's wish: `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110, 10.2.3)."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = response.headers.get(name, "").strip()
        if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value):
            return float(value) * unit
    try:
        moment = parsedate_to_datetime(response.headers.get("retry-after", ""))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
