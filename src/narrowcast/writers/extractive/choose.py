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


def _joins(before: RankedSentence, after: RankedSentence) -> bool:
    """Whether both can be said in one breath: neighbours, or nearly so where the later one needs nothing before it."""
    apart = after.position - before.position
    return follows(before, after) or (after.standalone and after.passage == before.passage and apart <= 3)


def choose(
    sentences: Sequence[RankedSentence], words: int, run_words: int, *, from_the_start: bool = False
) -> list[Run]:
    """Runs of one to four neighbouring sentences, about `words` words in all, in reading order.

    The sentences are cut into equal stretches, and each gives its best run, so that every part is heard by its
    weight; `from_the_start` keeps the first run near the beginning. A run starts with a sentence that stands alone,
    or right after the run before it.
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
    """The runs with one sentence fewer (`excess` > 0 words) or one more, whichever comes nearest; the same if none."""
    options = _shorter(runs) if excess > 0 else _longer(runs, sentences)
    if not options:
        return list(runs)
    return min(options, key=lambda option: abs(option[0] - abs(excess)))[1]


_ASKING_WORDS = 8  # what a run of its own costs beside its sentence: the question before it


def _shorter(runs: Sequence[Run]) -> list[tuple[int, list[Run]]]:
    options: list[tuple[int, list[Run]]] = []
    for index, run in enumerate(runs):
        leaned_on = index + 1 < len(runs) and not runs[index + 1][0].standalone
        if leaned_on or len(runs) == 1 == len(run):
            continue
        kept = [run[:-1]] if len(run) > 1 else []
        cost = run[-1].words + (0 if kept else _ASKING_WORDS)
        options.append((cost, [*runs[:index], *kept, *runs[index + 1 :]]))
    return options


def _longer(runs: Sequence[Run], sentences: Sequence[RankedSentence]) -> list[tuple[int, list[Run]]]:
    taken = {s.position for run in runs for s in run}
    after = {s.position: s for s in sentences if s.position not in taken}
    options: list[tuple[int, list[Run]]] = []
    for index, run in enumerate(runs):
        more = after.get(run[-1].position + 1)
        if more is not None and len(run) < _MOST_SENTENCES:
            options.append((more.words, [*runs[:index], (*run, more), *runs[index + 1 :]]))
    said = [s for run in runs for s in run]
    for new in after.values():
        if new.standalone and new.words >= 8 and not any(alike(new.vector, s.vector) > TOO_ALIKE for s in said):
            added = sorted([*runs, (new,)], key=lambda run: run[0].position)
            options.append((new.words + _ASKING_WORDS, added))
    return options


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
    candidates: list[tuple[float, Run]] = []
    for start, first in enumerate(stretch):
        if not (first.standalone or (last and start == 0 and follows(last, first))):
            continue
        run: Run = ()
        for sentence in stretch[start : start + _MOST_SENTENCES]:
            if run and (
                not _joins(run[-1], sentence) or any(alike(s.vector, sentence.vector) > TOO_ALIKE for s in run)
            ):
                break
            run = (*run, sentence)
            candidates.append((round(_worth(run, target) * eager**start, 9), run))
    candidates.sort(key=lambda candidate: (-candidate[0], candidate[1][0].position))
    recent = [sentence for run in runs[-8:] for sentence in run]
    for _, run in candidates[:12]:
        if not any(alike(s.vector, other.vector) > TOO_ALIKE for s in run for other in recent):
            return run
    return None


def _worth(run: Run, target: float) -> float:
    words = sum(s.words for s in run)
    fit = min(words, target) / max(words, target)
    return sum(s.score * s.words for s in run) / words * (0.15 + 0.85 * fit)


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
        if runs and not full and _joins(runs[-1][-1], sentence):
            runs[-1] = (*runs[-1], sentence)
        else:
            runs.append((sentence,))
    return runs
