"""German: questions are asked only where they are sound, headings fit, and nothing hangs in the air."""

# ruff: noqa: E501 — a sentence and its question stay on one line

from __future__ import annotations

import pytest

from narrowcast.writers.extractive.languages.de import GERMAN as GRAMMAR
from narrowcast.writers.extractive.leaning import Lean, leaning, leaning_at_start, sets_up
from narrowcast.writers.extractive.lexicon import lexicon_of
from narrowcast.writers.extractive.phrases.de import GERMAN
from narrowcast.writers.extractive.speakable import clean, is_aside, is_speakable

LEXICON = lexicon_of(
    (
        "Im Hafen trinken viele Menschen Kaffee, und am Abend kommen Arabica und Schlafwagen dazu.",
        "Die alten Leuchttürme liegen still, auch in London und auf Sylt.",
        "Manche Bauern essen Brot, und dort wächst Leder auf Bäumen.",
    ),
    GRAMMAR,
)


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        # why: the main clause with its verb first
        ("Die Kinder schliefen nicht, weil der Zug laut war.", "Warum schliefen die Kinder nicht?"),
        ("Der Mann stand auf, weil es kalt war.", "Warum stand der Mann auf?"),
        ("Viele Reisende steigen um, weil Fliegen teuer ist.", "Warum steigen viele Reisende um?"),
        ("Die Häuser wurden Penny-Universitäten genannt, weil ein Penny reichte.", "Warum wurden die Häuser Penny-Universitäten genannt?"),
        ("Kaffee wurde verboten, weil der König ihn fürchtete.", "Warum wurde Kaffee verboten?"),
        ("Sie blieben im Haus, weil es regnete.", None),
        ("Die Mönche tranken ihn, weil er sie wach hielt.", None),
        ("Heute fahren mehr Züge, weil die Leute sie wollen.", None),
        ("Den Preis zahlt der Staat, weil sonst niemand zahlt.", None),
        ("Die Stadt wuchs auch, weil der Hafen wuchs.", None),
        # what is
        ("Ein Leuchtturm ist ein Turm, der Schiffen den Weg zeigt.", "Was ist ein Leuchtturm?"),
        ("Arabica ist eine natürliche Kreuzung, die alt ist.", "Was ist Arabica?"),
        ("Leuchttürme sind Türme, die man von weitem sieht.", "Was sind Leuchttürme?"),
        ("Baken sind Türme, die man von weitem sieht.", None),  # a word that the document never writes inside a sentence
        ("Schlafwagen sind Wagen mit Betten.", "Was sind Schlafwagen?"),
        ("Der Turm ist ein Wahrzeichen der Stadt.", None),
        ("Heute ist ein guter Tag für die Bahn.", None),
        ("Es ist ein Turm, der Schiffen den Weg zeigt.", None),
        ("Ein Grund ist die hohe Miete in der Stadt.", None),
        # who
        ("Gustaf Dalén, ein schwedischer Ingenieur, erfand 1905 das Sonnenventil.", "Wer war Gustaf Dalén?"),
        ("Der Erfinder war Gustaf Dalén.", "Wer war der Erfinder?"),
        ("Charles Dickens war ein englischer Schriftsteller.", "Wer war Charles Dickens?"),
        ("Die Hauptstadt ist Santiago, eine große Stadt.", None),
        ("Heute Morgen, ein kalter Tag, begann die Arbeit.", None),
        # when
        ("Der Fahrplan wurde 2019 geändert.", "Wann wurde der Fahrplan geändert?"),
        ("Das Unternehmen wurde 1923 in Berlin gegründet.", "Wann wurde das Unternehmen in Berlin gegründet?"),
        ("Der Hafen entstand 1820.", "Wann entstand der Hafen?"),
        ("Im Herbst 2023 kehrte der Zug nach Berlin zurück.", "Was war im Herbst 2023?"),
        ("Im Jahr 1700 gab es in London mehr als 2000 Kaffeehäuser.", None),
        ("Das Haus war 1923 leer.", None),
        ("Es wurde 1923 in Berlin gegründet.", None),
        # what if, what then
        ("Wenn der Strom ausfällt, bleiben die Züge stehen.", "Was passiert, wenn der Strom ausfällt?"),
        ("Als das Abkommen 1989 zusammenbrach, fielen die Preise.", "Was geschah, als das Abkommen 1989 zusammenbrach?"),
        ("Wenn jemand an dem Paket arbeitet, sollten Sie ihn fragen.", "Und wenn jemand an dem Paket arbeitet?"),
        ("Wenn Sie ein Paket bauen, entsteht eine Datei.", None),
        ("Wenn das erledigt ist, geht die Arbeit weiter.", None),
        ("Wenn er kommt, geht die Arbeit weiter.", None),
        ("Falls gewünscht, können die Daten gelöscht werden.", None),
        ("Wenn beispielsweise der Strom ausfällt, bleiben die Züge stehen.", None),
        # how to
        ("Um Energie zu sparen, sollte man nachts langsamer fahren.", "Was ist zu tun, um Energie zu sparen?"),
        ("Um das Paket hochzuladen, benötigen Sie einen Schlüssel.", "Was ist zu tun, um das Paket hochzuladen?"),
        ("Um Geld zu sparen, schloss die Bahn 2016 die letzte Linie.", None),
        ("Um es zu bauen, müssen Sie den Befehl kennen.", None),
        # how much
        ("Der neue Zug ist 200 Meter lang.", "Wie lang ist der neue Zug?"),
        ("Die Fahrt dauert etwa 14 Stunden.", "Wie lange dauert die Fahrt?"),
        ("Eine Fahrkarte kostet 49 Euro.", "Was kostet eine Fahrkarte?"),
        ("Die Lok wiegt 80 Tonnen.", "Wie viel wiegt die Lok?"),
        ("Die Firma hat rund 300 Mitarbeiter.", "Wie viele Mitarbeiter hat die Firma?"),
        ("Das Netz umfasst 26 Linien.", "Wie viele Linien umfasst das Netz?"),
        ("Es gibt zwei Arten von Paketen.", "Welche Arten von Paketen gibt es?"),
        ("Die Firma hat 300 Mitarbeiter entlassen.", None),
        ("Der Umsatz hat 40 Prozent erreicht.", None),
        ("Es gibt viele Gründe für den Erfolg.", None),
        # what does
        ("Das Paket enthält die Richtlinien.", "Was enthält das Paket?"),
        ("Das System besteht aus drei Teilen.", "Woraus besteht das System?"),
        ("Der Erfolg hängt vom Preis ab.", "Wovon hängt der Erfolg ab?"),
        ("Der Schlafwagen stammt aus den Vereinigten Staaten.", "Woher stammt der Schlafwagen?"),
        ("Die Stadt liegt an der Elbe.", "Wo liegt die Stadt?"),
        ("Die Kaffeepflanze gehört zur Gattung Coffea.", "Wozu gehört die Kaffeepflanze?"),
        ("Der Fehler liegt in der Natur der Sache.", None),
        ("Die Bahn bietet drei Klassen an.", None),
        ("Die Linie betreibt eine private Firma.", None),
        ("Das Gesetz erlaubt der Staat nicht.", None),
        ("Dieses Paket enthält die Richtlinien.", None),
        # what one should do
        ("Die Entwickler sollten früh um Hilfe bitten.", "Was sollten die Entwickler tun?"),
        ("Der Name muss mit dem des Pakets übereinstimmen.", None),
        ("Die Menschen sollten nicht drängeln.", None),
        # never
        ("Was ist ein Leuchtturm?", None),
        ("„Der Turm ist hoch“, sagte der Wärter.", None),
        ("Ich habe drei Türme, weil ich sie mag.", None),
    ],
)  # fmt: skip
def test_a_question_is_asked_only_where_it_is_sound(sentence: str, question: str | None) -> None:
    assert GERMAN.ask(sentence, LEXICON) == question


@pytest.mark.parametrize(
    ("heading", "topic", "question"),
    [
        ("Das Kaffeehaus", "Das Kaffeehaus", None),
        ("Verwaltung von Paketen", "Verwaltung von Paketen", None),
        ("Kapitel: Der Preis einer Tasse", "Der Preis einer Tasse", None),
        ("Einleitung", None, None),
        ("Zusammenfassung und Ausblick", None, None),
        ("debian/control", None, None),
        ("Exception to the rule", None, None),
        ("Das Jahr 1989", "Das Jahr 1989", None),
        ("Tabelle 3", None, None),
        ("Warum sie zurückkamen", "Warum sie zurückkamen", "warum sie zurückkamen?"),
        ("Wie man ein Paket baut", "Wie man ein Paket baut", "wie man ein Paket baut?"),
        ("Was ist ein Leuchtturm?", None, "Was ist ein Leuchtturm?"),
        ("Was ist ein Leuchtturm", "Was ist ein Leuchtturm", "Was ist ein Leuchtturm?"),
        ("Wie Sie ein Paket bauen", "Wie Sie ein Paket bauen", None),
        ("Wie vorgehen", "Wie vorgehen", None),
    ],
)
def test_headings_are_labels_or_questions(heading: str, topic: str | None, question: str | None) -> None:
    assert GERMAN.topic(heading, LEXICON) == topic
    asked = GERMAN.heading_question(heading, LEXICON)
    assert asked is None if question is None else asked is not None and asked.endswith(question)


@pytest.mark.parametrize(
    ("answer", "figure"),
    [
        ("Der zweite Turm stand 47 Jahre.", "47 Jahre"),
        ("Seit 47 Jahren leuchtet er.", "47 Jahre"),
        ("Etwa 1,7 Millionen Menschen verloren ihre Arbeit.", "Etwa 1,7 Millionen Menschen"),
        ("Das sparte rund 90 Prozent des Gases.", "Rund 90 Prozent"),
        ("Vor 47 Jahren ging er aus.", None),
        ("Vor 47 Jahren, vor 3 Tagen.", None),
        ("Das geschah zwischen 300 und 400 Jahren.", None),
        ("Er starb 1912.", None),
        ("Zwei Jahre später kam London.", None),
    ],
)
def test_a_figure_is_repeated_in_its_basic_form(answer: str, figure: str | None) -> None:
    assert GERMAN.echo(answer) == figure


@pytest.mark.parametrize(
    ("sentence", "lean"),
    [
        ("Damit endete der Handel.", Lean.HARD),
        ("Damit das Paket gebaut wird, müssen alle Dateien da sein.", Lean.NONE),
        ("Da der Hafen klein ist, warten die Schiffe draußen.", Lean.NONE),
        ("Da war noch ein Schiff.", Lean.HARD),
        ("Er zerstörte die Plantagen.", Lean.HARD),
        ("Es gibt drei Arten von Paketen.", Lean.NONE),
        ("Es zerstörte die Plantagen.", Lean.HARD),
        ("Das ist alt und gut.", Lean.HARD),
        ("Das alte Haus am Fluss brannte.", Lean.NONE),
        ("Dazu braucht man einen Schlüssel.", Lean.HARD),
        ("Darauf, dass es regnet, kann niemand hoffen.", Lean.NONE),
        ("Die Preise fielen jedoch im nächsten Jahr.", Lean.HARD),
        ("Die Bauern in Brasilien nutzen dieses Verfahren.", Lean.HARD),
        ("Sie sollten Ihr Paket zuerst prüfen.", Lean.NONE),
        ("Sie müssen auf allen Rechnern laufen, auf denen sie gebraucht werden.", Lean.HARD),
        ("Dort trafen Reeder auf Versicherer.", Lean.HARD),
        ("Beide Türme stehen noch.", Lean.NONE),
        ("Beide stehen noch.", Lean.HARD),
        ("Kaffee braucht kühle Nächte und gleichmäßigen Regen.", Lean.NONE),
        ("Gustaf Dalén starb, bevor er den Preis bekam.", Lean.NONE),
    ],
)
def test_what_leans_on_the_sentence_before(sentence: str, lean: Lean) -> None:
    assert leaning(sentence, (), "de") is lean


def test_a_thing_named_before_is_leaned_on_softly() -> None:
    assert leaning("Der alte Hafen ruht.", ["Die Stadt hat einen Hafen."], "de") is Lean.SOFT
    assert leaning_at_start("Die Preise fielen jedoch im nächsten Jahr.", "de") is Lean.SOFT
    assert leaning_at_start("Dabei braucht man einen Schlüssel.", "de") is Lean.HARD


@pytest.mark.parametrize(
    ("sentence", "announces"),
    [
        ("Es gibt drei Möglichkeiten, das Paket zu bauen.", False),
        ("Dafür gibt es drei Gründe.", True),
        ("Das geht in folgenden Schritten vor sich.", True),
        ("Man tut es so:", True),
        ("Der Turm hat drei Stockwerke.", False),
    ],
)
def test_what_promises_more(sentence: str, announces: bool) -> None:
    assert sets_up(sentence, "de") is announces


@pytest.mark.parametrize(
    "sentence",
    [
        "Die Regeln sind in Abschnitt 4.2 des Handbuchs erklärt.",
        "Siehe dazu auch die Regeln für die Betreuer von Paketen.",
        "Im folgenden Beispiel wird ein Paket mit zwei Dateien gebaut.",
        "Klicken Sie hier, um unseren Newsletter zu bestellen.",
        "Weitere Informationen finden Sie auf der Seite des Vereins.",
        "Die Datei sieht nach dem Ändern ungefähr wie folgt aus.",
        "Alle Rechte vorbehalten, auch die der Übersetzung in andere Sprachen.",
        "Diese Seite wurde zuletzt im Frühjahr von den Autoren aktualisiert.",
        "Ein schönes altes Haus am Fluss mit Garten.",
        "However, it is advised that the package is fixed in the archive.",
        "Die oben genannten Pakete werden von allen Rechnern gebraucht.",
    ],
)
def test_what_is_for_the_eye_is_not_spoken(sentence: str) -> None:
    assert not is_speakable(clean(sentence), "de")


def test_prose_and_short_asides_are_spoken() -> None:
    assert is_speakable("Der Turm ist 77 Meter hoch und wurde 1543 gebaut.", "de")
    assert is_speakable("Nachts brannte das Licht auf dem Turm.", "de")
    assert is_aside("Es klappte.", "de")
    assert not is_aside("Ein schönes Haus.", "de")


def test_a_name_before_a_question() -> None:
    assert GERMAN.address("Sam", "Was ist ein Kaffeehaus?") == "Sam, was ist ein Kaffeehaus?"
    assert GERMAN.address("Sam", "„Das Kaffeehaus“, worum geht es da?") == "„Das Kaffeehaus“, worum geht es da?"


def test_names_are_listed_and_articles_small() -> None:
    assert GERMAN.listed(["Sam"]) == "Sam"
    assert GERMAN.listed(["Sam", "Nadia", "Ben"]) == "Sam, Nadia und Ben"
    assert GERMAN.listed(["Das Kaffeehaus", "Eine wärmere Zukunft"]) == "das Kaffeehaus und eine wärmere Zukunft"
