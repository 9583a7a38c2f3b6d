"""German headings as one says them: as a label that shows no case, or as the question that they raise."""

# ruff: noqa: SIM905, E501 — word classes are read as running words, not as a column of strings

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b

from narrowcast.writers.extractive.languages.de_words import DETERMINERS, PAST, is_verb
from narrowcast.writers.extractive.lexicon import Lexicon

_BORING = frozenset(
    "einleitung einführung überblick übersicht zusammenfassung hintergrund fazit schluss schlusswort vorwort nachwort "
    "anmerkungen anmerkung hinweise hinweis allgemeines details diskussion ergebnisse motivation zweck beispiele beispiel "
    "verschiedenes sonstiges weiteres grundlagen mehr tipps prolog epilog ausblick begriffe glossar eine die der das und".split()
)
_ASKING = frozenset(
    "warum weshalb wieso wie was wann wo wer wohin woher woran wovon womit wofür wozu welche welcher welches wem wen".split()
)
_PREPOSITIONS = frozenset(
    "von vom zu zum zur in im ins an am auf mit ohne für gegen nach vor aus bei beim um über unter durch seit zwischen zurück".split()
)
_LEADS = (
    "Kannst du erklären, {clause}?", "Kannst du uns erzählen, {clause}?", "Weißt du, {clause}?",
    "Verrätst du uns, {clause}?", "Magst du kurz beschreiben, {clause}?", "Hast du herausgefunden, {clause}?",
)  # fmt: skip
_SUBJECTS = DETERMINERS | {"man", "sie", "er", "es", "wir", "niemand", "jemand"}
_PAST = tuple(verb for verb in PAST if len(verb) > len("kam"))


def topic(heading: str, _lexicon: Lexicon) -> str | None:
    """The heading as a label; none for headings that say nothing or are not words only."""
    heading = re.sub(r"\s*\([^()]*\)$", "", heading).strip()
    before, colon, after = heading.partition(": ")
    if colon:
        heading = after[:1].upper() + after[1:] if len(before.split()) <= 1 else before
    words = heading.split()
    if not words or len(words) > 9 or heading[-1] in ".?!:…" or re.search(r"[/_=<>\{}()\[\]|“”„»«\"`]", heading):
        return None
    if re.search(r"\b(?:[Tt]he|of|to|for|with|your|how)\b", heading):
        return None  # left untranslated
    if all(word.lower().strip(",") in _BORING for word in words) or re.search(
        r"\d", re.sub(r"\b1\d{3}\b|\b20\d\d\b", "", heading)
    ):
        return None
    return heading


def is_clause(said: str) -> bool:
    """Whether a topic is a clause or begins with a preposition, so that it only fits as a title."""
    return said.split(maxsplit=1)[0].lower() in _ASKING | _PREPOSITIONS or "," in said


def heading_question(heading: str, _lexicon: Lexicon) -> str | None:
    """The question that a heading asks, `Warum sie zurückkamen` → `Kannst du erklären, warum sie zurückkamen?`; none where not sure."""
    heading = heading.strip()
    words = heading.split()
    if (
        not 2 <= len(words) <= 12
        or re.search(r"[/_=<>\{}()\[\]|“”„»«\":;…]", heading)
        or words[0].lower() not in _ASKING
    ):
        return None
    if heading.endswith("?"):
        return heading if len(words) > 2 and not re.search(r"\b(?:Sie|Ihre?\w?)\b", heading) else None
    if not heading[-1].isalnum() or "," in heading:
        return None
    if is_verb(words[1]) and words[1].islower() and not is_verb(words[-1]):
        return f"{heading}?"
    if words[0].lower() in {"wie", "warum", "wann", "wo", "was"} and re.match(
        r"\w+e (?:ich|man)\b|\w+t man\b", " ".join(words[1:])
    ):
        return f"{heading}?"
    if (
        words[1] not in _SUBJECTS
        or not (is_verb(words[-1]) or words[-1].endswith(_PAST))
        or not words[-1].islower()
        or re.search(r"\b(?:Sie|Ihre?\w?)\b", heading)
    ):
        return None
    clause = words[0].lower() + heading[len(words[0]) :]
    lead = _LEADS[int(blake2b(heading.encode(), digest_size=4).hexdigest(), 16) % len(_LEADS)]
    return lead.format(clause=clause)


def listed(said: Sequence[str]) -> str:
    """`A, B und C`, with small articles."""
    parts = [small(part) for part in said]
    return " und ".join([*([", ".join(parts[:-1])] if parts[1:] else []), parts[-1]])


def small(title: str) -> str:
    """A title as the second of two: its article without the capital."""
    first = title.split(maxsplit=1)[0]
    return title[:1].lower() + title[1:] if first in _SMALL_FIRST else title


_SMALL_FIRST = frozenset(
    "Der Die Das Ein Eine Von Vom Zum Zur Im Am In An Auf Mit Ohne Für Gegen Nach Vor Aus Bei Wie Warum Was Wann Wo Wer".split()
)
