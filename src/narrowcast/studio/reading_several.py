"""Several documents at once: each is taken or refused for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from narrowcast.errors import NarrowcastError, NotFoundError, OutputError, QuotaError
from narrowcast.studio.reading import AT_ONCE, ReadingRoom, Taken, Wishes


@dataclass(frozen=True)
class GivenFile:
    """A file at `path`, which may be shown as `name`."""

    path: Path
    name: str


@dataclass(frozen=True)
class GivenUrl:
    """An address on the public Internet."""

    url: str


@dataclass(frozen=True)
class GivenText:
    """A text as it was pasted."""

    text: str


GivenDocument = GivenFile | GivenUrl | GivenText


@dataclass(frozen=True)
class RefusedDocument:
    """A document that was not taken: what it is called, and why not."""

    name: str
    fault: NarrowcastError


@dataclass(frozen=True)
class TakenTogether:
    """What became of several documents, in the order in which they were given."""

    taken: tuple[Taken, ...]
    refused: tuple[RefusedDocument, ...]


async def take_several(
    reading: ReadingRoom, owner_id: str, documents: Sequence[GivenDocument], wishes: Wishes
) -> TakenTogether:
    """Take them in, some at a time; `wishes` go for all. What is wrong with one harms no other.

    Raises `NotFoundError` (the notebook), and `OutputError` where nothing can be kept at all.
    """
    seats = asyncio.Semaphore(AT_ONCE)

    async def one(document: GivenDocument) -> Taken | RefusedDocument:
        async with seats:
            try:
                return await _take(reading, owner_id, document, wishes)
            except (NotFoundError, OutputError) as fault:
                if isinstance(fault, QuotaError):
                    return RefusedDocument(_name(document), fault)
                raise
            except NarrowcastError as fault:
                return RefusedDocument(_name(document), fault)

    results = await asyncio.gather(*map(one, documents))
    return TakenTogether(
        tuple(result for result in results if isinstance(result, Taken)),
        tuple(result for result in results if isinstance(result, RefusedDocument)),
    )


async def _take(reading: ReadingRoom, owner_id: str, document: GivenDocument, wishes: Wishes) -> Taken:
    match document:
        case GivenFile(path, name):
            return await reading.take_file(owner_id, path, name, wishes)
        case GivenUrl(url):
            return await reading.take_url(owner_id, url, wishes)
        case GivenText(text):
            return await reading.take_text(owner_id, text, wishes)


def _name(document: GivenDocument) -> str:
    match document:
        case GivenFile(_, name):
            return name
        case GivenUrl(url):
            return url[:300]
        case GivenText(text):
            return " ".join(text.split())[:60] or "the text"
