"""English headings as one says them: after "about", or turned into the question that they raise."""

# ruff: noqa: SIM905 — word classes are read as running words, not as a column of strings

from __future__ import annotations

import re
from collections.abc import Sequence

from narrowcast.writers.extractive.languages.en_words import AUXILIARIES, BE, MODALS, PRONOUNS, THIRD_PERSON, VERBS
from narrowcast.writers.extractive.lexicon import Lexicon
from narrowcast.writers.extractive.phrases.en_questions import STOPS, as_host

_BORING = frozenset(
    "introduction overview summary background conclusion conclusions preface foreword notes note general details "
    "discussion results abstract motivation scope purpose examples example miscellaneous other basics more faq tips "
    "prologue epilogue outlook remarks getting started".split()
)
_NO_NAME = frozenset(
    "in on for common beyond before after behind under with without by at to towards toward through between within "
    "across against over into".split()
)
_ASKING = frozenset("how what why when where who".split())
_BASE_OF = {
    "came": "come", "went": "go", "began": "begin", "did": "do", "had": "have", "made": "make", "took": "take",
    "became": "become", "gave": "give", "got": "get", "grew": "grow", "left": "leave", "lost": "lose", "won": "win",
    "fell": "fall", "rose": "rise", "ran": "run", "said": "say", "saw": "see", "found": "find", "knew": "know",
    "kept": "keep", "brought": "bring", "built": "build", "changed": "change", "died": "die", "failed": "fail",
    "worked": "work", "happened": "happen", "started": "start", "ended": "end", "lived": "live", "learned": "learn",
    "survived": "survive", "returned": "return", "looked": "look", "turned": "turn", "helped": "help",
}  # fmt: skip
_SUBJECT = r"(?:they|we|it|he|she|you|(?:the|a|an|our|its) (?:[\w'’-]+ ){0,2}?[\w'’-]+|[\w'’-]+(?: [\w'’-]+)?)"


def topic(heading: str, lexicon: Lexicon) -> str | None:
    """The heading as it fits after "about"; none for headings that say nothing or would not be grammatical."""
    heading = re.sub(r"\s*\([^()]*\)$", "", heading)
    before, colon, after = heading.partition(": ")
    heading = (after if len(before.split()) <= 2 else before) if colon else heading
    words = heading.split()
    if not words or len(words) > 9 or heading[-1] in ".?!:" or re.search(r"[/_=<>\{}()\[\]|“”\"0-9]", heading):
        return None
    if all(word.lower().strip(",") in _BORING | {"and", "the", "of", "a"} for word in words):
        return None
    said = lexicon.lowered(heading, unless_named=len(words) > 1 or bool(_MASS.search(heading)))
    first = words[0].lower()
    left, both, right = heading.partition(", and ")
    if both:
        said_left, said_right = topic(left, lexicon), topic(right[:1].upper() + right[1:], lexicon)
        if said_left and " " not in said_left and not lexicon.capital[said_left]:
            said_left = said_left.lower()
        return f"{said_left} and {said_right}" if said_left and said_right else None
    if first in _ASKING:
        return said[:1].lower() + said[1:]
    if first.endswith("ing"):
        return said[:1].lower() + said[1:] if words[0][1:].islower() else said
    if first in {"the", "a", "an"}:
        return said
    if first == "from":
        return f"the way {said}" if " to " in said else None
    return None if first in VERBS | PRONOUNS | STOPS | _NO_NAME else _with_article(said, lexicon)


def is_clause(said: str) -> bool:
    """Whether a topic is a clause or an action rather than a thing."""
    words = said.lower().split()
    return words[0] in _ASKING or (words[0].endswith("ing") and len(words) > 2)


def listed(said: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([*([", ".join(said[:-1])] if said[1:] else []), said[-1]])


def small(title: str) -> str:
    """A title as the second of two: without its capital where the word is plainly no name."""
    words = title.split()
    if words[0] in {"The", "A", "An"}:
        return title[0].lower() + title[1:]
    plain = len(words) > 1 and words[0][1:].islower() and words[1].islower()
    return words[0].lower() + title[len(words[0]) :] if plain else title


def heading_question(heading: str, lexicon: Lexicon) -> str | None:
    """The question that a heading asks, `Why they came back` → `Why did they come back?`; none where not sure."""
    heading = heading.strip()
    words = heading.split()
    if not 2 <= len(words) <= 12 or re.search(r"[/_=<>\{}()\[\]|“”\":;,]", heading):
        return None
    if heading.endswith("?"):
        return heading if words[0].lower() in _ASKING | AUXILIARIES else None
    if words[0].lower() not in _ASKING or not heading[-1].isalnum():
        return None
    said = lexicon.lowered(heading, unless_named=True)
    asking, _, rest = said.partition(" ")
    asking = asking.capitalize()
    for rule in (_infinitive, _itself, _inverted, _with_do):
        if question := rule(asking, rest):
            return question
    return None


def _infinitive(asking: str, rest: str) -> str | None:
    if asking not in {"How", "What", "Where", "When"} or not rest.startswith("to "):
        return None
    said = as_host(rest[3:])
    return f"{asking} {'do' if asking == 'How' else 'should'} I {said}?" if said else None


def _itself(asking: str, rest: str) -> str | None:
    """`What is left to look after`, `Who keeps the light`: a question as it stands."""
    first = rest.split(maxsplit=1)[0]
    if asking == "What" and first in BE | MODALS and len(rest.split()) > 1:
        return f"{asking} {rest}?"
    return f"{asking} {rest}?" if asking in {"Who", "What"} and first in THIRD_PERSON else None


def _inverted(asking: str, rest: str) -> str | None:
    found = re.fullmatch(rf"({_SUBJECT}) (is|are|was|were|can|could|should|must|will|may|might|would) (\w.*)", rest)
    if not found or asking == "Who" or found[1].split()[0] in AUXILIARIES or found[1].split()[-1] in STOPS | VERBS:
        return None
    if (
        asking == "How"
        and not found[1].startswith(("the ", "a ", "an ", "they", "we", "it", "you"))
        and (
            found[1].split()[0].endswith("ly") or found[1].split()[0] in {"much", "many", "long", "far", "hard", "old"}
        )
    ):
        return None
    if found[1].split()[0] in {"nothing", "nobody", "no", "none"}:
        return None
    said = "I" if found[1] == "you" else found[1]
    return None if re.search(r"\byou\b|\byour\b", found[3]) else f"{asking} {found[2]} {said} {found[3]}?"


def _with_do(asking: str, rest: str) -> str | None:
    found = re.fullmatch(rf"({_SUBJECT}) ((?:actually|really|ever|still|never) )?(\w+)((?: .*)?)", rest)
    if not found or asking == "Who" or found[1].split()[-1] in STOPS | VERBS:
        return None
    if found[3] in _BASE_OF:
        does, base = "did", _BASE_OF[found[3]]
    elif found[3] in THIRD_PERSON and re.match(r"(?:it|he|she|the|a|an)\b", found[1]):
        does, base = "does", THIRD_PERSON[found[3]]
    else:
        return None
    return f"{asking} {does} {found[1]} {found[2] or ''}{base}{found[4]}?"


def _with_article(said: str, lexicon: Lexicon) -> str | None:
    words = said.split()
    if any(word.lower() in AUXILIARIES for word in words):
        return None
    article = lexicon.article(said)
    if article is None:
        if len(words) == 1 and re.search(r"(?:ion|ment|ity|ness|ics|ism|ware|phy|logy)$", said):
            return said
        last = words[-1].lower()
        return said if len(words) > 1 and last.endswith("s") and not last.endswith(("ss", "us", "is")) else None
    if not article and not (_MASS.search(said) or lexicon.capital[words[-1]]):
        return None
    return article + said


_MASS = re.compile(r"[^s]s$|(?:ion|ing|ment|ity|ness|ance|ence|ics|ism|ware|phy|logy)$")
