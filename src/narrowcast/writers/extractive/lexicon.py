"""What a document itself tells of its words: which are names, and which take an article."""

# ruff: noqa: SIM905 — word classes are read as running words, not as a column of strings

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from narrowcast.writers.extractive.words import AUXILIARIES, THIRD_PERSON

_WORD = re.compile(r"(?<![\w/.-])[^\W\d_][\w'’-]*(?![\w/])")


@dataclass(frozen=True)
class Lexicon:
    """Counts over the sayable text: words in lower case, words with a capital inside a sentence, word pairs."""

    lower: Counter[str]
    capital: Counter[str]
    text: str
    _articles: dict[str, str | None] = field(default_factory=dict, repr=False, compare=False)

    def lowered(self, phrase: str, *, unless_named: bool = False) -> str:
        """`phrase` with its capitals taken away where the document writes the words small inside sentences.

        With `unless_named`, wherever the document does not write them with a capital there.
        """
        return re.sub(r"[^\s]+", lambda found: self._lowered_word(found.group(), unless_named), phrase)

    def _lowered_word(self, word: str, unless_named: bool) -> str:  # noqa: FBT001
        bare = word.strip(".,;:!?\"'“”‘’()")
        if not bare[:1].isupper() or (len(bare) > 1 and not bare[1:].islower() and "-" not in bare):
            return word
        small = bare.lower()
        if small not in _ALWAYS_SMALL and self.capital[bare] > 3 * self.lower[small]:
            return word
        small_here = self.lower[small] or small in _ALWAYS_SMALL or (unless_named and not self.capital[bare])
        return word.lower() if small_here else word

    def article(self, noun: str) -> str | None:
        """`the `, `a `, `an ` or nothing, as the document mostly uses before `noun`; none where it never says it."""
        if noun not in self._articles:
            self._articles[noun] = self._most_used_article(noun)
        return self._articles[noun]

    def _most_used_article(self, noun: str) -> str | None:
        found = Counter(
            match.group(1) or ""
            for match in re.finditer(
                rf"(?:\b(the|an?) )?\b{re.escape(noun.lower())}\b(?![/-])(?: ([a-z]+))?", self.text
            )
            if match.group(2) is None or match.group(2) in _AFTER_NOUNS
        )
        if not found:
            return None
        best = max(found, key=lambda article: (found[article], article))
        return f"{best} " if best else ""


_ALWAYS_SMALL = frozenset(
    "a an the and or of in on for to with by from at as is are was were what why how when where who which into over "
    "under about your you it its our we their his her not no this that".split()
)

_AFTER_NOUNS = (_ALWAYS_SMALL | AUXILIARIES | frozenset(THIRD_PERSON) | {"because", "while", "if", "than"}) - {"your"}


def lexicon_of(sentences: Iterable[str]) -> Lexicon:
    """The lexicon of these sentences; the first word of each does not tell whether it is a name."""
    lower: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    parts: list[str] = []
    for sentence in sentences:
        parts.append(sentence.lower())
        for word in _WORD.findall(sentence)[1:]:
            if word[0].isupper():
                capital[word] += 1
            else:
                lower[word] += 1
    return Lexicon(lower, capital, "\n".join(parts))
