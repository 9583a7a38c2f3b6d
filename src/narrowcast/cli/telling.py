"""What the command line says to the person, on stderr."""

from __future__ import annotations

import sys
from contextlib import suppress


def tell(text: str) -> None:
    """Say `text`, a line of it at a time, disarmed: titles and servers' answers may hold what moves a cursor.

    Nobody listening is no reason to stop the work.
    """
    from narrowcast.script.one_line import one_line

    lines = (f"{line[: len(line) - len(line.lstrip(' '))]}{one_line(line)}" for line in text.split("\n"))
    with suppress(OSError, ValueError, AttributeError):
        print("\n".join(lines), file=sys.stderr, flush=True)  # noqa: T201 - the command line's own voice
