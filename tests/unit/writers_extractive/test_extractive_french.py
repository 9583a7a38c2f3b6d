"""French: which question a sentence answers, how a heading is said, what a sentence leans on, how signs are set."""

# ruff: noqa: E501 — rows are read as running text

from __future__ import annotations

import pytest

from narrowcast.writers.extractive.languages import grammar_for
from narrowcast.writers.extractive.languages.grammar import Lean
from narrowcast.writers.extractive.leaning import leaning, sets_up
from narrowcast.writers.extractive.lexicon import lexicon_of
from narrowcast.writers.extractive.phrases.fr_answers import echo, opener
from narrowcast.writers.extractive.phrases.fr_headings import heading_question, is_clause, listed, topic
from narrowcast.writers.extractive.phrases.fr_questions import address, ask, nouns, subject_topic
from narrowcast.writers.extractive.phrases.fr_signs import typeset
from narrowcast.writers.extractive.speakable import is_speakable

LEXICON = lexicon_of(
    ["On y trouve Debian et Londres.", "Ici travaille Voltaire, et là Marseille.", "Il prit le train et le café, la carte, une traversée et un impôt."],
    grammar_for("fr"),
)  # fmt: skip
QUESTIONS = [
    ("Le cadran solaire est un instrument qui donne l'heure.", "Qu'est-ce que le cadran solaire ?"),
    ("Un paquet source est une archive de fichiers.", "Qu'est-ce qu'un paquet source ?"),
    ("L'horloge atomique est une machine très précise.", "Qu'est-ce que l'horloge atomique ?"),
    ("Les parrains sont des développeurs confirmés.", "Qu'est-ce que les parrains ?"),
    ("Debian est une association de volontaires.", "Qu'est-ce que Debian ?"),
    ("Voltaire est un écrivain du siècle des Lumières.", "Qui est Voltaire ?"),
    ("Le responsable principal est la personne dont le nom est indiqué.", "Qui est le responsable principal ?"),
    ("Londres est une ville d'Angleterre.", None),
    ("La coopération est la force motrice.", None),
    ("La qualité du texte est largement due aux relecteurs.", None),
    ("Les outils du moulin sont destinés aux meuniers.", None),
    ("Une vingtaine de lignes est une limite raisonnable.", None),
    ("Son cadran est un instrument précis.", None),
    ("Cette carte est un document rare.", None),
    ("Le port qui brûla est un souvenir.", None),
    ("Le but de la conférence était de choisir un méridien.", "Quel était le but de la conférence ?"),
    ("La raison principale est le prix du charbon.", "Quelle est la raison principale ?"),
    ("Les avantages du vélo sont connus depuis longtemps.", "Quels sont les avantages du vélo ?"),
    ("L'origine du mot est incertaine.", "Quelle est l'origine du mot ?"),
    ("Le but de son voyage était de vendre du drap.", None),
    ("Pour installer le paquet, il faut une connexion.", "Comment fait-on pour installer le paquet ?"),
    ("Pour signaler vos bogues, utilisez un outil adapté.", "Comment fait-on pour signaler ses bogues ?"),
    ("Afin d'éviter une panne, vous pouvez graisser la roue.", "Comment fait-on pour éviter une panne ?"),
    ("Pour régler sa montre, il fallait attendre midi.", None),
    ("Pour le faire, il faut une clé.", None),
    ("Pour comprendre la ville, le roi monta sur la tour.", None),
    ("Pour cela, il faut une clé.", None),
    ("Les retards étaient fréquents parce que personne n'avait de montre.", "Pourquoi est-ce que les retards étaient fréquents ?"),
    ("Le café est cher parce que la récolte a gelé.", "Pourquoi est-ce que le café est cher ?"),
    ("L'impôt est haï parce qu'il frappe les pauvres.", "Pourquoi est-ce que l'impôt est haï ?"),
    ("Il est parti parce que la ville brûlait.", None),
    ("Le café est cher, dit-on, parce que la récolte a gelé.", None),
    ("La société a été fondée en 1856 par deux frères.", "Quand est-ce que la société a été fondée ?"),
    ("Le pont fut construit en mai 1756 par des moines.", "Quand est-ce que le pont fut construit ?"),
    ("Une société a été fondée en 1856 par deux frères.", None),
    ("En 1911, le parlement a cédé.", "Que s'est-il passé en 1911 ?"),
    ("En 1700, la ville comptait deux mille cafés.", "Et en 1700 ?"),
    ("En 2050, la ville aura disparu.", None),
    ("Il existe trois types de paquets : les grands et les petits.", "Quels sont les trois types de paquets ?"),
    ("Il existe trois façons de préparer le café.", "Quelles sont les trois façons de préparer le café ?"),
    ("Il y a deux types de paquets sources.", "Quels sont les deux types de paquets sources ?"),
    ("Il existe deux façons de l'empaqueter.", None),
    ("La ville comptait environ 2 000 cafés.", "Combien de cafés comptait la ville ?"),
    ("La compagnie employait plus de 300 horlogers.", "Combien d'horlogers employait la compagnie ?"),
    ("Une compagnie employait plus de 300 horlogers.", None),
    ("Le succès du vin dépend du soleil.", "De quoi dépend le succès du vin ?"),
    ("L'index permet de retrouver une page.", "À quoi sert l'index ?"),
    ("Les bouées servent à marquer le chenal.", "À quoi servent les bouées ?"),
    ("Le café vient du Yémen.", "D'où vient le café ?"),
    ("Le café vient de rouvrir ses portes.", None),
    ("La traversée coûte douze francs.", "Combien coûte la traversée ?"),
    ("La traversée dure environ deux heures.", "Combien de temps dure la traversée ?"),
    ("Le coffre contient des lettres.", "Que contient le coffre ?"),
    ("La boîte se compose de trois tiroirs.", "De quoi se compose la boîte ?"),
    ("Le capitaine doit vérifier les voiles.", "Que doit vérifier le capitaine ?"),
    ("Le capitaine doit être prudent.", None),
    ("Si le vent tourne au nord, les bateaux restent au port.", "Et si le vent tourne au nord ?"),
    ("Si vous trouvez une erreur, écrivez au responsable.", None),
    ("Si le problème est grave par exemple, écrivez au responsable.", None),
    ("Est-ce que le café est cher ?", None),
    ("« Le café est une boisson », dit-elle.", None),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "question"), QUESTIONS)
def test_a_question_is_asked_only_where_the_sentence_answers_it(sentence: str, question: str | None) -> None:
    assert ask(sentence, LEXICON) == question


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("La maison du café", "la maison du café"),
        ("Signalement de bogues", "le signalement de bogues"),
        ("Interaction avec les auteurs", "l'interaction avec les auteurs"),
        ("Gestion des paquets", "la gestion des paquets"),
        ("Listes de diffusion", "les listes de diffusion"),
        ("Café et commerce", "le café et commerce"),
        ("Deux raisons de partir", "deux raisons de partir"),
        ("Cas particulier : les bogues anciens", "les bogues anciens"),
        ("Revenir après une absence", "revenir après une absence"),
        ("Ce qui reste des clochers", "ce qui reste des clochers"),
        ("Comment sauver un paquet", "comment sauver un paquet"),
        ("Introduction", None),
        ("Sur le web", None),
        ("Au-delà du paquet", None),
        ("Cette page", None),
        ("Source and binary uploads", None),
        ("Quand et comment", None),
        ("Section 4", None),
    ],
)
def test_a_heading_is_said_with_its_article_or_not_at_all(heading: str, said: str | None) -> None:
    assert topic(heading, LEXICON) == said
    assert said is None or is_clause(said) == said.startswith(("revenir", "ce qui", "comment"))


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Pourquoi le café est cher", "Pourquoi est-ce que le café est cher ?"),
        ("Comment un port a disparu", "Comment est-ce qu'un port a disparu ?"),
        ("Comment fonctionne le marché", "Comment fonctionne le marché ?"),
        ("Comment choisir un café", "Comment choisir un café ?"),
        ("Quand un paquet devient-il éligible ?", "Quand un paquet devient-il éligible ?"),
        ("Comment traiter vos bogues", None),
        ("Pourquoi pas", None),
        ("La maison du café", None),
    ],
)
def test_a_heading_asks_what_it_raises(heading: str, question: str | None) -> None:
    assert heading_question(heading, LEXICON) == question


@pytest.mark.parametrize(
    ("sentence", "lean"),
    [
        ("Cela change tout dans la vie du village.", Lean.HARD),
        ("Il partit le lendemain pour Marseille.", Lean.HARD),
        ("C'est pourquoi les prix montèrent.", Lean.HARD),
        ("Cependant, les prix montèrent.", Lean.HARD),
        ("En effet, le soleil n'est pas régulier.", Lean.HARD),
        ("Ses amis le suivirent jusqu'au port.", Lean.HARD),
        ("En 1650, elle devint la plus grande du pays.", Lean.HARD),
        ("Quand il arriva, la ville dormait.", Lean.HARD),
        ("On les appelle des cotres.", Lean.HARD),
        ("Les prix montèrent à cause de cette loi.", Lean.HARD),
        ("Dans ce cas, le paquet est retiré.", Lean.HARD),
        ("Il faut trois ans pour former un gardien.", Lean.NONE),
        ("Il existe trois façons de préparer le café.", Lean.NONE),
        ("Certaines villes gardèrent leur heure.", Lean.NONE),
        ("Quand le roi mourut, il laissa trois fils.", Lean.NONE),
        ("Cent ans de paix suivirent la guerre.", Lean.NONE),
        ("Le chemin de fer changea tout.", Lean.NONE),
    ],
)
def test_what_a_sentence_leans_on(sentence: str, lean: Lean) -> None:
    assert leaning(sentence, (), "fr") == lean


def test_a_promise_is_told_from_a_statement() -> None:
    assert sets_up("Il existe trois façons de préparer le café.", "fr")
    assert not sets_up("Trois hommes vivaient là depuis longtemps.", "fr")


@pytest.mark.parametrize(
    ("sentence", "can"),
    [
        ("Voir la section suivante pour la liste des gares.", False),
        ("La liste est donnée ci-dessous avec les adresses.", False),
        ("Pour plus d'informations, consultez la page du projet.", False),
        ("Abonnez-vous à notre lettre d'information chaque semaine.", False),
        ("Ce chapitre décrit la façon de contribuer au projet.", False),
        ("Les horloges des gares retardaient de cinq minutes.", True),
    ],
)
def test_what_is_only_for_the_eye_is_not_said(sentence: str, can: bool) -> None:
    assert is_speakable(sentence, "fr") == can


@pytest.mark.parametrize(
    ("answer", "repeated"),
    [
        ("Le voyage durait trois jours en diligence.", "Trois jours"),
        ("Greenwich avait pour lui 72 % des navires.", "72 pour cent"),
        ("Il y vit plus de 12 500 habitants.", "Plus de 12 500 habitants"),
        ("Cela se passa en 1884, dit-on.", None),
        ("Elle revint trois jours plus tard.", None),
    ],
)
def test_a_figure_is_repeated_as_one_hears_it(answer: str, repeated: str | None) -> None:
    assert echo(answer) == repeated


@pytest.mark.parametrize(
    ("plain", "french"),
    [
        ("Et ensuite ? Oui !", "Et ensuite\u00a0? Oui\u00a0!"),
        ("C'est « Le port ».", "C'est «\u00a0Le port\u00a0»."),
        ("«Bonjour!», dit-il; à 14:30: rien.", "«\u00a0Bonjour\u00a0!\u00a0», dit-il\u00a0; à 14:30\u00a0: rien."),
        ("Quoi ?!", "Quoi\u00a0?!"),
    ],
)
def test_signs_are_set_as_the_french_set_them(plain: str, french: str) -> None:
    assert typeset(plain) == french
    assert typeset(french) == french


def test_small_things() -> None:
    assert listed(["le port", "la ville", "l'impôt"]) == "le port, la ville et l'impôt"
    assert address("Daniel", "Comment choisir un café ?") == "Daniel, comment choisir un café ?"
    assert address("Daniel", "Debian, vraiment ?") == "Debian, vraiment ?"
    assert [opener(s) for s in ("Par exemple, le port.", "Mais rien.", "Donc tout.", "Le port.")] == [
        "example",
        "contrast",
        "result",
        "",
    ]
    assert nouns("La rivière est haute. On voit la rivière et l'école.")["la rivière"] == 2
    assert subject_topic("Les porteurs doivent éviter les bogues.", LEXICON) == "les porteurs"
    assert subject_topic("Le premier cas est délicat.", LEXICON) is None
