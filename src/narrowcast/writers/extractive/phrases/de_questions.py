"""German: the question that a sentence answers.

A German question is the sentence with its verb put first, and a subordinate clause keeps its order: so most questions
are the document's own words moved. What is not sure to be the subject, or speaks to somebody, is left alone.
"""

# ruff: noqa: SIM905, E501 — word classes and patterns are read as running text, not as columns of strings

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from narrowcast.writers.extractive.languages.de_words import (
    AUXILIARIES,
    BACK,
    DETERMINERS,
    MODALS,
    VERBS,
    is_past,
)
from narrowcast.writers.extractive.lexicon import Lexicon

_NOUN = r"[A-ZÄÖÜ][\wé’-]*"
_GENITIVE = rf"(?: (?:des|der) (?:[a-zäöüß]+ )?{_NOUN}| von {_NOUN}(?: {_NOUN})?| in (?:{_NOUN}))?"
_SUBJECT = re.compile(
    rf"(?:(?P<det>Der|Die|Das|Ein|Eine|Jeder|Jede|Jedes|Alle|Viele|Einige|Manche|Mehrere|Beide) (?:[a-zäöüß]+(?:e|er|es|en) ){{0,2}}{_NOUN}{_GENITIVE}"
    rf"|(?P<bare>{_NOUN}(?: {_NOUN}){{0,2}}))"
)
_TWO_NOUNS = re.compile(rf"{_NOUN} {_NOUN}")
_ADVERBS = frozenset(
    "heute gestern morgen früher später oft manchmal meist meistens dort hier nun jetzt damals einst insgesamt allein "
    "tatsächlich natürlich vielleicht leider nachts tags abends morgens mittags jährlich täglich niemand nichts alles "
    "jemand man wer was zwei drei vier fünf sechs sieben acht neun zehn etwa rund fast mehr weniger zuerst zunächst "
    "bald erst schon noch nur selbst sogar gerade genau wenig viel nie immer bereits seit nach vor in im am auf bei mit "
    "ohne für gegen durch unter über um zu zum zur von vom aus an als wenn weil da dass ob wie so und aber oder doch "
    "denn deshalb daher also dann danach trotz wegen während statt anders dank laut pro je jahrelang jahrhundertelang "
    "unten oben links rechts draußen drinnen überall nirgends irgendwann endlich schließlich anfangs ursprünglich "
    "normalerweise üblicherweise gewöhnlich allgemein grundsätzlich technisch historisch erstaunlich bitte "
    "sobald bevor nachdem obwohl falls sofern solange bis seitdem ich du er sie es wir ihr wo wann warum welche".split()
)
_APPROX = r"(?:(?:mehr als|weniger als|über|rund|etwa|ungefähr|fast|knapp|gut|nur|mindestens|höchstens|bis zu) )?"
_COUNT = r"(?:\d[\d.,]*|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|dreißig|vierzig|fünfzig|hundert|tausend)(?: Millionen| Milliarden| Tausend)?"
_UNITS = "Prozent|Meter|Kilometer|Zentimeter|Millimeter|Grad|Euro|Dollar|Mark|Franken|Cent|Kilo|Kilogramm|Gramm|Tonnen|Liter|Jahre|Monate|Wochen|Tage|Stunden|Minuten|Sekunden|Uhr|Quadratmeter|Quadratkilometer|Hektar|Mal|Drittel|Viertel|Fünftel|Meilen|Pfund|Seiten|Prozentpunkte"
_PARTICLES = frozenset(
    "ab an auf aus bei dar ein fest fort her hin los mit nach vor weg zu zurück zusammen um durch über unter wieder bereit statt teil "
    "voraus hervor heraus hinaus zurecht herunter hinunter hinzu herbei fern frei klar".split()
)
_PERSONS = r"\w+(?:er|or|eur|ist|mann|frau|könig|kaiser|in|pionier|arzt|mönch|graf|fürst|prinz|papst)"
_YEAR = r"(?:1[1-9]\d\d|20\d\d)"
_WHEN = rf"(?:im (?:Jahre? |Januar |Februar |März |April |Mai |Juni |Juli |August |September |Oktober |November |Dezember |Frühjahr |Sommer |Herbst |Winter )(?:des Jahres )?)?{_YEAR}"


def subject(sentence: str, lexicon: Lexicon) -> tuple[str, str, str] | None:
    """Subject as inside a sentence, finite verb, and the rest: `der Hafen | wurde | 1820 eröffnet.`; none where not sure."""
    found = _SUBJECT.match(sentence)
    if not found:
        return None
    verb, _, rest = sentence[found.end() :].strip().partition(" ")
    if sentence[found.end() : found.end() + 1] != " " or (verb not in VERBS and not is_past(verb)):
        return None
    if found["det"] in {"Die", "Das"} and verb not in AUXILIARIES and re.match(r"(?:der|eine?|sich d\w\w)\b", rest):
        return None  # the thing may have come first, and who acts comes after the verb
    if re.match(r"(?:er|man|wir|ich|sie|es|du|Sie)\b", rest):
        return None
    said = found.group()
    first, _, following = said.partition(" ")
    if found["det"]:
        said = f"{first.lower()} {following}"
    elif not _is_name(first, following, lexicon):
        return None
    return None if BACK.search(said) else (said, verb, rest)


def _is_name(first: str, following: str, lexicon: Lexicon) -> bool:
    """Whether a word that begins a sentence is a noun or a name, and not an adverb or an adjective with its capital."""
    small = first.lower()
    if small in _ADVERBS or small in DETERMINERS or small in VERBS or lexicon.lower[small]:
        return False
    if lexicon.capital[first] or re.search(
        r"(?:ung|heit|keit|schaft|tion|tät|ismus|tum|nis|ling|chen)(?:en|s)?$", first
    ):
        return True
    return bool(following) and not re.search(r"(?:e|er|es|en|em|s|lich|ig|isch)$", first)


def ask(sentence: str, lexicon: Lexicon) -> str | None:
    """The question that this sentence answers, none where no rule is sure of one."""
    if (
        not sentence.rstrip('"”’“»').endswith((".", "!"))
        or sentence[:1] in '"“„»‘'
        or re.search(r"[()/_„“”\"]", sentence[:60])
    ):
        return None
    for rule in _RULES:
        question = rule(sentence, lexicon)
        if question and len(question.split()) <= 18 and not _UNASKED.search(question):
            return question
    return None


_UNASKED = re.compile(
    r"[(){}\"„“”/_;:]|\b(?:Beispiele?|Gr[uü]nde?|Probleme?|Ziele?|Folgen?|Ergebnis(?:se)?|Ideen?|Fragen?|Antwort(?:en)?|Unterschiede?|Dinge?|Sachen?|Fall|Fälle|Teile?|Rest|Punkte?|Aspekte?|Vorteile?|Nachteile?|Ausnahmen?|Möglichkeit(?:en)?|Wege?|Formen?|Arten?)\?|"
    r"\b(?:das|der|die) (?:Beispiel|Grund|Problem|Ergebnis|Folge|Unterschied|Idee|Rest|Antwort|Einzige|Beste|Wichtigste|Gleiche|Ganze|Anfang|Ende)\b"
)


def _clause(text: str) -> str:
    """The text up to its first comma or its end."""
    return re.split(r"[,.;:!–—]", text, maxsplit=1)[0].strip()


def _who(sentence: str, _lexicon: Lexicon) -> str | None:
    if found := re.match(
        rf"({_NOUN}(?: (?:von|van|de|der))? {_NOUN}), (?:ein|eine|der|die) [^,]{{3,80}}, (\w+)\b", sentence
    ):
        first = found[1].split()[0].lower()
        return f"Wer war {found[1]}?" if is_past(found[2]) and first not in _ADVERBS | DETERMINERS else None
    if found := re.match(rf"((?:Der|Die) (?:[a-zäöüß]+ )?{_PERSONS}) (war|ist) {_NOUN} {_NOUN}[,.]", sentence):
        return f"Wer {found[2]} {found[1][0].lower()}{found[1][1:]}?"
    if found := re.match(rf"({_NOUN} {_NOUN}) (war|ist) (?:ein|eine|der|die) (?:[a-zäöüß]+ )*{_PERSONS}\b", sentence):
        first = found[1].split()[0]
        return None if first.lower() in _ADVERBS | DETERMINERS else f"Wer {found[2]} {found[1]}?"
    return None


def _why(sentence: str, lexicon: Lexicon) -> str | None:
    before, found, _ = sentence.partition(", weil ")
    parts = subject(before, lexicon) if found else None
    if not parts or "," in before or BACK.search(parts[2]) or not 1 <= len(parts[2].split()) <= 11:
        return None
    return f"Warum {parts[1]} {parts[0]} {parts[2]}?"


def _how_to(sentence: str, _lexicon: Lexicon) -> str | None:
    found = re.match(r"Um ([^,]{3,70} (?:zu \w+|\w+zu\w+en)), (\w+) (\w+)", sentence)
    if not found or BACK.search(found[1]):
        return None
    if found[2] in {
        "muss",
        "müssen",
        "sollte",
        "sollten",
        "kann",
        "können",
        "braucht",
        "brauchen",
        "benötigt",
        "genügt",
        "reicht",
    } or found[3] in {"Sie", "man"}:
        return f"Was ist zu tun, um {found[1]}?"
    return None


def _what_if(sentence: str, _lexicon: Lexicon) -> str | None:
    found = re.match(r"(Wenn|Sobald|Falls|Als|Nachdem) ([^,]{8,90}), (?:so |dann )?(\w+) (\w+)", sentence)
    if not found or BACK.search(found[2]) or _UNFIT.search(found[2]) or len(found[2].split()) < _LEAST_CLAUSE:
        return None
    last, word, verb = found[2].split()[-1], found[1].lower(), found[3]
    if verb.lower() not in VERBS and not is_past(verb) and found[4] != "Sie":
        return None
    if found[1] in {"Als", "Nachdem"}:
        ends = is_past(last) or last in {"war", "waren", "hatte", "hatten", "wurde", "wurden"}
        return f"Was geschah, {word} {found[2]}?" if ends and is_past(verb) else None
    if (
        is_past(last)
        or (is_past(verb) and verb not in MODALS)
        or (last not in VERBS and not last.endswith(("t", "en")))
    ):
        return None
    if verb in MODALS or found[4] == "Sie" or verb in {"ist", "wäre", "reicht", "genügt"}:
        return f"Und {word} {found[2]}?"
    return f"Was passiert, {word} {found[2]}?"


_LEAST_CLAUSE = 3
_UNFIT = re.compile(r"\bman\b|beispielsweise|zum Beispiel|\b(?:das|die|der) (?![a-zäöüß]*e[nrs]? [A-ZÄÖÜ]|[A-ZÄÖÜ])")


def _when(sentence: str, lexicon: Lexicon) -> str | None:
    parts = subject(sentence, lexicon)
    if parts:
        clause = _clause(parts[2])
        found = re.match(rf"(?:erst |bereits |schon )?{_WHEN} ?(.*)", clause)
        if not found or not is_past(parts[1]) or parts[1] in {"war", "waren", "hatte", "hatten"} | MODALS:
            return None
        rest = found[1].strip()
        whole = parts[2].rstrip(".!") == clause
        if BACK.search(rest) or len(rest.split()) > 8 or (not whole and not re.search(r"[a-zäöü](?:t|en)$", rest)):
            return None
        if parts[1] in {"wurde", "wurden"} and not re.search(r"[a-zäöü](?:t|en)$", rest):
            return None
        return (
            f"Wann {parts[1]} {parts[0]}{' ' + rest if rest else ''}?"
            if whole or parts[1] in {"wurde", "wurden"}
            else None
        )
    found = re.match(
        rf"((?:Im (?:Jahre? |Januar |Februar |März |April |Mai |Juni |Juli |August |September |Oktober |November |Dezember |Frühjahr |Sommer |Herbst |Winter ))?{_YEAR}) (\w+) (\w+)",
        sentence,
    )
    if (
        found
        and is_past(found[2])
        and found[2]
        not in {
            "war",
            "waren",
            "hatte",
            "hatten",
            "gab",
            "gaben",
            "lag",
            "lagen",
            "stand",
            "standen",
            "galt",
            "galten",
            "lebte",
            "lebten",
            "kostete",
            "zählte",
            "betrug",
        }
        | MODALS
    ):
        return f"Was war {found[1][0].lower()}{found[1][1:]}?"
    return None


def _how_much(sentence: str, lexicon: Lexicon) -> str | None:
    if found := re.match(
        rf"Es (gibt|gab) (?:{_COUNT}|mehrere|verschiedene|unterschiedliche) ((?:[a-zäöüß]+e )?(?:Arten|Möglichkeiten|Wege|Formen|Typen|Klassen|Stufen|Sorten|Varianten) (?:von|für|der|des) [^,.;:]{{3,50}})[,.]",
        sentence,
    ):
        return None if BACK.search(found[2]) else f"Welche {found[2]} {found[1]} es?"
    parts = subject(sentence, lexicon)
    if not parts:
        return None
    names, verb, rest = parts
    if verb in {"ist", "sind", "war", "waren"} and (
        found := re.match(rf"{_APPROX}{_COUNT} (?:{_UNITS}) (hoch|lang|breit|tief|alt|schwer|groß|dick|weit)\b", rest)
    ):
        return f"Wie {found[1]} {verb} {names}?"
    if verb in {"kostet", "kosten", "kostete", "kosteten"} and re.match(rf"{_APPROX}{_COUNT} ", rest):
        return f"Was {verb} {names}?"
    if verb in {"wiegt", "wiegen", "wog", "wogen"} and re.match(rf"{_APPROX}{_COUNT} ", rest):
        return f"Wie viel {verb} {names}?"
    if verb in {"dauert", "dauern", "dauerte", "dauerten"} and re.match(rf"{_APPROX}{_COUNT} ", rest):
        return f"Wie lange {verb} {names}?"
    if verb in {"hat", "haben", "hatte", "hatten", "umfasst", "umfassen", "besitzt", "besitzen", "zählt", "zählen"}:
        found = re.match(rf"{_APPROX}{_COUNT} (?:[a-zäöüß]+ )?({_NOUN})(?=[,.]| in\b| aus\b| mit\b| im\b)", rest)
        ended = found and not re.search(r"\b(?:ge[a-zäöü]+t|[a-zäöü]+iert|[a-zäöü]+en)$", _clause(rest))
        if found and ended and not re.fullmatch(_UNITS, found[1]):
            return f"Wie viele {found[1]} {verb} {names}?"
    return None


def _what_is(sentence: str, lexicon: Lexicon) -> str | None:
    if found := re.match(rf"((?:Ein|Eine) (?:[a-zäöüß]+ )?{_NOUN}) ist (?:ein|eine|der|die|das) ", sentence):
        return f"Was ist {found[1][0].lower()}{found[1][1:]}?"
    parts = subject(sentence, lexicon)
    if not parts or parts[0].split()[0] in DETERMINERS or _TWO_NOUNS.match(parts[0]):
        return None
    names, verb, rest = parts
    if verb == "ist" and re.match(rf"(?:ein|eine) (?:[a-zäöüß]+ )*{_NOUN}", rest):
        return f"Was ist {names}?"
    if (
        verb == "sind"
        and re.match(rf"(?:[a-zäöüß]+e )?{_NOUN}(?:,| für| aus| mit| von| des| der| zum| zur|\.)", rest)
        and not BACK.search(_clause(rest))
    ):
        return f"Was sind {names}?"
    return None


def _what_does(sentence: str, lexicon: Lexicon) -> str | None:
    parts = subject(sentence, lexicon)
    if not parts:
        return None
    names, verb, rest = parts
    clause = _clause(rest)
    last = clause.split()[-1] if clause else ""
    for verbs, starts, word in _PREPOSITIONAL:
        if verb in verbs and re.match(starts, rest):
            if verb in {"hängt", "hängen"}:
                return f"Wovon {verb} {names} ab?" if last == "ab" else None
            return f"{word} {verb} {names}?" if last not in _PARTICLES else None
    if (
        verb not in _TRANSITIVE
        or last in _PARTICLES
        or not re.match(
            rf"(?:den|das|die|einen|eine|ein|keine|keinen|kein|viele|mehrere|alle|zwei|drei|{_NOUN}|[a-zäöüß]+e[ns]? {_NOUN})\b",
            rest,
        )
    ):
        return None
    return f"Was {verb} {names}?"


_PREPOSITIONAL: tuple[tuple[frozenset[str], str, str], ...] = (
    (frozenset({"besteht", "bestehen", "bestand", "bestanden"}), r"(?:im Wesentlichen |vor allem )?aus\b", "Woraus"),
    (frozenset({"beruht", "beruhen"}), r"auf\b", "Worauf"),
    (frozenset({"gehört", "gehören"}), r"zu[mr]?\b", "Wozu"),
    (frozenset({"dient", "dienen", "diente", "dienten"}), r"(?:als|de[mr]|dazu|zu[mr])\b", "Wozu"),
    (frozenset({"hängt", "hängen"}), r"(?:\w+ )?vo[nm]\b", "Wovon"),
    (frozenset({"stammt", "stammen", "stammte", "stammten"}), r"(?:ursprünglich )?aus\b", "Woher"),
    (frozenset({"liegt", "liegen", "lag", "lagen"}), r"(?:in|im|an|am|auf|nördlich|südlich|östlich|westlich|zwischen)\b(?! (?:de[mnr] )?(?:Hand|Händen|Natur|Verantwortung|Wesen|Schnitt|Interesse|Kern|Luft))", "Wo"),
)  # fmt: skip
_TRANSITIVE = frozenset(
    "enthält enthalten umfasst umfassen bietet bieten verlangt verlangen erfordert erfordern beschreibt beschreiben regelt "
    "regeln bestimmt bestimmen verhindert verhindern ermöglicht ermöglichen erlaubt erlauben verursacht verursachen misst "
    "messen bewirkt bewirken liefert liefern beinhaltet beinhalten bedeutet benötigt benötigen braucht brauchen erzeugt "
    "erzeugen verwaltet verwalten prüft prüfen".split()
)


_ACTOR = re.compile(
    r"(?<!Serv)(?<!Comput)(?<!Rechn)(?<!Ordn)(?<!Fehl)(?<!Treib)(?<!Filt)(?<!Numm)(?<!Paramet)(?<!serv)(?<!rechn)(?<!fehl)(?:(?:er|or|ist|eur)|"
    r"innen|oren|isten|leute|Leute|Menschen|[Mm]itglied|[Mm]itglieder|Eltern|[Kk]inder|[Tt]eams?|Frauen|Männer|Staaten|Behörden)$"
)


def _advice(sentence: str, lexicon: Lexicon) -> str | None:
    parts = subject(sentence, lexicon)
    if not parts or parts[1] not in {"sollte", "sollten", "muss", "müssen"}:
        return None
    clause = _clause(parts[2])
    last = clause.split()[-1] if clause else ""
    if (
        not last.endswith("en")
        or last in {"werden", "haben", "können", "lassen", "müssen", "bleiben", "enthalten", "heißen", "stehen"}
        or re.search(r"\b(?:nicht|kein\w*|nie)\b", clause)
    ):
        return None
    if not _ACTOR.search(parts[0]):
        return None
    return f"Was {parts[1]} {parts[0]} tun?" if len(clause.split()) >= 2 and not last[0].isupper() else None


_RULES: tuple[Callable[[str, Lexicon], str | None], ...] = (
    _who, _why, _how_to, _what_if, _how_much, _when, _what_is, _what_does, _advice,
)  # fmt: skip


def subject_topic(sentence: str, lexicon: Lexicon) -> str | None:
    """What the sentence is about, as it fits after "Und"; none where its subject is not short and plain."""
    parts = subject(sentence, lexicon)
    if not parts or not 1 <= len(parts[0].split()) <= 4 or parts[0].split()[0] in DETERMINERS - {"der", "die", "das"}:
        return None
    return None if _UNASKED.search(f"{parts[0]}?") or re.search(r"\d", parts[0]) else parts[0]


def address(name: str, question: str) -> str:
    """The question with a name before it, where its first word may follow one; else as it is."""
    first, _, rest = question.partition(" ")
    return f"{name}, {first.lower()} {rest}" if first in _ADDRESSABLE and rest else question


_ADDRESSABLE = frozenset(
    "Was Wie Warum Wann Wo Wer Welche Woraus Wovon Woher Wozu Worauf Kannst Erzähl Erklär Weißt Verrätst Gibt Hast Und Magst".split()
)


def nouns(text: str) -> Counter[str]:
    """The plain nouns of a text by how often they stand there right after an article."""
    return Counter(word for word in _AFTER_ARTICLE.findall(text) if word not in _VAGUE)


_AFTER_ARTICLE = re.compile(
    r"\b(?:[Dd]er|[Dd]ie|[Dd]as|[Ee]ine?|[Mm]eine?|[Ss]eine?|[Ii]hre?) ([A-ZÄÖÜ][a-zäöüß]{3,})(?=[,.;:!?]| [a-zäöü])"
)
_VAGUE = frozenset(
    "Zeit Jahr Jahre Tag Tage Weise Teil Ende Anfang Fall Grund Frage Art Sache Ding Dinge Beispiel Problem Menschen Leute Welt Name Zahl Seite "
    "Stelle Mann Frau Nacht Morgen Abend Jahrhundert Hälfte Möglichkeit Regel Datei Dateien Paket Befehl Benutzer".split()
)
