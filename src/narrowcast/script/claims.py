"""Numbers and names that a turn states and its passages lack.

Rules, chosen so that a flag is nearly always worth a look:

- Numbers are compared by value: `3.5 million`, `3,500,000` and `3 500 000` are one, `forty-two` is 42, and `20 %` is
  `twenty percent`. Whole numbers up to ten are free, for people count freely when they talk. A number of at least two
  digits is supported by one that it is rounded or cut off from (`3.5 million` for 3,512,000). Number words are read in
  English; in other languages a figure is supported by its words (num2words), and words claim nothing.
- Names are runs of capitalised words; a word that begins a sentence does not count. Each of their words must stand in
  the passages, whatever the case and ending (`Fresnel's`, `Norwegian` for Norway). Speakers' names, weekdays, months
  and common abbreviations are free. In German every noun is capitalised: there, and in scripts without capitals, only
  numbers are checked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal

from narrowcast.script.language import primary

_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen"""
_ORDINALS = """zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
    fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"""
_TIES = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS = {word: value for names in (_ONES, _ORDINALS) for value, word in enumerate(names.split())} | {"dozen": 12}
_TENS = {word: 10 * value for value, word in enumerate(_TIES.split(), start=2)}
_TENS |= {word.removesuffix("y") + "ieth": value for word, value in _TENS.items()}
_SCALES = {
    "hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "millions": 10**6, "billions": 10**9, "k": 10**3, "m": 10**6, "bn": 10**9,
    "tausend": 10**3, "millionen": 10**6, "milliarde": 10**9, "milliarden": 10**9,
    "mille": 10**3, "milliard": 10**9, "milliards": 10**9,
    "mil": 10**3, "millón": 10**6, "millones": 10**6,
}  # fmt: skip
_FREE_TO = Decimal(10)

_FIGURE = re.compile(
    r"(?<![\w.,])(?P<digits>\d{1,3}(?:[,.' \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?)"
    r"(?:(?:st|nd|rd|th|s|er|e)\b)?(?:[\s\u00a0-]?(?P<scale>"
    + "|".join(sorted(_SCALES, key=len, reverse=True))
    + r")\b)?",
    re.IGNORECASE,
)
_SPELLED_WORDS = "|".join([*_UNITS, *_TENS, "hundred", "thousand", "million", "billion"])
_SPELLED = re.compile(rf"\b(?:{_SPELLED_WORDS})(?:[\s-]+(?:and\s+)?(?:{_SPELLED_WORDS}))*\b", re.IGNORECASE)

_NAME = re.compile(r"[^\W\d_]+(?:['’&-][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?…:;][\s'\"”’»)\]]*$|^\s*$|[\"“«„‘(—–¿¡]\s*$|\n\s*$")
_LOOK_BACK = 40
_NAMELESS = {"de", "zh", "ja", "ko", "ar", "he", "th", "hi", "ka", "fa"}
_FREE = """i i'm i've i'd i'll monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december ok okay mr mrs ms dr the a an and or of for in on at to
    christmas easter god internet web tv dna pdf ceo ai ad bc am pm us uk eu usa"""
_FREE_WORDS = frozenset(_FREE.split())


@dataclass(frozen=True)
class Flag:
    """A claim without support: `text` as it stands at `offset` characters of the turn."""

    kind: Literal["number", "name"]
    text: str
    offset: int


def unsupported(text: str, passages: Sequence[str], language: str, *, known_names: Collection[str] = ()) -> list[Flag]:
    """The numbers and names of `text` that none of `passages` holds, in order. `known_names` are the speakers'.

    Every text that is quoted from a passage is supported. Without passages nothing is flagged: a turn that cites none
    claims nothing.
    """
    if not passages:
        return []
    source = "\n".join(passages)
    if f" {' '.join(text.split())} " in f" {' '.join(source.split())} ":
        return []  # a figure that is quoted from its middle on ("1,234 011A") would be read otherwise there
    language = primary(language) or ""
    flags = _numbers(text, source, language)
    if language not in _NAMELESS:
        flags += _names(text, source, known_names)
    return sorted(flags, key=lambda flag: flag.offset)


def _numbers(text: str, source: str, language: str) -> list[Flag]:
    held = {value for _, _, values in _values(source, "en") for value in values}
    return [
        Flag("number", found, offset)
        for found, offset, readings in _values(text, language)
        if not any(_is_held(value, held) for value in readings)
        and not _stands_in(found, source)
        and not any(_stands_in(words, source) for value in readings for words in _in_words(value, language))
    ]


def _is_held(value: Decimal, held: Collection[Decimal]) -> bool:
    if value == value.to_integral_value() and abs(value) <= _FREE_TO:
        return True
    return value in held or any(_rounds_to(exact, value) for exact in held)


def _rounds_to(exact: Decimal, stated: Decimal) -> bool:
    """Whether `stated` is `exact`, rounded or cut off to the digits that it states; those must be two at least."""
    _, digits, exponent = stated.normalize().as_tuple()
    if len(digits) < 2 or not isinstance(exponent, int) or exponent < -6 or exact.adjusted() > 20:
        return False
    return any(exact.quantize(Decimal((0, (1,), exponent)), way) == stated for way in (ROUND_HALF_UP, ROUND_DOWN))


def _stands_in(words: str, source: str) -> bool:
    loose = r"[\s-]+".join(re.escape(word) for word in re.split(r"[\s-]+", words.strip()))
    return bool(re.search(rf"(?<!\w)(?<!\d[.,]){loose}(?!\w)(?![.,]\d)", source, re.IGNORECASE))


@lru_cache(1_000)
def _in_words(value: Decimal, language: str) -> list[str]:
    if value != value.to_integral_value() or not 0 <= value <= 10_000:
        return []
    from num2words import num2words

    words = []
    for kind in ("cardinal", "ordinal"):
        with suppress(NotImplementedError, ValueError, TypeError, LookupError):
            words.append(str(num2words(int(value), lang=language, to=kind)))
    return words


def _values(text: str, language: str) -> list[tuple[str, int, tuple[Decimal, ...]]]:
    """Each number as it stands, where, and the values that it may mean (`1.500` is 1.5 or 1500)."""
    found = [
        (match[0], match.start(), readings) for match in _FIGURE.finditer(text) if (readings := _figure_readings(match))
    ]
    for match in _SPELLED.finditer(text) if language == "en" else ():
        value = _spelled_value(match[0])
        before = text[: match.start()].rstrip()
        if before[-1:].isdigit():
            continue  # `3.5 million` is one number, read already
        found.append((match[0], match.start(), (value,)))
    return found


def _figure_readings(match: re.Match[str]) -> tuple[Decimal, ...]:
    digits, scale = match["digits"], _SCALES.get((match["scale"] or "").lower(), 1)
    grouped = re.sub(r"[' \u00a0\u202f]", "", digits)
    candidates = {grouped.replace(",", ""), grouped.replace(".", "").replace(",", "."), grouped.replace(",", ".")}
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", grouped):
        candidates.add(re.sub(r"[.,]", "", grouped))
    values = []
    for candidate in candidates:
        try:
            values.append(Decimal(candidate) * scale)
            values.append(Decimal(candidate))
        except InvalidOperation:
            continue
    return tuple(values)


def _spelled_value(words: str) -> Decimal:
    """`two thousand five hundred and forty-two` → 2542; `nineteen eighty-four` → 1984, as years are said."""
    total, current = 0, 0
    for word in re.split(r"[\s-]+", words.lower()):
        if word in _SCALES:
            current = max(current, 1) * _SCALES[word]
            if _SCALES[word] >= 1000:
                total, current = total + current, 0
        elif word in _TENS or word in _UNITS:
            value = _TENS.get(word, _UNITS.get(word, 0))
            current = (
                current * 100 + value if 10 <= current <= 99 and (current % 10 or value >= 10) else current + value
            )
    return Decimal(total + current)


def _names(text: str, source: str, known_names: Collection[str]) -> list[Flag]:
    plain = source.casefold()
    stems = {_stem(word) for word in _NAME.findall(plain)}
    spoken = {part for name in known_names for part in _NAME.findall(name.casefold())}
    flags: list[Flag] = []
    for run, offset in _capitalised_runs(text):
        words = [word.casefold() for word in _NAME.findall(run)]
        if run.casefold() in plain:
            continue
        if all(word in _FREE_WORDS or word in spoken or _supported(word, stems) for word in words):
            continue
        flags.append(Flag("name", run, offset))
    return flags


def _capitalised_runs(text: str) -> list[tuple[str, int]]:
    """Runs of capitalised words; the word that begins a sentence only counts together with the next ones."""
    runs: list[tuple[str, int]] = []
    start, end, count, at_start = -1, -1, 0, False

    def close() -> None:
        if count > 1 or (count == 1 and not at_start):
            first = start
            if at_start:
                # It is capitalised for its place: what follows it is the name.
                first = next(m.start() for m in _NAME.finditer(text, start) if m.start() > start)
            runs.append((text[first:end], first))

    for match in _NAME.finditer(text):
        word = match[0]
        if word[0].isupper() and len(word) > 1:
            if count and text[end : match.start()].strip(" \u00a0") == "":
                end, count = match.end(), count + 1
                continue
            close()
            start, end, count = match.start(), match.end(), 1
            at_start = bool(_SENTENCE_END.search(text[max(0, match.start() - _LOOK_BACK) : match.start()]))
        else:
            close()
            count = 0
    close()
    return runs


def _supported(word: str, stems: Collection[str]) -> bool:
    stem = _stem(word)
    if stem in stems:
        return True
    return len(stem) >= 4 and any(other[:4] == stem[:4] and len(other) >= 4 for other in stems)


def _stem(word: str) -> str:
    word = re.sub(r"['’]s?$", "", word)
    for ending in ("es", "s"):
        if len(word) > len(ending) + 2 and word.endswith(ending):
            return word.removesuffix(ending)
    return word
