"""The shape of a phrase bank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from narrowcast.writers.extractive.lexicon import Lexicon

Phrases = tuple[str, ...]


@dataclass(frozen=True)
class Bank:
    """Everything that is said in one language that is not the source's. Slots: `{host} {guest} {guests} {title} {by}
    {topic} {previous} {list}`. Every phrase is used at most once in an episode.

    `ask` derives the question that a sentence answers, none where it is not sure to be sound. `topic` turns a
    heading into something that fits after "about", none where it does not; `is_clause` tells of such a topic that it
    is a clause ("what it costs"), which fits after "about" only, and `heading_question` asks for it. `echo` is a
    figure out of an answer, as one repeats it. `address` puts a name before a question where that sounds right;
    `nouns` counts a text's plain nouns. `titled` puts
    a title in quotation marks, `clause_slot` is the part of a phrase that a clause fits in, `listed` joins two or more
    names or topics, `small` is a title as it stands after another and `and_word`. `typeset` sets the signs of a turn as
    the language writes them.
    """

    welcome: Phrases
    welcome_more: Phrases  # three or four speakers: {guests}
    welcome_alone: Phrases
    by: str
    ahead: Phrases
    ahead_alone: Phrases
    teaser: Phrases
    begin: Phrases
    begin_here: Phrases
    leave: Phrases
    hand_over: Phrases
    hand_over_alone: Phrases
    move_on: Phrases
    new_topic: Phrases
    new_topic_alone: Phrases
    new_topic_label: Phrases
    about: Phrases
    examples: Phrases
    contrast: Phrases
    result: Phrases
    ending: Phrases  # before the document's last words
    problem: Phrases
    go_on: Phrases
    then: Phrases
    more: Phrases
    reactions: Phrases
    echoes: Phrases  # {figure}
    quoting: Phrases
    way: Phrases  # {previous}, {topic}: the first and the last segment, instead of a recap
    recap_ask: Phrases
    recap_point: Phrases  # {topic}; first, between, last
    recap_point_plain: Phrases
    recap_lead: Phrases
    recap_lead_alone: Phrases
    goodbye: Phrases
    goodbye_alone: Phrases
    and_word: str
    part_name: str
    untitled: str
    titled: str
    clause_slot: str
    listed: Callable[[Sequence[str]], str]
    small: Callable[[str], str]
    ask: Callable[[str, Lexicon], str | None]
    topic: Callable[[str, Lexicon], str | None]
    heading_question: Callable[[str, Lexicon], str | None]
    is_clause: Callable[[str], bool]
    echo: Callable[[str], str | None]
    opener: Callable[[str], str]
    subject_topic: Callable[[str, Lexicon], str | None]
    address: Callable[[str, str], str]
    nouns: Callable[[str], Counter[str]]
    typeset: Callable[[str], str] = str
    begin_topic: Phrases = ()  # {guest}, {topic}: the first question; without, one of `new_topic`
