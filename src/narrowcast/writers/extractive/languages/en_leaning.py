"""English: which sentences lean on the one before, and which promise one after."""

# ruff: noqa: E501 — word classes and patterns are read as running text, not as columns of strings

from __future__ import annotations

import re
from collections.abc import Sequence

from narrowcast.writers.extractive.languages.en_words import DANGLING
from narrowcast.writers.extractive.languages.grammar import Lean, stem

_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten)"
_BACK = re.compile(
    r"\b(?:this|these|those)\b(?! (?:document|guide|manual|book|article|paper|essay|report|handbook|reference|tutorial|"
    r"story|week|month|year|morning|day)\b)|\bsuch\b(?! as\b)"
    r"|\bthat (?:night|day|year|time|evening|morning|week|month|summer|winter|way|point|moment|reason|case|kind|sort|"
    r"job|work|one|idea|place|movement|change|role|fact|law|war|group|period)\b"
    r"|\bof that [a-z]+\b(?! of\b)|\b(?:than|of|to|for|by|with|from|at|about|like|did|do|does|after|before|until|all|in|into|on) that(?=[,.;]|$)"
    r"|\b(?:days|weeks|months|years|hours|minutes|decades) (?:later|earlier)\b|\b(?:the )?same (?:is|was|are|were|goes|for)\b"
    r"|\bthe same\b(?! \w+ as\b)|\b(?:the )?other (?:one|two|three)\b|\bthe (?:former|latter|last of those)\b"
    r"|\b(?:too|instead|either|likewise|as well)[.!]$|^(?:later|earlier|more|fewer|less|worse|better|others|above all|only then)\b"
    r"|^\w+ (?:also|then|too)\b|^(?:the )?" + _NUMBER + r" (?:of (?:them|these|those)|were|was|are|had|have)\b"
    r"|\bthe " + _NUMBER + r" (?!hundred|thousand|million|times)[a-z]+"
    r"|^The (?:second|third|fourth|fifth|last|next|final|first) (?:is|was|one)\b|^One of (?:them|the)\b"
    r"|\bdo(?:es|ing)? so\b|\bdid so\b|^(?:First|Second|Third|Last)(?:ly)?,|\bthe rest\b(?! of)|^(?:The )?(?:middle|other) one\b"
    r"|^\w+ (?:of them|alone)\b|^(?:nobody|everybody|no one) (?:believed|knew|thought|expected) (?:it|him|her|them)\b",
    re.IGNORECASE,
)
_ONE_PERSON = re.compile(r"\b(?:he|him|his|she|her|hers|himself|herself)\b", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(?:they|them|their|theirs|themselves)\b", re.IGNORECASE)
_THING = re.compile(r"\b(?:it|its|itself)\b", re.IGNORECASE)
_PERSON = re.compile(
    r"\b(?:man|woman|boy|girl|mother|father|sister|brother|king|queen|uncle|aunt|wife|husband|son|daughter|nobody|"
    r"everybody|somebody|anyone|everyone|someone|(?:the|a|an|her|his|my) (?:\w+ )?\w+(?:er|or|ist|ian|eer|man|tice))\b"
)
_ANTECEDENT = re.compile(
    r"\b(?:[Tt]he|[Aa]n?|[Nn]o|[Ee]very|[Ee]ach|[a-z]{4,}s|(?<!^)[A-Z]\w+)\b|^[A-Z][a-z]+ (?:is|was|has|had)\b"
)
_MANY = re.compile(r"[a-z]{2}[^siu\W]s\b|\b(?:people|men|women|children|police|staff|families|\w+ies|\w+ses)\b|\band\b")
_NAME = re.compile(r"(?<=[\w,;:’'] )[A-Z][a-zé]+|^[A-Z][a-zé]+ [A-Z][a-zé]+")
_NAME_FIRST = re.compile(r"^(?!(?:The|In|On|At|When|After|Before|As|If|By|For|Nobody|Now|Once|Then|From|To|But|And|So|A|An|No|"
                         r"While|Until|With|Since|During|Because|Under|Later|What|Where|How|Why|Who|That|This)\b)[A-Z][a-zé]+")  # fmt: skip
_DEFINITE = re.compile(
    r"^(?:But |And |So |Yet )?(?:The|Its|Their|In the|At the|On the|Under the|Behind the|Down in the) ((?:[\w’'-]+ ){0,2}?)([a-z][\w’'-]{2,})\b"
)
_PRONOUN_FIRST = re.compile(r"^(?:they|its|it|their|them|both|such|this|these|those|that)\b", re.IGNORECASE)
_ORDINAL_FIRST = re.compile(
    r"^The (?:second|third|fourth|fifth|sixth|next|last) [a-z]+\b(?! of\b)(?!,? (?:is|was) (?:that|to)\b)"
)
_BARE_SUBJECT = re.compile(
    r"The [a-z]+ (?:is|are|was|were|has|have|had|can|may|will|would|should|must)\b"
)  # which one?
_SET_UP = re.compile(
    r"[:?]['\"”’)]*$|\b(?:only|just) (?:" + _NUMBER + r"|a few)[.!]$"
    r"|\b(?:(?:found|noticed|tried|saw|learned|heard|discovered|did) something\b.{0,40}|one thing|something (?:else|different|strange|odd)(?: as well)?)[.!]?$"
    r"|\b(?:" + _NUMBER + r"|several|many|other|another|a few|a number of|various|some|following) (?:[a-z-]+ )?(?:things?|reasons?|ways?|"
    r"steps?|kinds?|types?|options?|rules?|questions?|problems?|points?|lessons?|answers?|cases?|methods?|sorts?|choices?|"
    r"possibilities|exceptions?|parts?|details?)(?: (?:to|of|for|in|you|that|which)\b[^,;:]{0,60})?[.!]$"
    r"|\b(?:simple|easy) enough to\b|^(?:Here (?:is|are)|Consider|Imagine|Suppose|Let’s|Let's|Let us|Take|Assume)\b"
    r"|^(?:This|That|It) (?:is|was) not (?:for|because|out of|a matter of)\b|\bnot made to\b|\bshows how\b|\blike a joke\.$|\bhad (?:a|an) (?:idea|plan|answer|problem|question)\.$"
    r"|\b(?:do|did|does|is|was|are|were) the following\b|\bfor (?:example|instance)[.:]$|\bin (?:\w+ )?" + _NUMBER + r" (?:\w+ )?(?:ways|steps|parts|stages)\.$"
    r"|\b(?:must|should|need to|have to) (?:first|also first)\b",
    re.IGNORECASE,
)  # fmt: skip


def leaning(text: str, before: Sequence[str]) -> Lean:
    """As `Grammar.leaning`."""
    if _ORDINAL_FIRST.match(text):
        return Lean.SOFT
    if DANGLING.match(text) or _BACK.search(text) or _has_loose_pronoun(text):
        return Lean.HARD
    return Lean.SOFT if _takes_up(text, before) else Lean.NONE


def leaning_at_start(text: str) -> Lean:
    """As `Grammar.leaning_at_start`: only a pronoun hangs in the air."""
    hanging = _PRONOUN_FIRST.match(text) and DANGLING.match(text)
    return Lean.HARD if hanging else min(Lean.SOFT, leaning(text, ()))


def sets_up(text: str) -> bool:
    """As `Grammar.sets_up`."""
    return bool(_SET_UP.search(text))


def _has_loose_pronoun(text: str) -> bool:
    for found in _ONE_PERSON.finditer(text):
        head = text[: found.start()]
        if not (_PERSON.search(head) or _NAME.search(head) or _NAME_FIRST.search(head)):
            return True
    for found in _SEVERAL.finditer(text):
        if not _MANY.search(text[: found.start()]) and not _PERSON.search(text[: found.start()]):
            return True
    found_thing = _THING.search(text)
    return bool(found_thing and found_thing.start() and not _ANTECEDENT.search(text[: found_thing.start()]))


def _takes_up(text: str, before: Sequence[str]) -> bool:
    """Whether it opens with a definite thing that the sentences before it brought in."""
    name = re.match(r"(?:But |And |So |Yet |When |While |As )?([A-Z][a-zé]{2,})(?=['’ ,])", text)
    if name and any(re.search(rf"[A-Z][\w.-]+ {name[1]}\b", sentence) for sentence in before):
        return True  # somebody who was introduced by full name
    if _BARE_SUBJECT.match(text):
        return True
    found = _DEFINITE.match(text)
    if not found or not before:
        return False
    stems = {stem(word) for word in (*found[1].split(), found[2]) if len(word) > 3}
    earlier = {stem(word) for sentence in before for word in re.findall(r"[\w’'-]{4,}", sentence)}
    return bool(stems & earlier)
