"""Spanish: the question that a sentence answers. Every rule builds on a shape that can be told without a parser, keeps
the source's own words and their order, and gives up where it is not sure.
"""

# ruff: noqa: SIM905, E501 — word classes and patterns are read as running text, not as columns of strings

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from narrowcast.writers.extractive.lexicon import Lexicon

_WORD = r"[^\W\d_][\w-]*"
_SUBJECT = rf"((?:(?:El|La|Los|Las|Un|Una|Unos|Unas|Cada) )?{_WORD}(?: {_WORD}){{0,6}}?)"
_NOT_WITHIN = frozenset(
    "que quien quienes donde cual cuales se no él ella ellos ellas yo tú nosotros usted ustedes ello esto eso este esta estos estas ese esa esos "
    "esas aquel aquella su sus lo le les me te nos pero pues si cuando mientras como es son era eran fue está están ha han había ni más muy también tampoco aún "
    "ya luego después mismo misma mi mis nuestro nuestra nuestros nuestras otro otra otros otras siguiente siguientes anterior anteriores tal tales "
    "por para con sin sobre según hacia desde durante tras antes contra entre todo toda todos todas así solo sólo sola último última segundo segunda "
    "tercer tercero tercera puede pueden debe deben hace hacen primero primera primer cuyo cuya dicho dicha".split()
)
_VAGUE = frozenset(
    "cosa cosas caso hecho punto parte resto fin idea manera forma ejemplo día año tiempo momento mitad mayoría resultado primero primera número "
    "gente mundo diferencia excepción decena docena veintena centenar paso importante esencial tema problema verdad razón respuesta".split()
)
_JUDGED = re.compile(
    r"(?:alternativa|operación|cuestión|solución|excepción|necesidad|error|límite|tarea|parte|paso|violación|fuerza|idea|forma|manera|modo|medio|problema|ejemplo|"
    r"cosa|placer|buena?|buen|gran|grande|pequeñ[oa]|sol[oa]|verdader[oa]|asunto|razón|ocasión|pérdida|éxito|fracaso|causa|consecuencia|prueba|información|"
    r"resultado|base|clave|mejor|peor|principal|primer[oa]?|segund[oa]|tercer[oa]?|últim[oa]|únic[oa]|mism[oa]|más|menos|que|de|del)s?"
)
"""A thing that is called one of these is not explained by it."""
_PEOPLE = re.compile(
    r"(?:hombre|mujer|rey|reina|hijo|hija|poeta|médic[oa]|monje|peregrino|sacerdote|alcalde|president[ea]|ministr[oa]|amig[oa]|niñ[oa]|persona|soldado|marinero|"
    r"campesin[oa]|sabi[oa]|juez|abogad[oa]|jefe|jefa|sant[oa]|\w+(?:dor|dora|tor|tora|ista|iano|iana|ero|era|ógrafo|ógrafa|ólogo|óloga|ante|ense))$"
)
_PLACES = re.compile(
    r"(?:ciudad|país|puerto|isla|capital|región|pueblo|aldea|río|montaña|estado|departamento|provincia|barrio|municipio)$"
)
_ABSTRACT = "objetivo|propósito|problema|ventaja|desventaja|inconveniente|papel|principio|reto|riesgo|peligro|secreto|interés|motivo|precio|efecto|defecto|mérito|razón|causa|dificultad|solución|consecuencia|regla|método|origen|condición|límite|función|tarea|misión|clave|finalidad|meta"
_COUNTED = "tipos|medios|modos|géneros|grupos|casos|principios|niveles|factores|clases|formas|razones|maneras|métodos|etapas|pasos|categorías|reglas|condiciones|fases|especies"
_NUMBERS = r"(?:dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|\d+)"
_MONTHS = "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
_LEANING = r"\b(?:est[aeo]s?|es[aeo]s?|aquel\w*|ello|él|ella|ellos|ellas|sus?|suy[oa]s?|le|les|nuestr[oa]s?|nos|usted|ustedes|tus?|te|me|mis?|lo|dich[oa]s?)\b"
_FINITE = (
    "es|son|era|eran|fue|fueron|está|están|estaba|estaban|ha|han|había|puede|pueden|debe|deben|permite|permiten|contiene|contienen|depende|dependen|"
    "viene|vienen|sigue|siguen|hace|hacen|sirve|sirven|da|dan|dio|cuesta|cuestan|tiene|tienen|tenía|representa|produce|ofrece|ofrecía|ocupa|comienza|"
    r"comenzó|aparece|apareció|exige|\w{3,}(?:aron|ieron|aban|ían|ará|arán|erá|erán|ó)"
)


def ask(sentence: str, lexicon: Lexicon) -> str | None:
    """The question that this sentence answers, none where no rule is sure of one."""
    if sentence.rstrip('"”’» ').endswith("?") or sentence[:1] in '"“‘«(¿¡—':
        return None
    for rule in _RULES:
        question = rule(sentence, lexicon)
        if question and len(question.split()) <= 20 and not re.search(r"[()\"“”«»:;]|\bsiguientes?\b", question):
            return question
    return None


def subject_topic(sentence: str, lexicon: Lexicon) -> str | None:
    """What the sentence is about, with its article; none where its subject is not short and plain."""
    found = re.match(rf"{_SUBJECT} (?:{_FINITE})\b", sentence)
    said = _plain(found[1], lexicon) if found else None
    if not said or len(said.split()) > 5 or re.match(r"(?:un|una|unos|unas|cada) ", said) or _vague(said):
        return None
    return None if re.search(r"\d", said) else said


def address(name: str, question: str) -> str:
    """The question with a name before it: «Sam, ¿cómo…?»."""
    if question.startswith("¿") and question[1:2].isalpha() and _ADDRESSABLE.match(question):
        return f"{name}, ¿{question[1].lower()}{question[2:]}"
    return question


def nouns(text: str) -> Counter[str]:
    """The plain nouns of a text with their article, «el río», by how often they stand there."""
    return Counter(
        f"{article.lower()} {noun}"
        for article, noun in _NOUN.findall(text)
        if noun not in _VAGUE and not noun.endswith(("ar", "er", "ir"))
    )


_ADDRESSABLE = re.compile(
    r"¿(?:Cómo|Por qué|Cuándo|Dónde|Cuánto|Cuánta|Cuántos|Cuántas|Qué|Quién|Cuál|Cuáles|De qué|Para qué|De dónde|Y|Puedes|Podemos|Con qué|Adónde)\b"
)
_NOUN = re.compile(
    r"\b([Ll]a|[Ee]l) ([a-zñáéíóúü-]{4,})(?=[,.;:!?]|\s(?:del?|es|era|está|ha|había|y|o|que|en|sobre|para|con|fue|al?|por|se)\b)"
)


def _plain(words: str, lexicon: Lexicon) -> str | None:
    """A subject as it is said within a question, its article small; none where it is not sure to be one."""
    parts = words.split()
    if any(part.lower() in _NOT_WITHIN or part.endswith("mente") for part in parts) or parts[-1].lower() in {
        "de",
        "del",
        "la",
        "el",
        "los",
        "las",
        "a",
        "al",
        "en",
        "y",
        "o",
    }:
        return None
    if re.match(r"(?:El|La|Los|Las|Un|Una|Unos|Unas|Cada) ", words):
        return words[:1].lower() + words[1:]
    if len(parts) > 3 or not all(part[:1].isupper() for part in parts):
        return None
    return words if lexicon.capital[parts[0]] and not lexicon.lower[parts[0].lower()] else None


def _vague(said: str) -> bool:
    return len(said.split()) == 2 and said.split()[1] in _VAGUE


def _indefinite(said: str) -> bool:
    return said.startswith(("un ", "una ", "unos ", "unas ", "cada "))


def _what_is(sentence: str, lexicon: Lexicon) -> str | None:
    found = re.match(rf"{_SUBJECT} (es|son) (una? |el |la |los |las |unos |unas )({_WORD})", sentence)
    said = _plain(found[1], lexicon) if found else None
    if not found or not said or _vague(said) or _JUDGED.fullmatch(found[4].lower()):
        return None
    head = said.split()[1] if re.match(r"(?:el|la|los|las|una?|unos|unas) ", said) else ""
    if head in _VAGUE or re.fullmatch(
        f"(?:{_ABSTRACT}|decena|docena|veintena|mejor|peor|principal|verdader[oa]|gran|únic[oa]|uso|utilización|alternativa|imagen)e?s?",
        head,
    ):
        return None
    if not head:
        if found[2] == "son" or len(said.split()) > 1 or _PLACES.fullmatch(found[4]):
            return None
        return f"¿Quién es {said}?" if _PEOPLE.fullmatch(found[4]) else f"¿Qué es {said}?"
    people = found[4].removesuffix("es" if found[4].endswith("res") else "s") if found[2] == "son" else found[4]
    if _PEOPLE.fullmatch(people) and not _indefinite(said):
        return f"¿Quién es {said}?" if found[2] == "es" else f"¿Quiénes son {said}?"
    return f"¿Qué {found[2]} {said}?"


def _which(sentence: str, _lexicon: Lexicon) -> str | None:
    """«El objetivo de X es…» → «¿Cuál es el objetivo de X?»"""
    found = re.match(
        rf"(El|La|Los|Las) ((?:principal(?:es)? |primer |primera |verdader[oa]s? |gran |únic[oa]s? )?(?:{_ABSTRACT})(?:e?s)?(?: principal(?:es)?)?"
        rf"(?: (?:del |de la |de los |de las |de ){_WORD}(?: {_WORD}){{0,2}}?)?) (es|son|era|eran) (?!no\b|pues\b|también\b)",
        sentence,
    )
    if not found or re.search(_LEANING, found[2]) or re.search(r"\bque\b", found[2]):
        return None
    return f"¿{'Cuál' if found[3] in {'es', 'era'} else 'Cuáles'} {found[3]} {found[1].lower()} {found[2]}?"


def _how_to(sentence: str, _lexicon: Lexicon) -> str | None:
    found = re.match(
        r"(?:A fin de|Con el fin de|Para) ((?!que\b|ser\b|estar\b|cada\b)[a-zñáéíóúü]+(?:ar|er|ir)(?:se)?\b [^,]{3,70}), "
        r"(?:hay que|es necesario|basta|conviene|se (?:necesita|puede|debe|usa|utiliza)|puedes|puede usted|debes|tienes que|necesitas|usa|utiliza|escribe|ejecuta)\b", sentence)  # fmt: skip
    if not found or re.search(_LEANING, re.sub(r"\btus\b", "", found[1])) or re.search(r"\bque\b", found[1]):
        return None
    said = (
        re.sub(r"\btus\b", "los", found[1])
        if not re.search(r"\btus \w+as\b", found[1])
        else re.sub(r"\btus\b", "las", found[1])
    )
    return f"¿Cómo se hace para {said}?"


def _why(sentence: str, lexicon: Lexicon) -> str | None:
    before, found, _ = sentence.partition(" porque ")
    if (
        not found
        or re.search(r"[,;:«]", before)
        or len(before.split()) > 12
        or re.search(r"\b(?:no|simplemente|sobre todo|solo|sólo)$", before)
    ):
        return None
    parts = re.match(rf"{_SUBJECT} (?:no )?(?:{_FINITE})\b", before)
    said = _plain(parts[1], lexicon) if parts else None
    if not parts or not said or re.search(_LEANING, before):
        return None
    return f"¿Por qué {said}{before[len(parts[1]) :]}?"


def _when(sentence: str, lexicon: Lexicon) -> str | None:
    found = re.match(
        rf"{_SUBJECT} (se (?:fundó|creó|inventó|publicó|construyó|inauguró|abrió|descubrió|abolió|terminó|lanzó|firmó)|fue (?:fundad|cread|inventad|publicad|construid|"
        rf"inaugurad|abiert|descubiert|abolid|terminad|lanzad|firmad)[oa]|nació|abrió)(?: en [A-ZÁÉÍÓÚ]\w+)? en (?:(?:{_MONTHS}) de )?(?:1\d{{3}}|20\d\d)\b", sentence)  # fmt: skip
    said = _plain(found[1], lexicon) if found else None
    return f"¿Cuándo {found[2]} {said}?" if found and said and not _indefinite(said) else None


def _year(sentence: str, _lexicon: Lexicon) -> str | None:
    found = re.match(rf"En ((?:(?:{_MONTHS}) de )?(?:1\d{{3}}|20\d\d)), ", sentence)
    if not found or re.search(r"\b\w{2,}(?:ará|arán|erá|erán|irá|irán|brá|drá|brán|drán)\b", sentence):
        return None
    past = re.search(r"\b\w{2,}(?:ó|aron|ieron|eron)\b|\b(?:fue|hizo|vino|dijo|tuvo|puso|dio|murió)\b", sentence)
    return (
        f"¿Qué pasó en {found[1]}?"
        if past and not re.search(r"\w(?:aba|aban|ía|ían)\b", sentence)
        else f"¿Y en {found[1]}?"
    )


def _if(sentence: str, _lexicon: Lexicon) -> str | None:
    found = re.match(r"Si ((?:el|la|los|las|una?)\b [^,]{6,70}), (?!y |o |pero )", sentence)
    if not found or re.search(_LEANING, found[1]) or "por ejemplo" in found[1]:
        return None
    return f"¿Y si {found[1]}?"


def _which_kinds(sentence: str, _lexicon: Lexicon) -> str | None:
    found = re.match(
        rf"(?:Existen|Hay) ({_NUMBERS}) (?:grandes |principales )?({_COUNTED}) (de|para) ([^,.;:]{{3,50}})[.,;:]",
        sentence,
    )
    if not found or re.search(_LEANING + r"|\bque\b|\w[aei]r(?:lo|la|los|las|se)\b", found[4]):
        return None
    feminine = re.fullmatch(
        "clases|formas|razones|maneras|etapas|categorías|reglas|condiciones|fases|especies", found[2]
    )
    return f"¿Cuáles son {'las' if feminine else 'los'} {found[1]} {found[2]} {found[3]} {found[4].strip()}?"


def _how_many(sentence: str, lexicon: Lexicon) -> str | None:
    found = re.match(
        rf"{_SUBJECT} (tiene|tienen|tenía|tenían|posee|poseía|emplea|empleaba|contaba con|cuenta con|albergaba|alberga) (?:unos |unas |más de |cerca de |casi |ya |al menos )?"
        rf"(?:{_NUMBERS}|\d[\d .]*)(?: mil| millones)? (?:de )?([a-zñáéíóúü]{{3,}}[aoe]s)\b", sentence)  # fmt: skip
    said = _plain(found[1], lexicon) if found else None
    if not found or not said or _indefinite(said):
        return None
    masculine_a = re.match(r"(?:días|problemas|programas|sistemas|mapas|idiomas|planetas|temas)$", found[3])
    many = (
        "Cuántas"
        if re.search(r"(?:as|ciones|dades|mujeres|naves|calles|veces)$", found[3]) and not masculine_a
        else "Cuántos"
    )
    verb, _, link = found[2].partition(" ")
    return f"¿{'Con ' + many.lower() if link else many} {found[3]} {verb} {said}?"


def _what_does(sentence: str, lexicon: Lexicon) -> str | None:
    for verbs, asked in _DOES:
        found = re.match(rf"{_SUBJECT} ({verbs}) (?!que\b|así\b|también\b|pues\b)", sentence)
        said = _plain(found[1], lexicon) if found else None
        if found and said and not _indefinite(said) and not _vague(said):
            verb = re.sub(r" (?:del?|para|con)$", "", found[2])
            return asked.format(verb=verb, said=said, serves="sirven" if said.startswith(("los ", "las ")) else "sirve")
    return None


def _what_must(sentence: str, lexicon: Lexicon) -> str | None:
    found = re.match(
        rf"{_SUBJECT} (debe|deben) ((?!ser|estar|haber)[a-zñáéíóúü]+(?:ar|er|ir)) (?:el|la|los|las|una?|unos|unas|al menos)\b",
        sentence,
    )
    said = _plain(found[1], lexicon) if found else None
    return f"¿Qué {found[2]} {found[3]} {said}?" if found and said and not _indefinite(said) else None


_DOES: tuple[tuple[str, str], ...] = (
    (r"(?:permite|permiten)|(?:sirve|sirven) para", "¿Para qué {serves} {said}?"),
    (r"(?:depende|dependen) del?", "¿De qué {verb} {said}?"),
    (r"se (?:compone|componen) del?", "¿De qué {verb} {said}?"),
    (r"(?:proviene|provienen|procede|proceden|viene|vienen) del?", "¿De dónde {verb} {said}?"),
    (r"cuesta|cuestan|costaba|pesa|pesan|pesaba", "¿Cuánto {verb} {said}?"),
    (r"(?:dura|duran|duró|duraba)(?= (?:unos |unas |cerca de |casi |más de )?(?:\d|una?\b|dos|tres|cuatro|cinco|seis|diez))", "¿Cuánto {verb} {said}?"),
    (r"contiene|contienen|significa|significan|exige|exigen|ofrece|ofrecen|produce|proporciona|incluye", "¿Qué {verb} {said}?"),
)  # fmt: skip
_RULES: tuple[Callable[[str, Lexicon], str | None], ...] = (
    _why, _how_to, _if, _when, _year, _which_kinds, _how_many, _which, _what_is, _what_does, _what_must,
)  # fmt: skip
