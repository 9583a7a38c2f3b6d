"""Running a coroutine from a command, and being interrupted in it."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Interrupted(Exception):  # noqa: N818 - it is no error
    """The person pressed Ctrl-C (or the process was asked to end); calls in flight were let finish."""


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end. SIGTERM counts as Ctrl-C. Raises `Interrupted`."""
    import asyncio
    import signal

    async def guarded() -> T:
        task = asyncio.current_task()
        if task:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await work

    try:
        return asyncio.run(guarded())
    except (KeyboardInterrupt, asyncio.CancelledError) as stop:
        raise Interrupted from stop
