"""The seam to writers: what is asked of them, and the two streams that they answer with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from narrowcast.script.dialogue import OutlineSegment, Turn
from narrowcast.script.profile import Speaker
from narrowcast.script.source import Passage, Source


@dataclass(frozen=True)
class Plan:
    """What the episode should be. `words` is the length asked for, at the voices' measured rate; none: as it comes."""

    title: str
    briefing: str
    language: str
    speakers: tuple[Speaker, ...]
    num_segments: int
    sources: tuple[Source, ...]
    minutes: float | None = None
    words: int | None = None
    parallel: bool = False

    def passages(self) -> Mapping[int, Passage]:
        """All passages by number."""
        return {passage.number: passage for source in self.sources for passage in source.passages}


@dataclass(frozen=True)
class Revision:
    """That turns which exist are written anew, following `instruction`.

    `turns` are all of a segment's, or a single one: then just one turn by the same speaker is wanted. `after` is what
    is said next and stays.
    """

    instruction: str
    turns: tuple[Turn, ...]
    single: bool = False
    after: Turn | None = None


@dataclass(frozen=True)
class SegmentRequest:
    """What one segment's writing needs.

    `number` counts from 1. `outline` holds the entries known so far, this segment's included: a segment may start
    before the outline is complete. `passages` are those retrieved for it, most important first. `words` is its
    budget. `before` is all that is written and will be heard before it (in parallel mode: empty). `is_last` tells
    that it closes the episode. `revision` asks for turns that exist to be written anew.
    """

    plan: Plan
    number: int
    outline: tuple[OutlineSegment, ...]
    passages: tuple[Passage, ...]
    words: int
    before: tuple[Turn, ...] = ()
    is_last: bool = False
    revision: Revision | None = None

    @property
    def entry(self) -> OutlineSegment:
        """This segment's outline entry."""
        return self.outline[self.number - 1]


@dataclass(frozen=True)
class Usage:
    """What one call to a language model used; `cost_usd` is none where the price is not known."""

    model: str
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None


class Embedder(Protocol):
    """Makes vectors of texts; near vectors, near meanings."""

    label: str

    def identity(self) -> Mapping[str, Any]:
        """What, besides a text, decides its vector; part of the stored key."""
        ...

    def cost_usd(self, characters: int) -> float | None:
        """What texts of so many characters cost, about; none where the price is not known."""
        ...

    async def embed(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        """A unit vector for each text, in one call. Raises `ProviderError`, `SettingError`, `BudgetError`."""
        ...


class Writer(Protocol):
    """Writes outline and turns as streams, item by item.

    `so_far` holds the items that stand from an interrupted earlier run, in order: they are never asked again and not
    yielded again; only the rest is. Every item that is yielded is valid: speakers are the plan's, citations name
    passages that were offered.
    """

    name: str

    def identity(self) -> Mapping[str, Any]:
        """What, besides the request, decides the answer (model, settings, prompt version); part of the stored key."""
        ...

    def segments(self, plan: Plan) -> int:
        """How many segments it will write: `plan.num_segments`, or fewer where the sources do not hold as much."""
        ...

    def outline(self, plan: Plan, so_far: Sequence[OutlineSegment] = ()) -> AsyncIterator[OutlineSegment]:
        """Exactly `plan.num_segments` entries, `so_far` included. Raises `ProviderError`."""
        ...

    def segment(self, request: SegmentRequest, so_far: Sequence[Turn] = ()) -> AsyncIterator[Turn]:
        """The segment's turns, at least one. Raises `ProviderError`."""
        ...

    async def aclose(self) -> None:
        """Give back connections; may be called twice."""
        ...
