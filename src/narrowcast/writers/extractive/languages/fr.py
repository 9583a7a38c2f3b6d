"""French: how its sentences hang together, and what can be said."""

# ruff: noqa: E501 — patterns are read as running text, not as columns of strings

from __future__ import annotations

import re
from collections.abc import Sequence

from narrowcast.writers.extractive.languages.grammar import Grammar, Lean, by_patterns, promises_by_mark

_ITSELF = "document|guide|manuel|livre|article|texte|essai|rapport|récit|tutoriel|cours|matin|soir"
_IMPERSONAL = (
    r"(?: (?:ne )?(?:faut|fallut|fallait|faudra|faudrait|existe|existait|suffit|suffisait|convient|vaut mieux|arrive que|reste (?:à|de)|semble que|paraît que|"
    r"(?:est|était|fut|serait|peut être) (?:\w+ment )?(?:\w+ )?(?:de|d['’]|que|qu['’])|pleut|neige|fait)|(?: n['’]| )y (?:a|avait|eut|aura|en a)|(?: n['’]|['’])existe)"
)
_LINKERS = (
    "mais|et|ou|donc|or|ni|car|ainsi|cependant|toutefois|néanmoins|pourtant|ensuite|enfin|puis|aussi|également|alors|"
    "de plus|en outre|par exemple|en effet|en fait|en revanche|par contre|au contraire|à l['’]inverse|par conséquent|en conséquence|"
    "du coup|dès lors|de même|d['’]ailleurs|d['’]où|de là|là|ici|bref|autrement dit|c['’]est-à-dire|pour autant|quant à|"
    "de cette|à cet égard|à cette fin|en d['’]autres termes|voici|voilà|oui|non|d['’]abord|premièrement|deuxièmement|troisièmement|"
    "dans les deux cas|de ce fait|à ce titre|plus tard|plus tôt|par la suite|entre-temps|pareillement|sinon|parfois aussi|surtout|autre"
)
_DANGLING = re.compile(
    r"^[\"“«(\s]*(?:"
    rf"(?:ce|cet|cette|ces)\b(?! (?:{_ITSELF})\b)(?! (?:que|qui|dont)\b)|c['’]|(?:celui|celle|ceux|celles)\b|(?:ceci|cela|ça)\b"
    rf"|il\b(?!{_IMPERSONAL})|(?:elle|ils|elles|lui|eux)\b|(?:son|sa|ses|leurs?)\b|(?:{_LINKERS})\b"
    r"|(?:l['’]un|l['’]une|les uns|les unes|l['’]autre|les autres|d['’]autres|un autre|une autre|certains|certaines|tous|toutes|aucun|aucune|chacun|"
    r"chacune|beaucoup|plusieurs|la plupart|les deux|tous les deux|le premier|la première|le second|la seconde|le dernier|la dernière)\b"
    r"(?! (?:des|de la|du|d['’]|de l['’]|entre les|les|[a-zà-ÿ-]{3,}s?\b(?<!ont)(?<!est)(?<!sont)(?<!était)(?<!fut)))"
    rf"|(?:\w+ ){{1,3}}(?:ce|cet|cette|ces|celui|celle|ceux|celles|cela|ceci)\b(?! (?:que|qui|dont|{_ITSELF})\b)"
    r"|(?:On|Vous|Nous|Je|Tu) (?:ne )?(?:le|la|les|l['’]|lui|leur|y|en)\b|J['’](?:y|en)\b"
    rf"|(?:Quand|Lorsque?|Si|S|Comme|Puisque?|Après que?|Avant que?|Dès que?|Pendant que?|Parce que?|Alors que?|Bien que?|Tandis que?)['’ ](?:il(?!{_IMPERSONAL})|elle|ils|elles)\b"
    r")",
    re.IGNORECASE,
)
_BACK = re.compile(
    rf"\b(?:cet|cette|ces)\b(?! (?:{_ITSELF})\b)|\bce (?!(?:{_ITSELF}|que?|qui|dont|soir|sera|serait|fut|sont|n|ne|jour)\b)\w|"
    r"\b(?:celui|celle|ceux|celles)-(?:ci|là)\b|\b(?:cela|ceci)\b|\b(?:aussi|également|non plus|à la place|pour autant)[.!]$|"
    r"^\w+ (?:aussi|également)\b|\b(?:jours|mois|ans|années|heures|semaines) (?:plus tard|après|auparavant)\b[,.]|\bla même chose\b|"
    r"\b(?:d['’]entre (?:eux|elles)|ce dernier|ces derniers|cette dernière)\b|^L['’]exception\b"
)
_HEAD_THEN_PRONOUN = re.compile(rf"^([^,]{{1,60}}), (?:il(?!{_IMPERSONAL})|elle|ils|elles)\b")
_ANTECEDENT = re.compile(
    r"\b(?:[Ll]e|[Ll]a|[Ll]es|[Uu]ne?|[Dd]es|[Dd]u|[Cc]haque) [a-zà-ÿ]|\b[Ll]['’][a-zà-ÿ]|(?<=[a-zà-ÿ,] )[A-ZÉ][a-zà-ÿ]+"
)
_TAKES_UP = re.compile(r"^(?:Le |La |Les |L['’]|Du |Au |Dans le |Dans la |Dans l['’])([\w-]{3,})")
_lean, _lean_at_start = by_patterns(
    start=_DANGLING,
    anywhere=_BACK,
    takes_up=_TAKES_UP,
    first_pronoun=re.compile(r"^(?:il|elle|ils|elles|ce|cet|cette|ces|c['’]|cela|ceci|ça|son|sa|ses|leurs?|celui|celle|ceux|celles)\b", re.IGNORECASE),
)  # fmt: skip
_SET_UP = re.compile(
    r"\b(?:deux|trois|quatre|cinq|six|plusieurs|quelques|certain(?:e)?s|différent(?:e)?s|divers(?:es)?) (?:[a-zà-ÿ-]+ )?(?:choses|raisons|façons|manières|"
    r"étapes|sortes|types|options|règles|questions|problèmes|points|cas|méthodes|solutions|possibilités|moyens|exceptions|parties)"
    r"(?: (?:de|d['’]|pour|à)[^,;:]{0,60})?[.!]$|^(?:Prenons|Imaginons|Imaginez|Supposons|Voyons|Considérons)\b|\bpar exemple[.:]$|\bune (?:idée|question)\.$|"
    r"\b(?:le|la|les) suivante?s?\b",
    re.IGNORECASE,
)


def _leaning(text: str, before: Sequence[str]) -> Lean:
    found = _HEAD_THEN_PRONOUN.match(text)
    return Lean.HARD if found and not _ANTECEDENT.search(found[1]) else _lean(text, before)


def _sets_up(text: str) -> bool:
    return promises_by_mark(text) or bool(_SET_UP.search(text))


def _is_sentence(words: Sequence[str]) -> bool:
    """Longer ones are taken at their word; of a few words, one must look like a verb."""
    return len(words) >= _LONG or any(_VERB.search(word.strip(".,!;:").lower()) for word in words[1:])


_LONG = 5
_VERB = re.compile(
    r"(?:^|['’])(?:est|sont|a|ont|fut|furent|va|vont|fait|font|peut|doit|vit|dit|dort|part|reste|suit|veut|voit|court|meurt)$|"
    r"[^\W\d_]{2,}(?:[^aeiou]a|int|ut|it|ait|aient|èrent|irent|urent|era|eront)$"
)
_SMALL = frozenset(
    [
        "le",
        "la",
        "les",
        "un",
        "une",
        "des",
        "du",
        "de",
        "d",
        "et",
        "ou",
        "à",
        "au",
        "aux",
        "en",
        "dans",
        "sur",
        "sous",
        "pour",
        "par",
        "avec",
        "sans",
        "entre",
        "vers",
        "chez",
        "que",
        "qui",
        "dont",
        "où",
        "comment",
        "pourquoi",
        "quand",
        "ce",
        "cette",
        "ces",
        "son",
        "sa",
        "ses",
        "leur",
        "leurs",
        "notre",
        "nos",
        "votre",
        "vos",
        "ne",
        "pas",
        "est",
        "sont",
        "plus",
    ]
)

FRENCH = Grammar(
    "fr",
    dangling=_DANGLING,
    droppable=re.compile(
        r"^(?:cependant|toutefois|néanmoins|de plus|en outre|par ailleurs|en effet|en fait|enfin|bien sûr|d['’]ailleurs|également),\s+",
        re.IGNORECASE,
    ),
    leaning=_leaning,
    leaning_at_start=_lean_at_start,
    sets_up=_sets_up,
    unseen=re.compile(r"(?:Le|La|Les) |L['’]"),
    points_back=re.compile(
        r"\b(?:cet|cette|ces|ceux-ci|celui-ci|celle-ci|celles-ci|autre|autres|tel|telle|tels|telles)\b", re.IGNORECASE
    ),
    bare_subject=re.compile(
        r"(?:L[ea]s? |L['’])[a-zà-ÿ-]+ (?:est|sont|était|étaient|a|ont|avait|peut|peuvent|doit|doivent|fut|sera)\b"
    ),
    unspeakable=tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            r"^\w+ée?s? (?:sur|par|en|à|dans|de|le)\b(?!.*\b(?:est|sont|ont|fut|furent|peut|doit|devint|\w+(?:ait|aient|èrent|[^l]a))\b)",
            r"\b(?:ci-dessous|ci-dessus|ci-après|ci-contre|ci-joint|plus haut|plus bas)\b|\bcomme suit\b|\bsuivante?s? ?:|:$",
            r"^(?:voir|voyez|cf\.?|note ?:|n\.? ?b\.?|remarque ?:|attention ?:|astuce ?:|q ?:|r ?:)\s",
            r"\b(?:voir|voyez|consulte[rz]|lire|lisez|reportez-vous|référez-vous|se reporter|se référer|jetez un œil)\b[^.]{0,40}\b(?:section|chapitre|"
            r"page|documentation|manuel|site|annexe|partie|paragraphe|tableau|figure|liste|wiki|instructions)",
            r"\b(?:cette?|ces?|la|le|les) (?:sections?|sous-sections?|chapitres?|paragraphes?|annexes?|exemples?|tableaux?|figures?|listes?|commandes?|lignes?|pages?) "
            r"(?:suivante?s?|précédente?s?)\b|\bce(?:tte)? (?:chapitre|section|annexe|paragraphe|page|tableau|figure|sous-section)\b|\b(?:le|la) (?:section|chapitre|annexe|figure|tableau) [«“\d]",
            r"\b(?:cliquez|abonnez-vous|inscrivez-vous|connectez-vous|en savoir plus|pour plus d(?:e|['’])|plus d['’]informations?|davantage d['’]informations|"
            r"tous droits réservés|mentions légales|politique de confidentialité|partagez|lettre d['’]information)\b|©",
            r"\b(?:disponibles?|décrite?s?|expliquée?s?|détaillée?s?|documentée?s?|listée?s?|donnée?s?|présentée?s?|trouve[rz]?|consultables?) (?:à l['’]adresse|dans (?:la |le |les |l['’])?"
            r"(?:section|chapitre|annexe|page|documentation|manuel|fichier|«)|en annexe|sur le site|sur la page)",
            r"\b(?:page de manuel|pages? man)\b|\bdernière (?:mise à jour|modification)\b|\ben cours de (?:rédaction|traduction)\b|\bsous licence\b|\blicence publique\b|"
            r"\bce (?:document|guide|manuel|texte) (?:est|a été|peut être) (?:\w+ )?(?:disponible|traduit|publié|distribué|maintenu|obsolète|généré|rédigé|mis)",
            r"\b(?:la commande|le fichier|l['’]option|la variable|le champ|le paramètre|la cible|le script) [a-z]+[-_.\d][\w.-]*\b",
        )
    ),
    is_sentence=_is_sentence,
    asides=True,
    of_itself=re.compile(
        r"^(?:Ce|Le présent) (?:\w+ )?(?:document|manuel|guide|tutoriel|chapitre|livre|cours)\b|\b(?:dans|de) ce (?:document|manuel|guide|tutoriel|texte|livre)\b|\bversion \d"
    ),
    machine_like=re.compile(
        r"\b(?:dpkg|dh|debhelper|make|sudo|apt|git|pbuilder|lintian|quilt|sbuild|ldap|nfs|gcc)[\w-]*\b|\b(?:fichiers?|champs?|répertoires?|scripts?|commandes?|options?|variables?|paramètres?)\b(?= (?:nommée?s?|appelée?s?)\b)"
    ),
    single_voice=re.compile(r"(?<![«“\"])\b(?:[Jj]e|[Jj]['’]|[Mm]oi|[Mm]on|[Mm]a|[Mm]es)\b|\b[Jj]['’]"),
    not_alone=re.compile(
        r"\b(?:je|moi|mon|ma|mes|nous|notre|nos|cet|cette|ces|autres?|exemple|ensuite|puis|aussi|également|tels?|telles?|plus tard|cependant|il|elle|ils|elles|"
        r"celui|celle|ceux|lui|leurs?)\b|j['’]|[/_()«»“”\"]|^\w+ée?s? (?:sur|par|le|en|à|dans|de)\b|^(?:si|pour|quand|lorsque|vous|votre|vos|tu|note[rz]|veuillez|un|deux|trois|certains|chaque|tout|toute)\b",
        re.IGNORECASE,
    ),
    advice=re.compile(r"\b(?:vous|votre|vos|doit|doivent|devez|devrait|devriez|faut)\b|^\w+ez\b", re.IGNORECASE),
    striking=re.compile(
        r"\b(?:jamais|personne|rien|seule?s?|seulement|premiere?|première|dernier|dernière|plus (?:grande?|ancien|vieux|vieille|petite?)|meilleure?|pire|plus de|moins de|"
        r"moitié|millions?|milliards?|pour cent|mort|mortes?|morts|tuée?s?|poison|secret|impossible|parce que)\b",
        re.IGNORECASE,
    ),
    general=re.compile(
        r"\b(?:parce que|jamais|toujours|chaque|plus \w+ que|sans|doit|doivent|faut|dépend|signifie|compte|importante?|essentielle?|nécessaire|"
        r"jusqu['’]|seulement|seule?|personne|tout le monde|la plupart|meilleure?|plus (?:facile|difficile))\b"
    ),
    definite=re.compile(r"\b(?:[Ll][ea]s? |[Ll]['’])([a-zà-ÿ-]{4,})(?! (?:de|du|des)\b)(?! d['’])"),
    names=re.compile(r"(?<=[a-zà-ÿ,] )[A-ZÉ][a-zà-ÿ]+"),
    story=frozenset({"elle", "lui", "je", "mon", "ma", "mes"}),
    small_words=_SMALL,
    articles="le|la|les",
    after_nouns=_SMALL,
)
