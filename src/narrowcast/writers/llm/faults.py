"""Our errors for those of a model's provider: what may pass, what will not, and which setting mends it."""

from __future__ import annotations

import html
import re

from pydantic_ai.exceptions import (
    ContentFilterError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRequestRejectedError,
    UserError,
)

from narrowcast.answers import AnswerTooLongError
from narrowcast.errors import NarrowcastError, ProviderError, SettingError
from narrowcast.script.one_line import one_line
from narrowcast.writers.models import ModelChoice

_SECRET = re.compile(r"\b(?:sk|gsk|xai|AIza|key)[-_][\w*-]{6,}|Bearer\s+\S+")
_MARKUP = re.compile(r"(?is)<(script|style|head)\b.*?</\1>|<[^>]*>")
_LOOKED_AT = 8_000
"""Characters of what a provider says: a page's own words come early, and markup takes its square to be found."""
_PASSING_STATUS = {408, 409, 425, 429}


def fault(error: BaseException, choice: ModelChoice) -> NarrowcastError:
    """What `error`, met in a call to `choice`, means to us: a `SettingError` or a `ProviderError`."""
    who = choice.provider
    if too_long := _too_long(error):
        return ProviderError(f"{choice.spec} answered with {too_long}.", provider=who, retryable=True)
    if isinstance(error, RecursionError):
        return ProviderError(f"{who} sent no readable answer: it is nested too deep.", provider=who, retryable=True)
    if isinstance(error, ModelAuthenticationError):
        return ProviderError(
            f"{who} refused the key for {choice.name}.",
            provider=who, retryable=False, hint=f"Check {choice.key_setting}, and that it may use this model.",
        )  # fmt: skip
    if isinstance(error, ModelNotFoundError):
        return SettingError(
            f"{who} has no model {choice.name!r}.", hint=f"Choose another one, or check the address {choice.base_url}."
        )
    if isinstance(error, ModelQuotaExceededError):
        return ProviderError(
            f"The account at {who} has no credit or quota left.",
            provider=who, retryable=False, hint="Top it up, or choose another model with --llm. What was made is kept.",
        )  # fmt: skip
    if isinstance(error, ModelContextWindowExceededError):
        return ProviderError(
            f"The prompt is too long for {choice.spec}.",
            provider=who, retryable=False, hint="Choose a model with a longer context, or more and shorter segments.",
        )  # fmt: skip
    if isinstance(error, ContentFilterError | UserError):
        return ProviderError(f"{choice.spec} declined to answer: {_said(error, choice)}", provider=who, retryable=False)
    if isinstance(error, ModelConnectionError):
        return ProviderError(
            f"The connection to {who} at {choice.base_url} failed: {_said(error, choice)}",
            provider=who, retryable=True, hint="Check that it runs and can be reached.",
        )  # fmt: skip
    if isinstance(error, ModelAPIError):
        return ProviderError(
            f"{who} failed: {_said(error, choice)}",
            provider=who, retryable=_passing(error), retry_after_s=error.retry_after,
        )  # fmt: skip
    return ProviderError(f"{who} sent no readable answer: {_said(error, choice)}", provider=who, retryable=True)


def silent(choice: ModelChoice, seconds: float) -> ProviderError:
    """The fault of a model that has stopped talking."""
    return ProviderError(f"{choice.spec} was silent for {seconds:g} s.", provider=choice.provider, retryable=True)


def _too_long(error: BaseException | None) -> str:
    """What there was too much of, where that is why `error` came about."""
    while error is not None and not isinstance(error, AnswerTooLongError):
        error = error.__cause__
    return str(error) if error else ""


def _passing(error: ModelAPIError) -> bool:
    if isinstance(error, ModelHTTPError):
        if error.provider_retry_hint is not None:
            return error.provider_retry_hint
        return error.status_code in _PASSING_STATUS or error.status_code >= 500
    return not isinstance(error, ModelRequestRejectedError)


def _said(error: BaseException, choice: ModelChoice) -> str:
    """The provider's own words in one line, without markup, control characters and anything that looks like a key."""
    text = _message(getattr(error, "body", None)) or str(error) or type(error).__name__
    if isinstance(error, ModelHTTPError):
        text = f"{error.status_code} {_message(error.body) or ''}"
    text = one_line(html.unescape(_MARKUP.sub(" ", text[:_LOOKED_AT])))
    if choice.key:
        text = text.replace(choice.key, "…")
    text = _SECRET.sub("…", text)
    return (text[:200] + "…" if len(text) > 200 else text).rstrip(" .") + "."


def _message(body: object, deeper: int = 3) -> str:
    if isinstance(body, dict) and deeper:
        for key in ("message", "error", "detail"):
            if found := _message(body.get(key), deeper - 1):
                return found
        return ""
    return body if isinstance(body, str) else ""
