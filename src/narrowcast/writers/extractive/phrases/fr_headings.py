"""French headings as one says them: with their article, or turned into the question that they raise."""

# ruff: noqa: SIM905, E501 — word classes and patterns are read as running text, not as columns of strings

from __future__ import annotations

import re
from collections.abc import Sequence

from narrowcast.writers.extractive.lexicon import Lexicon

_BORING = frozenset(
    "introduction sommaire résumé contexte conclusion conclusions préface avant-propos notes note généralités général détails "
    "discussion résultats motivation portée but exemples exemple divers autres bases faq astuces prologue épilogue perspectives "
    "remarques remarque présentation annexe annexes table matières bibliographie glossaire".split()
)
_ASKING = re.compile(r"(?:comment|pourquoi|où|quand|combien|qui|quels?|quelles?|que|qu['’]est-ce)\b", re.IGNORECASE)
_DETERMINED = re.compile(
    r"(?:les?|la|une?|des|nos|notre|vos|votre|mes|mon|ma|chaque|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|plusieurs|quelques)\b|l['’]",
    re.IGNORECASE,
)
_NOT_FIRST = re.compile(
    r"(?:du|de|d['’]|à|au|aux|en|dans|sur|sous|pour|par|avec|sans|vers|chez|entre|depuis|après|avant|si|et|ou|mais|ne|ce|cet|cette|ces|ceci|"
    r"cela|c['’]|il|elle|ils|elles|on|je|j['’]|tu|vous|nous|son|sa|ses|leurs?|tout|toute|tous|toutes|plus|moins|autre|autres|suite|qui|que|voir)(?!\w)",
    re.IGNORECASE,
)
_INFINITIVES = frozenset(
    "prendre mettre faire lire écrire vivre comprendre apprendre connaître construire rendre vendre dire suivre être attendre "
    "répondre perdre produire traduire réduire conduire détruire entendre défendre avoir savoir voir pouvoir vouloir recevoir "
    "se s'y".split()
)
_NOUNS_LIKE_VERBS = frozenset(
    "hier mer premier fer hiver janvier février atelier métier courrier fichier cahier papier quartier chantier dossier loisir avenir "
    "plaisir désir souvenir danger étranger loyer foyer verger berger dernier escalier sentier clavier calendrier panier collier "
    "acier premier héritier officier cavalier ouvrier financier particulier entier amer cher enfer désert univers tir cuir soupir "
    "serveur cuisinier olivier café caféier rosier pommier cerisier palmier dîner déjeuner goûter".split()
)
_FEMININE = re.compile(
    r"(?:[ts]ion|xion|té|tié|ure|ance|ence|ie|ette|ise|esse|ade|tude|logie|elle|ienne|trice|euse|ère)$"
)
_MASCULINE = re.compile(r"(?:ment|age|isme|eau|oir|teur|eur|ier|et|on|in|al|el|if|cle|ème|at|us|um)$")
_FEMININE_OFTEN_MASCULINE = frozenset(
    "page plage image cage nage rage incendie génie parapluie été côté comité musée lycée trophée silence".split()
)
_VOWEL = re.compile(
    r"[aàâeéèêëiîïoôuùûyœæ]|h(?!aut|éros|asard|aine|alte|ameau|anche|andicap|angar|arc|aricot|arnais|ausse|ollande|onte|ors|uit|iérarchie|ong|ameçon)",
    re.IGNORECASE,
)


def topic(heading: str, lexicon: Lexicon) -> str | None:
    """The heading with its article, or as a clause; none for headings that say nothing or would not be grammatical."""
    heading = re.sub(r"\s*\([^()]*\)$", "", heading).strip()
    before, colon, after = heading.partition(" : ") if " : " in heading else heading.partition(": ")
    heading = (after if len(before.split()) <= 2 else before) if colon else heading
    words = heading.split()
    if not words or len(words) > 10 or heading[-1] in ".?!:" or re.search(r"[/_=<>\\{}()\[\]|«»“”\"0-9;]", heading):
        return None
    if all(
        word.lower().strip(",") in _BORING | {"et", "le", "la", "les", "de", "du", "des", "un", "une"} for word in words
    ):
        return None
    if _ASKING.match(heading) and not heading.lower().startswith(("que ", "qui ")):
        return _first_small(heading) if len(words) > 2 and words[1] not in {"et", "ou"} else None
    if re.match(r"ce (?:que|qui)\b|ce qu['’]", heading, re.IGNORECASE) or _is_infinitive(words, lexicon):
        return _first_small(heading)
    if _DETERMINED.match(heading):
        return _first_small(_lowered_rest(heading, lexicon)) if not _has_verb(words) else None
    if _NOT_FIRST.match(heading) or _has_verb(words):
        return None
    return _with_article(heading, lexicon)


def is_clause(said: str) -> bool:
    """Whether a topic is a clause or an action rather than a thing."""
    first = said.split(maxsplit=1)[0].lower()
    return bool(_ASKING.match(said) or re.match(r"ce qu", said)) or _looks_infinitive(first)


def heading_question(heading: str, _lexicon: Lexicon) -> str | None:
    """The question that a heading asks, « Pourquoi le café est cher » → « Pourquoi est-ce que le café est cher ? »."""
    heading = heading.strip()
    words = heading.split()
    if not 2 <= len(words) <= 12 or re.search(r"[/_=<>\\{}()\[\]|«»“”\":;,]", heading):
        return None
    if heading.endswith("?"):
        asked = heading.rstrip("? \u00a0\u202f")
        return (
            f"{asked} ?"
            if _ASKING.match(heading) or re.match(r"(?:est|faut|peut|doit)\b", heading, re.IGNORECASE)
            else None
        )
    first, _, rest = heading.partition(" ")
    if first.lower() not in {"comment", "pourquoi", "où", "quand"} or not heading[-1].isalnum():
        return None
    if rest.lower().startswith(("est-ce", "ne ", "n'", "n’", "pas ", "et ")) or re.search(
        r"\b(?:vous|votre|vos|tu|ton|tes)\b", rest
    ):
        return None
    start = rest.split()[0]
    if _looks_infinitive(start.lower().split("'")[-1].split("’")[-1]) or start.lower() in {"se", "s"}:
        return f"{first} {rest} ?"
    if _DETERMINED.match(rest) or re.match(r"(?:on|nous|ils|elles|il|elle)\b", rest):
        return (
            f"{first} est-ce {_that(rest)} ?"
            if _has_verb(rest.split()) or re.match(r"(?:on|nous|ils?|elles?)\b", rest)
            else None
        )
    return f"{first} {rest} ?" if _PLAIN_VERB.match(rest) else None


def listed(things: Sequence[str]) -> str:
    """« a, b et c »."""
    return f"{', '.join(things[:-1])} et {things[-1]}" if len(things) > 1 else things[0]


def small(title: str) -> str:
    """A title as it stands after « et »: its article small."""
    words = title.split()
    plain = len(words) > 1 and words[0][1:].islower() and words[1][:1].islower()
    return _first_small(title) if _DETERMINED.match(title) or plain else title


def _that(clause: str) -> str:
    clause = _first_small(clause)
    return f"qu'{clause}" if re.match(r"[aàâeéèêiîoôuh]", clause) and _VOWEL.match(clause) else f"que {clause}"


def _first_small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _lowered_rest(heading: str, lexicon: Lexicon) -> str:
    first, gap, rest = heading.partition(" ")
    return first + gap + " ".join(lexicon.lowered(word) for word in rest.split(" "))


def _is_infinitive(words: Sequence[str], lexicon: Lexicon) -> bool:
    first = words[0].lower()
    if not _looks_infinitive(first) or len(words) < 2:
        return False
    return not re.search(rf"\b(?:le|la|un|une|du|au|ce|les|des) {re.escape(first)}\b", lexicon.text)


def _looks_infinitive(word: str) -> bool:
    if word in _INFINITIVES:
        return True
    return (
        bool(re.fullmatch(r"[a-zà-ÿ]{2,}(?:er|ir)", word))
        and word not in _NOUNS_LIKE_VERBS
        and not word.endswith(("ier", "oir"))
    )


_PLAIN_VERB = re.compile(
    r"(?:fonctionne|marche|est|sont|vient|viennent|va|naît|naissent|commence|s['’]appelle|se (?:passe|forme|fait))\b"
)
_VERBS = re.compile(
    r"(?:est|sont|était|étaient|fut|furent|sera|seront|a|ont|avait|avaient|eut|peut|peuvent|pouvait|doit|doivent|devait|va|vont|fait|font|faisait|"
    r"devient|devint|vient|viennent|reste|restent|dit|prend|prit|met|mit|voit|vit|veut|sait|coûte|coûtent|change|changea|changent|"
    r"fonctionne|fonctionnent|marche|contient|\w{3,}(?:èrent|aient|urent|irent|ait|era|eront|ira|a revint|revinrent|naquit))"
)


def _has_verb(words: Sequence[str]) -> bool:
    return any(_VERBS.fullmatch(word.lower().strip(",")) for word in words[1:])


def _with_article(heading: str, lexicon: Lexicon) -> str | None:
    words = heading.split()
    first = words[0].lower()
    if words[0][1:].isupper() or not re.fullmatch(r"[a-zà-ÿœ-]+", first):
        return None
    if re.search(r"\b(?:and|the|of|to|for|with|from)\b", heading):
        return None
    named = (
        not re.match(r"(?:de|du|des|d['’])", words[1] if len(words) > 1 else "")
        and lexicon.capital[words[0]] > lexicon.lower[first]
    )
    if named or (len(words) > 1 and words[1][:1].isupper() and words[0][1:].islower() and not lexicon.lower[first]):
        return heading if named and len(words) <= 3 and not re.search(r"\b(?:et|de|du)\b", heading) else None
    article = _article(first, lexicon)
    return f"{article}{_first_small(_lowered_rest(heading, lexicon))}" if article else None


def _article(noun: str, lexicon: Lexicon) -> str | None:
    plural = noun.endswith(("s", "x")) and not noun.endswith(("us", "is", "as", "os", "ès", "ois", "aix", "oix", "ix"))
    if plural:
        return "les "
    if _VOWEL.match(noun):
        return (
            "l'"
            if _FEMININE.search(noun)
            or _MASCULINE.search(noun)
            or re.search(rf"\bl['’]{re.escape(noun)}\b", lexicon.text)
            else None
        )
    said = {article: len(re.findall(rf"\b{forms} {re.escape(noun)}\b", lexicon.text)) for article, forms in (("le ", "(?:le|un|du|au)"), ("la ", "(?:la|une)"), ("les ", "(?:les|des|aux)"))}  # fmt: skip
    best = max(said, key=said.__getitem__)
    if said[best]:
        return best
    if noun in _FEMININE_OFTEN_MASCULINE:
        return None
    return (
        "la "
        if _FEMININE.search(noun)
        else "le "
        if (_MASCULINE.search(noun) and not noun.endswith(("age", "on"))) or noun.endswith("age")
        else None
    )
