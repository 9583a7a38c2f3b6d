"""French: the question that a sentence answers. Every rule builds on a shape that can be told without a parser, keeps
the source's own words, asks with « est-ce que » or before a plain noun, and gives up where it is not sure.
"""

# ruff: noqa: SIM905, E501 — word classes and patterns are read as running text, not as columns of strings

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from narrowcast.writers.extractive.lexicon import Lexicon

_WORD = r"[^\W\d_][\w’'-]*"
_SUBJECT = rf"((?:(?:Le|La|Les|Un|Une|Des|Chaque) |L['’])?{_WORD}(?: {_WORD}){{0,6}}?)"
_NOT_WITHIN = frozenset(
    "qui que dont où lequel laquelle lesquels se ne il elle ils elles on je tu nous vous cela ceci ce cet cette ces son sa ses leur "
    "leurs y lui eux mais donc car si quand lorsque comme est sont était étaient fut a ont avait pas plus très aussi encore puis même "
    "mon ma mes notre nos votre vos autre autres vraiment trop également suivant suivante précédent précédente tel telle par pour avec sans sur dans selon vers "
    "depuis pendant après avant contre entre celui celle ceux celles tout toute toutes tous ainsi seul seule dernier dernière second "
    "seconde deuxième troisième peut doit peuvent doivent fait font".split()
)
_VAGUE = frozenset(
    "chose choses cas fait point partie suite fin reste idée façon manière exemple jour année temps moment moitié plupart résultat "
    "première premier lendemain vingtaine dizaine trentaine centaine douzaine étape important essentiel sujet problème nombre autre gens monde différence exception".split()
)
_PEOPLE = re.compile(
    r"(?:homme|femme|roi|reine|fils|fille|écrivaine?|peintre|poète|médecin|moine|pèlerin|prêtre|maire|président|présidente|ministre|ami|amie|enfant|"
    r"personne|soldat|marin|paysan|paysanne|savant|artiste|juge|avocat|avocate|chef|saint|sainte|\w+(?:eur|euse|trice|iste|ien|ienne|ois|ier|ière|graphe|logue))$"
)
_PLACES = re.compile(
    r"(?:ville|pays|port|île|capitale|région|village|fleuve|montagne|rivière|état|département|province|quartier|banlieue)$"
)
_JUDGED = re.compile(
    r"(?:alternative|opération|question|solution|exception|nécessité|erreur|limite|tâche|partie|étape|violation|force|idée|façon|manière|moyen|problème|"
    r"exemple|chose|plaisir|bon|bonne|grand|grande|petite?|seule?|vraie?|affaire|raison|occasion|perte|succès|échec|cause|conséquence|preuve|information|"
    r"suite|résultat|base|clé|meilleure?|pire|principale?|\w+ième|première?|second|seconde|dernier|dernière)s?"
)
"""A thing that is called one of these is not explained by it."""
_ABSTRACT_MASCULINE = "but|objectif|problème|avantage|inconvénient|rôle|principe|défi|risque|enjeu|danger|secret|intérêt|motif|prix|effet|défaut|mérite"
_ABSTRACT_FEMININE = "raison|cause|difficulté|solution|conséquence|règle|méthode|origine|condition|limite|force|faiblesse|fonction|tâche|mission|clé"
_COUNTED_MASCULINE = "types|moyens|modes|genres|groupes|cas|principes|niveaux|facteurs"
_COUNTED_FEMININE = "sortes|façons|raisons|manières|méthodes|étapes|catégories|formes|règles|conditions|phases|espèces"
_NUMBERS = r"(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|\d+)"


def ask(sentence: str, lexicon: Lexicon) -> str | None:
    """The question that this sentence answers, none where no rule is sure of one."""
    if sentence.rstrip('"”’» ').endswith("?") or sentence[:1] in '"“‘«(':
        return None
    for rule in _RULES:
        question = rule(sentence, lexicon)
        if (
            question
            and len(question.split()) <= 20
            and not re.search(r"[()\"“”«»:;]|\b(?:ci-|suivante?s?\b)", question)
        ):
            return question
    return None


def subject_topic(sentence: str, lexicon: Lexicon) -> str | None:
    """What the sentence is about, with its article; none where its subject is not short and plain."""
    found = re.match(rf"{_SUBJECT} (?:{_FINITE})\b", sentence)
    said = _plain(found[1], lexicon) if found else None
    if not said or len(said.split()) > 5 or re.match(r"(?:une?|des|chaque) ", said) or _vague(said):
        return None
    return None if re.search(r"\d|\b(?:premi[eè]re?|même)s?\b", said) else said


def address(name: str, question: str) -> str:
    """The question with a name before it, where its first word may follow one; else as it is."""
    first, _, rest = question.partition(" ")
    return f"{name}, {first[:1].lower()}{first[1:]} {rest}" if rest and _ADDRESSABLE.match(question) else question


def nouns(text: str) -> Counter[str]:
    """The plain nouns of a text with their article, « la rivière », by how often they stand there."""
    found = Counter(
        f"{article.lower().replace('’', chr(39))}{noun}" for article, noun in _NOUN.findall(text) if noun not in _VAGUE
    )
    return Counter(
        {
            said: count
            for said, count in found.items()
            if not re.search(r"(?:er|ez|ir|faire|mettre|prendre|rendre|lire|dire|ensemble|mise)$", said)
        }
    )


_ADDRESSABLE = re.compile(
    r"(?:Comment|Pourquoi|Quand|Où|Combien|Que|Qu['’]|Qui|Quel|Quelle|Quels|Quelles|De quoi|À quoi|D['’]où|Et|Tu|Raconte|Explique|Parle|"
    r"Voyons|Regardons|Passons|Est-ce|Dis|J['’]aimerais|Que)(?!\w)"
)
_NOUN = re.compile(
    r"\b((?:[Ll]a|[Ll]e) |[Ll]['’])([a-zà-ÿœ-]{4,})(?=[,.;:!?]|\s(?:de|du|des|est|était|a|avait|et|ou|qui|que|dans|sur|pour|avec|fut|en|au|à|par)\b)"
)
_FINITE = (
    "est|sont|était|étaient|fut|furent|a|ont|avait|avaient|peut|peuvent|doit|doivent|permet|permettent|contient|contiennent|comprend|dépend|"
    "dépendent|vient|viennent|devient|devint|reste|restent|fait|font|sert|servent|donne|donnent|prend|prit|coûte|coûtent|compte|comptait|"
    "représente|produit|offre|offrait|occupe|repose|joue|commence|commença|apparaît|apparut|s['’]appelle|se trouve|se compose|exige|demande|"
    r"\w{3,}(?:èrent|aient|era|eront)"
)


def _plain(words: str, lexicon: Lexicon) -> str | None:
    """A subject as it is said within a question, its article small; none where it is not sure to be one."""
    parts = words.replace("’", "'").split()
    inner = [part.lower().split("'")[-1] if "'" in part else part.lower() for part in parts]
    if any(part in _NOT_WITHIN or re.search(r"(?:amment|emment)$", part) for part in inner) or parts[-1].lower() in {
        "de",
        "du",
        "des",
        "la",
        "le",
        "à",
        "au",
        "en",
        "et",
        "ou",
    }:
        return None
    if re.match(r"(?:Les?|La|Une?|Des|Chaque|L')(?:\b|(?<='))", words.replace("’", "'")):
        return words[:1].lower() + words[1:]
    if len(parts) > 3 or not all(part[:1].isupper() for part in parts) or re.search(r"[,/_]", words):
        return None
    return words if lexicon.capital[parts[0]] and not lexicon.lower[parts[0].lower()] else None


def _vague(said: str) -> bool:
    return len(said.replace("'", " ").split()) == 2 and re.split(r"['’ ]", said)[-1] in _VAGUE


def _what_is(sentence: str, lexicon: Lexicon) -> str | None:
    found = re.match(rf"{_SUBJECT} (est|sont) (une? |l['’]|la |le |des |les )({_WORD})", sentence)
    if (
        not found
        or (found[2] == "sont") != (found[3] in {"des ", "les "})
        or re.match(r"(?:des|les) ", found[1].lower() if found[2] == "est" else "")
    ):
        return None
    said = _plain(found[1], lexicon)
    if (
        not said
        or _vague(said)
        or _JUDGED.fullmatch(found[4])
        or found[4].lower() in {"plus", "moins", "même", "peu", "des"}
        or (found[3] == "des " and said.startswith("les ") is False)
    ):
        return None
    head = re.split(r"['’ ]", said)[1] if re.match(r"(?:l['’]|le |la |les |une? )", said) else ""
    if head in _VAGUE or re.fullmatch(
        f"(?:{_ABSTRACT_MASCULINE}|{_ABSTRACT_FEMININE})s?|plus|moins|meilleure?|pire|principale?|vraie?|seule?", head
    ):
        return None
    if not head:
        if found[2] == "sont" or len(said.split()) > 1 or _PLACES.fullmatch(found[4]):
            return None
        return f"Qui est {said} ?" if _PEOPLE.fullmatch(found[4]) else f"Qu'est-ce {_that(said)} ?"
    if _PEOPLE.fullmatch(found[4]) and not re.match("une? ", said):
        return f"Qui est {said} ?" if found[2] == "est" else None
    return f"Qu'est-ce {_that(said)} ?"


def _which(sentence: str, _lexicon: Lexicon) -> str | None:
    """« Le but de X est de… » → « Quel est le but de X ? »"""
    found = re.match(
        rf"(Le |La |L['’]|Les )((?:principale?s? |premiere? |première |vraie? |grande? |seule? )?(?:({_ABSTRACT_MASCULINE})|({_ABSTRACT_FEMININE}))s?"
        rf"(?: (?:principale?s?|majeure?s?))?(?: (?:d['’]|de la |de l['’]|du |des |de ){_WORD}(?: {_WORD}){{0,2}}?)?) (est|sont|était|étaient) (?!pas\b|donc\b|aussi\b)",
        sentence,
    )
    if not found or re.search(r"\b(?:ce|cet|cette|ces|son|sa|ses|leurs?|qui|que)\b", found[2]):
        return None
    which = ("Quels" if found[3] else "Quelles") if found[1] == "Les " else ("Quel" if found[3] else "Quelle")
    return f"{which} {found[5]} {found[1].lower()}{found[2]} ?"


def _how_to(sentence: str, _lexicon: Lexicon) -> str | None:
    found = re.match(
        r"(?:Afin d(?:e |['’])|Pour )((?!que\b|cela\b|ce\b|cette\b|ces\b|être\b|avoir\b|chaque\b)(?:s['’]|se )?[a-zà-ÿ]+(?:er|ir|re)\b [^,]{3,70}), "
        r"(?:il (?:faut|suffit|convient|vaut mieux)|on |vous |nous |[a-zà-ÿ]+ez\b)", sentence)  # fmt: skip
    if not found or re.search(
        r"\b(?:ce|cet|cette|ces|cela|il|elle|ils|elles|leurs?|lui|son|sa|ses|votre|notre|nous|vous|celui|celle|ceux|y|en)\b",
        found[1],
    ):
        return None
    said = re.sub(r"\b(?:vos|nos)\b", "ses", found[1])
    return f"Comment fait-on pour {said} ?"


def _why(sentence: str, lexicon: Lexicon) -> str | None:
    before, found, _ = sentence.partition(" parce qu")
    if (
        not found
        or re.search(r"[,;:«]", before)
        or len(before.split()) > 12
        or re.search(r"\b(?:non|pas|simplement|surtout|juste)$", before)
    ):
        return None
    parts = re.match(rf"{_SUBJECT} (?:n['’]|ne )?(?:{_FINITE})\b", before)
    said = _plain(parts[1], lexicon) if parts else None
    if not said or re.search(
        r"\b(?:ce|cet|cette|ces|cela|il|elle|ils|elles|leurs?|lui|son|sa|ses|vous|nous|votre|notre|je|on|y|en)\b",
        before,
    ):
        return None
    return f"Pourquoi est-ce {_that(said + before[len(parts[1]) if parts else 0 :])} ?"


def _when(sentence: str, lexicon: Lexicon) -> str | None:
    found = re.match(rf"{_SUBJECT} ((?:a|ont) été (?:\w+ment )?(?:fondée?|créée?|inventée?|publiée?|construite?|ouverte?|découverte?|introduite?|abolie?|achevée?|lancée?|signée?)s?|est née?|sont née?s|ouvrit|fut (?:fondée?|créée?|publiée?|construite?|inventée?))(?: à [A-ZÉ]\w+)? en (?:\w+ )?(?:1\d{{3}}|20\d\d)\b", sentence)  # fmt: skip
    said = _plain(found[1], lexicon) if found else None
    return (
        f"Quand est-ce {_that(said)} {found[2]} ?" if said and found and not re.match(r"(?:une?|des) ", said) else None
    )


def _year(sentence: str, _lexicon: Lexicon) -> str | None:
    found = re.match(
        r"En ((?:(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre) )?(?:1\d{3}|20\d\d)), (?!plus |près )",
        sentence,
    )
    if not found:
        return None
    rest = sentence[found.end() :]
    past = re.search(
        r"\b(?:a|ont|est|sont|fut|furent|eut) (?:été )?\w+(?:ée?|ie?|ue?|it|is|ert|née?)s?\b|\b\w{3,}(?:èrent|irent|urent)\b|\b\w{3,}[^aeiou]a\b",
        rest,
    )
    if re.search(r"\b(?:sera|seront|aura|auront)\b", rest):
        return None
    return (
        f"Que s'est-il passé en {found[1]} ?"
        if past and not re.search(r"\w(?:ait|aient)\b", rest)
        else f"Et en {found[1]} ?"
    )


def _if(sentence: str, _lexicon: Lexicon) -> str | None:
    found = re.match(r"Si ((?:les?|la|une?|des|l['’]|on)\b[^,]{6,70}), (?!et |ou |mais )", sentence)
    if not found or re.search(
        r"\b(?:ce|cet|cette|ces|cela|ils?|elles?|leurs?|lui|son|sa|ses|votre|vos|vous|nous|celui|celle|ceux|y|en|par exemple)\b",
        found[1],
    ):
        return None
    return f"Et si {found[1]} ?"


def _which_kinds(sentence: str, _lexicon: Lexicon) -> str | None:
    found = re.match(
        rf"Il (?:existe|y a) ({_NUMBERS}) (?:grande?s |principale?s )?(?:({_COUNTED_MASCULINE})|({_COUNTED_FEMININE})) (de |d['’]|pour )([^,.;:]{{3,50}})[.,;:]",
        sentence,
    )
    if not found or re.search(
        r"\b(?:ce|cet|cette|ces|cela|le faire|y|en|son|sa|ses|leurs?|vous|vos|votre|qui|que)\b|^l['’]\w+(?:er|ir|re)$",
        found[5],
    ):
        return None
    which, kind = ("Quels", found[2]) if found[2] else ("Quelles", found[3])
    return f"{which} sont les {found[1]} {kind} {found[4]}{found[5].strip()} ?"


def _how_many(sentence: str, lexicon: Lexicon) -> str | None:
    found = re.match(
        rf"{_SUBJECT} (compte|comptent|comptait|comptaient|possède|possédait|emploie|employait|abrite|abritait) (?:environ |plus de |près de |quelque |déjà |au moins )?"
        rf"(?:{_NUMBERS}|\d[\d \u00a0\u202f.]*)(?: millions| milliards)? (?:d['’]|de )?([a-zà-ÿ]{{3,}}s)\b", sentence)  # fmt: skip
    said = _plain(found[1], lexicon) if found else None
    return (
        f"Combien {_of(found[3])} {found[2]} {said} ?"
        if found and said and not said.startswith(("un", "des "))
        else None
    )


def _what_does(sentence: str, lexicon: Lexicon) -> str | None:
    for verbs, asked in _DOES:
        found = re.match(
            rf"{_SUBJECT} ({verbs})(?: |\b(?<=['’]))(?!pas\b|plus\b|que\b|ainsi\b|donc\b|aussi\b)", sentence
        )
        said = _plain(found[1], lexicon) if found else None
        if found and said and not re.match(r"(?:une?|des) ", said) and not _vague(said):
            verb = " ".join(word for word in found[2].split() if word not in {"de", "du", "des", "à"})
            return asked.format(verb=verb, said=said, serves="servent" if said.startswith("les ") else "sert")
    return None


def _what_must(sentence: str, lexicon: Lexicon) -> str | None:
    found = re.match(
        rf"{_SUBJECT} (doit|doivent) ((?!être|avoir|se |s['’])[a-zà-ÿ]+(?:er|ir|re)) (?:les?|la|une?|des|l['’]|au moins)\b",
        sentence,
    )
    said = _plain(found[1], lexicon) if found else None
    return (
        f"Que {found[2]} {found[3]} {said} ?"
        if found and said and not said.startswith(("un ", "une ", "des "))
        else None
    )


def _that(said: str) -> str:
    return f"qu'{said}" if re.match(r"(?:une?\b|[aàâeéèêiîoôuû])", said, re.IGNORECASE) else f"que {said}"


def _of(noun: str) -> str:
    return (
        f"d'{noun}"
        if re.match(r"[aàâeéèêiîoôuûœ]|h(?:abit|omm|eur|orlog|orair|uiss|ectar|ôtel|ôpit|istoir|erb|uîtr)", noun)
        else f"de {noun}"
    )


_DOES: tuple[tuple[str, str], ...] = (
    (r"(?:permet|permettent)(?: (?:de|à))?|(?:sert|servent) à", "À quoi {serves} {said} ?"),
    (r"(?:dépend|dépendent) d(?:e|u|es)", "De quoi {verb} {said} ?"),
    (r"se (?:compose|composent) d(?:e|u|es)", "De quoi {verb} {said} ?"),
    (r"(?:provient|proviennent|vient|viennent) d(?:e|u|es)(?! \w+(?:er|ir|re)\b)", "D'où {verb} {said} ?"),
    (r"coûte|coûtent|coûtait|pèse|pèsent|pesait", "Combien {verb} {said} ?"),
    (r"(?:dure|durent|dura|durait)(?= (?:environ |près de |plus de )?(?:\d|une?|deux|trois|quatre|cinq|six|dix))", "Combien de temps {verb} {said} ?"),
    (r"contient|contiennent|signifie|signifient|désigne|désignent|nécessite|nécessitent|exige|exigent|propose|proposent|produit|fournit", "Que {verb} {said} ?"),
)  # fmt: skip
_RULES: tuple[Callable[[str, Lexicon], str | None], ...] = (
    _why, _how_to, _if, _when, _year, _which_kinds, _how_many, _which, _what_is, _what_does, _what_must,
)  # fmt: skip
