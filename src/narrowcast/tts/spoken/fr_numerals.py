"""French: ordinals, centuries, kings, and "one" in its gender, in words. Each rule is a pure function of text."""

from __future__ import annotations

import re

from narrowcast.tts.spoken.roman import ROMAN, value

_FEMININE = "heure|minute|seconde|milliseconde|livre|tonne|fois|année|semaine|journée|page|personne|voix|étape"
_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_SUPERSCRIPTS = {"ᵉʳ": "er", "ʳᵉ": "re", "ᵉ": "e", "ⁿᵈ": "nd"}
_ENDING = r"(er|ère|re|ème|ième|eme|e|nde|nd)(s?)(?![\w'’-])"
_REGNAL = (
    "Louis|Charles|Henri|Philippe|Pie|Léon|François|Napoléon|Alexandre|Nicolas|Jean|Édouard|Edouard|Georges|Guillaume|"
    "Mohammed|Hassan|Baudouin|Albert|Léopold|Élisabeth|Elisabeth|Isabelle|Frédéric|Paul|Innocent|Grégoire|Clément|"
    "Urbain|Benoît|Alphonse|Ferdinand|Jacques|Richard|Robert|Hugues|Clovis|Childéric|Ramsès|Darius|Gustave|Christian"
)


def centuries(text: str) -> str:
    """« XIXe siècle » → « dix-neuvième siècle », « Napoléon Ier » → « Napoléon premier », also with raised letters."""
    for raised, plain in _SUPERSCRIPTS.items():
        text = re.sub(rf"(?<=[IVX\d]){raised}", plain, text)
    text = re.sub(rf"(?<![\w-])({ROMAN}) e(?= (?:siècle|s\.|arrondissement|République|et [IVX]))", r"\1e", text)
    text = re.sub(
        rf"(?<![\w-])({ROMAN}){_ENDING}", lambda found: _ordinal(value(found[1]), found[2], found[3], found[0]), text
    )
    return re.sub(r"(?<=ième )s\.(?= [a-zA-Zé,;])", "siècle", text)


def ordinals(text: str) -> str:
    """« 1er », « 2e », « 21ème » in words; the first of a month too: « le 1 mars »."""
    text = re.sub(rf"(?<![\w.,])1 (?={_MONTHS}\b)", "premier ", text)
    return re.sub(
        rf"(?<![\w.,])(\d{{1,3}}){_ENDING}", lambda found: _ordinal(int(found[1]), found[2], found[3], found[0]), text
    )


def kings(text: str) -> str:
    """« Louis XIV » → « Louis quatorze ». A single letter counts only behind a name that kings and popes bear."""
    from num2words import num2words

    def said(found: re.Match[str]) -> str:
        return f"{found[1]} {num2words(value(found[2]), lang='fr')}"

    text = re.sub(r"\b([A-ZÉ][\w-]*[a-zé]) ([IVX]{2,})(?![\w'’-])", lambda f: said(f) if value(f[2]) else f[0], text)
    return re.sub(rf"\b({_REGNAL}) ([VX])(?![\w'’-])(?!\.[A-Z])", said, text)


def ones(text: str) -> str:
    """« 1 heure » → « une heure », « 21 heures » → « vingt et une heures »."""
    from num2words import num2words

    def said(found: re.Match[str]) -> str:
        return re.sub(r"un$", "une", str(num2words(int(found[1]), lang="fr")))

    return re.sub(rf"(?<![\w.,:/+-])(?<!\d )(1|[2-6]1|81)(?= (?:{_FEMININE})s?\b)", said, text)


def _ordinal(number: int, ending: str, plural: str, written: str) -> str:
    from num2words import num2words

    if not number or (ending in {"er", "re", "ère"} and number != 1) or (ending in {"nd", "nde"} and number != 2):
        return written
    if number == 1:
        word = "premier" if ending == "er" else "première"
    elif ending in {"nd", "nde"}:
        word = "second" if ending == "nd" else "seconde"
    else:
        word = str(num2words(number, lang="fr", to="ordinal")).replace("vingtsième", "vingtième")
    return word + plural


RULES = (centuries, ordinals, kings, ones)
