"""Hints that were written for a terminal, in the words of who has a page or the API before them: pure."""

from __future__ import annotations

import re

_WORDS = (
    (re.compile(r" \(--[a-z-]+[^)]*\)"), ""),
    (re.compile(r"^Set it\b"), "Enter it under Settings, Keys"),
    (re.compile(r"leave --language away or say --language "), "leave the language away or say "),
    (re.compile(r"with --llm none\b"), "without a language model"),
    (re.compile(r"with --llm\b(?: PROVIDER:MODEL)?"), "in the episode profile"),
    (re.compile(r"with --tts\b(?: openai:MODEL)?(?: or in the speaker profile)?"), "in the speaker profile"),
    (re.compile(r"with --speakers FILE"), "as a speaker profile"),
)
_FLAG = re.compile(r"(?:^|\s)--[a-z]")


def without_flags(hint: str) -> str:
    """`hint` without options of the command line: said otherwise where there is a page for it, else left out."""
    for flag, words in _WORDS:
        hint = flag.sub(words, hint)
    return " ".join(sentence for sentence in re.split(r"(?<=\.) ", hint) if not _FLAG.search(sentence))
