"""How sentences hang together: which lean on the one before, and which promise one after.

What is known of a language stands in its `languages` module; without one, nothing leans.
"""

from __future__ import annotations

from collections.abc import Sequence

from narrowcast.writers.extractive.languages import grammar_for
from narrowcast.writers.extractive.languages.grammar import Lean

__all__ = ["Lean", "leaning", "leaning_at_start", "opens_dangling", "sets_up", "without_opener"]


def leaning(text: str, before: Sequence[str], language: str) -> Lean:
    """How much `text` leans on the sentences `before` it (those of its paragraph, or the last of the one before)."""
    told = grammar_for(language).leaning
    if told is None:
        return Lean.HARD if opens_dangling(text, language) else Lean.NONE
    return told(text, before)


def leaning_at_start(text: str, language: str) -> Lean:
    """How much the first sentence of a section leans: its heading was just said, so only a pronoun hangs in the air."""
    told = grammar_for(language).leaning_at_start
    return leaning(text, (), language) if told is None else told(text)


def sets_up(text: str, language: str) -> bool:
    """Whether the sentence promises another one, so that nothing may end with it."""
    return grammar_for(language).sets_up(text)


def opens_dangling(sentence: str, language: str) -> bool:
    """Whether the sentence opens with a word that means nothing without the sentence before it."""
    return bool(grammar_for(language).dangling.match(sentence))


def without_opener(sentence: str, language: str) -> str:
    """The sentence without an opening linker that can go without changing what is said; else as it is."""
    if not (found := grammar_for(language).droppable.match(sentence)):
        return sentence
    rest = sentence[found.end() :]
    return rest[:1].upper() + rest[1:]
