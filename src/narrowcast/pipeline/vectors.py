"""Vectors of texts, each paid for once: kept under the hash of model and text, batch by batch as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narrowcast.errors import one_fault
from narrowcast.pipeline.keys import vector_key, vectors_key
from narrowcast.script.source import Passage
from narrowcast.store.results.results import Reservation, Results
from narrowcast.writers.base import Embedder

KIND = "vectors"
TEXTS_AT_ONCE, CHARACTERS_AT_ONCE = 96, 60_000
"""In one call: below the limits of all providers known (Cohere takes 96 texts, OpenAI 300,000 tokens)."""
AT_WORK = 8
"""Batches at once; the others are not begun."""
GRACE_S = 20.0
"""How long a call that is in flight is waited for when the run is stopped: its answer is paid for."""


def searched(passage: Passage) -> str:
    """What of a passage becomes its vector: headings say what a paragraph is about."""
    return "\n".join(part for part in (" › ".join(passage.headings), passage.text) if part)


async def vectors(
    texts: Sequence[str], embedder: Embedder, results: Results, *, query: bool = False
) -> NDArray[np.float16]:
    """A unit vector for each text. Only those that were never asked for are, in batches; each is kept when it comes.

    Raises as `Embedder.embed`; what came before the fault is kept.
    """
    keys = [vector_key(text) for text in texts]
    group = vectors_key(embedder.identity(), query=query)
    held = await _held(group, keys, results)
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in held}
    slots = asyncio.Semaphore(AT_WORK)

    async def ask(batch: Mapping[str, str], kept: Reservation) -> bytes:
        new = (await embedder.embed(list(batch.values()), query=query)).astype(np.float16)
        return (await kept.finish(new.tobytes(), {"group": group, "texts": list(batch)}, suffix=".f16")).data

    async def one(batch: Mapping[str, str]) -> None:
        async with slots, results.reserve(vectors_key(embedder.identity(), query=query, texts=batch), KIND) as kept:
            if kept.stored:
                data = kept.stored.data
            else:
                data = await _let_finish(ask(batch, kept))
        held.update(zip(batch, _rows(data, len(batch)), strict=True))

    with one_fault():
        async with asyncio.TaskGroup() as tasks:
            for batch in _batches(missing):
                tasks.create_task(one(batch))
    return await asyncio.to_thread(np.stack, [held[key] for key in keys])


async def _let_finish(call: Coroutine[Any, Any, bytes]) -> bytes:
    """What `call` gives. Cancelled meanwhile, it is let finish first, within bounds, so that what it cost is kept."""
    task = asyncio.ensure_future(call)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=GRACE_S)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise


async def unpaid_characters(texts: Sequence[str], embedder: Embedder, results: Results) -> int:
    """The characters of those texts whose vectors are not there yet."""
    noted = await _noted(vectors_key(embedder.identity(), query=False), results)
    there = {key for keys in noted.values() for key in keys}
    return sum(len(text) for text in set(texts) if vector_key(text) not in there)


async def _held(group: str, keys: Sequence[str], results: Results) -> dict[str, NDArray[np.float16]]:
    wanted, held = set(keys), dict[str, NDArray[np.float16]]()
    for result, members in (await _noted(group, results)).items():
        if wanted.isdisjoint(members) or not (stored := await results.get(result)):
            continue
        rows = _rows(stored.data, len(members))
        held.update((key, row) for key, row in zip(members, rows, strict=True) if key in wanted)
    return held


async def _noted(group: str, results: Results) -> dict[str, Sequence[str]]:
    """The batches of a group: which texts each holds."""
    return {key: meta["texts"] for key, meta in (await results.noted(KIND, "group", group)).items()}


def _rows(data: bytes, count: int) -> NDArray[np.float16]:
    return np.frombuffer(data, np.float16).reshape(count, -1)


def _batches(texts: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    batch: dict[str, str] = {}
    characters = 0
    for key, text in texts.items():
        if batch and (len(batch) >= TEXTS_AT_ONCE or characters + len(text) > CHARACTERS_AT_ONCE):
            yield batch
            batch, characters = {}, 0
        batch[key] = text
        characters += len(text)
    if batch:
        yield batch
