"""Cutting text into sentences, in any language."""

from __future__ import annotations

import re

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


def split_sentences(text: str, language: str) -> list[str]:
    """The sentences of `text`, stripped, in order. Unknown languages are cut by the rules for English.

    Rules: the `sentencex` library (Wikimedia's sentence segmenter), but for French titles (« M. Dupont »), German
    ordinals („19. Jahrhundert“) and Spanish ones («1.º»), which it takes for ends.
    """
    from sentencex import segment

    pieces: list[str] = []
    for raw in segment(language, text):
        if pieces and _runs_on(pieces[-1], raw, language):
            pieces[-1] += raw
        else:
            pieces.append(raw)
    return [sentence for piece in pieces if (sentence := piece.strip())]


def _runs_on(before: str, after: str, language: str) -> bool:
    rules = _JOINED.get(language.split("-", maxsplit=1)[0].lower(), ())
    return any(end.search(before.rstrip()) and start.match(after.lstrip()) for end, start in rules)
