"""An account's voices at ElevenLabs, in the order in which they are offered. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from narrowcast.script.one_line import one_line
from narrowcast.tts.base import Voice
from narrowcast.tts.elevenlabs.models import language_code

_OWN_FIRST = {"premade": 0, "cloned": 1, "generated": 1}
"""By category: ElevenLabs' default voices, which every plan may use; the account's own; then those of its library."""


def offered(voices: Sequence[Mapping[str, Any]], language: str) -> tuple[Voice, ...]:
    """The voices as `GET /v2/voices` lists them, best first for `language` (ISO 639), in turns female and male.

    Best: not about to be withdrawn, made for the language, of a category that every plan may use.
    """
    usable = [voice for voice in voices if isinstance(voice.get("voice_id"), str) and voice["voice_id"]]
    ranked = sorted(usable, key=lambda voice: _rank(voice, language))
    as_good = groupby(ranked, key=lambda voice: _rank(voice, language))
    return tuple(_voice(voice) for _, equals in as_good for voice in _in_turns(equals))


def _rank(voice: Mapping[str, Any], language: str) -> tuple[bool, bool, int]:
    category = _OWN_FIRST.get(str(voice.get("category")), 2)
    return bool(voice.get("is_legacy")), language not in _languages(voice), category


def _languages(voice: Mapping[str, Any]) -> set[str]:
    verified = voice.get("verified_languages")
    tags = (
        [each.get("language") for each in verified if isinstance(each, Mapping)] if isinstance(verified, list) else []
    )
    return {language_code(tag) for tag in (*tags, _labels(voice).get("language")) if isinstance(tag, str)}


def _in_turns(voices: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """In order, but that no gender follows itself while one of the other is waiting."""
    waiting = list(voices)
    last = ""
    while waiting:
        place = next((number for number, voice in enumerate(waiting) if _gender(voice) != last or not last), 0)
        voice = waiting.pop(place)
        last = _gender(voice)
        yield voice


def _voice(voice: Mapping[str, Any]) -> Voice:
    labels = _labels(voice)
    words = (labels.get(name) for name in ("accent", "descriptive", "description", "age", "use_case"))
    about = ", ".join(one_line(word).replace("_", " ") for word in words if isinstance(word, str) and word.strip())
    name = voice.get("name")
    return Voice(
        voice["voice_id"], one_line(name) if isinstance(name, str) else voice["voice_id"], "", _gender(voice), about
    )


def _gender(voice: Mapping[str, Any]) -> str:
    gender = _labels(voice).get("gender")
    return gender if gender in {"female", "male"} else ""


def _labels(voice: Mapping[str, Any]) -> Mapping[str, Any]:
    labels = voice.get("labels")
    return labels if isinstance(labels, Mapping) else {}
