"""German: how its sentences hang together, and what can be said."""

# ruff: noqa: E501 — patterns are read as running text, not as columns of strings

from __future__ import annotations

import re
from collections.abc import Sequence

from narrowcast.writers.extractive.languages.de_words import VERBS, is_verb
from narrowcast.writers.extractive.languages.grammar import Grammar, Lean, promises_by_mark, stem

_NUMBER = r"(?:zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn)"
_FINITE = "|".join(sorted(VERBS))
_POLITE = re.compile(r"(?<!^)\b(?:Sie|Ihre?[nmrs]?|Ihnen)\b|^Sie (?:können|sollten|müssen|dürfen|brauchen|möchten)\b")
_DA = (
    r"da(?:r(?:an|auf|aus|in|über|um|unter)|bei|durch|für|gegen|hinter|mit|nach|neben|von|vor|zu|zwischen)|"
    r"hier(?:an|auf|aus|in|über|bei|durch|für|mit|von|zu)"
)
_DANGLING = re.compile(
    r"^[\"„»(]*(?:"
    r"dies\w*\b(?! (?:Dokument|Handbuch|Buch|Artikel|Text|Bericht|Jahr|Woche|Monat))|jene\w*\b|er\b|ihn\b|ihm\b|ihnen\b|"
    r"sie\b|ihr\w{0,2}\b|seine?[nmrs]?\b(?! (?:muss|soll))|"
    r"es\b(?! (?:gibt|gab|geht um|ging um|heißt, |lohnt sich|empfiehlt sich|(?:ist|war|wird|wäre|bleibt) (?:\w+ )?(?:\w+ )?\w+, (?:zu|dass|ob|wenn|\w+ .{0,60}\bzu )|dauerte? \w+ ))|"
    r"(?:das|die|der|den|dem) (?:" + _FINITE + r")\b|"
    r"damit\b(?! (?:der|die|das|ein|eine|Sie|man|du|wir|alle|jeder) )|da\b(?! (?:der|die|das|ein|eine|es|Sie|man|viele|alle|sich) )|"
    r"(?:" + _DA.replace("mit|nach", "nach", 1) + r")\b(?!, (?:dass|ob|wie|was|wer))|"
    r"aber|und|doch|jedoch|daher|deshalb|deswegen|darum|also|außerdem|dann|trotzdem|dennoch|allerdings|zudem|ferner|"
    r"weiterhin|ebenso|ebenfalls|beide[ns]?\b(?! (?-i:[A-ZÄÖÜ]))|solche?\w*|hier|so\b(?! (?:lange|dass|wie))|denn|zum beispiel|"
    r"beispielsweise|etwa so|andererseits|einerseits|schließlich|stattdessen|sonst|ansonsten|anschließend|somit|folglich|"
    r"demnach|dementsprechend|entsprechend|insbesondere|vielmehr|letztere\w*|erstere\w*|dort|dorthin|daraufhin|seitdem|"
    r"seither|inzwischen|gleichzeitig|zugleich|umgekehrt|dagegen|hingegen|erstens|zweitens|drittens|viertens|danach|"
    r"zuvor|später\b|kurz darauf|zusätzlich|darüber hinaus|im gegensatz dazu|aus diesem grund\w*|in diese\w+ |auch\b(?! wenn)|"
    r"nur so|noch\b|manche\b(?! (?-i:[A-ZÄÖÜ]))|andere\b|weitere\b(?! \w+ (?:für|zu[mr]?)\b)|eine?[rs]? (?:davon|von ihnen)|keine?[rs]? von ihnen|"
    r"der erste|die erste|das erste|der zweite|die zweite|das zweite|der dritte|die dritte|das dritte|"
    r"(?:ja|nein|nun|tja)\b,?|wie (?:gesagt|erwähnt)|falls (?:ja|nein|nicht|dies)|wenn (?:ja|nein|nicht|dies|das)\b|"
    r"leider|sogar|gerade|genau|eben|statt dessen|derselbe|dieselbe|dasselbe|bis dahin|bis dann|von da an"
    r")(?![\w-])",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"\bdies(?:e[nmrs]?)?\b(?! (?:Dokument|Handbuch|Buch|Jahr|Woche|Monat))|\bjene[nmrs]?\b(?!,)|\bsolche[nmrs]?\b|\b(?:letzter|erster)e[nmrs]?\b(?= [a-zäöü]|[.,])|"
    r"(?<!, )(?<!so )\b(?:" + _DA + r")\b(?!,? (?:dass|ob|wie|was|wer|wenn|zu\b|[^.;]{3,60} zu \w+en\b))|"
    r"\b(?:jedoch|allerdings|hingegen|wiederum|ebenfalls|stattdessen|trotzdem|dennoch|deshalb|deswegen|zudem|außerdem)\b|"
    r"\b(?:hier|dort|dorthin)\b(?!,? wo)|^(?:[\w-]+ ){1,4}(?:auch|aber|also)\b(?! in der Lage)|\b(?:oben|zuvor|bereits) (?:genannt|erwähnt|beschrieben)\w*|"
    r"\bdas (?:alles|allein|heißt)\b(?=[.,]|$)|\bdie (?:beiden|anderen (?:beiden|zwei|drei))\b|\b(?:Jahre|Tage|Wochen|Monate|Stunden) (?:später|danach|zuvor|darauf)\b"
)
_HIM = re.compile(r"\b(?:er|ihn|ihm)\b")
_HIS = re.compile(r"\bseine?[nmrs]?\b(?! [.,]| (?:muss|soll|kann|wird|würde)\b)")
_SHE = re.compile(r"(?<!^)\b(?:sie|ihnen)\b")
_HIM_BEFORE = re.compile(
    r"\b(?:[Dd]er|[Dd]en|[Dd]em|[Dd]es|[Ee]in|[Ee]inen|[Ee]inem|[Ee]ines|[Jj]eder|[Kk]ein|[Vv]om|[Bb]eim|[Dd]as|[Nn]iemand|wer|Wer) (?:[a-zäöüß]+ ){0,3}?[A-ZÄÖÜ]|"
    r"[A-ZÄÖÜ][\wé]+ [A-ZÄÖÜ]\w+|^[A-ZÄÖÜ]\w{2,} (?:"
    + _FINITE
    + r")\b|, [A-ZÄÖÜ]\w+|(?<=[a-zäöü] )[A-ZÄÖÜ]\w+ (?:"
    + _FINITE
    + r")\b"
)
_NOUN_BEFORE = re.compile(
    r"(?<!^)\b[A-ZÄÖÜ]\w{2,}|^[A-ZÄÖÜ]\w+ (?:" + _FINITE + r")\b|\b(?:alle|viele|manche|einige)\b"
)
_TAKES_UP = re.compile(
    r"^(?:Aber |Und |Doch |In |An |Auf |Mit |Bei )?(?:[Dd]er|[Dd]ie|[Dd]as|[Dd]en|[Dd]em|Im|Am) (?:[a-zäöüß]+ ){0,2}?([A-ZÄÖÜ][\w-]{2,})"
)
_BARE_SUBJECT = re.compile(rf"(?:Der|Die|Das) [A-ZÄÖÜ][\w-]+ (?:{_FINITE})\b")
_SET_UP = re.compile(
    r"\b(?:" + _NUMBER + r"|mehrere|verschiedene|einige|folgende[nmrs]?|ein paar) (?:[a-zäöüß]+ )?(?:Gründen?|Möglichkeiten|Wegen?|Arten|Schritten?|"
    r"Fällen?|Regeln|Fragen|Problemen?|Punkten?|Dingen?|Typen|Teilen?|Ausnahmen|Formen|Varianten|Methoden|Sorten|Stufen|Bedingungen|"
    r"Aufgaben|Ziele|Stellen)(?: [^,;:]{0,60})?[.!]$|^(?:Nehmen wir an|Angenommen|Stellen Sie sich vor|Stell dir vor|Betrachten wir|Nehmen wir)\b|"
    r"\bfolgende[nmrs]?\b[^.]*\.$|\bwie folgt[.:]$|\b(?:Folgendes|folgendermaßen)\b|\bzum Beispiel:$|^(?:Einerseits|Zum einen|Erstens|Zunächst)\b"
)  # fmt: skip


def _leaning(text: str, before: Sequence[str]) -> Lean:
    if _hangs(text) or _BACK.search(text) or _has_loose_pronoun(text):
        return Lean.HARD
    if _BARE_SUBJECT.match(text):
        return Lean.SOFT
    found = _TAKES_UP.match(text)
    earlier = {stem(word) for sentence in before for word in re.findall(r"[\w’'-]{4,}", sentence)} if found else ()
    return Lean.SOFT if found and stem(found[1]) in earlier else Lean.NONE


def _leaning_at_start(text: str) -> Lean:
    return Lean.HARD if _hangs(text) else min(Lean.SOFT, _leaning(text, ()))


def _hangs(text: str) -> bool:
    """ "Sie" and "Ihr" may speak to the reader; then nothing hangs."""
    polite = re.match(r"(?:Sie|Ihre?[nmrs]?) ", text) and _POLITE.search(text) and not re.search(r"\bsie\b", text)
    return bool(_DANGLING.match(text)) and not polite


def _has_loose_pronoun(text: str) -> bool:
    for pattern, antecedent in ((_HIM, _HIM_BEFORE), (_HIS, _NOUN_BEFORE), (_SHE, _NOUN_BEFORE)):
        found = pattern.search(text)
        if found and found.start() and not antecedent.search(text[: found.start()]):
            return True
    return False


def _sets_up(text: str) -> bool:
    return promises_by_mark(text) or bool(_SET_UP.search(text))


def _is_sentence(words: Sequence[str]) -> bool:
    return any(is_verb(word) for word in words)


_PLACE = r"(?:Abschnitt|Kapitel|Unterabschnitt|Anhang|Absatz|Beispiel|Befehl|Zeile|Tabelle|Liste|Abbildung|Seite|Grafik|Bild|Teil)"

GERMAN = Grammar(
    "de",
    dangling=_DANGLING,
    droppable=re.compile(r"(?!)"),  # what follows an opening linker begins with the verb, and cannot stand without it
    leaning=_leaning,
    leaning_at_start=_leaning_at_start,
    sets_up=_sets_up,
    closing=re.compile(r"(?:Und so|So|Am Ende|Schließlich|Heute|Bis heute|Und doch) (?!er|sie|es|dies|das)\w"),
    unseen=re.compile(r"(?:Der|Die|Das) [A-ZÄÖÜ]"),
    points_back=re.compile(
        r"\b(?:dies(?:e[nmrs]?)?|jene[nmrs]?|solche[nmrs]?|letztere\w*|andere[nmrs]?|weitere[nmrs]?)\b", re.IGNORECASE
    ),
    bare_subject=_BARE_SUBJECT,
    unspeakable=(
        re.compile(
            r"\bsiehe\b|\bvgl\.|\b(?:oben|unten|nachfolgend|nachstehend|vorstehend|weiter unten|weiter oben) (?:\w+ )?(?:beschrieben|genannt|"
            r"erwähnt|aufgeführt|gezeigt|aufgelistet|dargestellt|erläutert|angegeben|stehend)\w*|\b(?:nachfolgend|nachstehend|vorstehend|obig|untenstehend|obenstehend|obengenannt|obenerwähnt)\w*\b|"
            r"\b(?:de[mrsn]|die|das|diese[mrsn]?|im|am|vom|zum|ein(?:en|em)?) (?:nächste|folgende|vorige|vorherige|vorhergehende|letzte|obige|untere)[nmrs]? "
            + _PLACE
            + r"|"
            r"\b(?:in|mit|aus|nach) diese[mrsn]? "
            + _PLACE
            + r"\b|\bdiese[rs]? (?:Abschnitt|Kapitel|Anhang)\b|\bwie folgt\b|\bfolgende[nmrs]? (?:\w+ )?"
            + _PLACE
            + r"|\b(?:Abschnitt|Kapitel|Anhang|Tabelle|Abbildung|Fußnote|Gleichung)\w* [„\"»\d]|\b(?:sieht|aussieht|sehen) so aus|\bso aus[.:]$",
            re.IGNORECASE,
        ),
        re.compile(
            r"\b(?:[Ww]eitere|[Mm]ehr|[Aa]usführliche|[Nn]ähere|[Dd]etaillierte|[Zz]usätzliche) (?:\w+ )?(?:Informationen|Details|Einzelheiten|Hinweise|Angaben|Hilfe)\b|"
            r"\b(?:Einzelheiten|Details|Informationen|Hinweise)\b[^.]{0,60}\b(?:finden|unter|stehen|erhalten|enthält|entnehmen)\b|\b[Ll]esen Sie\b|\b[Ss]chauen Sie\b|\b[Ss]ehen Sie\b|\b[Ww]eiterlesen\b|"
            r"\bfinden (?:Sie|sich) [^.]{0,80}\b(?:Abschnitt|Kapitel|Dokumentation|Seiten?|Handbuch|Anhang|unter|Wiki|Webseite|Website)\b|\bMehr dazu\b|"
            r"\b(?:ist|sind|wird|werden) (?:\w+ )?(?:in|im|unter|auf) [^.]{0,60}(?:beschrieben|dokumentiert|erklärt|erläutert|zu finden|verfügbar|nachzulesen|aufgeführt|aufgelistet)\b|"
            r"\bHandbuchseite|\bman-?[Pp]age|\b[Ll]inks? (?:zu|auf)\b|\bunter der (?:URL|Adresse)\b"
        ),
        re.compile(
            r"\b[Kk]lick(?:en Sie|e|t)?\b (?:hier|auf|bitte)|\bAlle Rechte vorbehalten\b|\b[Nn]ewsletter\b|\b[Aa]bonnieren\b|\bDatenschutzerklärung\b|\bNutzungsbedingungen\b|\b[Aa]nmelden oder\b|"
            r"\bUrheberrecht|\blizenzier|\bGNU\b[^.]*\bLi[cz]en[sz]|\bGeneral Public License\b|\bLizenz\b|\bohne (?:jegliche|irgendeine|jede) (?:Garantie|Gewähr)|\bMarktreife\b|"
            r"\b(?:zuletzt|letztmals) (?:aktualisiert|geändert|bearbeitet|überarbeitet)\b|\b(?:Diese[rs]?|Das|Die|Der) (?:Dokument|Seite|Kapitel|Abschnitt|Artikel|Handbuch|Anleitung|Übersetzung|Version|Fassung) (?:ist|wurde|wird|soll|enthält|beschreibt|behandelt|bietet|gibt)\b|"
            r"\bFIXME|\bTODO|\bÜbersetz(?:er|ung) (?:von|dieses|des)\b|\bDank geht an\b|\b(?:Anleitung|Seite|Dokument|Handbuch|Abschnitt) (?:veraltet|überholt)\b|\bprimäre Anleitung\b|\b(?:Sie gerade|du gerade) lesen|^Wie (?:der|die|das|bei|im|beim) [^,]+, (?:außer|nur|aber)\b|\bFehlerberichte? (?:gegen|zu) diese[ms]? "
        ),
    ),
    is_sentence=_is_sentence,
    asides=True,
    of_itself=re.compile(
        r"\b(?:in|dieses|diesem|diese) (?:Dokument|Handbuch|Anleitung|Text|Buch|Leitfaden|Referenz)\w*\b|\b(?:Version|Revision) \d"
    ),
    machine_like=re.compile(
        r"\b[a-z]+-[a-z]+(?=[ -](?:Befehl|Datei|Feld|Skript|Paket)\b)|\b(?:Datei|Feld|Befehl|Option|Variable|Skript|Verzeichnis|Parameter|Zeichenkette)\b(?= [a-z]+[-.]|(?: namens)? [„\"])|"
        r"\b[A-Z][\w-]+-(?:Feld|Datei|Befehl|Option|Zeile|Skript)\w*"
    ),
    single_voice=re.compile(r"(?<![\"„»])\b(?:[Ii]ch|[Mm]eine?[nmrs]?|mir|mich)\b"),
    not_alone=re.compile(
        r"\b(?:ich|meine?\w?|mich|mir|wir|unsere?\w?|uns|dies\w*|jene\w*|solche\w*|andere\w*|weitere\w*|nächste\w*|dann|auch|beide\w*|später|jedoch|"
        r"oben|unten|Beispiel\w*|folgende\w*)\b|[/_()“”\"„»]|^(?:so|es|da|bitte|wenn|falls|sobald|einige|manche|viele|alle|jede\w*|eine[rs]?|zwei|drei|sie|ihr\w*|um)\b",
        re.IGNORECASE,
    ),
    advice=re.compile(r"(?<!^)\b(?:Sie|Ihre?[nmrs]?|Ihnen)\b|\b(?:muss|müssen|sollten?|darf|dürfen|du|dein\w*)\b"),
    striking=re.compile(
        r"\b(?:nie|niemals|niemand|nichts|nur|erste[nrs]?|letzte[nrs]?|größte\w?|älteste\w?|schlimmste\w?|beste\w?|meisten|mehr als|weniger als|"
        r"hälfte|millionen|milliarden|prozent|starb\w*|tötete\w*|gift\w*|geheim\w*|unmöglich\w*|weil)\b",
        re.IGNORECASE,
    ),
    general=re.compile(
        r"\b(?:weil|nie|niemals|immer|jede[nmrs]?|ohne|muss|müssen|sollten?|hängt|bedeutet|heißt|wichtig\w*|braucht|brauchen|bis|nur|Erfolg|niemand|alle|"
        r"ganze[nmrs]?|meisten?|beste[nmrs]?|schwieriger|leichter|einfacher|verantwortlich\w*)\b"
    ),
    definite=re.compile(
        r"\b(?:[Dd]er|[Dd]ie|[Dd]as|[Dd]en|[Dd]em) (?:[a-zäöüß]+ )?([A-ZÄÖÜ][\w-]{3,})(?! (?:des|der|von)\b)"
    ),
    names=re.compile(r"[A-ZÄÖÜ][\wé]+ [A-ZÄÖÜ]\w+"),
    story=frozenset("er ihm ihn seine seinen seiner ich meine".split()),  # noqa: SIM905 — read as running words
)
