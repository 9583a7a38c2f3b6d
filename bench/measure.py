"""What a program costs from process start to exit: wall, CPU with all its children, memory of the whole tree."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_S = 0.05
PAGE = os.sysconf("SC_PAGE_SIZE")
BENCH = Path(__file__).parent


@dataclass(frozen=True)
class Cost:
    """One run. `largest_mb` is the peak of its largest process, `tree_mb` of all its processes together (RSS)."""

    started_at: float
    wall_s: float
    cpu_s: float
    largest_mb: float
    tree_mb: float
    stdout: str


class Failed(Exception):  # noqa: N818 - it names what happened
    """A measured program did not succeed; the message holds the end of what it said."""


def run(command: Sequence[str | Path], environment: Mapping[str, str], folder: Path) -> Cost:
    """Run `command` in `folder` to its end. Raises `Failed`."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started_at, start = time.time(), time.monotonic()
        process = subprocess.Popen(
            [str(part) for part in command], env={**os.environ, **environment}, cwd=folder, stdout=out, stderr=err
        )
        watch = _Watch(process.pid)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
        out.seek(0)
        err.seek(0)
        said, complaints = out.read().decode(errors="replace"), err.read().decode(errors="replace")
    if process.returncode:
        raise Failed(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{complaints[-2_000:]}")
    # ru_maxrss is the largest of the process and its waited-for children, in KiB on Linux; sampling could miss a peak.
    largest = max(watch.largest_mb, usage.ru_maxrss * 1024 / 1e6)
    tree = max(watch.tree_mb, largest)
    return Cost(started_at, wall_s, usage.ru_utime + usage.ru_stime, largest, tree, said)


class _Watch(threading.Thread):
    """Samples the memory of a process and all below it."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._over = threading.Event()
        self.largest_mb = 0.0
        self.tree_mb = 0.0

    def run(self) -> None:
        while not self._over.wait(SAMPLE_S):
            sizes = [_resident_mb(pid) for pid in _family(self._pid)]
            self.largest_mb = max(self.largest_mb, *sizes, 0.0)
            self.tree_mb = max(self.tree_mb, sum(sizes))

    def stop(self) -> None:
        self._over.set()
        self.join()


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield from _family(child)


def _resident_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6
    except (OSError, IndexError):
        return 0.0
