"""Which processes live: each holds a lock on a file of its own, which the kernel drops when it dies, however it dies.

The lock is `flock`, which a child made by fork alone would inherit: start children by exec (subprocess, spawn).
"""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

SUFFIX = ".alive"
IDENTITY = "identity"


class Presence:
    """This process's mark in `folder`, which every process of this home shares.

    Processes of other homes, on other machines, may share the database: of them nothing is known here, and what they
    hold is theirs as long as their leases last. A token begins with the `home` that it is of.
    """

    def __init__(self, folder: Path, home: str, token: str, descriptor: int) -> None:
        self.home = home
        self.token = token
        self._folder = folder
        self._descriptor: int | None = descriptor

    @classmethod
    def enter(cls, folder: Path) -> Self:
        """Leave a mark. Raises `OSError` when `folder` cannot be written."""
        home = _identity(folder.parent)
        while True:
            token = f"{home}-{os.getpid()}-{uuid.uuid4().hex[:12]}"
            path = _path(folder, token)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            # A sweeper may come between the making and the locking, and remove the file: then make another.
            if _try_lock(descriptor, fcntl.LOCK_EX) and path.exists():
                return cls(folder, home, token, descriptor)
            os.close(descriptor)

    def alive(self, token: str) -> bool:
        """Whether the process with that token lives; a stopped one does, and one of another home may."""
        return not token.startswith(f"{self.home}-") or self.lives_here(token)

    def lives_here(self, token: str) -> bool:
        """Whether a process of this home with that token lives."""
        if token == self.token:
            return self._descriptor is not None
        try:
            with _opened(_path(self._folder, token)) as descriptor:
                # Shared, so that two who ask at the same time do not take each other for the holder.
                return not _try_lock(descriptor, fcntl.LOCK_SH)
        except FileNotFoundError:
            return False

    def dead(self) -> list[str]:
        """The tokens of dead processes whose marks are still there."""
        tokens = [path.name.removesuffix(SUFFIX) for path in self._folder.glob(f"*{SUFFIX}")]
        return [token for token in tokens if not self.lives_here(token)]

    def forget(self, token: str) -> None:
        """Remove a dead process's mark."""
        path = _path(self._folder, token)
        with suppress(FileNotFoundError), _opened(path) as descriptor:
            # Locked while it is removed: a process that is just entering sees that its mark is gone.
            if _try_lock(descriptor, fcntl.LOCK_EX):
                path.unlink(missing_ok=True)

    def leave(self) -> None:
        """Take the mark away; may be called twice."""
        if self._descriptor is None:
            return
        with suppress(OSError):
            _path(self._folder, self.token).unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = None


def _identity(folder: Path) -> str:
    """The home's own name, kept in `folder` by whoever came first. Raises `OSError`.

    Beside it stands which folder it is of: a copy of a home, as in an image of a machine, gets a name of its own, for
    else it would take living hands of the first for dead ones of its own.
    """
    path, here = folder / IDENTITY, _place(folder)
    while True:
        name, _, place = path.read_text("ascii").partition(" ") if path.exists() else ("", "", "")
        if name and place == here:
            return name
        unfinished = folder / f"{IDENTITY}.{uuid.uuid4().hex}"
        unfinished.write_text(f"{uuid.uuid4().hex[:10]} {here}", "ascii")
        if name:
            unfinished.replace(path)
        else:
            with suppress(FileExistsError):
                os.link(unfinished, path)
            unfinished.unlink()


def _place(folder: Path) -> str:
    """The folder's number on its disk: the same after a restart of the machine, another for a copy."""
    return str(folder.stat().st_ino)


def _path(folder: Path, token: str) -> Path:
    return folder / f"{token}{SUFFIX}"


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
