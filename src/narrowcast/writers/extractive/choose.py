"""Which sentences a segment says: short runs of neighbours, spread evenly over its part of the document."""

from __future__ import annotations

from collections.abc import Sequence

from narrowcast.writers.key_sentences import TOO_ALIKE, RankedSentence, alike

Run = tuple[RankedSentence, ...]
_MOST_SENTENCES = 4


def follows(before: RankedSentence, after: RankedSentence) -> bool:
    """Whether `after` comes right after `before` in the document, in the same section."""
    step = after.position - before.position
    return step == 1 or (step == 2 and after.passage != before.passage and after.headings == before.headings)


def choose(
    sentences: Sequence[RankedSentence], words: int, run_words: int, *, from_the_start: bool = False
) -> list[Run]:
    """Runs of one to four neighbouring sentences, about `words` words in all, in reading order.

    The sentences are cut into equal stretches, and each gives its best run, so that every part is heard by its
    weight; `from_the_start` keeps the first run near the beginning. A run starts with a sentence that stands alone, or right after the run before it.
    """
    if not sentences or words <= 0:
        return []
    available = sum(s.words for s in sentences)
    bins = max(1, round(min(words, available) / run_words))
    target = min(words, available) / bins
    runs: list[Run] = []
    for stretch in _stretches(sentences, available / bins):
        lead = from_the_start and not runs
        if run := _best(stretch, target, runs, eager=0.9 if lead else 1.0):
            runs.append(run)
    return _split(_sensible(sentences)) if words >= available else runs


def trimmed(runs: Sequence[Run], sentences: Sequence[RankedSentence], excess: int) -> list[Run]:
    """The same runs with one sentence fewer (`excess` > 0) or one more at the end of a run, as near as can be."""
    changed = list(runs)
    if excess > 0:
        ends = [i for i, run in enumerate(runs) if len(run) > 1 and not _needed(runs, i)]
        if ends:
            at = min(ends, key=lambda i: (abs(runs[i][-1].words - excess), i))
            changed[at] = runs[at][:-1]
        return changed
    taken = {s.position for run in runs for s in run}
    after = {b.position: b for b in sentences}
    options = [
        (abs(more.words + excess), i, more)
        for i, run in enumerate(runs)
        if len(run) < _MOST_SENTENCES
        and (more := after.get(run[-1].position + 1)) is not None
        and more.position not in taken
    ]
    if options:
        _, at, more = min(options, key=lambda option: option[:2])
        changed[at] = (*runs[at], more)
    return changed


def _needed(runs: Sequence[Run], index: int) -> bool:
    return index + 1 < len(runs) and not runs[index + 1][0].standalone


def _stretches(sentences: Sequence[RankedSentence], words: float) -> list[list[RankedSentence]]:
    stretches: list[list[RankedSentence]] = [[]]
    held = 0.0
    for sentence in sentences:
        if held + sentence.words / 2 > words * len(stretches) and stretches[-1]:
            stretches.append([])
        stretches[-1].append(sentence)
        held += sentence.words
    return stretches


def _best(stretch: Sequence[RankedSentence], target: float, runs: Sequence[Run], *, eager: float) -> Run | None:
    last = runs[-1][-1] if runs else None
    best: tuple[float, Run] | None = None
    for start, first in enumerate(stretch):
        if not (first.standalone or (last and start == 0 and follows(last, first))):
            continue
        run: Run = ()
        for sentence in stretch[start : start + _MOST_SENTENCES]:
            if run and (
                not follows(run[-1], sentence) or any(alike(s.vector, sentence.vector) > TOO_ALIKE for s in run)
            ):
                break
            run = (*run, sentence)
            value = _worth(run, target) * eager**start
            if best is None or value > best[0] + 1e-9:
                best = (value, run)
    if not best or any(alike(s.vector, o.vector) > TOO_ALIKE for s in best[1] for run in runs[-8:] for o in run):
        return None
    return best[1]


def _worth(run: Run, target: float) -> float:
    words = sum(s.words for s in run)
    fit = min(words, target) / max(words, target)
    return sum(s.score * s.words for s in run) / words * (0.35 + 0.65 * fit)


def _sensible(sentences: Sequence[RankedSentence]) -> list[RankedSentence]:
    """Everything that makes sense in its place, for where the material is shorter than the budget."""
    said: list[RankedSentence] = []
    for index, sentence in enumerate(sentences):
        if sentence.standalone or index == 0 or (said and follows(said[-1], sentence)):
            said.append(sentence)
    return said


def _split(sentences: Sequence[RankedSentence]) -> list[Run]:
    runs: list[Run] = []
    for sentence in sentences:
        full = runs and (len(runs[-1]) == _MOST_SENTENCES or sum(s.words for s in runs[-1]) > 45)
        if runs and not full and (follows(runs[-1][-1], sentence)):
            runs[-1] = (*runs[-1], sentence)
        else:
            runs.append((sentence,))
    return runs
