"""Spanish: ordinals, centuries, kings, hours, and numbers in their gender, in words. Each rule is pure."""

# ruff: noqa: E501 — patterns and pairs are read as running text

from __future__ import annotations

import re

from narrowcast.tts.spoken.roman import ROMAN, value

_ORDINALS = ("primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "séptimo", "octavo", "noveno", "décimo",
             "undécimo", "duodécimo")  # fmt: skip
_QUEENS = "Isabel|María|Catalina|Cristina|Margarita|Juana|Victoria|Ana"
_KINGS = (
    "Alfonso|Felipe|Carlos|Fernando|Juan|Jaime|Pedro|Enrique|Sancho|Ramiro|Luis|Napoleón|Francisco|Jorge|Eduardo|"
    "Guillermo|Ricardo|Jacobo|Nicolás|Alejandro|Pío|León|Benedicto|Inocencio|Clemente|Gregorio|Urbano|Pablo|Ramsés|"
    "Darío|Leopoldo|Federico|Otón|Amadeo|Maximiliano|Constantino|Teodosio|Moctezuma|Abderramán|Ordoño|Bermudo|García|"
    "Alberto|Manuel|Gustavo|Harald|Olaf"
)
_AFTER_FEMININE = "Guerra|República|Edición|Feria|Bienal|Cumbre|Internacional|Jornada|Conferencia|Dinastía"
_AFTER_MASCULINE = "Congreso|Concurso|Encuentro|Festival|Foro|Reich|Plan|Premio|Imperio|Milenio|Concilio"
_PLURAL_FEMININE = r"(?!(?:días|mapas|planetas|poetas|atletas|pijamas|sofás|papás|ideogramas|gramas)\b)(?:[^\W\d_]+(?:(?<!ist)(?<!em)(?<!om)(?<!ram)as|ciones|siones|dades|tades)|mujeres|veces|manos|naves|calles|noches|clases|llaves|leyes|voces)"
_ONE_FEMININE = "hora|libra|tonelada|página|semana|persona|mujer|vez|noche"
_ONE_MASCULINE = (
    "euros?|dólar(?:es)?|pesos?|yen(?:es)?|metros?|kilómetros?|centímetros?|milímetros?|gramos?|kilogramos?|kilos?|litros?|grados?|"
    "minutos?|segundos?|días?|mes(?:es)?|años?|siglos?|céntimos?|millón|millones|kilobytes?|megabytes?|gigabytes?|países|niños?|hombres?"
)  # fmt: skip
_GROUPED = r"\d{1,3}(?:\.\d{3})+|\d{1,6}"


def groups(text: str) -> str:
    """Spaces between groups of three digits, as the Academy writes them, become points; not in telephone numbers."""
    return re.sub(
        r"(?<![\d.,+-])(?<!\d )(?<![Tt]el\. )(?<![Tt]eléfono )(?<!al )([1-9]\d{0,2})((?: \d{3})+)(?![\d.]| \d)",
        lambda found: found[1] + found[2].replace(" ", "."), text,
    )  # fmt: skip


def centuries(text: str) -> str:
    """«siglos XVI y XVII» → «siglos dieciséis y diecisiete»; up to ten they are ordinals: «siglo quinto»."""
    text = re.sub(rf"\bs\. (?={ROMAN}\b)", "siglo ", re.sub(rf"\bss\. (?={ROMAN}\b)", "siglos ", text))
    many = rf"\b([Ss]iglos? )({ROMAN}(?:(?:, | y | e | o | u | al | a | - |[-–]){ROMAN})*)(?![\w'])"
    return re.sub(many, lambda found: found[1] + re.sub(rf"\b{ROMAN}\b", _century, found[2]), text)


def kings(text: str) -> str:
    """«Felipe II» → «Felipe segundo», «Isabel II» → «Isabel segunda», «Alfonso XIII» → «Alfonso trece»,
    «II Guerra Mundial» → «Segunda Guerra Mundial»."""
    text = re.sub(rf"\b({_QUEENS}) ({ROMAN})\b(?!')", lambda found: f"{found[1]} {_ruler(found[2], 'a')}", text)
    text = re.sub(rf"\b({_KINGS}) ({ROMAN})\b(?!')", lambda found: f"{found[1]} {_ruler(found[2], 'o')}", text)
    text = re.sub(
        rf"\b({ROMAN}) (?=(?:{_AFTER_FEMININE})\b)", lambda found: f"{_ruler(found[1], 'a').capitalize()} ", text
    )
    return re.sub(
        rf"\b({ROMAN}) (?=(?:{_AFTER_MASCULINE})\b)",
        lambda found: f"{_short(_ruler(found[1], 'o')).capitalize()} ", text,
    )  # fmt: skip


def ordinals(text: str) -> str:
    """«1.º», «2.ª», «3.er» in words up to twelve."""

    def said(found: re.Match[str]) -> str:
        number, mark = int(found[1]), found[2]
        if not 1 <= number <= len(_ORDINALS):
            return found[0]
        word = _ORDINALS[number - 1]
        if mark == "er":
            return _short(word) if number in {1, 3} else found[0]
        return word[:-1] + "a" if mark == "ª" else word

    return re.sub(r"(?<![\w.,])(\d{1,2})\.? ?(º|ª|er)(?!\w)(?! ?[CF]\b)", said, text)


def hours(text: str) -> str:
    """«a las 8:00» → «a las 8», «17.30 h» → «17:30 horas», «la 1:00» → «la una»."""
    text = re.sub(
        r"(?<![\w:.,])([01]?\d|2[0-3])[.:]([0-5]\d) ?h(?:s|rs|oras)?\b(?:\.(?= [a-zñ]))?", r"\1:\2 horas", text
    )
    text = re.sub(r"\b([Ll]as? )(\d{1,2}):00(?: horas)?(?![\w:])", r"\1\2", text)
    text = re.sub(r"(?<![\w:.,])(\d{1,2}):00(?: horas)?(?![\w:])", r"\1 horas", text)
    return re.sub(r"\b([Ll]a )1(?=[:\s.,;!?]|$)(?!\d|[.,:]\d)", r"\1una", text)


def agreement(text: str) -> str:
    """«1 euro» → «un euro», «21 horas» → «veintiuna horas», «200 personas» → «doscientas personas»."""
    from num2words import num2words

    def feminine(found: re.Match[str]) -> str:
        number = _number(found[1])
        hundreds = any(part >= 200 for part in (number % 1000, number // 1000))
        if not number or not (hundreds or _ends_in_one(number)):
            return found[0]
        words = str(num2words(number, lang="es")).replace("cientos", "cientas").replace("quinientos", "quinientas")
        return re.sub(r"uno$", "una", words)

    def masculine(found: re.Match[str]) -> str:
        number = _number(found[1])
        if not number or not _ends_in_one(number):
            return found[0]
        words = str(num2words(number, lang="es"))
        return re.sub(r"uno$", "un", re.sub(r"veintiuno$", "veintiún", words))

    text = re.sub(rf"(?<![\w.,:/+-])(?<!\d )({_GROUPED})(?= (?:{_ONE_MASCULINE})\b)", masculine, text)
    return re.sub(rf"(?<![\w.,:/+-])(?<!\d )({_GROUPED})(?= (?:{_ONE_FEMININE}|{_PLURAL_FEMININE})\b)", feminine, text)


def _number(figures: str) -> int:
    """0 for what is not read as a plain number below a million: those never change."""
    number = int(figures.replace(".", ""))
    return 0 if figures.startswith("0") or number >= 1_000_000 else number


def _ends_in_one(number: int) -> bool:
    return number % 10 == 1 and number % 100 != 11


def _century(found: re.Match[str]) -> str:
    return _ruler(found[0], "o")


def _ruler(numeral: str, gender: str) -> str:
    from num2words import num2words

    number = value(numeral)
    if 1 <= number <= 10:
        return _ORDINALS[number - 1][:-1] + gender
    return str(num2words(number, lang="es"))


def _short(ordinal: str) -> str:
    return ordinal[:-1] if ordinal in {"primero", "tercero"} else ordinal


RULES = (groups, centuries, kings, ordinals, hours, agreement)
