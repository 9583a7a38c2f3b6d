"""What a writer streams, each item stored before it goes on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from typing import TypeVar

from pydantic import TypeAdapter

from narrowcast.script.dialogue import OutlineSegment, Turn
from narrowcast.store.results.results import Results

Item = TypeVar("Item", OutlineSegment, Turn)


async def stored_items(
    results: Results,
    key: str,
    kind: str,
    item_type: type[Item],
    ask: Callable[[Sequence[Item]], AsyncIterator[Item]],
    *,
    streams: bool,
) -> AsyncGenerator[tuple[Item, bool]]:
    """The items under `key`, each with whether it was there already; every new one is stored before it is yielded.

    An answer that stops in the middle leaves what stands of it, and the next run asks for the rest only. Where nothing
    streams there is no middle: such a writer may not go on from turns that were planned for another length.
    """
    items_type = TypeAdapter(list[item_type])  # type: ignore[valid-type]
    async with results.reserve(key, kind) as reservation:
        if reservation.stored:
            for item in items_type.validate_json(reservation.stored.data):
                yield item, True
            return
        items: list[Item] = items_type.validate_json(reservation.partial) if reservation.partial else []
        for item in list(items):
            yield item, True
        async for item in ask(tuple(items)):
            items.append(item)
            if streams:
                await reservation.save_partial(items_type.dump_json(items))
                yield item, False
        await reservation.finish(items_type.dump_json(items), {"items": len(items)}, suffix=".json")
        if not streams:
            for item in items:
                yield item, False
