"""What a document itself tells of its words: which are names, and which take an article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from narrowcast.writers.extractive.languages.grammar import Grammar

_WORD = re.compile(r"(?<![\w/.-])[^\W\d_][\w'’-]*(?![\w/])")


@dataclass(frozen=True)
class Lexicon:
    """Counts over the sayable text: words in lower case, words with a capital inside a sentence, word pairs."""

    lower: Counter[str]
    capital: Counter[str]
    text: str
    grammar: Grammar
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
        if small not in self.grammar.small_words and self.capital[bare] > 3 * self.lower[small]:
            return word
        small_here = self.lower[small] or small in self.grammar.small_words or (unless_named and not self.capital[bare])
        return word.lower() if small_here else word

    def article(self, noun: str) -> str | None:
        """An article and a space, or nothing, as the document mostly says `noun`; none where it never does."""
        if noun not in self._articles:
            self._articles[noun] = self._most_used_article(noun)
        return self._articles[noun]

    def _most_used_article(self, noun: str) -> str | None:
        found = Counter(
            match.group(1) or ""
            for match in re.finditer(
                rf"(?:\b({self.grammar.articles}) )?\b{re.escape(noun.lower())}\b(?![/-])(?: ([a-z]+))?", self.text
            )
            if match.group(2) is None or match.group(2) in self.grammar.after_nouns
        )
        if not found:
            return None
        best = max(found, key=lambda article: (found[article], article))
        return f"{best} " if best else ""


def lexicon_of(sentences: Iterable[str], grammar: Grammar) -> Lexicon:
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
    return Lexicon(lower, capital, "\n".join(parts), grammar)
