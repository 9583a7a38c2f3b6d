"""German: what a listener takes up of an answer, its figure and the step that it takes."""

# ruff: noqa: E501 — word classes and patterns are read as running text, not as columns of strings

from __future__ import annotations

import re

from narrowcast.writers.extractive.languages.de_words import AUXILIARIES, PAST


def opener(sentence: str) -> str:
    """What kind of step the sentence takes from the one before: example, contrast, result, problem, then."""
    return next((name for name, pattern in _OPENERS if pattern.search(sentence)), "")


_OPENERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("example", re.compile(r"^(?:Zum Beispiel|Beispielsweise|Ein Beispiel)\b|^\w+ \w+ (?:zum Beispiel|beispielsweise)\b")),
    ("contrast", re.compile(r"^(?:Aber|Doch|Allerdings|Jedoch|Dennoch|Trotzdem|Andererseits|Dagegen|Hingegen|Obwohl|Und doch)\b|^\w+ jedoch\b")),
    ("result", re.compile(r"^(?:Deshalb|Daher|Darum|Also|Folglich|Somit|Deswegen|Demnach|Dadurch|So (?:" + "|".join(sorted(PAST | AUXILIARIES)) + r"))\b")),
    ("problem", re.compile(r"^Leider\b|\b[Dd]as (?:eigentliche |größte )?Problem (?:ist|dabei|war)\b")),
    ("then", re.compile(r"^(?:Dann|Danach|Später|Schließlich|Anschließend|Kurz darauf|Bald|Am nächsten|Im selben Jahr)\b")),
)  # fmt: skip


def echo(text: str) -> str | None:
    """The last figure of an answer with what it counts, as a listener repeats it; none where there is none."""
    found = None
    for found in _FIGURE.finditer(text):  # noqa: B007 — the last one is wanted
        pass
    if found is None:
        return None
    unit = _BASIC.get(found["unit"], found["unit"])
    said = f"{found['approx'] or ''}{found['count']} {unit}"
    return said[:1].upper() + said[1:]


_BASIC = {"Jahren": "Jahre", "Tagen": "Tage", "Monaten": "Monate", "Metern": "Meter", "Kilometern": "Kilometer", "Ländern": "Länder",
          "Städten": "Städte", "Häusern": "Häuser", "Jahrzehnten": "Jahrzehnte", "Jahrhunderten": "Jahrhunderte", "Schiffen": "Schiffe",
          "Kindern": "Kinder", "Litern": "Liter", "Arbeitsplätzen": "Arbeitsplätze", "Zentimetern": "Zentimeter"}  # fmt: skip


_FIGURE = re.compile(
    r"(?<![\w.,$€£-])(?<!vor )(?<!zwischen )(?<!und )(?<!bis )(?<!oder )(?<!alle )(?<!je )(?<!nach )(?<!pro )(?<!den )(?<!der )(?<!die )(?<!als )(?<!um )(?<!auf )"
    r"(?P<approx>(?:mehr als|weniger als|rund|etwa|ungefähr|fast|knapp|gut|nur|mindestens) )?"
    r"(?P<count>(?:\d[\d.,]*\d|\d+|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|dreißig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig|hundert|tausend)(?: Millionen| Milliarden| Tausend)?) "
    r"(?P<unit>Jahren?|Tagen?|Wochen|Monaten?|Stunden|Minuten|Sekunden|Jahrzehnten?|Jahrhunderten?|Kilometern?|Metern?|Zentimetern?|Prozent|Grad|Menschen|Euro|Dollar|Mark|Franken|Cent|Tonnen|"
    r"Liter|Litern|Kilo|Kilogramm|Gramm|Quadratkilometer|Hektar|Schiffen?|Länder|Ländern|Städten?|Häuser|Häusern|Kinder|Kindern|Frauen|Arten|Sorten|Tassen|Familien|Arbeitsplätzen?|Bücher|Seiten|Reisende|Fahrgäste|Züge)\b"
    r"(?! (?:später|zuvor|davor|danach|vorher|früher|nach|vor|bis|oder|und)\b)",
    re.IGNORECASE,
)
