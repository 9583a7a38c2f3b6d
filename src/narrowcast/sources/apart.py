"""Reading a stranger's document in a process apart, which is ended when it takes too long."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from narrowcast.apart import ask_apart
from narrowcast.errors import SourceError
from narrowcast.script.source import Source
from narrowcast.sources.kinds import HEAD, Kind, is_package, kind_of
from narrowcast.sources.raw import Raw, read_raw

TIMEOUT_S = 60.0
SMALL = 200_000
"""Bytes of a plain text that is read here at once: it goes through no native code, and takes milliseconds."""
_PLAIN = frozenset({Kind.TEXT, Kind.MARKDOWN, Kind.SUBTITLES})


async def read_apart(
    raw: Raw, *, language: str | None = None, timeout_s: float = TIMEOUT_S
) -> tuple[Source, Sequence[str]]:
    """The source that a document's file holds, numbered from 1, and notes on what of it was not read.

    `raw.data` is a path; its `origin` is how faults call it. Raises `SourceError`.
    """
    path = Path(str(raw.data))
    if await asyncio.to_thread(_is_plain, raw, path):
        return await asyncio.to_thread(read_raw, raw, language=language)
    order = {
        "path": str(path),
        "origin": raw.origin,
        "content_type": raw.content_type,
        "charset": raw.charset,
        "kind": raw.kind,
        "language": language,
        "video": asdict(raw.video) if raw.video else None,
    }
    try:
        answer = await ask_apart("narrowcast.sources.child", order, timeout_s)
    except TimeoutError:
        raise SourceError(
            f"{raw.origin} takes longer than {timeout_s:g} seconds to read.",
            hint="Split it and give the part you want.",
        ) from None
    return await asyncio.to_thread(_told, answer, raw.origin)


def _is_plain(raw: Raw, path: Path) -> bool:
    """Whether a document is a small text. Raises `SourceError` for a kind that cannot be read."""
    if raw.video or path.stat().st_size > SMALL:
        return False
    with path.open("rb") as file:
        head = file.read(HEAD)
    if raw.kind is None and is_package(head):
        return False
    return (raw.kind or kind_of(head, raw.origin, raw.content_type)) in _PLAIN


def _told(answer: dict[str, Any] | None, origin: str) -> tuple[Source, Sequence[str]]:
    if answer is None:
        raise SourceError(
            f"{origin} cannot be read: its reader broke down over it.", hint="Save it anew, or as PDF or text."
        )
    if "fault" in answer:
        raise SourceError(answer["fault"], hint=answer["hint"])
    return Source.model_validate(answer["source"]), answer["notes"]
