"""English: how its sentences hang together, and what can be said."""

# ruff: noqa: SIM905, E501 — word classes and patterns are read as running text, not as columns of strings

from __future__ import annotations

import re

from narrowcast.writers.extractive.languages.en_leaning import leaning, leaning_at_start, sets_up
from narrowcast.writers.extractive.languages.en_speaking import is_sentence
from narrowcast.writers.extractive.languages.en_words import AUXILIARIES, DANGLING, DROPPABLE, THIRD_PERSON
from narrowcast.writers.extractive.languages.grammar import Grammar

_SMALL = frozenset(
    "a an the and or of in on for to with by from at as is are was were what why how when where who which into over "
    "under about your you it its our we their his her not no this that".split()
)

ENGLISH = Grammar(
    "en",
    dangling=DANGLING,
    droppable=DROPPABLE,
    leaning=leaning,
    leaning_at_start=leaning_at_start,
    sets_up=sets_up,
    closing=re.compile(
        r"(?:And so|So|In the end|At last|Finally|Now|Still|And yet|Even so),? (?!it|he|she|they|this|that)\w",
        re.IGNORECASE,
    ),
    unseen=re.compile(r"The "),
    points_back=re.compile(r"\b(?:this|these|those|such|former|latter|aforementioned|another|other)\b", re.IGNORECASE),
    bare_subject=re.compile(r"The [a-z]+ (?:is|are|was|were|has|have|can|may|will|should|must)\b"),  # which one?
    is_sentence=is_sentence,
    asides=True,
    of_itself=re.compile(
        r"^(?:This|The) (?:\w+ )?(?:document|manual|guide|tutorial|page|chapter|handbook)\b|"
        r"\b(?:in|of|by|reading) this (?:document|manual|guide|tutorial|text|book)\b|"
        r"\b(?:version|revision) \d|\bKeep reading\b|\bread on\b"
    ),
    machine_like=re.compile(
        r"\b(?:dpkg|dh|debhelper|debian|make|sudo|apt|git|buildd|pbuilder|lintian|quilt|sbuild|ld|gcc)[\w-]*(?= command\b| "
        r"file\b| target\b)|\b(?:files?|fields?|target|script|directory|command|keyword|parameter|option|variable|"
        r"argument|pointer|string)s?\b(?= (?:named?|called|of the)\b)|\b[a-z]+-[a-z]+(?= (?:command|field|file|script)\b)"
    ),
    single_voice=re.compile(r"(?<![\"“])\b(?:I|I'm|I’m|my|me)\b(?!\.)"),
    not_alone=re.compile(
        r"\b(?:I|my|me|our|we|us|this|these|those|such|another|example|instance|other|others|next|then|"
        r"also|both|either|later|however|above|below)\b|[/_()“”\"]|"
        r"^(?:so|it|there|to|please|note|do|don't|if|when|once|you|your|some|many|most|all|each|every|any|one|two|three)\b",
        re.IGNORECASE,
    ),
    advice=re.compile(
        r"\b(?:you|your|must|should|shall|need to)\b|^(?:use|run|add|make|set|put|write|keep|try)\b", re.IGNORECASE
    ),
    striking=re.compile(
        r"\b(?:never|nobody|nothing|only|first|last|largest|greatest|oldest|worst|best|most|more than|less than|half|"
        r"million|billion|per cent|percent|one finger|cannot|died|killed|poison\w*|secret|impossible|because)\b",
        re.IGNORECASE,
    ),
    general=re.compile(
        r"\b(?:because|never|always|every|more \w+ than|without|must|should|cannot|depends?|means|matters?|important|need(?:s|ed)?|"
        r"until|only|success|nobody|everybody|whole|most|best|harder|easier|responsib\w+)\b"
    ),
    definite=re.compile(r"\b[Tt]he (?:[a-z-]+ )?([a-z][\w-]{3,})(?! of\b)"),
    names=re.compile(r"(?<=[a-z,] )[A-Z][a-z]+"),
    story=frozenset({"he", "she", "his", "her", "i", "my"}),
    small_words=_SMALL,
    articles="the|an?",
    after_nouns=(_SMALL | AUXILIARIES | frozenset(THIRD_PERSON) | {"because", "while", "if", "than"}) - {"your"},
)
