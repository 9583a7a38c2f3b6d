"""What the writer must know of a language to tell which sentences can be said, and how they hang together."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

NEVER = re.compile(r"(?!)")
"""Matches nothing: what a language does not say."""


class Lean(IntEnum):
    """NONE: understood alone. SOFT: of a thing that was named before. HARD: means nothing alone."""

    NONE = 0
    SOFT = 1
    HARD = 2


def promises_by_mark(text: str) -> bool:
    """Whether the sentence ends with a colon or a question mark: what is known where no words are."""
    return text.rstrip("\"'”’»“)").rstrip().endswith((":", "?"))


@dataclass(frozen=True)
class Grammar:
    """One language's cue words. To add a language: one of these in a module of its own, one line in
    `languages.grammar_for`; for conversation also a `phrases.bank.Bank`. Every pattern may stay `NEVER`.

    How sentences hang together:
    `dangling` matches a sentence whose opening means nothing without the one before; `droppable` an opening that can
    go without changing what is said. `leaning` tells how much a text leans on the sentences before it,
    `leaning_at_start` how much the first of a section does, whose heading was just said. `sets_up` tells of a sentence
    that promises another. `closing` matches last words that may stand after a gap; `unseen` an opening with a thing
    that nobody knows where what stood before cannot be said. `points_back` and `bare_subject` (found, matched) make
    a sentence count for less.

    What can be said: `unspeakable` are found in sentences for the eye (besides marks and the English of web pages,
    which are refused in every language). `is_sentence` tells of a sentence's words that they hold a verb; where it can,
    `asides` of fewer than five words are told too. `of_itself` finds a document that speaks of itself,
    `machine_like` words that only machines read, `single_voice` an "I" that is the author's.

    What may be quoted by itself (teaser, recap): not what `not_alone` finds; rather what `striking` or `general` find
    than what `advice` does. `definite` finds things said with "the" (the group is the noun), `names` names.
    `story` are words of a text that tells of a person.

    How words are written: `small_words` are small inside titles, `articles` is a pattern of those before nouns,
    `after_nouns` words that show that a noun has ended.
    """

    language: str
    dangling: re.Pattern[str] = NEVER
    droppable: re.Pattern[str] = NEVER
    leaning: Callable[[str, Sequence[str]], Lean] | None = None
    leaning_at_start: Callable[[str], Lean] | None = None
    sets_up: Callable[[str], bool] = promises_by_mark
    closing: re.Pattern[str] = NEVER
    unseen: re.Pattern[str] = NEVER
    points_back: re.Pattern[str] = NEVER
    bare_subject: re.Pattern[str] = NEVER
    unspeakable: tuple[re.Pattern[str], ...] = ()
    is_sentence: Callable[[Sequence[str]], bool] = any
    asides: bool = False
    of_itself: re.Pattern[str] = NEVER
    machine_like: re.Pattern[str] = NEVER
    single_voice: re.Pattern[str] = NEVER
    not_alone: re.Pattern[str] = NEVER
    advice: re.Pattern[str] = NEVER
    striking: re.Pattern[str] = NEVER
    general: re.Pattern[str] = NEVER
    definite: re.Pattern[str] = NEVER
    names: re.Pattern[str] = NEVER
    story: frozenset[str] = frozenset()
    small_words: frozenset[str] = frozenset()
    articles: str = r"(?!)"
    after_nouns: frozenset[str] = frozenset()


def by_patterns(
    start: re.Pattern[str], anywhere: re.Pattern[str], takes_up: re.Pattern[str], first_pronoun: re.Pattern[str]
) -> tuple[Callable[[str, Sequence[str]], Lean], Callable[[str], Lean]]:
    """`leaning` and `leaning_at_start` of a language whose cues are told by patterns alone.

    HARD where `start` matches or `anywhere` is found; SOFT where `takes_up` matches and its first group, a noun, stands
    in the sentences before. At the start of a section only what `first_pronoun` matches too is HARD.
    """

    def leaning(text: str, before: Sequence[str]) -> Lean:
        if start.match(text) or anywhere.search(text):
            return Lean.HARD
        found = takes_up.match(text)
        earlier = {stem(word) for sentence in before for word in re.findall(r"[\w’'-]{4,}", sentence)} if found else ()
        return Lean.SOFT if found and stem(found[1]) in earlier else Lean.NONE

    def leaning_at_start(text: str) -> Lean:
        hanging = first_pronoun.match(text) and start.match(text)
        return Lean.HARD if hanging else min(Lean.SOFT, leaning(text, ()))

    return leaning, leaning_at_start


def stem(word: str) -> str:
    """A word's beginning, by which its plural is known again."""
    return word.casefold().rstrip("s")[:6]
