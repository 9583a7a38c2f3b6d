"""English: the question that a sentence answers, and headings as one says them.

Every rule builds on a shape that can be told without a parser, and gives up where it is not sure.
"""

# ruff: noqa: SIM905, E501 — word classes and patterns are read as running text, not as columns of strings

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from narrowcast.writers.extractive.languages.en_words import (
    AUXILIARIES,
    BE,
    MODALS,
    PAST,
    PRONOUNS,
    THIRD_PERSON,
    VERBS,
)
from narrowcast.writers.extractive.lexicon import Lexicon

STOPS = frozenset(
    "that which who whom whose to if when because while where as than then not also only just often usually however "
    "but so never always even still already now later once when since until although though by with at during after "
    "before about per via".split()
)
_NOT_FIRST = STOPS | frozenset(
    "in on for from of under over into through between among within without and or both either neither each every no "
    "such what how why all some many most few much more less another other one two three as like unlike despite "
    "unfortunately fortunately elsewhere together earlier nearby today tomorrow yesterday sometimes typically generally normally perhaps maybe please first second finally".split()
)
UNASKED = re.compile(
    r"[()\"“”]|\b(?:in question|(?:so|any|here|too|either)\?|(?<!are )(?<!were )there\?|(?:good |an? |the )*(?:example|reason|problem|thing|way|"
    r"result|difference|idea|point|following|rationale|part|rest|number|first|second) (?:do|contain|describe|include|"
    r"mean|is|are)\b|(?:is|are) (?:an? |the |another )?(?:\w+ )?(?:example|reason|problem|thing|way|result|idea|point|"
    r"exception|rule|rationale|question|answer|number)s?\?)"
)
_PAST_CLAUSE = re.compile(r"\b(?:was|were|had|could|did)\b|(?<!\bbe )(?<!\bbeen )(?<!\bis )(?<!\bare )(?<!\bhas )"
                          r"(?<!\bhave )(?<!\bnot )(?<!\bbeing )\b(?!need)[a-z]{2,}ed\b")  # fmt: skip
_YOU = {"you": "I", "your": "my", "yours": "mine", "yourself": "myself", "you're": "I'm", "you’re": "I’m",
        "you've": "I've", "you’ve": "I’ve", "you'll": "I'll", "you’ll": "I’ll", "you'd": "I'd"}  # fmt: skip
_I_AFTER = frozenset(
    "if when once because and or that as what where how while before after since until unless which whether so "
    "do did can could should have had then".split()
)


def subject(sentence: str) -> tuple[list[str], str, list[str]] | None:
    """A short plain subject, its verb and the rest: `The port | became | the centre …`; none where not sure."""
    words = sentence.split()
    for place, word in enumerate(words[:9]):
        if place and _is_verb(word, words[place + 1 : place + 2]):
            return (words[:place], word, words[place + 1 :]) if _plain(words[:place]) else None
        if word[-1:] in ",;:.!?—–":
            return None
    return None


def ask(sentence: str, lexicon: Lexicon) -> str | None:
    """The question that this sentence answers, none where no rule is sure of one."""
    if sentence.rstrip('"”’').endswith("?") or sentence[:1] in '"“‘':
        return None
    for rule in _RULES:
        question = rule(sentence, lexicon)
        if question and len(question.split()) <= 20 and not UNASKED.search(question):
            return question
    return None


def subject_topic(sentence: str, lexicon: Lexicon) -> str | None:
    """What the sentence is about, as it fits after "about"; none where its subject is not short and plain."""
    parts = subject(sentence)
    if not parts or len(parts[0]) > 4 or parts[1].lower() in {"do", "did"}:
        return None
    first, last = parts[0][0].lower(), parts[0][-1]
    plural = len(parts[0]) > 1 and bool(re.search(r"[^siu]s$", last))
    if first not in {"the", "a", "an"} and not (plural or lexicon.capital[parts[0][0]]):
        return None
    said = _named(parts[0], lexicon)
    if len(parts[0]) == 2 and last.lower() in _VAGUE:
        return None
    return None if UNASKED.search(f"What is {said}?") or re.search(r"[/_]|\d", said) else said


def address(name: str, question: str) -> str:
    """The question with a name before it, where its first word may follow one; else as it is."""
    first, _, rest = question.partition(" ")
    return f"{name}, {first.lower()} {rest}" if first in _ADDRESSABLE and rest else question


_ADDRESSABLE = frozenset(
    "What How Why When Where Which Who Can Could Do Did Is Tell Let's Take Help Give Say Walk Remind Make And".split()
)


def nouns(text: str) -> Counter[str]:
    """The plain nouns of a text, `the river`, by how often they stand there with an article or owner."""
    found = _NOUN.findall(text)
    return Counter(f"the {word.lower()}" for word in found if word.lower() not in VERBS | PRONOUNS | _VAGUE)


_NOUN = re.compile(
    r"\b(?i:the|a|an|my|his|her|our|their|its)\s+([a-z]{3,})(?=[,.;:!?]|\s(?:of|in|on|at|was|were|is|are|had|has|that|"
    r"which|and|or|with|to|by|from|for|until|before|when|while|as|because|but|went|came|will|can|did)\b)"
)
_VAGUE = frozenset(
    "process problem user file system name text information idea way day time year years thing things other others same rest end lot part side kind first second third last next "
    "one two three few fact case point number place world people house morning evening night hand past future most "
    "best whole more less late early most following new old".split()
)


def _is_verb(word: str, following: list[str]) -> bool:
    small = word.lower()
    if small in AUXILIARIES or small in PAST or (len(small) > 4 and small.endswith("ed")):
        return True
    after = following[0].lower().strip(",.") if following else ""
    return small in THIRD_PERSON and after not in AUXILIARIES and after not in {"of", "to", "and", "or"}


def _plain(words: list[str]) -> bool:
    bare = [word.lower() for word in words]
    return (
        0 < len(words) <= 6
        and bare[0] not in _NOT_FIRST | PRONOUNS
        and not bare[0].endswith("ing")
        and not any(word in STOPS | PRONOUNS | VERBS for word in bare)
        and not bare[-1].endswith("ly")
        and all(re.fullmatch(r"[\w'’-]+", word) for word in words)
        and bare[-1] not in {"of", "in", "on", "for", "from", "and", "or", "the", "a", "an"}
    )


def _named(words: list[str], lexicon: Lexicon) -> str:
    sure = len(words) > 1 and words[1][:1].islower()
    return lexicon.lowered(words[0], unless_named=sure) + "".join(" " + word for word in words[1:])


def _why(sentence: str, lexicon: Lexicon) -> str | None:
    before, found, _ = sentence.partition(" because ")
    parts = subject(before) if (found and not before.endswith(",")) or found else None
    if not parts or parts[1].lower() not in BE | MODALS:
        return None
    rest = " ".join(parts[2]).rstrip(",")
    if not rest or re.search(r"[,;:]|\b(?:and|but|or|you|your|I|my|we|our)\b", rest) or len(rest.split()) > 10:
        return None
    return f"Why {parts[1]} {_named(parts[0], lexicon)} {rest}?"


def _what_is(sentence: str, lexicon: Lexicon) -> str | None:
    parts = subject(sentence)
    if not parts or parts[1].lower() not in {"is", "are"} or not parts[2]:
        return None
    names, verb, rest = parts
    if names[0].lower() == "the" and (verb == "are" or len(names) > 4):
        return None
    if verb == "is" and rest[0].lower() not in {"a", "an", "the", "one"}:
        return None
    if verb == "are" and (rest[0].lower() not in {"the", "a"} and not rest[0].lower().endswith("s")):
        return None
    return f"What {verb} {_named(names, lexicon)}?"


def _how_to(sentence: str, _lexicon: Lexicon) -> str | None:
    found = re.match(r"(?:In order to|To) ((?!be able |an? |the |some |any |my )[a-z]+ [^,]{3,70}), (\w+)", sentence)
    if not found or re.search(r"\b(?:this|that|these|it|them|their|its)\b", found[1]):
        return None
    if _PAST_CLAUSE.search(sentence[found.end(1) :]):
        return None
    return f"How do I {said}?" if (said := as_host(found[1])) else None


def _what_if(sentence: str, lexicon: Lexicon) -> str | None:
    found = re.match(r"(If|When|Whenever|Once|Before|After) ([^,]{8,80}), (?!and |or |but )", sentence)
    if not found or _back(found[2]) or not re.search(r"\b(?:you|the|a|an|your)\b", found[2]):
        return None
    word, said = found[1], as_host(found[2])
    if not said or said.split()[0].endswith("ing") or not (set(said.lower().split()) & VERBS):
        return None
    first, _, rest = said.partition(" ")
    said = f"{first if first == 'I' else _named([first, *rest.split()[:1]], lexicon).split()[0]} {rest}"
    if _PAST_CLAUSE.search(found[2]):
        return f"What happened when {said}?" if word == "When" and not re.search(r"\bI\b|\bmy\b", said) else None
    if word == "If":
        return f"What if {said}?"
    return f"What happens {'when' if word in {'When', 'Whenever', 'Once'} else word.lower()} {said}?"


def _advice(sentence: str, lexicon: Lexicon) -> str | None:
    parts = subject(sentence)
    if parts and parts[1].lower() in {"should", "must"} and not {"be", "have", "not", "never"} & set(parts[2][:3]):
        names = _named(parts[0], lexicon)
        return f"What {parts[1].lower()} {names} do?" if not re.search(r"\b\w+ed\b", " ".join(parts[2][:2])) else None
    return None


def _years(sentence: str, lexicon: Lexicon) -> str | None:
    found = re.match(r"In ((?:\w+ )?1\d{3}|(?:\w+ )?20\d{2}),? ", sentence)
    if found and not re.search(r"\b(?:is|are|will|can|should|must)\b", sentence):
        return f"What happened in {found[1]}?"
    parts = subject(sentence)
    if parts and parts[1] in {"was", "were"} and len(parts[2]) > 2:
        when = re.match(
            r"(?:first |finally |officially )?(founded|built|invented|introduced|discovered|published|created|opened|"
            r"formed|released|launched|abolished|born|completed) in (?:\w+ )?(?:1\d{3}|20\d{2})\b", " ".join(parts[2])
        )  # fmt: skip
        return f"When {parts[1]} {_named(parts[0], lexicon)} {when[1]}?" if when else None
    return None


def _how_many(sentence: str, lexicon: Lexicon) -> str | None:
    found = re.match(r"There (are|were) (?:\w+ )?(?:two|three|four|five|six|seven|eight|nine|ten|\d+) ([a-z]+ )?"
                     r"(kinds|types|ways|reasons|sorts|classes|forms|categories|steps|stages|parts) (of|to) "
                     r"([^,.;:]{3,50})", sentence)  # fmt: skip
    if found and not _back(found[5]):
        return f"What {found[3]} {found[4]} {found[5]} {found[1]} there?"
    parts = subject(sentence)
    if not parts or parts[1] not in {"has", "have"} or len(parts[2]) < 2:
        return None
    count = re.match(r"(?:about |more than |over |around |roughly |nearly |only |at least )?"
                     r"(?:\d[\d,.]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) "
                     r"((?:[a-z]+ )?[a-z]{3,}s)\b", " ".join(parts[2]))  # fmt: skip
    does = "does" if parts[1] == "has" else "do"
    return f"How many {count[1]} {does} {_named(parts[0], lexicon)} have?" if count else None


def _what_does(sentence: str, lexicon: Lexicon) -> str | None:
    parts = subject(sentence)
    if not parts or parts[1] not in THIRD_PERSON or not parts[2] or re.search(r"[^siu]s$", parts[0][-1]):
        return None
    base = THIRD_PERSON[parts[1]]
    names = _named(parts[0], lexicon)
    after = parts[2][0].lower()
    if base == "take" and re.match(r"(?:\w+ ){0,2}(?:\d+|two|three|four|five|ten|several) (?:\w+ )?"
                                   r"(?:seconds|minutes|hours|days|weeks|months|years)", " ".join(parts[2])):  # fmt: skip
        return f"How long does {names} take?"
    if base == "cost":
        return f"What does {names} cost?"
    if base in {"consist", "depend"}:
        return f"What does {names} {base} {after}?" if after in {"of", "on"} else None
    if base not in _TRANSITIVE or after in {"to", "of", "on", "in", "with", "by", "as", "not", "that", "up", "out"}:
        return None
    return f"What does {names} {base}?"


_TRANSITIVE = frozenset(
    "contain include provide require allow offer describe explain mean need produce involve cover hold show cause "
    "support affect measure handle manage specify determine indicate represent ensure prevent enable".split()
)


def as_host(clause: str) -> str | None:
    """A clause about "you" as the host says it of himself; none where "you" may be an object."""
    words = clause.split()
    said: list[str] = []
    for place, word in enumerate(words):
        small = word.lower()
        if small == "you" and place and words[place - 1].lower() not in _I_AFTER:
            return None
        said.append(_YOU.get(small, word))
    text = " ".join(said)
    return re.sub(r"\bI are\b", "I am", re.sub(r"\bI were\b", "I was", text))


def _back(text: str) -> bool:
    return bool(re.search(r"\b(?:this|that|these|those|such|it|they|them|he|she|his|her|its|their|him)\b", text))


def _who(sentence: str, _lexicon: Lexicon) -> str | None:
    """Who somebody was, where the sentence introduces them."""
    if found := re.match(
        rf"({_PERSON_NAME}), (?:an?|the) [a-z][^,]{{3,80}}, ({'|'.join(sorted(PAST))}|\w+ed)\b", sentence
    ):
        return f"Who was {found[1]}?"
    if found := re.match(rf"The ((?:[a-z-]+ ){{1,3}}?)(was|is) {_PERSON_NAME}[,.]", sentence):
        return f"Who {found[2]} the {found[1].strip()}?"
    if found := re.match(r"The (?:person|man|woman|one) who ([^,;]{8,60}?) (?:was|is) ", sentence):
        return f"Who {found[1]}?" if not _back(found[1]) else None
    if found := re.match(
        r"The ((?:second|third|fourth|fifth|sixth|next|last) [a-z]+)\b(?! (?:of|is|are|was|were)\b)", sentence
    ):
        return f"And the {found[1]}?"
    if found := re.match(
        r"(Before|In|By|After|Until|During|At) (the \d{4}s|\d{4}|first|the beginning),? (the (?:[a-z]+ ){1,6}?)(was|were) (?!\w+ed\b|"
        r"\w+ing\b)",
        sentence,
    ):
        return None if _back(found[3]) else f"What {found[4]} {found[3].strip()} {found[1].lower()} {found[2]}?"
    return None


_PERSON_NAME = r"[A-Z][a-zé]+(?: [A-Z][a-zé]+){1,3}"


_RULES: tuple[Callable[[str, Lexicon], str | None], ...] = (
    _who, _why, _how_to, _what_if, _years, _how_many, _what_is, _what_does, _advice,
)  # fmt: skip
