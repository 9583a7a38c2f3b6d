"""Spanish: what a listener takes up of an answer, its figure and the step that it takes."""

# ruff: noqa: E501 — word classes and patterns are read as running text, not as columns of strings

from __future__ import annotations

import re

_FIGURE = re.compile(
    r"(?<![\w.,€$-])(?<!\d )(?<!\ba )(?<!\bo )(?<!\by )(?<!\bcada )((?:más de|menos de|cerca de|casi|unos|unas|apenas|al menos|solo|sólo) )?"
    r"(\d{1,3}(?:[ \u00a0\u202f.]\d{3})+|\d+(?:,\d+)?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|quince|veinte|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien|mil)"
    r"((?: (?:mil|millones|millón)(?: de)?)?)[ \u00a0]?"
    r"(años|días|semanas|meses|horas|minutos|segundos|siglos|kilómetros|metros|centímetros|hectáreas|toneladas|kilos|gramos|litros|por ciento|%|grados|personas|euros|dólares|"
    r"pesos|habitantes|pasajeros|alumnos|alumnas|coches|barcos|obreros|empleos|especies|casas|tazas|soldados|islas|pueblos|prisioneros|mujeres|hombres|niños|muertos|familias|árboles|estudiantes)"
    r"(?!\w)(?! (?:más tarde|después|antes)\b)",
    re.IGNORECASE,
)  # fmt: skip


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
    said = " ".join(found.group().replace("%", " por ciento").split())
    return said[:1].upper() + said[1:]


_OPENERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("example", re.compile(r"^(?:por ejemplo|a modo de ejemplo|así, por ejemplo)\b", re.IGNORECASE)),
    ("contrast", re.compile(r"^(?:sin embargo|pero|no obstante|en cambio|por el contrario|aun así)\b", re.IGNORECASE)),
    ("result", re.compile(r"^(?:por (?:lo )?tanto|por consiguiente|en consecuencia|por eso|por ello|así que|de ahí)\b", re.IGNORECASE)),
    ("problem", re.compile(r"^(?:por desgracia|desgraciadamente|lamentablemente)\b|\bel (?:principal )?problema es\b", re.IGNORECASE)),
    ("then", re.compile(r"^(?:luego|después|más tarde|poco después|entonces|al día siguiente|mientras tanto)\b", re.IGNORECASE)),
    ("figures", re.compile(r"\d[\d.,]*(?: ?%| por ciento| millones| millón| mil)|\d ?[$€£]|[$€£] ?\d")),
)  # fmt: skip
