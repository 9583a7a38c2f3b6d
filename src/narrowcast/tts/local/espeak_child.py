"""One espeak-ng child process: started, asked, stopped."""

from __future__ import annotations

import asyncio
import json
import struct
import sys
import unicodedata
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from pathlib import Path
from typing import Any

WORKER = Path(__file__).with_name("espeak_worker.py")
ANSWER_TIMEOUT_S = 60.0
"""Far beyond anything real: espeak makes some 600 s of speech a second."""
STOP_TIMEOUT_S = 1.0


class ChildDiedError(Exception):
    """The child ended, or did not answer in time, in the middle of a request."""


class Child:
    """One process. It answers one request at a time; after `ChildDiedError` or a cancelled request it is spent."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls) -> Child:
        """Start a process.

        It runs alone (`-I -S`), which keeps it quick and small, and in a session of its own: the terminal's Ctrl-C
        is its parent's to handle. It ends with its parent, when its standard input does.
        """
        from espeakng_loader import get_data_path, get_library_path

        command = [sys.executable, "-I", "-S", str(WORKER), get_library_path(), get_data_path()]
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True
        )
        return cls(process)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def ask(self, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        """The answer's header and sound. Raises `ChildDiedError`."""
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                return await self._ask(request)
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            raise ChildDiedError from error

    async def _ask(self, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None  # noqa: S101 - PIPE was asked for
        assert answers is not None  # noqa: S101
        encoded = json.dumps(request).encode()
        requests.write(struct.pack(">I", len(encoded)) + encoded)
        await requests.drain()
        (size,) = struct.unpack(">I", await answers.readexactly(4))
        header = json.loads(await answers.readexactly(size))
        return header, await answers.readexactly(header.get("bytes", 0))

    async def stop(self) -> None:
        """End the process, kindly while it is idle."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_TIMEOUT_S)
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End the process at once."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


def plain(text: str) -> str:
    """`text` without control characters, each replaced by a space so that offsets stay."""
    return "".join(
        " " if unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"} else character for character in text
    )
