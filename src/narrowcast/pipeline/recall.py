"""What was read stays: a script is voiced and rewritten with its citations, even when its sources are gone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress

from pydantic import ValidationError

from narrowcast.pipeline.keys import source_key
from narrowcast.script.source import Source, SourceReference
from narrowcast.store.results.results import Results


async def keep(sources: Iterable[Source], results: Results) -> None:
    """Store what was read of each source, unless it is there already. Raises `OutputError`."""
    for source in sources:
        async with results.reserve(source_key(source.reference), "source") as reservation:
            if not reservation.stored:
                data = await asyncio.to_thread(source.model_dump_json)
                await reservation.finish(data.encode(), {"passages": len(source.passages)}, suffix=".json")


async def recall(references: Sequence[SourceReference], results: Results) -> tuple[Source, ...]:
    """What was read of these sources, as far as this home holds it. Raises `OutputError`."""
    found = [(reference, await results.get(source_key(reference))) for reference in references]
    return await asyncio.to_thread(_read, [(reference, stored.data) for reference, stored in found if stored])


def _read(stored: Iterable[tuple[SourceReference, bytes]]) -> tuple[Source, ...]:
    """What a newer version stored otherwise counts as not there.

    Where it came from is the reference's word: equal text is kept once, and whoever gave it first may be somebody else.
    """
    sources = []
    for reference, data in stored:
        with suppress(ValidationError):
            sources.append(Source.model_validate_json(data).model_copy(update={"origin": reference.origin}))
    return tuple(sources)
