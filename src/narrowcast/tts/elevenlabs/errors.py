"""What ElevenLabs' refusals mean.

They are told apart by their code first, for one code comes with several statuses. Shapes: an object `detail` with
`code` and `message` (https://elevenlabs.io/docs/eleven-api/resources/errors), or with the older names in `status`
(https://help.elevenlabs.io/hc/en-us/articles/19572237925521), or, for 422, FastAPI's list of `loc, msg, type`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2

from narrowcast.errors import NarrowcastError, ProfileError, ProviderError, VoiceError
from narrowcast.tts.hosted import quoted, retry_after_s

NAME = "elevenlabs"
SETTING = "ELEVENLABS_BASE_URL"
NO_CREDIT = frozenset({"quota_exceeded", "insufficient_credits"})
NO_PERMISSION = frozenset({"missing_permissions", "insufficient_permissions"})
KEY = frozenset(
    {"invalid_api_key", "missing_api_key", "invalid_authorization_header", "needs_authorization", "sign_in_required"}
)
VOICE = frozenset({"voice_not_found", "voice_does_not_exist", "invalid_voice_id", "invalid_uid", "voice_access_denied"})
PLAN = frozenset({"paid_plan_required", "subscription_required", "feature_not_available", "payment_required"})
MODEL = frozenset({"model_not_found", "unsupported_model", "invalid_model_id", "model_access_denied"})
FORMAT = frozenset({"output_format_not_allowed", "invalid_output_format"})
TOO_LONG = frozenset({"max_character_limit_exceeded", "text_too_long"})
BUSY = frozenset({"too_many_concurrent_requests", "concurrent_limit_exceeded", "rate_limit_exceeded", "system_busy"})


def codes_of(response: httpx2.Response) -> frozenset[str]:
    """The names that a refusal gives its cause: the newer code, the older status, each in any kind of answer."""
    detail = _detail(response)
    if not isinstance(detail, Mapping):
        return frozenset()
    return frozenset(str(detail[name]) for name in ("code", "status") if isinstance(detail.get(name), str))


def fault_of(response: httpx2.Response, url: str, key: str, *, voice: str, model: str) -> NarrowcastError:
    """The error that a response other than 200 means. Its body has been read."""
    status, codes = response.status_code, codes_of(response)
    says = server_says(response, key)
    told = f": {says}" if says else "."
    place = f"ElevenLabs at {url}"
    if codes & NO_CREDIT:
        return _for_good(f"{place} has no credit left{told}", "Top up the account or wait for its next month.")
    if codes & FORMAT:
        return ProfileError(
            f"ElevenLabs refuses the output_format in tts_config{told}",
            hint="Leave it out, or use pcm_24000, which every plan has; pcm_44100 needs the plan Pro.",
        )
    if codes & VOICE or (voice and codes & PLAN and "voice" in says.lower()):
        return VoiceError(
            f"ElevenLabs refuses the voice {voice!r}{told}",
            hint="See narrowcast voices --tts elevenlabs; plans without charge have only its default voices.",
        )
    if codes & MODEL:
        return VoiceError(
            f"ElevenLabs refuses the model {model!r}{told}", hint="Try --tts elevenlabs, without a model."
        )
    if codes & TOO_LONG:
        return _for_good(f"{place} finds the text too long{told}", "Shorten this turn in the script file.")
    if codes & BUSY or status in {408, 409, 425, 429} or status >= 500:
        busy = "has too much to do" if codes & BUSY or status == 429 else "failed"
        return ProviderError(
            f"{place} {busy} ({status}){told}", provider=NAME, retryable=True, retry_after_s=retry_after_s(response)
        )
    if "voice_settings" in _places(response) or "invalid_voice_settings" in codes:
        return ProfileError(f"ElevenLabs refuses the settings in tts_config{told}")
    if codes & PLAN or status == 402:
        return _for_good(f"{place} wants another plan for this{told}", "See the account's subscription.")
    if codes & (KEY | NO_PERMISSION) or status in {401, 403}:
        return _for_good(
            f"{place} refuses the key ({status}){told}",
            "Check ELEVENLABS_API_KEY: it is missing, wrong, or may not make speech.",
        )
    hint = f"{SETTING} should end where /v1/text-to-speech begins." if status in {404, 405} and not codes else ""
    return _for_good(f"{place} refuses ({status}){told}", hint)


def server_says(response: httpx2.Response, key: str) -> str:
    """The server's own message in one short line, without keys; empty where it has none."""
    detail = _detail(response)
    if isinstance(detail, list):
        return quoted("; ".join(_said(each) for each in detail[:5]), key)
    if isinstance(detail, Mapping):
        return quoted(str(detail.get("message") or ""), key)
    return quoted(detail, key) if isinstance(detail, str) else ""


def _for_good(message: str, hint: str) -> ProviderError:
    return ProviderError(message, provider=NAME, retryable=False, hint=hint)


def _detail(response: httpx2.Response) -> Any:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return None
    return body.get("detail") if isinstance(body, Mapping) else None


def _said(each: object) -> str:
    if not isinstance(each, Mapping):
        return str(each)
    place = each.get("loc")
    where = ".".join(str(part) for part in place) if isinstance(place, list) else ""
    return f"{where}: {each.get('msg', '')}" if where else str(each.get("msg", ""))


def _places(response: httpx2.Response) -> frozenset[str]:
    """The names in the places that FastAPI's list tells of, and the newer `param`."""
    detail = _detail(response)
    if isinstance(detail, Mapping):
        return frozenset(str(detail.get("param", "")).split("."))
    if not isinstance(detail, list):
        return frozenset()
    places = (each.get("loc") for each in detail if isinstance(each, Mapping))
    return frozenset(str(part) for place in places if isinstance(place, list) for part in place)
