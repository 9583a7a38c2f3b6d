"""The process that reads one document: `python -P -m narrowcast.sources.child`, the order on standard input as JSON.

A process of its own because what parses PDF, HTML and Word files is native code, fed by strangers: a crash, a hang or
a flood of memory in it ends there. It is started without the server's keys.

The answer, on standard output: `{"source": …, "notes": […]}`, or `{"fault": message, "hint": …}`.
"""

from __future__ import annotations

import json
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from narrowcast.errors import SourceError
from narrowcast.sources.kinds import Kind
from narrowcast.sources.raw import Raw, read_raw
from narrowcast.sources.youtube.answers import Video

MEMORY_BYTES = 3_000_000_000
"""Address space, of which reading takes less than 500 MB in memory (`bounds.py`)."""
PROCESSOR_S = 120
FILE_BYTES = 100_000_000
"""Of a temporary file: libraries spool what they unpack."""


def _bounded() -> None:
    limits = (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, PROCESSOR_S),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, most in limits:
        # Where it is less already, or the system knows no such limit, there is nothing to do.
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))


def _read(order: dict[str, Any]) -> dict[str, Any]:
    video = order["video"]
    chapters = tuple((int(start), str(title)) for start, title in video.pop("chapters")) if video else ()
    raw = Raw(
        origin=order["origin"],
        data=Path(order["path"]).read_bytes() if video else Path(order["path"]),
        content_type=order["content_type"],
        charset=order["charset"],
        video=Video(**video, chapters=chapters) if video else None,
        kind=Kind(order["kind"]) if order["kind"] else None,
    )
    try:
        source, notes = read_raw(raw, language=order["language"])
    except SourceError as error:
        return {"fault": error.message, "hint": error.hint}
    except MemoryError:
        return {"fault": f"{raw.origin} takes too much memory to read.", "hint": "Split it and give the part you want."}
    return {"source": source.model_dump(mode="json"), "notes": notes}


if __name__ == "__main__":
    _bounded()
    answer = _read(json.load(sys.stdin))
    sys.stdout.buffer.write(json.dumps(answer).encode())
