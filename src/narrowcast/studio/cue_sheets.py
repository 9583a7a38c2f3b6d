"""The cues of a rendering, wherever they can be had from."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from narrowcast.errors import NotFoundError
from narrowcast.script.cue_sheet import CueSheet, of_transcript
from narrowcast.store.files.blobs import Blobs
from narrowcast.studio.jobs import CUES

TRANSCRIPT = ".transcript.json"
CHAPTERS = ".chapters.json"


async def sheet_of(blobs: Blobs, files: Mapping[str, str], duration_ms: int) -> CueSheet:
    """The cues that were kept with a rendering, else those of its transcript; none where it has none.

    Raises `NotFoundError` when their file is gone.
    """
    if CUES in files and (kept := await blobs.get(files[CUES])) is not None:
        return await asyncio.to_thread(CueSheet.model_validate_json, kept)
    if TRANSCRIPT not in files:
        return CueSheet(duration=duration_ms / 1000, speakers=(), chapters=(), turns=())
    transcript = await blobs.get(files[TRANSCRIPT])
    if transcript is None:
        raise NotFoundError("The transcript's file is gone.", hint="Restore it from a backup, or render it again.")
    chapters = await blobs.get(files[CHAPTERS]) if CHAPTERS in files else None
    return await asyncio.to_thread(of_transcript, transcript, chapters, duration_ms)
