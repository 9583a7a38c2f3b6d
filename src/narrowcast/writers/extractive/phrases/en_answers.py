"""English: what a listener takes up of an answer, its figure and the step that it takes."""

# ruff: noqa: E501 — word classes and patterns are read as running text, not as columns of strings

from __future__ import annotations

import re


def opener(sentence: str) -> str:
    """What kind of step the sentence takes from the one before: example, contrast, result, problem, figures, on."""
    for name, pattern in _OPENERS:
        if pattern.search(sentence):
            return name
    return ""


def echo(text: str) -> str | None:
    """The last figure of an answer with what it counts, as a listener repeats it; none where there is none."""
    found = None
    for found in _FIGURE.finditer(text):  # noqa: B007 — the last one is wanted
        pass
    if found is None or (found[2].isdigit() and found[1] is None and 1000 < int(found[2]) < 2100):
        return None
    said = found.group().strip()
    return said[:1].upper() + said[1:]


_MEASURES = (
    "years|days|weeks|months|hours|minutes|seconds|decades|centuries|nautical miles|square miles|square kilometres|miles|"
    "kilometres|kilometers|metres|meters|feet|inches|tonnes|tons|kilos|kilograms|grams|pounds|litres|liters|gallons|"
    "per cent|percent|degrees|people|steps|dollars|euros|kroner|francs|pupils|families|passengers|cars|workers|jobs|"
    "ships|lives|men|women|children|species|houses|clocks|soldiers|islands|villages|cups|farmers|prisoners"
)


_FIGURE = re.compile(
    r"(?<![\w.,$€£-])(?<!\d and )(?<!\d to )(?<!\d or )(?<!every )(?<!between )((?:well over|more than|less than|fewer than|less than a|almost|nearly|about|around|over|at least|"
    r"only|roughly) )?(\d[\d,.]*\d|\d+|(?:three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|"
    r"sixty|seventy|eighty|ninety)(?:-\w+)?)( (?:hundred|thousand|million|billion))? (?:"
    + _MEASURES
    + r")\b(?! (?:later|ago|before|earlier|after)\b)(?: old\b)?"
)


_OPENERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("example", re.compile(r"^(?:for example|for instance|as an example)\b", re.IGNORECASE)),
    ("contrast", re.compile(r"^(?:however|but|yet|nevertheless|nonetheless|still|on the other hand|conversely|although|"
                            r"though|in contrast)\b", re.IGNORECASE)),
    ("result", re.compile(r"^(?:therefore|thus|hence|as a result|consequently|so|accordingly)\b", re.IGNORECASE)),
    ("problem", re.compile(r"^(?:unfortunately|sadly)\b|\bthe (?:main |only |biggest )?problem is\b", re.IGNORECASE)),
    ("then", re.compile(r"^(?:then|after|afterwards|later|next|soon|meanwhile|in the morning|by (?:dawn|night))\b", re.IGNORECASE)),
    ("figures", re.compile(r"\b\d[\d,.]*(?: ?%| percent| per cent| million| billion| thousand|,\d{3})|[$€£]\d")),
)  # fmt: skip
