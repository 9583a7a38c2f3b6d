"""Sentences kept out of the body: one for the opening that makes curious, a few for the close that sum up.

Only what nothing leans on and what ends its paragraph is taken, so that its place shows no hole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from narrowcast.writers.extractive.languages import grammar_for
from narrowcast.writers.extractive.languages.grammar import Grammar, stem
from narrowcast.writers.extractive.leaning import Lean, leaning, sets_up
from narrowcast.writers.extractive.stretches import beside, burden
from narrowcast.writers.key_sentences import RankedSentence

_ENOUGH = 24  # sentences; below, each is needed where it stands
_POINTS = 3


def kept_back(
    sentences: Sequence[RankedSentence], language: str, title: str = ""
) -> tuple[RankedSentence | None, tuple[RankedSentence, ...]]:
    """The teaser and the points for the recap; none and nothing where the text is short or holds no fit ones."""
    if len(sentences) < _ENOUGH:
        return None, ()
    free = [s for index, s in enumerate(sentences) if _is_free(sentences, index, language)]
    grammar = grammar_for(language)
    opening = {s.position for s in sentences[:6]}
    points = _points(
        sentences,
        [s for s in free if s.position not in opening and not _names_earlier(s, sentences, grammar)],
        title,
        grammar,
    )
    taken = {s.position for s in points}
    fit = [s for s in free if s.position not in taken | opening and 9 <= s.words <= 30]
    teaser = max(
        fit,
        key=lambda s: (_appeal(s, grammar) - _names_earlier(s, sentences, grammar), -s.position),
        default=None,
    )
    return (teaser if teaser and _appeal(teaser, grammar) >= _WORTH_A_STOP else None), points


_WORTH_A_STOP = 2.0


def _appeal(sentence: RankedSentence, grammar: Grammar) -> float:
    figures = len(re.findall(r"(?<![\w.])\d[\d,.]*\d", sentence.text))
    years = len(re.findall(r"\b1[5-9]\d\d\b|\b20\d\d\b", sentence.text))
    striking = len(set(grammar.striking.findall(sentence.text.lower())))
    advice = 2.0 if grammar.advice.search(sentence.text) else 0.0
    return min(2, figures - years) + min(2, striking) + 0.25 * min(1, years) + 0.5 * sentence.score - advice


def _is_free(sentences: Sequence[RankedSentence], index: int, language: str) -> bool:
    """Whether the sentence is understood alone, ends its paragraph, and neither is promised nor leaned on."""
    sentence = sentences[index]
    before = sentences[index - 1] if index else None
    after = sentences[index + 1] if index + 1 < len(sentences) else None
    if (
        grammar_for(language).not_alone.search(sentence.text)
        or burden(sentence.text, language)
        or sets_up(sentence.text, language)
    ):
        return False
    around = [s.text for s in sentences[max(0, index - 4) : index] if s.headings == sentence.headings]
    if leaning(sentence.text, around, language) is not Lean.NONE:
        return False
    if before and beside(before, sentence) and sets_up(before.text, language):
        return False
    if before is None or before.paragraph != sentence.paragraph:
        return False  # how a paragraph begins is needed there
    if after is None or after.headings != sentence.headings:
        return True
    near = after.position - sentence.position <= 2
    return after.paragraph != sentence.paragraph and (
        not near or leaning(after.text, [sentence.text], language) is Lean.NONE
    )


def _names_earlier(sentence: RankedSentence, sentences: Sequence[RankedSentence], grammar: Grammar) -> bool:
    """Whether it speaks of "the" something that its section brought in shortly before."""
    near = [s for s in sentences if 0 < sentence.position - s.position < 8 and s.headings == sentence.headings]
    known = {word.casefold().rstrip("s") for s in near for word in re.findall(r"[\w’'-]{4,}", s.text)}
    return any(word.casefold().rstrip("s") in known for word in grammar.definite.findall(sentence.text))


def _points(
    sentences: Sequence[RankedSentence], free: Sequence[RankedSentence], title: str, grammar: Grammar
) -> tuple[RankedSentence, ...]:
    subjects = {stem(word) for word in re.findall(r"[^\W\d_]{4,}", title)}
    points: list[RankedSentence] = []
    for part in range(_POINTS):
        first = sentences[part * len(sentences) // _POINTS].position
        last = sentences[(part + 1) * len(sentences) // _POINTS - 1].position
        fit = [s for s in free if first <= s.position <= last and 8 <= s.words <= 35]
        best = max(fit, key=lambda s: (_pith(s, subjects, grammar), -s.position), default=None)
        if best and _pith(best, subjects, grammar) >= _A_POINT:
            points.append(best)
    return tuple(points) if len(points) > 1 else ()


_A_POINT = 1.2


def _pith(sentence: RankedSentence, subjects: set[str], grammar: Grammar) -> float:
    """How much a sentence says in general: it speaks of the title's subject, gives a reason or a rule, no detail."""
    own = {stem(word) for word in re.findall(r"[^\W\d_]{4,}", sentence.text)}
    details = len(re.findall(r"\d", sentence.text)) > 0
    names = len(grammar.names.findall(sentence.text))
    deep = 0.1 * len(sentence.headings)
    general = min(2, len(set(grammar.general.findall(sentence.text))))
    return sentence.score + 0.6 * bool(own & subjects) + 0.5 * general - 0.7 * details - 0.2 * names - deep
