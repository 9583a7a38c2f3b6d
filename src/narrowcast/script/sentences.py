"""Cutting text into sentences, in any language."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TITLES = (
    r"(?:^|[\s(«\"“’'-])(?:MM?|Dr|Pr|Mgr|Me|Mme|Mlle|Ste?|[Aa]v|apr?|env|[Aa]rt|[Cc]hap|[Ff]ig|[Vv]ol|pp?|cf|ex|hab)\.$"
)
_COUNTED = (
    "Jahrhundert|Jahrtausend|Jahrestag|Geburtstag|Weltkrieg|Auflage|Ausgabe|Kapitel|Platz|Stock|Etage|Lebensjahr|Quartal|"
    "Halbjahr|Bezirk|Jänner|Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
)
_JOINED: dict[str, tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]] = {
    "de": ((re.compile(r"(?:^|\s)\d{1,2}\.$"), re.compile(rf"(?:{_COUNTED}|[a-zäöü])")),),
    "fr": (
        (re.compile(_TITLES), re.compile(r"[^\W_]")),
        (re.compile(r"\bJ\.$"), re.compile("-C")),
        (re.compile(r"\bJ\.-C\.$"), re.compile("[a-zà-ü]")),
    ),
    "es": ((re.compile(r"\d\.$"), re.compile("[ºª°]|er\\b")),),
}
"""By language: an end of a piece and a beginning of the next between which the library cuts, though nothing ends."""


_BY_SPACES = frozenset({"th", "lo"})
"""Languages without full stops, which set a space where a sentence or a part of one ends."""

_SPACE = re.compile(r"(?<=[\u0e01-\u0e45\u0e47-\u0e4f\u0e81-\u0ecf]) +(?=[\u0e01-\u0e45\u0e81-\u0ec4])")
_ENOUGH = 40  # characters, which take about three seconds to say


def split_sentences(text: str, language: str) -> list[str]:
    """The sentences of `text`, stripped, in order. Unknown languages are cut by the rules for English.

    Rules: the `sentencex` library (Wikimedia's sentence segmenter), but for French titles (« M. Dupont »), German
    ordinals („19. Jahrhundert“) and Spanish ones («1.º»), which it takes for ends. Thai and Lao are cut at spaces.
    """
    from sentencex import segment

    pieces: list[str] = []
    for raw in segment(language, text):
        if pieces and _runs_on(pieces[-1], raw, language):
            pieces[-1] += raw
        else:
            pieces.append(raw)
    stripped = [sentence for piece in pieces if (sentence := piece.strip())]
    if language.split("-", maxsplit=1)[0].lower() not in _BY_SPACES:
        return stripped
    return [sentence for piece in stripped for sentence in _by_spaces(piece)]


def _by_spaces(text: str) -> Iterator[str]:
    """The text cut at the first space after enough of it, though not beside figures or Latin letters."""
    start = 0
    for space in _SPACE.finditer(text):
        if space.start() - start >= _ENOUGH:
            yield text[start : space.start()]
            start = space.end()
    yield text[start:]


def _runs_on(before: str, after: str, language: str) -> bool:
    rules = _JOINED.get(language.split("-", maxsplit=1)[0].lower(), ())
    return any(end.search(before.rstrip()) and start.match(after.lstrip()) for end, start in rules)
