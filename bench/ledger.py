"""The simulator's own account of what it was asked: JSON lines, only ever appended."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class Ledger:
    """Writes one line when a call starts and one when it ends, each by a single write to an O_APPEND file."""

    def __init__(self, path: Path | None) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if path else None

    def write(self, event: str, call: int, **fields: Any) -> None:
        """Append `event` (`start`, `end`) of `call`, stamped with both clocks (seconds)."""
        if self._file is None:
            return
        stamps = {"event": event, "id": call, "time": time.time(), "monotonic": time.monotonic()}
        os.write(self._file, (json.dumps({**stamps, **fields}, ensure_ascii=False) + "\n").encode())


@dataclass(frozen=True)
class Call:
    """One call, its two lines put together; times are monotonic seconds, `end` is none while it is open.

    `stage` is `outline`, `transcript`, `speech` or `embeddings`. `item_ends` are, for text, the seconds from
    `start` at which each outline entry or turn was complete on the wire; `items` their texts.
    `slot_wait` is the part of a speech call that was spent in the queue for one of the slots.
    """

    id: int
    kind: str
    stage: str
    start: float
    start_time: float
    end: float | None = None
    end_time: float | None = None
    first: float | None = None
    status: str = "open"
    slot_wait: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    characters: int = 0
    audio_seconds: float = 0.0
    segment: int | None = None
    text: str = ""
    hash: str = ""
    item_ends: tuple[float, ...] = ()
    items: tuple[str, ...] = ()
    voice: str = ""

    @property
    def ok(self) -> bool:
        """It was answered whole and without a fault."""
        return self.status == "ok"

    @property
    def seconds(self) -> float:
        """How long it worked: from start to end, without waiting for a slot."""
        return (self.end or self.start) - self.start - self.slot_wait


def read_ledger(path: Path) -> list[Call]:
    """All calls in `path`, in the order in which they started. A line that is still being written is left out."""
    calls: dict[int, dict[str, Any]] = {}
    for line in _lines(path):
        event, number = line.pop("event"), line.pop("id")
        call = calls.setdefault(number, {"id": number})
        call["start" if event == "start" else "end"] = line.pop("monotonic")
        call["start_time" if event == "start" else "end_time"] = line.pop("time")
        call.update(line)
    return [_call(values) for _, values in sorted(calls.items())]


def _call(values: dict[str, Any]) -> Call:
    known = Call.__dataclass_fields__
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items() if name in known
    }
    return Call(**fields)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    for line in path.read_text("utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield json.loads(line)
