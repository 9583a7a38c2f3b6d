"""French: what a listener takes up of an answer, its figure and the step that it takes."""

# ruff: noqa: E501 — word classes and patterns are read as running text, not as columns of strings

from __future__ import annotations

import re

_FIGURE = re.compile(
    r"(?<![\w.,€$-])(?<!\d )(?<!\bà )(?<!\bou )(?<!\bet )(?<!\bchaque )((?:plus de|moins de|près de|environ|presque|à peine|seulement|au moins|quelque) )?"
    r"(\d{1,3}(?:[ \u00a0\u202f.]\d{3})+|\d+(?:,\d+)?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|quarante|cinquante|soixante|cent|mille)"
    r"((?: (?:cents?|mille|millions?|milliards?)(?: d['’e](?: )?)?)?)[ \u00a0]?"
    r"(ans|années|jours|semaines|mois|heures|minutes|secondes|siècles|kilomètres|mètres|centimètres|hectares|tonnes|kilos|grammes|litres|pour cent|%|degrés|"
    r"personnes|euros|dollars|francs|habitants|passagers|élèves|voitures|bateaux|ouvriers|emplois|espèces|maisons|tasses|soldats|îles|villages|prisonniers|"
    r"femmes|hommes|enfants|morts|espèces|familles|arbres|étudiants)(?!\w)(?! (?:plus tard|auparavant|après|avant|d['’]ici)\b)",
    re.IGNORECASE,
)


def opener(sentence: str) -> str:
    """What kind of step the sentence takes from the one before: example, contrast, result, problem, then, figures."""
    return next((name for name, pattern in _OPENERS if pattern.search(sentence)), "")


def echo(text: str) -> str | None:
    """The last figure of an answer with what it counts, as a listener repeats it; none where there is none."""
    found = None
    for found in _FIGURE.finditer(text):  # noqa: B007 — the last one is wanted
        pass
    if found is None:
        return None
    said = (
        found.group().strip().replace("%", "pour cent")
        if " %" in found.group()
        else found.group().strip().replace("%", " pour cent")
    )
    return said[:1].upper() + " ".join(said[1:].split())


_OPENERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("example", re.compile(r"^(?:par exemple|à titre d['’]exemple|ainsi, par exemple)\b", re.IGNORECASE)),
    ("contrast", re.compile(r"^(?:cependant|mais|toutefois|pourtant|néanmoins|en revanche|par contre|au contraire|or)\b", re.IGNORECASE)),
    ("result", re.compile(r"^(?:donc|par conséquent|en conséquence|c['’]est pourquoi|du coup|dès lors|ainsi)\b", re.IGNORECASE)),
    ("problem", re.compile(r"^(?:malheureusement|hélas)\b|\ble (?:principal )?problème est\b", re.IGNORECASE)),
    ("then", re.compile(r"^(?:puis|ensuite|après|plus tard|bientôt|le lendemain|le soir|pendant ce temps)\b", re.IGNORECASE)),
    ("figures", re.compile(r"\d[\d  \u00a0,]*(?: ?%| pour cent| millions?| milliards?)|\d ?[$€£]")),
)  # fmt: skip
