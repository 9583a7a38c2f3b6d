"""The process that reads one document: `python -P -m narrowcast.sources.child`, the order on standard input as JSON.

It is apart as `narrowcast.apart` tells.

The answer, on standard output: `{"source": …, "notes": […]}`, or `{"fault": message, "hint": …}`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from narrowcast.apart import bound_this_process
from narrowcast.errors import SourceError
from narrowcast.sources.kinds import Kind
from narrowcast.sources.raw import Raw, read_raw
from narrowcast.sources.youtube.answers import Video


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
    bound_this_process()
    answer = _read(json.load(sys.stdin))
    sys.stdout.buffer.write(json.dumps(answer).encode())
