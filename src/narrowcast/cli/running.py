"""Running a coroutine from a command: threads, memory, and being interrupted."""

from __future__ import annotations

import gc
import os
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

THREADS = 2
"""Sound is decoded and encoded in so many threads at once: more would only hold more of it in memory."""
SERVER_THREADS = 8
"""Readers of documents and files that are served take some besides the sound of each job."""
LARGE_BYTES = 256 * 1024
M_MMAP_THRESHOLD = -3
"""`mallopt`'s parameter (malloc.h of glibc)."""
COLLECT_AT, COLLECT_OLDER_AT = 50_000, 20
"""Objects, and collections of the younger. Python's own 700 and 10 cost 0.2 s while libraries are imported."""


class Interrupted(Exception):  # noqa: N818 - it is no error
    """The person pressed Ctrl-C (or the process was asked to end); calls in flight were let finish."""


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end. SIGTERM counts as Ctrl-C. Raises `Interrupted`."""
    import asyncio
    import signal
    from concurrent.futures import ThreadPoolExecutor

    async def guarded() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        loop.set_default_executor(ThreadPoolExecutor(THREADS))
        if task:
            loop.add_signal_handler(signal.SIGTERM, task.cancel)
        return await work

    spare()
    try:
        return asyncio.run(guarded())
    except (KeyboardInterrupt, asyncio.CancelledError) as stop:
        raise Interrupted from stop


def run_server(work: Coroutine[Any, Any, None]) -> None:
    """Run a server to its end, which it finds itself at SIGINT and SIGTERM. Raises `Interrupted` before it is up."""
    import asyncio
    import sys
    from concurrent.futures import ThreadPoolExecutor

    async def threaded() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(SERVER_THREADS))
        await work

    if sys.platform == "win32":
        from asyncio import new_event_loop
    else:
        from uvloop import new_event_loop
    spare()
    try:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(threaded())
    except (KeyboardInterrupt, asyncio.CancelledError) as stop:
        raise Interrupted from stop


def spare() -> None:
    """Have this process hold no more memory and threads than it uses."""
    _give_memory_back()
    gc.set_threshold(COLLECT_AT, COLLECT_OLDER_AT, COLLECT_OLDER_AT)
    # numpy, which is imported later, would start a thread for each core; none of them has anything to do here.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _give_memory_back() -> None:
    """Let large blocks, which are clips, go back to the system when they are freed.

    Left to itself, glibc raises its threshold to the largest block ever freed, and keeps every clip's room from then
    on: 40 MB more at the benchmark's peak. Elsewhere than on glibc nothing is changed.
    """
    import ctypes
    import sys

    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
