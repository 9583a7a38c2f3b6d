"""Figures, units, money, dates and signs as one would say them. Each rule is a pure function of text and table.

Digits stay digits wherever every voice reads them well; a figure that is turned into words keeps its value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from narrowcast.tts.spoken.table import Table

Rule = Callable[[str, Table], str]

NUMBER = r"(?<![\w.,])\d+(?:[.,]\d+)*"
_VULGAR = {
    "½": "1/2",
    "⅓": "1/3",
    "⅔": "2/3",
    "¼": "1/4",
    "¾": "3/4",
    "⅕": "1/5",
    "⅖": "2/5",
    "⅗": "3/5",
    "⅘": "4/5",
    "⅙": "1/6",
    "⅚": "5/6",
    "⅛": "1/8",
    "⅜": "3/8",
    "⅝": "5/8",
    "⅞": "7/8",
    "⅒": "1/10",
}
_NOTHING = re.compile(r"\s*$")
_CAPITAL = re.compile(r"\s+\W?[A-ZÄÖÜÉ]")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_ROMAN = {"II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10, "XI": 11, "XII": 12}
_ENDERS = frozenset(
    {
        *("etc.", "et al.", "Jr.", "Inc.", "Ltd.", "Corp.", "a.m.", "p.m.", "usw.", "EE. UU.", "EE.UU."),
        *("a. C.", "a.C.", "d. C.", "d.C.", "av. J.-C.", "apr. J.-C.", "ap. J.-C.", "J.-C.", "v. Chr.", "n. Chr."),
    }
)
"""Abbreviations whose full stop may end the sentence too, when a capital follows."""


def say_figures(text: str, table: Table) -> str:
    """`text` with every rule applied, in order."""
    text = _dates_of_figures(_dates(_grouping(text, table), table), table)
    for own in table.own:
        text = own(text)
    for rule in RULES:
        text = rule(text, table)
    return text


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _grouping(text: str, table: Table) -> str:
    """Thin and hard spaces between groups of three digits."""
    return re.sub(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))", table.group, text)


def _abbreviations(text: str, table: Table) -> str:
    def full(found: re.Match[str]) -> str:
        ends = found[0].endswith(".") and (
            _NOTHING.match(text, found.end()) or (found[0] in _ENDERS and _CAPITAL.match(text, found.end()))
        )
        return table.abbreviations[found[0]] + ("." if ends else "")

    text = _compiled(rf"(?<![\w./])(?:{_any(table.abbreviations)})(?![\w/])").sub(full, text)
    if table.before_number:
        number = rf"(?<![\w.])({_any(table.before_number)}) ?(?=[#§]?\d)"
        text = _compiled(number).sub(lambda found: f"{table.before_number[found[1]]} ", text)
    if table.before_name:
        name = rf"(?<![\w.])(?<![A-Z][a-z]{{3}} )({_any(table.before_name)}) (?=[^\W\d_a-z])"
        text = _compiled(name).sub(lambda found: f"{table.before_name[found[1]]} ", text)
    return text


def _numerals(text: str, table: Table) -> str:
    if not table.numeral_after:
        return text
    pattern = rf"\b((?:{_any(table.numeral_after)}) )({_any(_ROMAN)})(?![\w'])"
    return _compiled(pattern).sub(lambda found: found[1] + _words(_ROMAN[found[2]], table), text)


def _dates(text: str, table: Table) -> str:
    def said(found: re.Match[str]) -> str:
        month, day = int(found[2]), int(found[3])
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return found[0]
        return table.date.format(day=day, month=table.months[month - 1], year=found[1])

    return re.sub(r"(?<![\w-])(\d{4})-(\d\d)-(\d\d)(?![\w-])", said, text)


def _dates_of_figures(text: str, table: Table) -> str:
    """14/07/1789 and 14.07.1789, where the day goes first; in English nobody knows."""
    if not table.date.startswith("{day}"):
        return text

    def said(found: re.Match[str]) -> str:
        day, month = int(found[1]), int(found[3])
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return found[0]
        return table.date.format(day=day, month=table.months[month - 1], year=found[4])

    return re.sub(r"(?<![\w/.,-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?![\w/-]|[.,]\d)", said, text)


def _clock(text: str, table: Table) -> str:
    text = re.sub(
        r"(?<![\w:.,])(\d{1,2}:\d\d) ?([ap])\.?m\b",
        lambda found: f"{found[1]} {found[2].lower()}m",
        text,
        flags=re.IGNORECASE,
    )
    text = re.sub(
        r"(?<![\w:.,])(\d{1,2}) ?([ap])\.?m\b",
        lambda found: f"{found[1]} {found[2].lower()}m",
        text,
        flags=re.IGNORECASE,
    )
    if not table.clock:
        return text

    def said(found: re.Match[str]) -> str:
        full = table.clock.partition("{minute}")[0].format(hour=found[1]).strip()
        return full if found[2] == "00" else table.clock.format(hour=found[1], minute=found[2])

    return re.sub(r"(?<![\w:.,])([01]?\d|2[0-3])(?::| ?h ?)([0-5]\d)(?: Uhr| heures)?(?![\w:])", said, text)


def _money(text: str, table: Table) -> str:
    signs, magnitudes = _any(table.currencies), _any(table.magnitudes)
    amount = r"(?P<n>\d+(?:[.,]\d+)*)(?:(?P<dash> ?[-–] ?)(?P<n2>\d+(?:[.,]\d+)*))?"
    magnitude = rf"(?: ?(?P<m>{magnitudes})(?![\w]))?"
    per = r"(?:/(?P<per>[^\W\d_]+))?"
    before = rf"(?<![\w$€£])(?P<c>{signs}) ?{amount}{magnitude}{per}"
    after = rf"(?<![\w.,$€£]){amount}{magnitude} ?(?P<c>{signs})(?![\w$€£]){per}"

    def said(found: re.Match[str]) -> str:
        number = found["n"]
        cents = re.fullmatch(r"(\d+)[.,](\d\d)", number) if not found["m"] and not found["n2"] else None
        one, many = table.currencies[found["c"]]
        if cents and table.decimal in number:
            if cents[1] == "0":
                return f"{int(cents[2])} {table.cents[int(cents[2]) != 1]}{_per(found['per'], table)}"
            whole = f"{cents[1]} {one if cents[1] == '1' else many}"
            return (whole if cents[2] == "00" else f"{whole} {cents[2]}") + _per(found["per"], table)
        if found["n2"]:
            number = f"{number} {table.to} {found['n2']}"
        name = one if number == "1" and not found["m"] else many
        return f"{_with_magnitude(number, found['m'], name, table)}{_per(found['per'], table)}"

    text = re.sub(r"(?<=\d)-(an?|per)-(?=[a-z])", r" \1 ", text)
    text = _compiled(rf"({signs})( ?\d+(?:[.,]\d+)*) ?[-–] ?\1(?=\d)").sub(r"\1\2–", text)
    return _compiled(after).sub(said, _compiled(before).sub(said, text))


def _with_magnitude(number: str, magnitude: str | None, name: str, table: Table) -> str:
    if magnitude is None:
        return f"{number} {name}"
    word = table.magnitudes[magnitude]
    link = ""
    if table.of and word not in {"mille", "mil"}:
        link = "d'" if table.code == "fr" and name[0] in "aeiou" else f"{table.of} "
    return f"{number} {word} {link}{name}"


def _per(unit: str | None, table: Table) -> str:
    return f" {table.per} {table.units[unit][0] if unit in table.units else unit}" if unit else ""


def _decades(text: str, table: Table) -> str:
    if not table.decade:
        return text

    def said(found: re.Match[str]) -> str:
        words = _words(int(found[1]), table, year=len(found[1]) == 4)
        if table.code != "en":
            return words + table.decade
        return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"

    return re.sub(rf"(?<![\w.,-])'?(1[1-9]\d0|20\d0|[2-9]0)'?{table.decade}(?!\w)", said, text)


def _ranges(text: str, table: Table) -> str:
    def said(found: re.Match[str]) -> str:
        low, high = (float(re.sub(r"\D", "", number)) for number in (found[1], found[4]))
        if low < high or "–" in found[3]:
            return f"{found[1]}{found[2]} {table.to} {found[4]}"
        return f"{found[1]} {table.minus} {found[4]}" if found[3] == " - " else found[0]

    unit = r"(?: ?[°%])?"
    return re.sub(rf"({NUMBER})({unit})( ?– ?| - |-)(\d+(?:[.,]\d+)*)(?![\w-]|\.\d)", said, text)


def _powers(text: str, table: Table) -> str:
    def said(found: re.Match[str]) -> str:
        raised = found[1].translate(_RAISED)
        plain = {"2": table.squared, "3": table.cubed}.get(raised)
        return f" {plain}" if plain else f" {table.power} {raised.replace('-', f'{table.minus} ')}"

    text = re.sub(r"(?<=[\w)])\^(\d+)(?!\w)", said, text)
    return re.sub(r"(?<=[\w)])([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", said, text)


def _units(text: str, table: Table) -> str:
    def said(found: re.Match[str]) -> str:
        number, space, unit = found[1], found[2], found[3]
        if not space and unit in {"m", "s"}:  # "5m people", "two 5s"
            return found[0]
        one, many = table.units[unit]
        alone = number == "1" and not re.search(r"\d $", text[max(0, found.start() - 2) : found.start()])
        return f"{number} {one if alone else many}{_per(found[4], table)}"

    return _compiled(rf"({NUMBER})([ \u00a0]?)({_any(table.units)})(?:/([^\W\d_]+))?(?![\w²³/%°])").sub(said, text)


def _multiples(text: str, table: Table) -> str:
    text = re.sub(r"(?<![\w.,])(\d+)[x×](\d+)(?!\w)", rf"\1 {table.by} \2", text)
    text = re.sub(rf"({NUMBER})[x×](?!\w)", rf"\1 {table.times}", text)
    short = [key for key in table.magnitudes if re.fullmatch(r"[kKMB]|[bmt]n", key)]
    if not short:
        return text
    # A screen is 4K, a room may be 5B.
    pattern = rf"(?<![\w.,])(?!\b[48]K|\d+B(?! [a-z]))({NUMBER})({_any(short)})(\+?)(?![\w/-])"
    return _compiled(pattern).sub(
        lambda found: f"{found[1]} {table.magnitudes[found[2]]}{' ' + table.symbols['+'] if found[3] else ''}", text
    )


def _fractions(text: str, table: Table) -> str:
    for sign, plain in _VULGAR.items():
        text = re.sub(rf"(?<=\d) ?{sign}", f" {table.symbols['&']} {plain}", text).replace(sign, f" {plain} ")
    pattern = rf"(?<![\w/.,-])({_any(table.fractions)})(?![\w/-]|[.,]\d)"
    return _compiled(pattern).sub(lambda found: table.fractions[found[1]], text)


def _years(text: str, table: Table) -> str:
    if not table.year_after:
        return text
    year = r"(1[6-9]\d\d|20\d\d)"

    def said(found: re.Match[str]) -> str:
        return found[1] + _words(int(found[2]), table, year=True)

    def both(found: re.Match[str]) -> str:
        first, last = int(found[1]), int(found[2])
        if first >= last:
            return found[0]
        return f"{_words(first, table, year=True)} {table.to} {_words(last, table, year=True)}"

    months = "|".join(table.months)
    text = _compiled(rf"\b{year} {table.to} {year}(?![\w%]|[.,]\d)").sub(both, text)
    text = _compiled(rf"\b((?:{months})(?: \d{{1,2}}(?:st|nd|rd|th)?,?)? |\bQ[1-4] ){year}(?![\w%]|[.,]\d)").sub(
        said, text
    )
    text = _compiled(rf"(\(){year}(?=\))").sub(said, text)
    follows = rf"(?=$|[;:!?)\]\"]|[.,](?!\d)| {table.year_before})"
    return _compiled(rf"\b((?i:{_any(table.year_after)})[ -]){year}{follows}(?!\w)").sub(said, text)


def _telephone(text: str, table: Table) -> str:
    def said(found: re.Match[str]) -> str:
        groups = re.findall(r"\d+", found[0])
        return (f"{table.symbols['+']} " if found[0].startswith("+") else "") + ", ".join(" ".join(g) for g in groups)

    number = r"\+\d{1,3}(?:[ -]?\(?\d{2,4}\)?){2,5}|\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4}"
    return re.sub(rf"(?<![\w.+-])(?:{number})(?![\w-])", said, text)


def _signs(text: str, table: Table) -> str:
    text = re.sub(r"−(?= ?\d)|(?<![^\s(])-(?=\d)", f"{table.minus} ", text).replace("−", "-")
    text = re.sub(r"[~∼]\s?(?=\d)", f"{table.about} ", text)
    text = re.sub(r"(?<!\w)#(?=\d)", f"{table.number} ", text)
    text = re.sub(r"\bv(?=\d+\.\d)", f"{table.version} ", text)
    rates = [unit for unit in table.units if "/" in unit]
    bare = rf"(?<![\w/])({_any(rates)})(?![\w/²])"
    text = _compiled(bare).sub(lambda found: table.units[found[1]][1], text)
    text = re.sub(r"(?<=\d)\s?\*\s?(?=\d)", f" {table.times} ", text)
    text = re.sub(r"(?<=\w)(?:/\+|\s\+\s)(?=\w)|(?<=\d)\+(?!\+)|(?<![\w+])\+(?=\d)", f" {table.symbols['+']} ", text)
    text = re.sub(r"(?<!-)-+>|=>|⟶|➔|➜", " → ", text)
    text = re.sub(r"<=", " ≤ ", re.sub(r">=", " ≥ ", text))
    text = re.sub(r"(?<=\s)([<>])(?=\s)|([<>])(?=\s?\d)", lambda found: f" {table.symbols[found[0]]} ", text)
    text = re.sub(r"\s*={1,3}\s*", f" {table.symbols['=']} ", text) if re.search(r"\w\s*={1,3}\s*\w", text) else text
    for sign, word in table.symbols.items():
        if sign not in "+<>=":
            text = text.replace(sign, f" {word} ")
    return text


RULES: tuple[Rule, ...] = (
    *(_abbreviations, _numerals, _clock, _telephone, _money, _decades, _ranges, _units, _powers),
    *(_multiples, _fractions, _years, _signs),
)


def _words(number: int, table: Table, *, year: bool = False) -> str:
    from num2words import num2words

    return str(num2words(number, lang=table.code, to="year" if year else "cardinal"))
