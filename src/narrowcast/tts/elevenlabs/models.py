"""What is known of ElevenLabs' models: what they speak, what they cost, what they take.

https://elevenlabs.io/docs/overview/models as of November 2026; a model that is not listed here is taken on trust.
"""

from __future__ import annotations

from dataclasses import dataclass

from narrowcast.script.language import primary

_V2_LIST = "en ja zh de hi fr ko pt it es id nl tr fil pl sv bg ro ar cs el fi hr ms sk da ta uk ru"
_V3_LIST = (
    "af hy as az be bn bs ca ceb ny et gl ka gu ha he is ga jv kn kk ky lv ln lt lb mk ml mr ne ps fa pa sr sd sl so "
    "sw te th ur cy"
)
_V2 = frozenset(_V2_LIST.split())
_V2_5 = _V2 | {"hu", "no", "vi"}
_V3 = _V2_5 | frozenset(_V3_LIST.split())
_SAME = {"nb": "no", "nn": "no", "tl": "fil", "cmn": "zh", "iw": "he", "in": "id"}
"""Codes that mean a language which ElevenLabs lists by another one."""


@dataclass(frozen=True)
class Model:
    """A model's languages (ISO 639), its price in USD a character, and whether it may be told the language.

    The price is that of the API's own list, which is the same for every plan; accounts on an older plan pay in credits
    instead, of which a character is one, or a half for Flash and Turbo.
    """

    languages: frozenset[str]
    usd_per_character: float
    takes_language: bool = False


MODELS = {
    "eleven_multilingual_v2": Model(_V2, 100e-6),
    "eleven_flash_v2_5": Model(_V2_5, 50e-6, takes_language=True),
    "eleven_turbo_v2_5": Model(_V2_5, 50e-6, takes_language=True),
    "eleven_flash_v2": Model(frozenset({"en"}), 50e-6),
    "eleven_turbo_v2": Model(frozenset({"en"}), 50e-6),
    "eleven_v3": Model(_V3, 100e-6),
}
DEFAULT = "eleven_multilingual_v2"
"""Its character timings are right to the end; those of eleven_v3 run away from its sound in longer texts
(elevenlabs/elevenlabs-python, issue 772)."""


def language_code(tag: str) -> str:
    """A BCP 47 tag as ElevenLabs lists its language."""
    code = primary(tag) or tag
    return _SAME.get(code, code)


def speaking(tag: str) -> list[str]:
    """The models that speak a language."""
    return [name for name, model in MODELS.items() if language_code(tag) in model.languages]
