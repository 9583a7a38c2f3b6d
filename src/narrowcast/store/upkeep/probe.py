"""Whether a storage does what is asked of it: one small blob is written, read, listed, opened by a link, removed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from narrowcast.errors import NarrowcastError, OutputError
from narrowcast.store.files.besides import PROBES
from narrowcast.store.files.blobs import Blobs

DATA = b"narrowcast"


@dataclass(frozen=True)
class Probed:
    """What was found: `fault` says what failed, in `step`; `links`: listeners can be sent to it."""

    links: bool = False
    step: str = ""
    fault: NarrowcastError | None = None


async def probe(blobs: Blobs) -> Probed:
    """Try it; nothing is left. Raises nothing."""
    key, step = f"{PROBES}/{uuid.uuid4()}", "written"
    try:
        await blobs.put(key, DATA)
        step = "read"
        if await blobs.get(key) != DATA:
            raise OutputError("It gives back other bytes than were written.", hint="Use another storage.")
        step = "read by ranges"
        if b"".join([piece async for piece in blobs.read_range(key, 2, 5)]) != DATA[2:5]:
            raise OutputError("It gives other bytes than were asked for.", hint="Use another storage.")
        step = "asked for what is not there"
        if await blobs.get(f"{key}-none") is not None:
            raise OutputError("It has what nobody wrote.", hint="Use another storage.")
        step = "listed"
        async for _entry in blobs.entries():
            break
        links = await blobs.link(key, 60, {}) is not None
        step = "deleted"
        await blobs.delete(key)
    except NarrowcastError as fault:
        return Probed(step=step, fault=fault)
    return Probed(links=links)
