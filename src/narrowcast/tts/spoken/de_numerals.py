"""German: ordinals with their endings, rulers, hours and "one", in words. Each rule is a pure function of text.

A figure with a full stop is an ordinal only where the word behind it says so: a month or a noun of a closed list.
"""

from __future__ import annotations

import re

from narrowcast.tts.spoken.roman import ROMAN, value

_MONTHS = "Jänner|Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_MASCULINE = (
    rf"{_MONTHS}|Weltkrieg|Platz|Stock|Tag|Monat|Geburtstag|Jahrestag|Bezirk|Band|Teil|Akt|Artikel|Absatz|Präsident|Kanzler|"
    "Spieltag|Rang|Schritt|Durchgang|Satz|Verfassungszusatz"
)
_NEUTER = "Jahrhunderts?|Jahrtausends?|Jahr|Jahres|Quartals?|Halbjahrs?|Kapitels?|Mal|Lebensjahr|Buch|Gebot|Bataillon"
_FEMININE = "Auflage|Ausgabe|Klasse|Liga|Etage|Runde|Woche|Stunde|Generation|Republik|Symphonie|Sinfonie|Armee|Legion"
_WEAK = re.compile("am|im|vom|zum|beim|zur|dem|den|des|(?:dies|jed|sein|ihr|unser|ein)e[rmn]")
_DATIVE = re.compile("in|mit|von|bei|aus|auf|zu|nach|seit|vor|an|unter|während|wegen|ab")
_ACCUSATIVE = re.compile("für|gegen|durch|ohne|um")
_PAIRING = "und|oder|bis|bis zum|auf den"
_RULERS = (
    "Ludwig|Friedrich|Heinrich|Karl|Otto|Wilhelm|Franz|Leopold|Joseph|Josef|Maximilian|Ferdinand|Philipp|Georg|Eduard|"
    "Alexander|Nikolaus|Katharina|Elisabeth|Isabella|Maria|Johannes|Paul|Pius|Leo|Benedikt|Innozenz|Gregor|Urban|"
    "Clemens|August|Gustav|Christian|Albert|Peter|Napoleon|Ramses|Konrad|Rudolf|Sigismund|Margarethe|Jakob|Richard"
)
_COUNTED_FEMININE = "Million|Milliarde|Billion|Stunde|Minute|Sekunde|Woche|Person|Seite|Tonne"
_COUNTED = "Tag|Monat|Jahr|Euro|Dollar|Cent|Kilometer|Meter|Zentimeter|Liter|Kilogramm|Gramm|Grad|Prozent"
_QUEENS = frozenset({"Katharina", "Elisabeth", "Isabella", "Maria", "Margarethe"})


def ordinals(text: str) -> str:
    """„am 3. Mai“ → „am dritten Mai“, „das 19. Jahrhundert“ → „das neunzehnte Jahrhundert“; „3. und 4. Mai“ too."""
    nouns = rf"(?:{_MASCULINE}|{_NEUTER}|{_FEMININE})\b"
    joined = rf"(\d{{1,3}})\.(?= (?:(?:{_PAIRING}) \d{{1,3}}\. )?{nouns}| ?/ ?\d)"

    def said(found: re.Match[str]) -> str:
        before = text[: found.start()].split()[-2:]
        noun = re.match(rf"\. (?:(?:{_PAIRING}) \d{{1,3}}\. )?({nouns})", text[found.end() - 1 :])
        return _ordinal(int(found[1]), _ending([word.lower() for word in before], noun[1] if noun else ""))

    for _ in range(2):  # the second figure of a pair stands before the noun only after the first was said
        text = re.sub(rf"(?<![\w.,-]){joined}", said, text)
    return text


def rulers(text: str) -> str:
    """„Ludwig XIV.“ → „Ludwig der Vierzehnte“, in the case that the word before it asks for."""

    def said(found: re.Match[str]) -> str:
        before = (text[: found.start()].split() or [""])[-1].lower()
        name, number = found[1], value(found[3])
        queen = name in _QUEENS
        if found[2]:
            article, ending = "des", "en"
        elif _DATIVE.fullmatch(before):
            article, ending = ("der" if queen else "dem"), "en"
        elif _ACCUSATIVE.fullmatch(before):
            article, ending = ("die", "e") if queen else ("den", "en")
        else:
            article, ending = ("die" if queen else "der"), "e"
        ends = "." if not text[found.end() :].strip() else ""
        return f"{name}{found[2] or ''} {article} {_ordinal(number, ending).capitalize()}{ends}"

    text = re.sub(rf"\b({_RULERS})(s)? ({ROMAN})\.", said, text)
    wars = rf"(?<![\w.])({ROMAN})\. (?=Weltkrieg)"
    return re.sub(wars, lambda found: f"{value(found[1])}. ", text)


def hours(text: str) -> str:
    """„8.30 Uhr“ → „8:30 Uhr“, „1 Uhr“ → „ein Uhr“."""
    text = re.sub(r"(?<![\w:.,])([01]?\d|2[0-3])\.([0-5]\d)(?= ?Uhr\b)", r"\1:\2", text)
    return re.sub(r"(?<![\w:.,])1(?= Uhr\b)", "ein", text)


def ones(text: str) -> str:
    """„1 Stunde“ → „eine Stunde“, „nach 1 Tag“ → „nach einem Tag“."""

    def said(found: re.Match[str]) -> str:
        dative = found[1] and _DATIVE.fullmatch(found[1].strip().lower())
        feminine = re.fullmatch(_COUNTED_FEMININE, found[2])
        ending = ("er" if feminine else "em") if dative else ("e" if feminine else "")
        return f"{found[1] or ''}ein{ending} {found[2]}"

    nouns = f"{_COUNTED_FEMININE}|{_COUNTED}"
    return re.sub(rf"(?<![\w.,:/+-])(?<!\d )(\w+ )?(?<![.,:/+-])\b1 ({nouns})(?!\w)", said, text)


def _ending(before: list[str], noun: str) -> str:
    last = before[-1] if before else ""
    feminine, neuter = re.fullmatch(_FEMININE, noun), re.fullmatch(_NEUTER, noun)
    dative = last == "der" and feminine and len(before) > 1 and _DATIVE.fullmatch(before[0])
    if _WEAK.fullmatch(last) or dative:
        return "en"
    if last in {"der", "die", "das", "dieses", "jedes"}:
        return "e"
    if last in {"und", "oder", "bis"} or noun.endswith("s"):
        return "en"
    return "e" if feminine else "es" if neuter else "er"


def _ordinal(number: int, ending: str) -> str:
    from num2words import num2words

    return str(num2words(number, lang="de", to="ordinal")).removesuffix("e") + ending


RULES = (rulers, ordinals, hours, ones)
