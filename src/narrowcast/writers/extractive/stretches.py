"""A document's part as stretches: sentences that stand side by side in a paragraph, with the places to begin and end.

What makes a listener lose the thread is a sentence whose predecessor was dropped. So nothing is ever left out inside
what is told: a stretch is told from its beginning to one of its natural ends, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from narrowcast.writers.extractive.languages import grammar_for
from narrowcast.writers.extractive.leaning import Lean, leaning, leaning_at_start, sets_up
from narrowcast.writers.extractive.speakable import MIN_WORDS, is_unspaced
from narrowcast.writers.key_sentences import TOO_ALIKE, RankedSentence, alike

_LONG_WORDS = 90  # from here on a paragraph may be entered where a sentence in it stands alone
_REST_WORDS = 35
_RECENT = 40


@dataclass(frozen=True)
class Stretch:
    """`sentences` follow each other in one paragraph. `ends` are the numbers of sentences after which it may stop,
    rising; `lean` is how much its first sentence leans on what came before; `joined` tells that this was the stretch
    before it, `mid_paragraph` that both are of one paragraph; `worth` is its quality, 1.0 for the usual;
    `opens_section` tells that a heading stands right before it, `depth` how many stretches of its section do,
    `unfinished` that its paragraph goes on after it."""

    sentences: tuple[RankedSentence, ...]
    ends: tuple[int, ...]
    lean: Lean
    joined: bool
    mid_paragraph: bool
    opens_section: bool
    depth: int
    unfinished: bool
    worth: float

    @property
    def source(self) -> str:
        """What the outermost heading says: its source."""
        return self.sentences[0].headings[0]

    def words(self, end: int) -> int:
        """The words of its first `end` sentences."""
        return sum(sentence.words for sentence in self.sentences[:end])


def stretches_of(sentences: Sequence[RankedSentence], language: str, *, over_holes: bool = False) -> list[Stretch]:
    """All stretches of these sentences, in reading order; those that nowhere come to an end are left out.

    With `over_holes` a stretch counts as joined to the one before it even where what stands between cannot be said:
    for a text so short that all of it is told.
    """
    leans = _leans(sentences, language)
    if over_holes and leans:
        leans[0] = min(leans[0], Lean.SOFT)
    cuts = [i for i in range(1, len(sentences)) if _cut(sentences, leans, i)]
    mean = sum(s.score for s in sentences) / max(1, len(sentences)) or 1.0
    found: list[Stretch] = []
    end_before = -1
    depth = 0
    for start, end in zip([0, *cuts], [*cuts, len(sentences)], strict=True):
        part = tuple(sentences[start:end])
        ends = _ends(part, leans[start:end], language)
        if not ends:
            continue
        before = sentences[start - 1] if start else None
        opens = before is None or before.headings != part[0].headings
        depth = 0 if opens else depth + 1
        found.append(
            Stretch(
                part,
                ends,
                leans[start],
                joined=before is not None and end_before == start and (over_holes or beside(before, part[0])),
                mid_paragraph=before is not None and before.paragraph == part[0].paragraph,
                opens_section=opens,
                depth=depth,
                unfinished=end < len(sentences) and sentences[end].paragraph == part[0].paragraph,
                worth=_worth(part, mean, language) * _fresh(part, sentences[max(0, start - _RECENT) : start]),
            )
        )
        end_before = end if ends[-1] == len(part) else -1
    return found


def beside(before: RankedSentence, after: RankedSentence) -> bool:
    """Whether `after` comes right after `before` in the document, in the same section."""
    step = after.position - before.position
    return before.headings == after.headings and (step == 1 or (step == 2 and after.passage != before.passage))


def closing(stretch: Stretch, language: str) -> Stretch:
    """The stretch as the last of a document: "So the towers stay lit." may then stand after a gap;
    and it is told whole."""
    softer = grammar_for(language).closing.match(stretch.sentences[0].text) and stretch.lean is Lean.HARD
    return replace(stretch, lean=Lean.SOFT if softer else stretch.lean, ends=stretch.ends[-1:])


def breaths(
    run: Sequence[RankedSentence], language: str, can_ask: Callable[[str], bool] = lambda _: False
) -> list[tuple[RankedSentence, ...]]:
    """A run cut into answers of some 30 to 80 words, where the listener's partner may put in a word.

    Rather before a sentence that stands alone or answers a question (`can_ask`), or after one that promises the next.
    """
    count = len(run)
    best: list[tuple[float, int]] = [(0.0, 0)] + [(float("inf"), 0)] * count
    for end in range(1, count + 1):
        for start in range(end):
            words = sum(s.words for s in run[start:end])
            cost = best[start][0] + (max(0, words - 75) / 15) ** 2 + (max(0, 28 - words) / 8) ** 2
            if start:
                cost += 1.2 + _break_cost(run, start, language) - 0.9 * can_ask(run[start].text)
            if cost < best[end][0] - 1e-9:
                best[end] = (cost, start)
    parts: list[tuple[RankedSentence, ...]] = []
    end = count
    while end:
        start = best[end][1]
        parts.append(tuple(run[start:end]))
        end = start
    return parts[::-1]


def _break_cost(run: Sequence[RankedSentence], start: int, language: str) -> float:
    if sets_up(run[start - 1].text, language):
        return 0.0
    lean = leaning(run[start].text, [s.text for s in run[max(0, start - 3) : start]], language)
    return 0.6 * lean


def burden(text: str, language: str) -> int:
    """How many words of a sentence are for the eye: file names, options, identifiers, version numbers."""
    return len(_CODE_LIKE.findall(text)) + len(grammar_for(language).machine_like.findall(text))


_CODE_LIKE = re.compile(
    r"\b[a-z]+(?:[A-Z][a-z]+)+\b|\b\w*[a-z]\.[a-z]\w+|\b[A-Za-z]+[-_]?\d[\w.+-]*\b|\b\d+[.-]\d+-\d\S*|"
    r"\b[A-Z]\w*-[A-Z]\w*-[A-Z]\w*\b|\b(?:X|Build|Pre|Standards|Vcs)-[A-Z]\w+|\b\w+_\w+|\b[a-z]+-[a-z]+-[a-z]+\b|[A-Z][a-z]+[A-Z]\w*|"
    r"(?<=\s)[+:~]\w+|\"\W?\w*\W\"|\b\w+\+\w+"
)


def _leans(sentences: Sequence[RankedSentence], language: str) -> list[Lean]:
    leans: list[Lean] = []
    for index, sentence in enumerate(sentences):
        if index == 0 or sentence.headings != sentences[index - 1].headings:
            leans.append(leaning_at_start(sentence.text, language))
            continue
        around = [
            s.text
            for s in sentences[max(0, index - 6) : index]
            if s.paragraph == sentence.paragraph or index - sentences.index(s, max(0, index - 6)) < 3
        ]
        following = sentences[index + 1] if index + 1 < len(sentences) else None
        begins = sentences[index - 1].paragraph != sentence.paragraph
        followed = following is not None and following.paragraph == sentence.paragraph
        aside = sentence.words < MIN_WORDS and not is_unspaced(sentence.text) and not (begins and followed)
        # after a table, code or whatever cannot be said, "the line" is one that nobody heard of
        unseen = grammar_for(language).unseen.match(sentence.text) and not beside(sentences[index - 1], sentence)
        leans.append(Lean.HARD if aside or unseen else leaning(sentence.text, around, language))
    return leans


def _cut(sentences: Sequence[RankedSentence], leans: Sequence[Lean], index: int) -> bool:
    before, here = sentences[index - 1], sentences[index]
    if before.paragraph != here.paragraph or not beside(before, here):
        return True
    if leans[index] is not Lean.NONE:
        return False
    left = right = 0
    for back in range(index - 1, -1, -1):
        if sentences[back].paragraph != here.paragraph or (back and not beside(sentences[back - 1], sentences[back])):
            left += sentences[back].words
            break
        left += sentences[back].words
    for ahead in range(index, len(sentences)):
        if sentences[ahead].paragraph != here.paragraph:
            break
        right += sentences[ahead].words
    return left >= _LONG_WORDS and right >= _REST_WORDS


def _ends(part: Sequence[RankedSentence], leans: Sequence[Lean], language: str) -> tuple[int, ...]:
    return tuple(
        end
        for end in range(1, len(part) + 1)
        if not sets_up(part[end - 1].text, language)
        and (end == len(part) or (end > 1 and (leans[end] is Lean.NONE or (leans[end] is Lean.SOFT and end > 2))))
    )


def _worth(part: Sequence[RankedSentence], mean: float, language: str) -> float:
    words = sum(s.words for s in part) or 1
    score = float(sum(s.score * s.words for s in part)) / words / mean
    eye = sum(burden(s.text, language) for s in part) / words
    meta = any(grammar_for(language).of_itself.search(s.text) for s in part)
    alone = 0.6 if len(part) == 1 and words < 18 else 1.0
    return float(min(1.6, max(0.5, score)) ** 0.6) * max(0.15, 1.0 - 9.0 * eye) * alone * (0.4 if meta else 1.0)


def _fresh(part: Sequence[RankedSentence], earlier: Sequence[RankedSentence]) -> float:
    again = sum(any(alike(s.vector, other.vector) > TOO_ALIKE for other in earlier) for s in part)
    return 1.0 - 0.7 * again / len(part)
