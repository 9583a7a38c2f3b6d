"""Spanish: which question a sentence answers, how a heading is said, what a sentence leans on."""

# ruff: noqa: E501 — rows are read as running text

from __future__ import annotations

import pytest

from narrowcast.writers.extractive.languages import grammar_for
from narrowcast.writers.extractive.languages.grammar import Lean
from narrowcast.writers.extractive.leaning import leaning, sets_up
from narrowcast.writers.extractive.lexicon import lexicon_of
from narrowcast.writers.extractive.phrases.es_answers import echo, opener
from narrowcast.writers.extractive.phrases.es_headings import heading_question, is_clause, listed, topic
from narrowcast.writers.extractive.phrases.es_questions import address, ask, nouns, subject_topic
from narrowcast.writers.extractive.speakable import is_speakable

LEXICON = lexicon_of(
    ["Allí está Debian y Londres.", "Aquí trabaja Cervantes, y allí Sevilla.", "Tomó el tren y el café, la carta, al actualizar un impuesto."],
    grammar_for("es"),
)  # fmt: skip
QUESTIONS = [
    ("El faro es una torre de piedra.", "¿Qué es el faro?"),
    ("Un paquete fuente es un conjunto de archivos.", "¿Qué es un paquete fuente?"),
    ("Las directrices son los estándares del proyecto.", "¿Qué son las directrices?"),
    ("Debian es una asociación de voluntarios.", "¿Qué es Debian?"),
    ("Cervantes es un escritor del siglo de oro.", "¿Quién es Cervantes?"),
    ("El responsable principal es la persona que firma.", "¿Quién es el responsable principal?"),
    ("Los padrinos son los desarrolladores de siempre.", "¿Quiénes son los padrinos?"),
    ("Londres es una ciudad de Inglaterra.", None),
    ("La cooperación es la fuerza motriz.", None),
    ("La calidad del texto es larga de explicar.", None),
    ("Una decena de líneas es un límite razonable.", None),
    ("Su faro es una torre de piedra.", None),
    ("Esta carta es un documento raro.", None),
    ("El puerto que ardió es un recuerdo.", None),
    ("El objetivo de la conferencia era elegir un meridiano.", "¿Cuál era el objetivo de la conferencia?"),
    ("La razón principal es el precio del carbón.", "¿Cuál es la razón principal?"),
    ("Las ventajas de la bicicleta son conocidas.", "¿Cuáles son las ventajas de la bicicleta?"),
    ("El objetivo de su viaje era vender telas.", None),
    ("Para instalar el paquete, hay que tener conexión.", "¿Cómo se hace para instalar el paquete?"),
    ("Para evitar una avería, conviene engrasar la rueda.", "¿Cómo se hace para evitar una avería?"),
    ("Para revisar tus errores, puedes usar una herramienta.", "¿Cómo se hace para revisar los errores?"),
    ("Para hacerlo, hay que tener una llave.", None),
    ("Para ver esta ciudad, hay que subir a la torre.", None),
    ("Para ver la ciudad, el rey subió a la torre.", None),
    ("Para ello, hay que tener una llave.", None),
    ("Los naufragios eran frecuentes porque la niebla cubría los bajos.", "¿Por qué los naufragios eran frecuentes?"),
    ("El café es caro porque se heló la cosecha.", "¿Por qué el café es caro?"),
    ("La ciudad no creció porque faltaba agua.", "¿Por qué la ciudad no creció?"),
    ("Se marchó porque la ciudad ardía.", None),
    ("El café es caro, dicen, porque se heló la cosecha.", None),
    ("Su café es caro porque se heló la cosecha.", None),
    ("La sociedad fue fundada en 1856 por dos hermanos.", "¿Cuándo fue fundada la sociedad?"),
    ("El puente se construyó en mayo de 1756.", "¿Cuándo se construyó el puente?"),
    ("Una sociedad fue fundada en 1856 por dos hermanos.", None),
    ("En 1911, el parlamento cedió.", "¿Qué pasó en 1911?"),
    ("En 1700, la ciudad contaba dos mil cafés.", "¿Y en 1700?"),
    ("En 2050, la ciudad desaparecerá.", None),
    ("Hay tres formas de preparar el café.", "¿Cuáles son las tres formas de preparar el café?"),
    ("Existen dos tipos de paquetes: grandes y pequeños.", "¿Cuáles son los dos tipos de paquetes?"),
    ("Hay dos formas de empaquetarlo.", None),
    ("La ciudad tenía unos 2.000 cafés.", None),
    ("La ciudad tenía más de 300 iglesias.", "¿Cuántas iglesias tenía la ciudad?"),
    ("La compañía empleaba a 300 relojeros.", None),
    ("La isla contaba con 300 habitantes.", "¿Con cuántos habitantes contaba la isla?"),
    ("El éxito del vino depende del sol.", "¿De qué depende el éxito del vino?"),
    ("La lente de Fresnel permite concentrar la luz.", "¿Para qué sirve la lente de Fresnel?"),
    ("Las boyas sirven para marcar el canal.", "¿Para qué sirven las boyas?"),
    ("El café viene de Yemen.", "¿De dónde viene el café?"),
    ("La travesía cuesta doce francos.", "¿Cuánto cuesta la travesía?"),
    ("La travesía dura unas dos horas.", "¿Cuánto dura la travesía?"),
    ("El cofre contiene cartas viejas.", "¿Qué contiene el cofre?"),
    ("La caja se compone de tres cajones.", "¿De qué se compone la caja?"),
    ("El capitán debe revisar las velas.", "¿Qué debe revisar el capitán?"),
    ("El capitán debe ser prudente.", None),
    ("Si el viento gira al norte, los barcos se quedan en el puerto.", "¿Y si el viento gira al norte?"),
    ("Si encuentras un error, escribe al responsable.", None),
    ("Si la falta es suya, escribe al responsable.", None),
    ("¿Es caro el café?", None),
    ("«El café es una bebida», dijo ella.", None),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "question"), QUESTIONS)
def test_a_question_is_asked_only_where_the_sentence_answers_it(sentence: str, question: str | None) -> None:
    assert ask(sentence, LEXICON) == question


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("La casa del café", "la casa del café"),
        ("Comprobación del paquete", "la comprobación del paquete"),
        ("Cambios sospechosos", "los cambios sospechosos"),
        ("Bibliotecas compartidas", "las bibliotecas compartidas"),
        ("Problemas de construcción", "los problemas de construcción"),
        ("Agua potable", "el agua potable"),
        ("Café y comercio", "el café y comercio"),
        ("Varias arquitecturas", "varias arquitecturas"),
        ("Caso particular: los errores antiguos", "los errores antiguos"),
        ("Actualizar el paquete", "actualizar el paquete"),
        ("Lo que queda del oficio", "lo que queda del oficio"),
        ("Dónde pedir ayuda", "dónde pedir ayuda"),
        ("Introducción", None),
        ("En la red", None),
        ("Javier Fernández Peña", None),
        ("Obtén el programa y pruébalo", None),
        ("Conviviendo con cambios", None),
        ("Git command and similar", None),
        ("Sección 4", None),
    ],
)
def test_a_heading_is_said_with_its_article_or_not_at_all(heading: str, said: str | None) -> None:
    assert topic(heading, LEXICON) == said
    assert said is None or is_clause(said) == said.startswith(("actualizar", "lo que", "dónde"))


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Por qué volvió el café", "¿Por qué volvió el café?"),
        ("¿Cómo funciona el mercado?", "¿Cómo funciona el mercado?"),
        ("Dónde pedir ayuda", "¿Dónde pedir ayuda?"),
        ("Cómo cuidar tus plantas", None),
        ("Por qué no", None),
        ("La casa del café", None),
    ],
)
def test_a_heading_asks_what_it_raises(heading: str, question: str | None) -> None:
    assert heading_question(heading, LEXICON) == question


@pytest.mark.parametrize(
    ("sentence", "lean"),
    [
        ("Esto cambia toda la vida del pueblo.", Lean.HARD),
        ("Él se marchó al día siguiente a Sevilla.", Lean.HARD),
        ("Por eso subieron los precios.", Lean.HARD),
        ("Sin embargo, los precios subieron.", Lean.HARD),
        ("También se perdieron once barcos.", Lean.HARD),
        ("Sus amigos lo siguieron hasta el puerto.", Lean.HARD),
        ("Además, la ciudad creció mucho.", Lean.HARD),
        ("Los precios subieron a causa de esta ley.", Lean.HARD),
        ("En este caso, el paquete se retira.", Lean.HARD),
        ("Con ella, la llama se veía desde lejos.", Lean.HARD),
        ("Hay tres formas de preparar el café.", Lean.NONE),
        ("Algunas ciudades guardaron su hora.", Lean.NONE),
        ("Cien años de paz siguieron a la guerra.", Lean.NONE),
        ("El ferrocarril lo cambió todo.", Lean.NONE),
    ],
)
def test_what_a_sentence_leans_on(sentence: str, lean: Lean) -> None:
    assert leaning(sentence, (), "es") == lean


def test_a_promise_is_told_from_a_statement() -> None:
    assert sets_up("Hay tres formas de preparar el café.", "es")
    assert not sets_up("Tres hombres vivían allí desde hacía tiempo.", "es")


@pytest.mark.parametrize(
    ("sentence", "can"),
    [
        ("Véase la sección siguiente para la lista completa.", False),
        ("La lista se muestra más abajo con las direcciones.", False),
        ("Para más información, consulte la página del proyecto.", False),
        ("Suscríbete a nuestro boletín de noticias cada semana.", False),
        ("Este capítulo describe la forma de participar.", False),
        ("The rewrite of this tutorial is available as a guide.", False),
        ("Los relojes de la estación atrasaban cinco minutos.", True),
    ],
)
def test_what_is_only_for_the_eye_is_not_said(sentence: str, can: bool) -> None:
    assert is_speakable(sentence, "es") == can


@pytest.mark.parametrize(
    ("answer", "repeated"),
    [
        ("El viaje duraba tres días en diligencia.", "Tres días"),
        ("Suben más de 3.000 personas cada verano.", "Más de 3.000 personas"),
        ("Vive allí el 80 % de los habitantes.", "80 por ciento"),
        ("Eso pasó en 1884, según dicen.", None),
        ("Volvió tres días después.", None),
    ],
)
def test_a_figure_is_repeated_as_one_hears_it(answer: str, repeated: str | None) -> None:
    assert echo(answer) == repeated


def test_small_things() -> None:
    assert listed(["el puerto", "la ciudad", "el impuesto"]) == "el puerto, la ciudad y el impuesto"
    assert [listed(["Ana", name]) for name in ("Inés", "Hilda", "Hierro")] == [
        "Ana e Inés",
        "Ana e Hilda",
        "Ana y Hierro",
    ]
    assert address("Daniel", "¿Cómo funciona el mercado?") == "Daniel, ¿cómo funciona el mercado?"
    assert address("Daniel", "¿Debian, de verdad?") == "¿Debian, de verdad?"
    assert [opener(s) for s in ("Por ejemplo, el puerto.", "Pero nada.", "Por tanto, todo.", "El puerto.")] == [
        "example",
        "contrast",
        "result",
        "",
    ]
    assert nouns("La torre es alta. Se ve la torre y el mar.")["la torre"] == 2
    assert subject_topic("Los guardianes deben subir cada noche.", LEXICON) == "los guardianes"
    assert subject_topic("El primer caso es delicado.", LEXICON) is None
