"""Spanish headings as one says them: with their article, or turned into the question that they raise."""

# ruff: noqa: SIM905, E501 — word classes and patterns are read as running text, not as columns of strings

from __future__ import annotations

import re
from collections.abc import Sequence

from narrowcast.writers.extractive.lexicon import Lexicon

_BORING = frozenset(
    "introducción sumario resumen contexto conclusión conclusiones prefacio prólogo epílogo notas nota generalidades general detalles "
    "discusión resultados motivación alcance objetivo ejemplos ejemplo varios otros bases faq consejos perspectivas observaciones "
    "presentación anexo anexos apéndice índice contenido contenidos bibliografía glosario".split()
)
_ASKING = re.compile(
    r"¿?(?:cómo|por qué|dónde|adónde|cuándo|cuánt[oa]s?|quién|quiénes|qué|cuál|cuáles)\b", re.IGNORECASE
)
_DETERMINED = re.compile(
    r"(?:el|la|los|las|unos?|unas?|nuestr[oa]s?|cada|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|vari[oa]s|algun[oa]s)\b",
    re.IGNORECASE,
)
_NOT_FIRST = re.compile(
    r"(?:del?|al?|en|sobre|bajo|para|por|con|sin|hacia|entre|desde|después|tras|antes|si|y|o|pero|no|est[aeo]s?|es[aeo]s?|lo|él|ellas?|ellos|yo|tú|"
    r"su|sus|mi|mis|tu|tus|todo|toda|todos|todas|más|menos|otr[oa]s?|que|quien|cuando|donde|como|según|ver|véase|se)\b",
    re.IGNORECASE,
)
_NOUNS_LIKE_VERBS = frozenset(
    "mar lugar hogar azúcar bar par altar collar militar familiar popular particular pilar lunar solar escolar similar singular ejemplar dólar radar "
    "mujer alquiler taller poder ayer placer deber ser amanecer atardecer líder póster porvenir elixir martir mártir nácar celular titular auxiliar".split()
)
_FEMININE = re.compile(r"(?:ción|sión|xión|dad|tad|tud|umbre|eza|anza|encia|ancia|ura|ía|ista|gión|triz|itis|a)$")
_MASCULINE_A = frozenset(
    "día mapa problema programa sistema tema idioma planeta poema dilema diagrama clima esquema teorema síntoma drama fantasma cometa "
    "panorama crucigrama telegrama lema emblema enigma aroma axioma diploma pirata poeta atleta".split()
)
_MASCULINE = re.compile(r"(?:o|aje|or|ón|miento|ismo|al|el|il|ador|ete|ate|que|és|us)$")
_STRESSED_A = frozenset("agua aula área arma alma águila hambre ala ancla acta habla hacha alga".split())


def topic(heading: str, lexicon: Lexicon) -> str | None:
    """The heading with its article, or as a clause; none for headings that say nothing or would not be grammatical."""
    heading = re.sub(r"\s*\([^()]*\)$", "", heading).strip()
    before, colon, after = heading.partition(": ")
    heading = (after if len(before.split()) <= 2 else before) if colon else heading
    words = heading.split()
    if not words or len(words) > 10 or heading[-1] in ".?!:" or re.search(r"[/_=<>\\{}()\[\]|«»“”\"0-9;¿¡]", heading):
        return None
    if all(
        word.lower().strip(",") in _BORING | {"y", "el", "la", "los", "las", "de", "del", "un", "una"} for word in words
    ):
        return None
    if _ASKING.match(heading):
        return _first_small(heading) if len(words) > 2 and words[1] not in {"y", "o"} else None
    if re.match(r"lo que\b", heading, re.IGNORECASE) or _is_infinitive(words, lexicon):
        return _first_small(heading)
    if _DETERMINED.match(heading):
        return _first_small(_lowered_rest(heading, lexicon)) if not _has_verb(words) else None
    if _NOT_FIRST.match(heading) or _has_verb(words):
        return None
    return _with_article(heading, lexicon)


def is_clause(said: str) -> bool:
    """Whether a topic is a clause or an action rather than a thing."""
    return bool(_ASKING.match(said) or said.startswith("lo que ")) or _looks_infinitive(
        said.split(maxsplit=1)[0].lower()
    )


def heading_question(heading: str, _lexicon: Lexicon) -> str | None:
    """The question that a heading asks, «Por qué volvió el café» → «¿Por qué volvió el café?»: the order stays."""
    heading = heading.strip()
    bare = heading.strip("¿?")
    words = bare.split()
    if not 2 <= len(words) <= 12 or re.search(r"[/_=<>\\{}()\[\]|«»“”\":;,¿?]", bare):
        return None
    if not _ASKING.match(bare) or not bare[-1].isalnum() or re.search(r"\b(?:tu|tus|usted|su|sus|te)\b", bare):
        return None
    if words[-1].lower() in {"no", "qué", "cómo", "cuándo", "así"} or (
        len(words) < 3 and words[0].lower() in {"por", "cómo"}
    ):
        return None
    return f"¿{bare[:1].upper()}{bare[1:]}?"


def listed(things: Sequence[str]) -> str:
    """«a, b y c», with «e» before the sound of an i."""
    if len(things) < 2:
        return things[0]
    last = things[-1]
    joiner = "e" if re.match(r"(?:i|hi(?!e))", last, re.IGNORECASE) else "y"
    return f"{', '.join(things[:-1])} {joiner} {last}"


def small(title: str) -> str:
    """A title as it stands after «y»: its article small."""
    words = title.split()
    plain = len(words) > 1 and words[0][1:].islower() and words[1][:1].islower()
    return _first_small(title) if _DETERMINED.match(title) or plain else title


def _first_small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _lowered_rest(heading: str, lexicon: Lexicon) -> str:
    first, gap, rest = heading.partition(" ")
    return first + gap + " ".join(lexicon.lowered(word) for word in rest.split(" "))


def _is_infinitive(words: Sequence[str], lexicon: Lexicon) -> bool:
    first = words[0].lower()
    if not _looks_infinitive(first) or len(words) < 2 or words[1][:1].isupper():
        return False
    return not re.search(rf"\b(?:el|un|del|los|este) {re.escape(first)}\b", lexicon.text)


def _looks_infinitive(word: str) -> bool:
    return (
        bool(re.fullmatch(r"[a-zñáéíóúü]{2,}[aeií]r(?:se|lo|la|los|las)?", word))
        and word not in _NOUNS_LIKE_VERBS
        and not word.endswith(("lar", "dor"))
    )


_VERBS = re.compile(
    r"(?:es|son|era|eran|fue|fueron|será|serán|está|están|ha|han|había|hay|puede|pueden|debe|deben|va|van|hace|hacen|hizo|viene|vienen|vino|dice|dijo|tiene|tienen|"
    r"queda|quedan|sirve|sirven|funciona|funcionan|cuesta|cuestan|cambia|cambió|\w{3,}(?:ó|aron|ieron|aban|ían|arán|erán|irán))"
)


def _has_verb(words: Sequence[str]) -> bool:
    return any(_VERBS.fullmatch(word.lower().strip(",")) for word in words[1:])


def _with_article(heading: str, lexicon: Lexicon) -> str | None:
    words = heading.split()
    first = words[0].lower()
    if (
        words[0][1:].isupper()
        or not re.fullmatch(r"[a-zñáéíóúü-]+", first)
        or re.search(r"\b(?:and|the|of|to|for|with|from|in)\b", heading)
    ):
        return None
    if first.endswith(("ndo", "ndose")) or re.search(r"[áéí]\w*l[aoe]s?\b", heading):
        return None
    named = (
        not re.match(r"(?:del?|y|e)\b", words[1] if len(words) > 1 else "")
        and lexicon.capital[words[0]] > lexicon.lower[first]
    )
    if named or (len(words) > 1 and words[1][:1].isupper() and not lexicon.lower[first]):
        return heading if named and len(words) <= 3 and not re.search(r"\b(?:y|del?)\b", heading) else None
    article = _article(first, lexicon)
    return f"{article} {_first_small(_lowered_rest(heading, lexicon))}" if article else None


def _article(noun: str, lexicon: Lexicon) -> str | None:
    said = {
        article: len(re.findall(rf"\b(?:{forms}) {re.escape(noun)}\b", lexicon.text))
        for article, forms in (("el", "el|un|del|al"), ("la", "la|una"), ("los", "los|unos"), ("las", "las|unas"))
    }
    best = max(said, key=said.__getitem__)
    if said[best]:
        return best
    if noun.endswith("s") and not noun.endswith(("is", "us", "és")):
        one = (
            noun[:-2]
            if noun.endswith(
                ("ciones", "siones", "dades", "tades", "ores", "ajes", "ales", "eles", "iles", "enes", "ones")
            )
            else noun[:-1]
        )
        one = re.sub("cion$", "ción", re.sub("sion$", "sión", one))
        return (
            None
            if one.endswith("e")
            else "las"
            if _is_feminine(one)
            else "los"
            if _MASCULINE.search(one) or one in _MASCULINE_A
            else None
        )
    return (
        "el"
        if noun in _STRESSED_A
        else "la"
        if _is_feminine(noun)
        else "el"
        if noun in _MASCULINE_A or _MASCULINE.search(noun)
        else None
    )


def _is_feminine(noun: str) -> bool:
    return bool(_FEMININE.search(noun)) and noun not in _MASCULINE_A and not noun.endswith("ista")
