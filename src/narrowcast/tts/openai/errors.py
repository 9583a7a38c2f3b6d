"""What an OpenAI-compatible server's refusals mean."""

from __future__ import annotations

import re
from collections.abc import Mapping

import httpx2

from narrowcast.errors import NarrowcastError, ProviderError, VoiceError
from narrowcast.tts import hosted
from narrowcast.tts.hosted import retry_after_s

NAME = "openai"


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
    return hosted.no_connection(error, NAME, url, "OPENAI_BASE_URL")


def broken_answer(url: str, what: str) -> ProviderError:
    """The error that a 200 without usable sound means."""
    return hosted.broken_answer(NAME, url, what)


def server_says(response: httpx2.Response, key: str) -> str:
    """The server's own message in one short line, without keys; empty where it has none."""
    try:
        return hosted.quoted(_message(response.json()), key)
    except (ValueError, RecursionError):
        return ""


def _message(body: object) -> str:
    error = body.get("error", body.get("detail", body)) if isinstance(body, Mapping) else body
    if isinstance(error, Mapping):
        error = error.get("message") or error.get("error") or ""
    if isinstance(error, list):
        error = "; ".join(str(each.get("msg", each)) if isinstance(each, Mapping) else str(each) for each in error)
    return str(error)
