"""Figures as French, Spanish and German speakers say them, and where their sentences end."""

# ruff: noqa: E501 — patterns and pairs are read as running text

from __future__ import annotations

import pytest

from narrowcast.script.sentences import split_sentences
from narrowcast.tts.spoken.normalise import for_speech
from narrowcast.tts.spoken.roman import value

FRENCH = [
    ("Au XIXe siècle", "Au dix-neuvième siècle"),
    ("au XIXᵉ siècle et au Ier siècle av. J.-C. déjà", "au dix-neuvième siècle et au premier siècle avant Jésus-Christ déjà"),
    ("du XVIIe au XXIe siècle", "du dix-septième au vingt et unième siècle"),
    ("le XIX e siècle", "le dix-neuvième siècle"),
    ("la Ve République et le XVe arrondissement", "la cinquième République et le quinzième arrondissement"),
    ("Louis XIV, Napoléon Ier, Charles X et Jean-Paul II", "Louis quatorze, Napoléon premier, Charles dix et Jean-Paul deux"),
    ("Élisabeth Ire", "Élisabeth première"),
    ("un CV, le chromosome X, Malcolm X", "un CV, le chromosome X, Malcolm X"),
    ("le 1er janvier 2024, le 1 mars", "le premier janvier 2024, le premier mars"),
    ("le 3e chapitre, la 1re fois, la 2nde classe, le 80e", "le troisième chapitre, la première fois, la seconde classe, le quatre-vingtième"),
    ("les 1ers jours, les 2es", "les premiers jours, les deuxièmes"),
    ("le 14/07/1789 et le 2024-03-01", "le 14 juillet 1789 et le premier mars 2024"),
    ("le 45/13/1789", "le 45 13 1789"),
    ("à 14h30, à 8 h, à 1 h", "à 14 heures 30, à 8 heures, à une heure"),
    ("en 21 heures et 1 minute", "en vingt et une heures et une minute"),
    ("3,5 % de 2,3 millions", "3,5 pour cent de 2,3 millions"),
    ("12,50 € ou 3 Md€", "12 euros 50 ou 3 milliards d'euros"),
    ("de 10-20 % en 1914-1918", "de 10 à 20 pour cent en 1914 à 1918"),
    ("MM. Petit et Mmes Roux", "Messieurs Petit et Mesdames Roux"),
    ("Mgr Roy, Me Blanc, Dr House", "Monseigneur Roy, Maître Blanc, Docteur House"),
    ("no 5, nº 6, no man's land", "numéro 5, numéro 6, no man's land"),
    ("5 km2, 20 t, 100 hab./km²", "5 kilomètres carrés, 20 tonnes, 100 habitants par kilomètre carré"),
    ("« Bonjour ! », dit-il ; « ça va ? »", '"Bonjour!", dit-il; "ça va?"'),
    ("v3.2 et 2.0.1", "version 3.2 et 2.0.1"),
]  # fmt: skip
SPANISH = [
    ("siglo XIX, siglos XVI y XVII", "siglo diecinueve, siglos dieciséis y diecisiete"),
    ("siglo V a. C., s. XX", "siglo quinto antes de Cristo, siglo veinte"),
    ("Felipe II, Carlos V, Alfonso XIII", "Felipe segundo, Carlos quinto, Alfonso trece"),
    ("Isabel II y Juan Pablo II", "Isabel segunda y Juan Pablo segundo"),
    ("la II Guerra Mundial y el III Congreso", "la Segunda Guerra Mundial y el Tercer Congreso"),
    ("Malcolm X, un CV", "Malcolm X, un CV"),
    ("el 1.º de mayo, la 2.ª edición, el 3.er piso, 1º", "el primero de mayo, la segunda edición, el tercer piso, primero"),
    ("a 20 ºC", "a 20 ºC"),
    ("a las 8:00, a la 1:00, a las 17.30 h de hoy", "a las 8, a la una, a las 17:30 horas de hoy"),
    ("a las 17.30 h. Luego", "a las 17:30 horas. Luego"),
    ("14/07/1789, 2024-03-01", "14 de julio de 1789, 1 de marzo de 2024"),
    ("1 500 000 habitantes, 12 500", "1.500.000 habitantes, 12.500"),
    ("tel. 912 345 678", "teléfono 912 345 678"),
    ("1 euro, 1 hora, 21 euros, 21 horas", "un euro, una hora, veintiún euros, veintiuna horas"),
    ("31 personas, 200 personas, 500 veces", "treinta y una personas, doscientas personas, quinientas veces"),
    ("12.500 mujeres, 201 días, 200 problemas", "doce mil quinientas mujeres, doscientos un días, 200 problemas"),
    ("1,1 horas y 2,21 horas", "1,1 horas y 2,21 horas"),
    ("3,5 % y 20%", "3,5 por ciento y 20 por ciento"),
    ("12,50 €, 450 M€", "12 euros 50, 450 millones de euros"),
    ("los Sres. Ruiz y la Srta. Gil", "los señores Ruiz y la señorita Gil"),
    ("los EE. UU., los JJ. OO. y RR. HH. de hoy", "los Estados Unidos, los Juegos Olímpicos y recursos humanos de hoy"),
    ("p. 12, pp. 3-4, n.º 7", "página 12, páginas 3 a 4, número 7"),
    ("v3.2", "versión 3.2"),
]  # fmt: skip
GERMAN = [
    ("am 1. Januar 2024 um 14:30 Uhr", "am ersten Januar zweitausendvierundzwanzig um 14 Uhr 30"),
    ("im 19. Jahrhundert, das 20. Jahrhundert", "im neunzehnten Jahrhundert, das zwanzigste Jahrhundert"),
    ("Ende des 18. Jahrhunderts", "Ende des achtzehnten Jahrhunderts"),
    ("die 5. Auflage, in der 5. Auflage, der 2. Weltkrieg", "die fünfte Auflage, in der fünften Auflage, der zweite Weltkrieg"),
    ("Montag, 3. Mai", "Montag, dritter Mai"),
    ("Ludwig XIV. und Friedrich II. regierten", "Ludwig der Vierzehnte und Friedrich der Zweite regierten"),
    ("der Hof Ludwigs XIV. war groß", "der Hof Ludwigs des Vierzehnten war groß"),
    ("unter Katharina II. war es anders", "unter Katharina der Zweiten war es anders"),
    ("am 3.10.1990", "am dritten Oktober neunzehnhundertneunzig"),
    ("Es waren 3. Danach kamen 4.", "Es waren 3. Danach kamen 4."),
    ("um 8.30 Uhr, um 1 Uhr", "um 8 Uhr 30, um ein Uhr"),
    ("1 Stunde, nach 1 Stunde, 1 Million", "eine Stunde, nach einer Stunde, eine Million"),
    ("3,5 % und 1.000.000 €", "3,5 Prozent und 1.000.000 Euro"),
    ("z. B. Nr. 5, § 4, §§ 4 und 5", "zum Beispiel Nummer 5, Paragraf 4, Paragrafen 4 und 5"),
    ("44 v. Chr. in Rom", "44 vor Christus in Rom"),
    ("Version 2.0.1, 1.500 Leute", "Version 2.0.1, 1.500 Leute"),
]  # fmt: skip
ROWS = [(code, *row) for code, rows in (("fr", FRENCH), ("es", SPANISH), ("de", GERMAN)) for row in rows]


@pytest.mark.parametrize(("language", "written", "said"), ROWS)
def test_figures_are_said_as_a_native_would(language: str, written: str, said: str) -> None:
    assert for_speech(written, language) == said
    assert for_speech(said, language) == said


@pytest.mark.parametrize(
    ("numeral", "number"), [("IV", 4), ("XIX", 19), ("XXXIX", 39), ("IIII", 0), ("VX", 0), ("IL", 0), ("", 0)]
)
def test_roman_numerals(numeral: str, number: int) -> None:
    assert value(numeral) == number


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("fr", ["M. Dupont est là.", "Le Dr. Petit aussi.", "César vint en 50 av. J.-C. dans la Gaule.", "Il vit."]),
        ("fr", ["C’est lui.", "Non.", "M. et Mme Roy partent."]),
        ("de", ["Im 19. Jahrhundert war es anders.", "Es waren 3.", "Danach ging er am 3. Mai fort."]),
        ("es", ["El 1.º de mayo es fiesta.", "Eran 3.", "Luego vino la 2.ª edición."]),
    ],
)
def test_a_point_that_ends_nothing_cuts_nothing(language: str, sentences: list[str]) -> None:
    assert split_sentences(" ".join(sentences), language) == sentences
