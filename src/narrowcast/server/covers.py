"""An episode's cover as it is answered: that of its newest rendering, else drawn from its title; in few sizes."""

from __future__ import annotations

import asyncio
import hashlib

from narrowcast.covers.draw import SIZE, cover_jpeg
from narrowcast.covers.sides import resized_jpeg, step_of
from narrowcast.server.context import Context


async def cover_of(here: Context, kept_key: str | None, title: str, side: int = SIZE) -> bytes:
    """The cover, `side` pixels wide or a little more; `kept_key` names the rendering's own picture, if it has one.

    What was drawn or made smaller is kept. Raises `OutputError` when the storage fails.
    """
    side = step_of(side)
    kept = await here.store.blobs.get(kept_key) if kept_key and side == SIZE else None
    if kept is not None:
        return kept
    seed = f"{kept_key} {side}" if kept_key else f"{title} {side}"
    key = f"cover-{hashlib.sha256(seed.encode()).hexdigest()[:32]}"
    known = here.store.derived.get(key)
    if known is not None:
        return bytes(known)
    # One at a time: who asks for many at once waits, and does not keep all threads from everybody else.
    async with here.making_covers:
        known = here.store.derived.get(key)
        return bytes(known) if known is not None else await _made(here, key, kept_key, title, side)


async def _made(here: Context, key: str, kept_key: str | None, title: str, side: int) -> bytes:
    whole = await here.store.blobs.get(kept_key) if kept_key else None
    # A picture that is gone from the storage is drawn as if there had been none.
    made = await (
        asyncio.to_thread(cover_jpeg, title, side) if whole is None else asyncio.to_thread(resized_jpeg, whole, side)
    )
    if whole is not None or not kept_key:
        await asyncio.to_thread(here.store.derived.put, key, [made])
    return made
