"""Spanish: how its sentences hang together, and what can be said."""

# ruff: noqa: E501 — patterns are read as running text, not as columns of strings

from __future__ import annotations

import re
from collections.abc import Sequence

from narrowcast.writers.extractive.languages.grammar import Grammar, by_patterns, promises_by_mark

_ITSELF = "documento|guía|manual|libro|artículo|texto|ensayo|informe|relato|tutorial|curso|mañana|noche|semana|mes|año"
_LINKERS = (
    "pero|y|e|o|u|ni|pues|así(?! como)|así que|sin embargo|no obstante|además|entonces|luego|después|finalmente|por último|por eso|por ello|"
    "por (?:lo )?tanto|por consiguiente|en consecuencia|de ahí|de hecho|en efecto|en cambio|por el contrario|al contrario|también|tampoco|"
    "por ejemplo|aquí|ahí|allí|allá|tal(?:es)?|o sea|es decir|en otras palabras|dicho de otro modo|por otra parte|por otro lado|"
    "por su parte|a su vez|aun así|con todo|mientras tanto|entretanto|más tarde|más adelante|poco después|asimismo|igualmente|de igual modo|"
    "del mismo modo|de este modo|de esta manera|de ese modo|en ese|en este|en estos|para ello|con ello|sino|sí|no, |bueno|en resumen|en suma|"
    "primero,|segundo,|tercero,|en primer lugar|en segundo lugar|en ambos casos|en cualquier caso|otra vez|a menudo también|a continuación"
)
_DANGLING = re.compile(
    r"^[\"“«¿¡(\s]*(?:"
    rf"(?:est[aeo]s?|es[aeo]s?|aquel(?:l[ao]s?)?|aquello)\b(?! (?:{_ITSELF})s?\b)|(?:él|ella|ello|ellos|ellas)\b|(?:sus?)\b|(?:{_LINKERS})\b"
    r"|(?:l[ao]s? (?:primer[ao]s?|segund[ao]s?|últim[ao]s?|otr[ao]s?|mism[ao]s?|demás|dos|tres|cuatro)|el (?:primero|segundo|último|otro|mismo)|otr[ao]s?|ambos|ambas|algunos|algunas|ninguno|"
    r"ninguna|muchos|muchas|todos|todas|cada uno|cada una|un[ao] de ell[ao]s|la mayoría|lo mismo|lo anterior)\b(?! (?:de las|de los|del|los|las|[a-zñáéíóú]{4,}(?:s|a|o|e|al|or)\b(?<!ban)(?<!ieron)(?<!aron)(?<!fueron)))"
    rf"|(?:\w+ ){{1,3}}(?:est[aeo]s?|es[aeo]s?|él|ella|ello|ellos|ellas|aquell?[ao]s?)\b(?! (?:{_ITSELF})s?\b)"
    r"|(?:[Ll]o|[Ll]a|[Ll]os|[Ll]as|[Ll]es?|[Ss]e l[aoe]s?) (?:\w+(?:mos|ron|ba|ban|rá|rán|ría|rían)|llam\w+|hiz\w+|hac\w+|conoc\w+|vi\w+|dij\w+|dio|puede\w*|debe\w*|quier\w+)\b"
    r"|(?:Eso|Esto|Ello)\b|(?:Fue|Era|Es) (?:así|entonces|allí|por eso|ahí)\b"
    r")",
    re.IGNORECASE,
)
_BACK = re.compile(
    rf"\b(?:est[ae]|est[ao]s|es[ae]|es[ao]s|aquel|aquell[ao]s?)\b(?! (?:{_ITSELF})s?\b) [a-zñáéíóú]|\b(?:esto|eso|ello|aquello)\b|"
    r"\b(?:también|tampoco|en su lugar)[.!]$|^\w+ también\b|\b(?:días|meses|años|horas|semanas|décadas) (?:más tarde|después|antes)\b[,.]|\blo mismo\b|"
    r"\b(?:de ellos|de ellas|dich[ao]s? [a-z]+)\b|^La excepción\b"
)
_TAKES_UP = re.compile(r"^(?:El |La |Los |Las |Del |Al |En el |En la |En los |En las )([\w-]{3,})")
_lean, _lean_at_start = by_patterns(
    start=_DANGLING,
    anywhere=_BACK,
    takes_up=_TAKES_UP,
    first_pronoun=re.compile(r"^[\"«¿¡]*(?:est[aeo]s?|es[aeo]s?|aquel\w*|él|ella|ello|ellos|ellas|sus?|ambos|ambas|tal|tales)\b", re.IGNORECASE),
)  # fmt: skip
_SET_UP = re.compile(
    r"\b(?:dos|tres|cuatro|cinco|seis|varios|varias|algunos|algunas|diferentes|distintos|distintas|diversos|diversas) (?:[a-zñáéíóú-]+ )?(?:cosas|razones|formas|maneras|"
    r"modos|pasos|clases|tipos|opciones|reglas|preguntas|problemas|puntos|casos|métodos|soluciones|posibilidades|medios|excepciones|partes)"
    r"(?: (?:de|para|en)[^,;:]{0,60})?[.!]$|^(?:Imaginemos|Imagina|Supongamos|Veamos|Pensemos|Tomemos)\b|\bpor ejemplo[.:]$|\buna (?:idea|pregunta)\.$|"
    r"\b(?:el|la|los|las|lo) siguientes?\b",
    re.IGNORECASE,
)
_SMALL = frozenset(
    [
        "el",
        "la",
        "los",
        "las",
        "un",
        "una",
        "unos",
        "unas",
        "de",
        "del",
        "y",
        "e",
        "o",
        "u",
        "a",
        "al",
        "en",
        "sobre",
        "bajo",
        "para",
        "por",
        "con",
        "sin",
        "entre",
        "hacia",
        "desde",
        "hasta",
        "que",
        "quien",
        "donde",
        "dónde",
        "cómo",
        "qué",
        "cuándo",
        "este",
        "esta",
        "estos",
        "su",
        "sus",
        "nuestro",
        "nuestra",
        "no",
        "es",
        "son",
        "está",
        "más",
        "lo",
        "se",
    ]
)
_LONG = 5
_VERB = re.compile(
    r"^(?:es|son|era|fue|fueron|ha|han|va|van|hace|hizo|puede|debe|dijo|vio|dio|murió|vivió|hay|está|están|tiene|tenía|sabe|quiere)$|"
    r"[^\W\d_]{2,}(?:ó|ió|aba|aban|ía|ían|aron|ieron|rá|rán)$"
)


def _sets_up(text: str) -> bool:
    return promises_by_mark(text) or bool(_SET_UP.search(text))


def _is_sentence(words: Sequence[str]) -> bool:
    """Longer ones are taken at their word; of a few words, one must look like a verb."""
    return len(words) >= _LONG or any(_VERB.search(word.strip(".,!;:¡").lower()) for word in words)


SPANISH = Grammar(
    "es",
    dangling=_DANGLING,
    droppable=re.compile(
        r"^(?:sin embargo|no obstante|además|asimismo|por otra parte|por otro lado|de hecho|en efecto|finalmente|por supuesto|también),\s+",
        re.IGNORECASE,
    ),
    leaning=_lean,
    leaning_at_start=_lean_at_start,
    sets_up=_sets_up,
    unseen=re.compile(r"(?:El|La|Los|Las) "),
    points_back=re.compile(r"\b(?:est[aeo]s?|es[aeo]s?|aquel\w*|otr[ao]s?|tal|tales|dich[ao]s?)\b", re.IGNORECASE),
    bare_subject=re.compile(
        r"(?:El|La|Los|Las) [a-zñáéíóú-]+ (?:es|son|era|eran|está|están|ha|han|había|puede|pueden|debe|deben|fue|fueron|será)\b"
    ),
    unspeakable=tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            r"^\w+[ai]d[oa]s? (?:en|por|a|con|de|el|sobre)\b(?!.*\b(?:es|son|fue|fueron|era|ha|han|está|están|puede|debe|tiene|hay|\w+(?:ó|aba|ía|aron|ieron))\b)",
            r"\b(?:más abajo|más arriba|a continuación|anteriormente|arriba mencionad[ao]s?|antes mencionad[ao]s?)\b|\bcomo sigue\b|:$",
            r"^(?:véase|vea|ver|ve|cf\.?|nota ?:|n\.? ?b\.?|atención ?:|consejo ?:|p ?:|r ?:)\s",
            r"\b(?:véase|vea|ver|consult[ae]r?|consulte|lee|lea|leer|mira|revisa|echa un vistazo|dirígete|acuda)\b[^.]{0,40}\b(?:sección|capítulo|página|documentación|"
            r"manual|sitio|apéndice|anexo|parte|párrafo|tabla|figura|lista|wiki|instrucciones)",
            r"\b(?:est[ae]s?|el|la|los|las) (?:sección|secciones|subsección|capítulos?|párrafos?|apéndices?|anexos?|ejemplos?|tablas?|figuras?|listas?|órdenes|orden|comandos?|líneas?|páginas?) "
            r"(?:siguientes?|anterior(?:es)?)\b|\b(?:siguientes?|anterior(?:es)?) (?:sección|capítulo|ejemplo|tabla|figura|lista|orden|órdenes|comando|línea|líneas|página|párrafo)\b|"
            r"\best[ae] (?:capítulo|sección|apéndice|anexo|párrafo|página|tabla|figura|subsección)\b|\b(?:sección|capítulo|apéndice|figura|tabla) [«“\d]",
            r"\b(?:haz clic|haga clic|pulsa aquí|suscríbete|suscríbase|regístrate|inicia sesión|leer más|más información|para (?:más|mayor) (?:información|detalles)|"
            r"todos los derechos reservados|aviso legal|política de privacidad|comparte|boletín de noticias)\b|©",
            r"\b(?:disponibles?|descrit[ao]s?|explicad[ao]s?|detallad[ao]s?|documentad[ao]s?|listad[ao]s?|puede encontrarse|se encuentran?|encontrarás|encontrará) (?:en (?:la |el |los |las )?"
            r"(?:dirección|sección|capítulo|anexo|apéndice|página|documentación|manual|fichero|archivo|sitio|«)|en línea)",
            r"\bpáginas? de manual\b|\búltima (?:actualización|modificación)\b|\bpendiente de traducción\b|\bbajo (?:la )?licencia\b|\blicencia pública\b|"
            r"\beste (?:documento|manual|texto|tutorial) (?:es|está|ha sido|puede|fue) (?:\w+ )?(?:disponible|traducid|publicad|distribuid|mantenid|obsolet|generad|escrit|desactualizad)",
            r"\b(?:la orden|el comando|el fichero|el archivo|la opción|la variable|el campo|el parámetro) [a-z]+[-_.\d][\w.-]*\b",
            r"\b(?:the|and|of|is|are|this|with) (?:[a-z]+ )",
        )
    ),
    is_sentence=_is_sentence,
    asides=True,
    of_itself=re.compile(
        r"^(?:Este|El presente) (?:\w+ )?(?:documento|manual|tutorial|capítulo|libro|curso)\b|^Esta guía\b|\b(?:en|de) (?:este (?:documento|manual|tutorial|texto|libro)|esta guía)\b|\bversión \d"
    ),
    machine_like=re.compile(
        r"\b(?:dpkg|dh|debhelper|make|sudo|apt|git|pbuilder|lintian|quilt|sbuild|ldap|nfs|gcc)[\w-]*\b|\b(?:ficheros?|archivos?|campos?|directorios?|scripts?|órdenes|opciones|variables?|parámetros?)\b(?= (?:llamad[ao]s?|denominad[ao]s?)\b)"
    ),
    single_voice=re.compile(r"(?<![«“\"])\b(?:[Yy]o|[Mm]is?|[Mm]í|[Mm]e|[Cc]onmigo)\b"),
    not_alone=re.compile(
        r"\b(?:yo|mis?|me|nosotros|nuestr[ao]s?|nos|est[aeo]s?|es[aeo]s?|aquel\w*|otr[ao]s?|ejemplo|luego|después|también|tampoco|tal|tales|más tarde|sin embargo|él|ella|ellos|ellas|sus?)\b|"
        r"[/_()«»“”\"]|^(?:si|para|cuando|usted|tu|tus|nótese|por favor|un|una|dos|tres|algunos|algunas|cada|todo|toda|lo|se)\b",
        re.IGNORECASE,
    ),
    advice=re.compile(
        r"\b(?:usted|tu|tus|debe|deben|debes|debería|deberías|tienes que|hay que|puedes)\b", re.IGNORECASE
    ),
    striking=re.compile(
        r"\b(?:nunca|jamás|nadie|nada|sol[ao]|sólo|solamente|primer[ao]?|últim[ao]|más (?:grande|antigu[ao]|viej[ao]|pequeñ[ao])|mayor|mejor|peor|más de|"
        r"menos de|mitad|millón|millones|por ciento|murió|muertos|mató|veneno|secreto|imposible|porque)\b",
        re.IGNORECASE,
    ),
    general=re.compile(
        r"\b(?:porque|nunca|jamás|siempre|cada|más \w+ que|sin|debe|deben|hay que|depende|significa|importa|importante|esencial|necesari[ao]|hasta|sólo|solo|nadie|"
        r"todo el mundo|la mayoría|mejor|más (?:fácil|difícil))\b"
    ),
    definite=re.compile(r"\b(?:[Ee]l|[Ll]a|[Ll]os|[Ll]as) ([a-zñáéíóú-]{4,})(?! (?:de|del)\b)"),
    names=re.compile(r"(?<=[a-zñáéíóú,] )[A-ZÁÉÍÓÚÑ][a-zñáéíóú]+"),
    story=frozenset({"ella", "yo", "mi", "mis", "me", "él"}),
    small_words=_SMALL,
    articles="el|la|los|las",
    after_nouns=_SMALL,
)
