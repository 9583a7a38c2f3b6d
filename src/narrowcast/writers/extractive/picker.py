"""Choosing phrases: each at most once in an episode, the same ones for the same document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b

from narrowcast.writers.key_sentences import normalised


class Picker:
    """Hands out phrases for one segment.

    Phrases are ordered by a hash of the document and themselves. A segment begins its walk at its own place in that
    order, so that segments written side by side do not meet soon; what was said in `before` is skipped.
    """

    def __init__(self, seed: str, number: int, segments: int, before: str) -> None:
        self._seed = seed
        self._start = (number - 1) / max(1, segments)
        self._end = number / max(1, segments)
        self._before = before
        self._used: set[str] = set()

    def pick(self, phrases: Sequence[str], **slots: str) -> str:
        """The next unused phrase with its slots filled; empty when all are used up.

        Only where a `topic` makes the words differ may a phrase come again, after all others.
        """
        ordered = sorted(phrases, key=self._hash)
        first = int(self._start * len(ordered))
        for phrase in ordered[first:] + ordered[:first]:
            if phrase not in self._used and not self._was_said(phrase):
                self._used.add(phrase)
                return phrase.format(**slots)
        if ordered and "topic" in slots:
            again = ordered[int(self._hash(slots["topic"]), 16) % len(ordered)].format(**slots)
            return again if self.fresh(again) else ""
        return ""

    def share(self, phrases: Sequence[str]) -> str:
        """An unused phrase of those that belong to this segment alone; empty when they are used up."""
        ordered = sorted(phrases, key=self._hash)
        return self.pick(ordered[int(self._start * len(ordered)) : int(self._end * len(ordered))])

    def varied(self, phrases: Sequence[str], what: str) -> str:
        """One of the phrases, whether used or not, the same for the same `what`."""
        return phrases[int(self._hash(what), 16) % len(phrases)]

    def fresh(self, text: str) -> bool:
        """Whether these very words were not said yet; from now on they count as said."""
        key = normalised(text)
        if key in self._used or f" {key} " in self._before:
            return False
        self._used.add(key)
        return True

    def chance(self, what: str, of: int) -> bool:
        """True for about one in `of` different values of `what`, the same ones each time."""
        return int(self._hash(what), 16) % of == 0

    def _was_said(self, phrase: str) -> bool:
        parts = [re.escape(normalised(part)) for part in re.split(r"\{\w+\}", phrase)]
        pattern = r"[^|]{1,120}?".join(part for part in parts if part)
        return bool(pattern and self._before and re.search(rf"(?<=[ |]){pattern}(?=[ |])", self._before))

    def _hash(self, text: str) -> str:
        return blake2b(text.encode(), key=self._seed.encode(), digest_size=8).hexdigest()
