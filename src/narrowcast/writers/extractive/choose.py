"""Which stretches a segment tells: the best that fill its budget, spread over its part of the document.

A knapsack over the stretches in reading order, solved by dynamic programming for all budgets up to the largest at
once, so that the length can afterwards be met by trial.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from narrowcast.writers.extractive.leaning import Lean
from narrowcast.writers.extractive.stretches import Stretch, beside, closing, stretches_of
from narrowcast.writers.key_sentences import RankedSentence

Run = tuple[RankedSentence, ...]
_SECOND = 0.75  # its second one
_MID_START = 0.5
_NEARLY = 0.03
_STEPS = 240  # the budgets told apart
_ASKING_WORDS = 10  # what the host says before a stretch that does not go on from the last
_PART_WORDS = 110  # of so many words of budget each, the document's equal parts shall all be heard
_CANDIDATES = 3  # stretches looked at for each that will be told
_CUT_SHORT = 0.85
_A_FEW_WORDS = 40
_UNFINISHED = 30.0  # words that a paragraph loses which is not told to its end
_FIRST_OF_A_PART = 40
_GOES_ON = 15  # for a paragraph right after the one before it
_A_SOURCE = 200  # for each source, where a segment tells of several
_FRAME = 80  # for the document's first stretch, and for its last
_SOFT_START = 0.65
_NO_OPENER = 0.5  # a section's later paragraph, when the one that introduces it is not told


@dataclass(frozen=True)
class _Told:
    """One way to have come so far: its value, its words, and the stretches with how many sentences of each."""

    value: float
    words: int
    last: tuple[int, int] | None
    before: _Told | None


_States = dict[tuple[int, bool, bool, bool], _Told]
"""By: words / step; the last stretch was told to its end; this part was heard; this section's opening was told."""


class Choices:
    """The best choice of stretches for any budget up to `most` words."""

    def __init__(
        self,
        sentences: Sequence[RankedSentence],
        language: str,
        most: int,
        *,
        from_the_start: bool = False,
        to_the_end: bool = False,
    ) -> None:
        ample = sum(s.words for s in sentences) <= most
        stretches = stretches_of(sentences, language, over_holes=ample)
        if to_the_end and stretches:
            stretches[-1] = closing(stretches[-1], language)
        self._stretches = _thinned(stretches, most, from_the_start=from_the_start, to_the_end=to_the_end)
        self._fallback: list[Run] = [(s,) for s in sentences[:1]]
        self._frame = {0: from_the_start, len(self._stretches) - 1: to_the_end}
        if len(self._stretches) == 1:
            self._frame = {0: from_the_start or to_the_end}
        self._all = self._solved(most)

    def runs(self, words: float) -> tuple[list[Run], float]:
        """The best runs of nearly `words` words and no more, asking included, and their value. Never empty."""
        fit = [told for told in self._all if told.words <= words and told.last is not None]
        fit = [told for told in fit if told.words >= words - max(4.0, _NEARLY * words)] or fit
        best = max(fit, key=lambda told: (told.value, -told.words), default=None)
        if best is None:
            best = min((t for t in self._all if t.last is not None), key=lambda t: t.words, default=None)
        value = best.value if best else 0.0
        runs: list[Run] = []
        while best is not None and best.last is not None:
            index, end = best.last
            runs.append(self._stretches[index].sentences[:end])
            best = best.before
        return _joined(runs[::-1]) or self._fallback, value

    def sizes(self) -> list[int]:
        """All totals of words for which there is a choice of its own, rising."""
        return sorted({told.words for told in self._all if told.last is not None})

    def _solved(self, most: int) -> list[_Told]:
        step = max(1, most // _STEPS)
        parts = self._parts(most)
        several = len(_sources(self._stretches)) > 1
        states: _States = {(0, False, False, False): _Told(0.0, 0, None, None)}
        for index, stretch in enumerate(self._stretches):
            new_part = index == 0 or parts[index] != parts[index - 1]
            following: _States = {}
            for (_, to_end, was_heard, was_opened), told in states.items():
                heard = was_heard and not new_part
                opened = was_opened and not stretch.opens_section
                _keep(following, (told.words // step, False, heard, opened), told)
                goes_on = stretch.joined and to_end
                if stretch.lean is Lean.HARD and not goes_on:
                    continue
                for end in stretch.ends:
                    words = told.words + stretch.words(end) + (3 if goes_on else _ASKING_WORDS)
                    if words > most:
                        break
                    value = told.value + _value(stretch, end, goes_on=goes_on, heard=heard, opened=opened)
                    if several and not heard:
                        value += _A_SOURCE * min(1.0, stretch.words(end) / _A_FEW_WORDS)
                    if self._frame.get(index):
                        value += _FRAME if end == len(stretch.sentences) and not stretch.unfinished else _FRAME / 2
                    key = (words // step, end == len(stretch.sentences), True, opened or stretch.opens_section)
                    _keep(following, key, _Told(value, words, (index, end), told))
            states = following
        return list(states.values())

    def _parts(self, most: int) -> list[int]:
        sources = _sources(self._stretches)
        if len(sources) > 1:
            return [sources.index(stretch.source) for stretch in self._stretches]
        count = max(1, round(most / _PART_WORDS))
        total = sum(stretch.words(len(stretch.sentences)) for stretch in self._stretches) or 1
        parts: list[int] = []
        held = 0
        for stretch in self._stretches:
            parts.append(min(count - 1, held * count // total))
            held += stretch.words(len(stretch.sentences))
        return parts


def _sources(stretches: Sequence[Stretch]) -> list[str]:
    return list(dict.fromkeys(stretch.source for stretch in stretches))


def _keep(states: _States, key: tuple[int, bool, bool, bool], told: _Told) -> None:
    held = states.get(key)
    if held is None or told.value > held.value + 1e-9:
        states[key] = told


def _value(stretch: Stretch, end: int, *, goes_on: bool, heard: bool, opened: bool) -> float:
    words = stretch.words(end)
    value = words * stretch.worth
    if end < len(stretch.sentences) or stretch.unfinished:
        value = value * (_CUT_SHORT if words >= _A_FEW_WORDS else 0.6) - _UNFINISHED
    if goes_on and stretch.mid_paragraph:
        value += _UNFINISHED
    if stretch.lean is Lean.SOFT and not goes_on:
        value *= _SOFT_START
    if not (opened or stretch.opens_section):
        value *= _NO_OPENER if stretch.depth > 1 else _SECOND
    if stretch.mid_paragraph and not goes_on:
        value *= _MID_START
    if words < 20 and not goes_on:
        value *= 0.6
    if stretch.opens_section:
        value *= 1.2
    return (
        value + (0 if heard else _FIRST_OF_A_PART * min(1.0, stretch.worth, words / 60)) + (_GOES_ON if goes_on else 0)
    )


def _best_of(numbers: Sequence[int], stretches: Sequence[Stretch]) -> int:
    def value(number: int) -> tuple[bool, float]:
        stretch = stretches[number]
        told = _value(stretch, stretch.ends[-1], goes_on=False, heard=True, opened=True)
        return stretch.lean is not Lean.HARD, told

    return max(numbers, key=value)


def _thinned(stretches: list[Stretch], most: int, *, from_the_start: bool, to_the_end: bool) -> list[Stretch]:
    """The best of each of as many equal lots as may be needed, with what they lean on; a long book costs no more."""
    lots = max(1, most // 40)
    if len(stretches) <= _CANDIDATES * lots:
        return stretches
    kept = {0} if from_the_start else set()
    if to_the_end:  # with as many before it as it goes on from
        last = len(stretches) - 1
        kept.update(range(next(n for n in range(last, -1, -1) if not stretches[n].joined or n == last - 2), last + 1))
    for source in _sources(stretches) if len(_sources(stretches)) > 1 else ():
        kept.add(_best_of([n for n in range(len(stretches)) if stretches[n].source == source], stretches))
    for lot in range(lots):
        numbers = range(lot * len(stretches) // lots, (lot + 1) * len(stretches) // lots)
        ranked = sorted(
            (n for n in numbers if stretches[n].lean is not Lean.HARD),
            key=lambda n: (-_value(stretches[n], stretches[n].ends[-1], goes_on=False, heard=True, opened=True), n),
        )
        for number in ranked[: _CANDIDATES - 1]:
            kept.update((number, number + 1) if number + 1 in numbers and stretches[number + 1].joined else (number,))
    return [
        stretches[n] if n - 1 in kept else replace(stretches[n], joined=False)
        for n in sorted(kept)
        if stretches[n].lean is not Lean.HARD or n - 1 in kept  # else it could never be told
    ]


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Short neighbours told in one breath."""
    joined: list[Run] = []
    for run in runs:
        held = joined[-1] if joined else ()
        if held and beside(held[-1], run[0]) and sum(s.words for s in (*held, *run)) <= 60:
            joined[-1] = (*held, *run)
        else:
            joined.append(run)
    return joined
