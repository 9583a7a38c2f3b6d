"""What all hosted voices have in common: their connections, their wish to wait, their words without keys."""

from __future__ import annotations

import re
from collections.abc import Mapping

import httpx2

from narrowcast.answers import AnswerTooLongError, bounded
from narrowcast.errors import ProviderError
from narrowcast.net import PublicTransport, wish_s
from narrowcast.script.one_line import one_line

CONNECT_S, READ_S = 10.0, 120.0
MOST_QUOTED = 300
_KEY_LIKE = re.compile(r"\b(?:(?:sk|key)[-_]|Bearer[-_ ])[\w*.-]{4,}")


def open_client(
    url: str, headers: Mapping[str, str], largest_answer: int, *, public_only: bool = False
) -> httpx2.AsyncClient:
    """A client for the server at `url`; it reads no more than `largest_answer` bytes of an answer.

    `public_only`: the address is a stranger's word, so that it may lead to public addresses alone.
    """
    return httpx2.AsyncClient(
        base_url=url,
        headers=headers,
        timeout=httpx2.Timeout(READ_S, connect=CONNECT_S),
        # Plain HTTP needs no certificates, whose loading takes longer than a call to the same machine.
        verify=url.startswith("https:"),
        transport=PublicTransport() if public_only else None,
        event_hooks={"response": [bounded(largest_answer)]},
    )


def quoted(text: str, key: str) -> str:
    """A server's words in one short line, without keys; nothing in it can move a terminal's cursor."""
    line = one_line(text)
    if key:
        line = line.replace(key, "…")
    line = _KEY_LIKE.sub("…", line)
    return line if len(line) <= MOST_QUOTED else f"{line[:MOST_QUOTED]}…"


def retry_after_s(response: httpx2.Response) -> float | None:
    """The server's wish: `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110, 10.2.3)."""
    milliseconds = response.headers.get("retry-after-ms", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", milliseconds):
        return float(milliseconds) / 1000
    return wish_s(response.headers.get("retry-after", ""))


def no_connection(error: httpx2.RequestError | TimeoutError, provider: str, url: str, setting: str) -> ProviderError:
    """The error that a broken, refused, silent or overflowing connection means; `setting` names the server's URL."""
    if isinstance(error, AnswerTooLongError):
        return broken_answer(provider, url, str(error), retryable=False)
    if isinstance(error, httpx2.DecodingError):
        return broken_answer(provider, url, "what is not packed as it says")
    late = isinstance(error, httpx2.TimeoutException | TimeoutError)
    kind = "does not answer in time" if late else "cannot be reached"
    if isinstance(error, httpx2.ReadError | httpx2.RemoteProtocolError):
        kind = "broke off its answer"
    return ProviderError(
        f"The voice server at {url} {kind}.",
        provider=provider,
        retryable=True,
        hint=f"Is it running, and is {setting} right? Or choose another provider with --tts.",
    )


def broken_answer(provider: str, url: str, what: str, *, retryable: bool = True) -> ProviderError:
    """The error that a 200 without usable sound means."""
    return ProviderError(f"The voice server at {url} answered with {what}.", provider=provider, retryable=retryable)
