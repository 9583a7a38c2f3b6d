"""Asking, taking what stands, asking again for the rest: a bounded number of times."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from narrowcast.errors import ProviderError
from narrowcast.writers.llm.ask import Call, Caller
from narrowcast.writers.llm.scan import Item, ItemScanner

REPAIRS = 3
"""How often the rest of one piece is asked for again when an answer was not usable to its end."""
BARREN_CHARACTERS = 20_000
"""From how much text without an item on an answer is taken for hopeless."""
BARREN_THOUGHT = 200_000
EPILOGUE_CHARACTERS = 2_000
EPILOGUE_S = 2.0
"""How much and how long is read after the answer's end, for the sake of the usage that a provider reports last."""

T = TypeVar("T")


class Piece(ABC, Generic[T]):
    """What is being written, an outline or a segment: its prompt, and which items of an answer stand."""

    keys: tuple[str, ...]
    """The names by which an item is known."""

    @abstractmethod
    def prompt(self, trouble: str) -> str:
        """The prompt for all that is still wanting; `trouble` says what was wrong with the last answer."""

    @abstractmethod
    def take(self, item: Mapping[str, Any]) -> list[T] | None:
        """What stands of an item, from now on written; none where it cannot be used."""

    @property
    @abstractmethod
    def most_tokens(self) -> int:
        """How long an answer to `prompt` may be expected to become at most."""

    @property
    @abstractmethod
    def enough(self) -> bool:
        """Whether nothing more is to be written."""

    @property
    def runaway(self) -> bool:
        """Whether the answer goes on and on, so that it is to be left at once."""
        return False

    @abstractmethod
    def lacking(self, *, cut_off: bool) -> str:
        """What is still wanting after an answer has ended; empty where it is complete."""

    @abstractmethod
    def give_up(self, provider: str) -> None:
        """Called when asking again has not helped: raises `ProviderError` unless what is there can be used."""


@dataclass
class _Answer:
    """What became of one answer: how many items stand, and why it was left before its end."""

    taken: int = 0
    spoilt: str = ""


async def work(piece: Piece[T], call: Callable[[str, int], Call], caller: Caller) -> AsyncGenerator[T]:
    """The items of `piece`, each as soon as it stands.

    What was yielded stands for good: after a fault or a spoilt answer only the rest is asked for. Raises
    `ProviderError` when the caller lets one through, or when repairs do not help.
    """
    trouble, repairs, barren, attempt = "", 0, 0, 0
    while True:
        asked = call(piece.prompt(trouble), piece.most_tokens)
        answer = _Answer()
        try:
            async with caller.slot(), aclosing(_taken(piece, asked, answer)) as items:
                async for item in items:
                    yield item
        except ProviderError as error:
            attempt = 1 if answer.taken else attempt + 1
            await caller.before_retry(error, attempt)
            continue
        trouble = answer.spoilt or piece.lacking(cut_off=asked.cut_off)
        if piece.enough or not trouble:
            return
        repairs += 1
        barren = 0 if answer.taken else barren + 1
        if repairs > REPAIRS or barren > 1:
            piece.give_up(asked.provider)
            return


async def _taken(piece: Piece[T], asked: Call, answer: _Answer) -> AsyncGenerator[T]:
    scanner = ItemScanner(*piece.keys)
    since = 0
    async with aclosing(asked.text()) as chunks:
        async for chunk in chunks:
            found = scanner.feed(chunk)
            since = 0 if found else since + len(chunk)
            for item in _standing(piece, found, answer):
                yield item
            if answer.spoilt or piece.runaway:
                return
            if piece.enough or scanner.done:
                await _hear_out(chunks)
                asked.cut_off = False
                return
            if since > (BARREN_THOUGHT if scanner.thinking else BARREN_CHARACTERS):
                answer.spoilt = "it held much text that is not in the format asked for."
                return
    for item in _standing(piece, scanner.close(), answer):
        yield item
    asked.cut_off = (asked.cut_off or scanner.open) and not scanner.done


async def _hear_out(chunks: AsyncIterator[str]) -> None:
    """Read what is left of an answer whose items are all there: no more than a little, and whatever becomes of it."""
    heard = 0
    with suppress(ProviderError, TimeoutError):
        async with asyncio.timeout(EPILOGUE_S):
            async for chunk in chunks:
                heard += len(chunk)
                if heard > EPILOGUE_CHARACTERS:
                    return


def _standing(piece: Piece[T], found: Sequence[Item], answer: _Answer) -> list[T]:
    standing: list[T] = []
    for item in found:
        taken = None if item is None else piece.take(item)
        if taken is None:
            # What comes after it may answer it: the rest is asked for from here on.
            answer.spoilt = (
                "one item was not valid JSON." if item is None else f"one item could not be used: {item!r:.200}."
            )
            break
        standing += taken
        answer.taken += len(taken)
    return standing
