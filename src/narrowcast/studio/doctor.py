"""What is well here and what is not, each with the way out: for `narrowcast doctor`."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

from narrowcast.errors import NarrowcastError
from narrowcast.pipeline.wishes import order
from narrowcast.settings import Settings
from narrowcast.store.upkeep.checkup import Checkup
from narrowcast.studio.database_findings import of_database
from narrowcast.studio.findings import Finding, Verdict
from narrowcast.studio.server_findings import serving
from narrowcast.studio.storage_findings import storing
from narrowcast.studio.studio import Studio

SCANT_BYTES = 2_000_000_000
"""Of disk; an hour's episode takes 200 MB while it is made."""


async def examine(settings: Settings, *, deep: bool = False) -> AsyncGenerator[Finding]:
    """Look at everything, cheapest first. Nothing is spent. `deep`: read every file and compare its hash."""
    yield await asyncio.to_thread(_disk, settings.home)
    try:
        async with Studio.open(settings) as studio:
            async for finding in _inside(studio, settings, deep=deep):
                yield finding
    except NarrowcastError as fault:
        yield Finding("home", Verdict.PROBLEM, fault.message, fault.hint)
    yield _reach(settings)


async def examine_running(studio: Studio, settings: Settings) -> AsyncGenerator[Finding]:
    """The same of a server that runs, from within it."""
    yield await asyncio.to_thread(_disk, settings.home)
    async for finding in _inside(studio, settings, deep=False):
        yield finding


async def _inside(studio: Studio, settings: Settings, *, deep: bool) -> AsyncGenerator[Finding]:
    yield _database(await studio.store.check_up(deep=deep))
    if found := await studio.store.condition():
        for finding in of_database(found):
            yield finding
    async for finding in storing(studio.store.blobs, settings):
        yield finding
    async for finding in _providers(studio, settings):
        yield finding
    async for finding in serving(studio.store, settings):
        yield finding


def _disk(home: Path) -> Finding:
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    found = f"{home}, {free / 1e9:,.1f} GB free"
    if free < SCANT_BYTES:
        return Finding("disk", Verdict.NOTE, found, "Free some space soon: narrowcast gc removes what nothing names.")
    return Finding("disk", Verdict.OK, found)


def _database(checkup: Checkup) -> Finding:
    sizes = (
        f"{checkup.database_bytes / 1e6:,.1f} MB, {checkup.blobs:,} files of {checkup.blob_bytes / 1e6:,.1f} MB besides"
    )
    if checkup.verdict != "ok":
        hint = "Restore the last backup: narrowcast restore FILE."
        return Finding("database", Verdict.PROBLEM, f"damaged: {checkup.verdict}", hint)
    for keys, word in ((checkup.missing, "missing"), (checkup.damaged, "damaged")):
        if keys:
            first = f"{len(keys)} of {checkup.blobs + len(checkup.missing)} files are {word}, such as {keys[0]}"
            hint = "Clips are made anew when they are needed; for episodes and sources restore a backup."
            return Finding("files", Verdict.PROBLEM, first, hint)
    return Finding("database", Verdict.OK, sizes)


async def _providers(studio: Studio, settings: Settings) -> AsyncGenerator[Finding]:
    keys = settings.keys()
    for state in await studio.providers("en"):
        if state.ready:
            auto = "; auto takes it" if state.auto else ""
            yield Finding(f"voices: {state.name}", Verdict.OK, f"{state.voices} voices in English{auto}")
        else:
            # Without a key it was never asked for; with one it does not do what its owner expects.
            wanted = state.name in keys
            yield Finding(f"voices: {state.name}", Verdict.PROBLEM if wanted else Verdict.NOTE, state.needs, state.hint)
    try:
        label = await studio.writer(order("-"))
    except NarrowcastError as fault:
        yield Finding("writer", Verdict.PROBLEM, fault.message, fault.hint)
    else:
        yield Finding("writer", Verdict.OK, label)


def _reach(settings: Settings) -> Finding:
    where = settings.public_url or f"http://{settings.host}:{settings.port}"
    if settings.host in {"127.0.0.1", "::1", "localhost"} and not settings.public_url:
        return Finding(
            "server", Verdict.OK, f"at {where}, for this machine alone", "See docs/server.md to open it to others."
        )
    if settings.public_url and settings.public_url.startswith("http://"):
        return Finding(
            "server", Verdict.NOTE, f"at {where}, without TLS", "Put a proxy with https before it: see docs/server.md."
        )
    return Finding("server", Verdict.OK, f"at {where}")
