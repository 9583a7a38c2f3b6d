"""Reading what strangers sent in a process apart: a crash, a hang or a flood of memory in native code ends there.

The process is started without the server's keys, and ended when it takes too long.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

MEMORY_BYTES = 3_000_000_000
"""Address space, of which reading takes less than 500 MB in memory."""
PROCESSOR_S = 120
FILE_BYTES = 100_000_000
"""Of a temporary file: libraries spool what they unpack."""
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT")


async def ask_apart(module: str, order: Mapping[str, Any], timeout_s: float) -> dict[str, Any] | None:
    """What `python -m module` answers on its standard output to `order` on its input, both JSON; none if it broke down.

    Raises `TimeoutError`; nothing of the process is left then.
    """
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(("LC_", "PYTHON"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=kept,
    )
    try:
        async with asyncio.timeout(timeout_s):
            out, _ = await process.communicate(json.dumps(order).encode())
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    try:
        answer: dict[str, Any] = await asyncio.to_thread(json.loads, out)
    except ValueError:
        return None
    return answer


def bound_this_process() -> None:
    """Called by such a process before it reads anything."""
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
