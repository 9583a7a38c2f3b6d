"""Which espeak-ng voices are offered, and which one a voice id means. Pure.

The variants were chosen by measuring all of the library's 107 on the same three sentences: median pitch and spectral
centroid far apart from each other, pitch range wide enough to sound alive, no whisper, croak or wobble.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from narrowcast.errors import VoiceError
from narrowcast.tts.base import Voice


@dataclass(frozen=True)
class Variant:
    """A way to speak any language. `pitch` and `range` are espeak's 0-99; the f0 below is that of `en-us`."""

    id: str
    gender: str
    description: str
    pitch: int = 50
    range: int = 60


VARIANTS = (
    Variant("f2", "female", "soft and even, about 200 Hz", pitch=50, range=70),
    Variant("m3", "male", "clear and calm, about 105 Hz", pitch=45, range=75),
    Variant("Annie", "female", "bright and lively, about 215 Hz", pitch=40, range=45),
    Variant("Reed", "male", "dark and warm, about 135 Hz", pitch=60, range=80),
    Variant("aunty", "female", "low and dry, about 170 Hz", pitch=50, range=80),
    Variant("Nguyen", "male", "light, about 155 Hz", pitch=50, range=60),
)
"""Best first; each one differs clearly from those before it."""

PREFERRED = {"en": "en-us", "en-gb": "en-gb-x-rp", "zh": "cmn"}
"""The base for a tag that several serve."""
MIXED = {"en": ("en-us", "en-gb-x-rp", "en-gb-x-rp", "en-us", "en-gb-scotland", "en-gb-scotland")}
"""Accents of one language that go well together in one conversation, by variant."""

DUMB = frozenset({"fo", "kaa", "xex"})
"""Listed, but the library comes without their dictionaries and says nothing."""


@dataclass(frozen=True)
class Base:
    """A language of espeak: its own name for it, its title, and the tags it serves with their priority (low: good)."""

    id: str
    title: str
    tags: tuple[tuple[str, int], ...]


def find_base(bases: Sequence[Base], language: str) -> Base | None:
    """The best base for a BCP 47 tag, by its own name, then by the tags it serves, then with ever shorter tags."""
    tag = language.strip().lower().replace("_", "-")
    while tag:
        wanted = PREFERRED.get(tag, tag)
        if own := next((base for base in bases if base.id == wanted), None):
            return own
        serving = [(priority, base.id, base) for base in bases for served, priority in base.tags if served == tag]
        if serving:
            return min(serving, key=lambda found: found[:2])[2]
        tag = tag.rpartition("-")[0]
    return None


def offered(bases: Sequence[Base], language: str) -> Iterator[Voice]:
    """The voices for a language, best first. Raises `VoiceError`."""
    base = find_base(bases, language)
    if base is None:
        primary = sorted({base.id.split("-")[0] for base in bases})
        raise VoiceError(f"espeak does not speak the language {language!r}.", hint=f"It speaks {', '.join(primary)}.")
    known = {each.id: each for each in bases}
    accents = MIXED.get(language.strip().lower(), (base.id,) * len(VARIANTS))
    for variant, accent in zip(VARIANTS, accents, strict=True):
        own = known.get(accent, base)
        yield Voice(f"{own.id}+{variant.id}", f"{own.title}, {variant.id}", own.id, variant.gender, variant.description)


def resolve(bases: Sequence[Base], variants: Collection[str], voice_id: str) -> tuple[str, Variant]:
    """espeak's full name of a voice id (`language+variant`, or a language alone), and its variant.

    Any variant that is installed will do, not only those that are offered. Raises `VoiceError`: espeak itself takes
    an unknown variant without a word and speaks in its plain voice.
    """
    language, plus, wanted = voice_id.partition("+")
    base = next((base for base in bases if base.id == language.lower()), None)
    if base is None:
        some = ", ".join(voice.id for voice in offered(bases, "en"))
        near = find_base(bases, language) if language else None
        if near is not None:
            some = ", ".join(voice.id for voice in offered(bases, language))
        raise VoiceError(f"espeak has no voice {voice_id!r}.", hint=f"It has, among others, {some}.")
    if not plus:
        return base.id, Variant("", "", "", range=50)
    own = next((variant for variant in VARIANTS if variant.id.lower() == wanted.lower()), None)
    name = next((variant for variant in variants if variant.lower() == wanted.lower()), None)
    if name is None:
        some = ", ".join(variant.id for variant in VARIANTS)
        raise VoiceError(f"espeak has no variant {wanted!r} (in {voice_id!r}).", hint=f"It has, among others, {some}.")
    return f"{base.id}+{name}", own or Variant(name, "", "", range=50)
