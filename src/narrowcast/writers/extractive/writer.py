"""The extractive writer: outline and turns from the source's own sentences, no model, nothing to pay."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from narrowcast.errors import InputError
from narrowcast.script.dialogue import OutlineSegment, Size, Turn
from narrowcast.writers.base import Plan, SegmentRequest
from narrowcast.writers.extractive.choose import Choices
from narrowcast.writers.extractive.material import Group, Material, prepare
from narrowcast.writers.extractive.speakable import count_words
from narrowcast.writers.extractive.talk import tell
from narrowcast.writers.extractive.telling import Part
from narrowcast.writers.key_sentences import RankedSentence

VERSION = 5
"""Raised whenever the same request would be answered otherwise; part of the stored key."""

_LEAST_PASSAGES = 40
_WORDS_A_PASSAGE = 25
_NEAR = 0.04  # of the budget; the segments after it make up for it
_CLOSE = 0.02
_TRIALS = 8
_NEIGHBOURS = 24


class ExtractiveWriter:
    """A `Writer` that needs no model.

    Deterministic: the answer depends on the plan and the request only. Where the sources are too short for the
    segments asked for (`material.most_segments`), the outline has fewer; a segment ends before its budget where its
    part of the source is all said. Only languages of `phrases` are spoken in conversation; in any
    other the first speaker narrates in the document's own words.
    """

    name = "extractive"

    def __init__(self) -> None:
        self._prepared: tuple[Plan, Material] | None = None  # the last plan's, since a large source takes seconds

    def identity(self) -> Mapping[str, Any]:
        """Name and version."""
        return {"writer": self.name, "version": VERSION}

    def segments(self, plan: Plan) -> int:
        """`plan.num_segments`, or as many as the sources can bear where these are fewer. Raises `InputError`."""
        check_language(plan)
        return len(self._material(plan).groups)

    async def outline(self, plan: Plan, so_far: Sequence[OutlineSegment] = ()) -> AsyncIterator[OutlineSegment]:
        """At most `plan.num_segments` entries. Raises `InputError` (language, nothing that can be said)."""
        check_language(plan)
        material = await asyncio.to_thread(self._material, plan)
        for entry in entries(material, plan)[len(so_far) :]:
            yield entry

    async def segment(self, request: SegmentRequest, so_far: Sequence[Turn] = ()) -> AsyncIterator[Turn]:
        """The segment's turns. `request.passages` is not needed: the entry's own passages are what is drawn on."""
        material = await asyncio.to_thread(self._material, request.plan)
        written = await asyncio.to_thread(turns, material, request)
        for turn in written[len(so_far) :]:
            yield turn

    async def aclose(self) -> None:
        """Nothing is held."""

    def _material(self, plan: Plan) -> Material:
        held = self._prepared
        if held is None or not _same_material(held[0], plan):
            held = self._prepared = (plan, prepare(plan))
        return held[1]


def _same_material(left: Plan, right: Plan) -> bool:
    return left.sources is right.sources and (left.num_segments, left.language, left.title) == (
        right.num_segments,
        right.language,
        right.title,
    )


def check_language(plan: Plan) -> None:
    """Raises `InputError` where a source is in another language than the episode shall be: nothing here translates."""
    for source in plan.sources:
        if source.language.split("-")[0].lower() != plan.language.split("-")[0].lower():
            raise InputError(
                f"{source.origin} is in another language ({source.language}) than the episode ({plan.language}), "
                "and without a language model nothing can be translated",
                hint=f"leave --language away or say --language {source.language}, or choose a model with --llm",
            )


def entries(material: Material, plan: Plan) -> list[OutlineSegment]:
    """The outline: a group each, sized by weight, with its most telling passages first."""
    mean = sum(group.words for group in material.groups) / len(material.groups)
    words = (plan.words or 0) / len(material.groups)
    bound = max(_LEAST_PASSAGES, int(words / _WORDS_A_PASSAGE))
    found: list[OutlineSegment] = []
    for group, following in zip(material.groups, [*material.groups[1:], None], strict=True):
        size = Size.SHORT if group.words < 0.7 * mean else Size.LONG if group.words > 1.4 * mean else Size.MEDIUM
        found.append(
            OutlineSegment(
                name=group.name,
                description=_description(group),
                size=size,
                passages=_telling(group, bound),
                hand_over=following.name if following else "",
            )
        )
    return found


def turns(material: Material, request: SegmentRequest) -> list[Turn]:
    """The turns of one segment, as near to its budget as its sentences allow; a pure function."""
    closing = request.is_last or request.number >= len(material.groups)
    choices = Choices(
        _offered(material, request), material.language, int(1.1 * request.words) + 20,
        from_the_start=request.number == 1, to_the_end=closing,
    )  # fmt: skip
    tried: dict[int, tuple[int, float, list[Turn]]] = {}

    def told(words: int) -> tuple[int, float, list[Turn]]:
        """How many words too many the turns for so many words of the source have; their value; the turns."""
        if words not in tried:
            runs, value = choices.runs(words)
            found = tell(
                material,
                Part(request.number, tuple(runs), request.words, closing),
                request.plan.speakers,
                request.before,
            )
            tried[words] = (sum(count_words(turn.text) for turn in found) - request.words, value, found)
        return tried[words]

    def cost(words: int) -> tuple[float, float, int]:
        excess, value, _ = told(words)
        return max(0.0, abs(excess) - (_CLOSE if closing else _NEAR) * request.words), -value, words

    wanted = int(0.85 * request.words)
    for _ in range(_TRIALS):
        excess = told(wanted)[0]
        if wanted - excess in tried:
            break
        wanted = max(1, wanted - excess)
    best = min(tried, key=cost)
    nearest = sorted(choices.sizes(), key=lambda size: (abs(size - best), size))[:_NEIGHBOURS]
    return told(min([best, *nearest], key=cost))[2]


def _offered(material: Material, request: SegmentRequest) -> list[RankedSentence]:
    """The group's sentences from the entry's passages that nobody has said yet.

    An outline that is not ours names other passages: then those are drawn on, wherever they stand.
    """
    said = " ".join(_with_ends(turn.text) for turn in request.before)
    wanted = set(request.entry.passages) or {passage.number for passage in request.passages}
    ours = request.number <= len(material.groups) and request.entry.name == material.groups[request.number - 1].name
    pool = (
        material.groups[request.number - 1].sentences
        if ours
        else tuple(sentence for group in material.groups for sentence in group.sentences)
    )
    unsaid = [s for s in pool if _with_ends(s.text) not in said]
    return [s for s in unsaid if s.passage in wanted] or unsaid


def _with_ends(text: str) -> str:
    """The words and where sentences end: one that only begins as another does was not said with it."""
    words = re.sub(r"[^\w.!?。！？…]+", " ", text.casefold()).strip()
    return f" {words} ".replace(" ?", "?").replace(" !", "!")


def _telling(group: Group, bound: int) -> tuple[int, ...]:
    best: dict[int, float] = {}
    sources: dict[str, list[int]] = {}
    for sentence in group.sentences:
        sources.setdefault(sentence.headings[0], []).append(sentence.passage)
        best[sentence.passage] = max(best.get(sentence.passage, 0.0), sentence.score)
    numbers = list(best)
    if len(numbers) > bound:  # one from each of `bound` equal stretches, so that the whole group stays represented
        stretches = [numbers[i * len(numbers) // bound : (i + 1) * len(numbers) // bound] for i in range(bound)]
        chosen = {max(stretch, key=lambda n: best[n]) for stretch in stretches}
        for lot in sources.values():
            chosen.add(max(lot, key=lambda n: best[n]))
        numbers = [number for number in numbers if number in chosen]
    return tuple(sorted(numbers, key=lambda number: (-best[number], number)))


def _description(group: Group) -> str:
    best = max((s for s in group.sentences if s.standalone), key=lambda s: s.score, default=group.sentences[0])
    return best.text
