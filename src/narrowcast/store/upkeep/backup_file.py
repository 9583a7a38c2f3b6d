"""A backup as it is read: what it says of itself, and what may be in it. Anything may be in a file."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from narrowcast.errors import InputError
from narrowcast.store.places import DATABASE
from narrowcast.store.tables import SCHEMA
from narrowcast.store.upkeep.backup import BESIDES, CHUNK, CONTENTS, Contents
from narrowcast.store.upkeep.copying import Tell
from narrowcast.store.upkeep.opened import FOLDER
from narrowcast.version import __version__


@dataclass(frozen=True)
class Unpacked:
    """What came out of a backup; `sizes` of its blobs, by key."""

    contents: Contents
    sizes: Mapping[str, int]


def unpack(backup: Path, fresh: Path, tell: Tell, *, blobs: bool) -> Unpacked:
    """Unpack it into the folder `fresh`, which is made; its blobs only where asked. Raises `InputError`, `OSError`."""
    with opened(backup) as tar:
        contents = _contents(tar, backup)
        fresh.mkdir(mode=0o700)
        sizes: dict[str, int] = {}
        for entry in tar:
            key = blob_key(entry, backup)
            if key is not None:
                sizes[key] = entry.size
            if key is None or blobs:
                _extract(tar, entry, fresh)
            if key is not None and blobs:
                tell(len(sizes), contents.blobs)
    for secret in (DATABASE, "secret.key", "narrowcast.toml"):
        if (fresh / secret).exists():
            (fresh / secret).chmod(0o600)
    return Unpacked(contents, sizes)


def blob_key(entry: tarfile.TarInfo, backup: Path) -> str | None:
    """The blob that it is, if it is one. Raises `InputError` for what no backup of ours holds."""
    top, _, rest = entry.name.partition("/")
    # A sparse file's size is whatever it says, and it takes no room in the tar.
    plain = (entry.isreg() or entry.isdir()) and not entry.issparse()
    if not plain or top not in {CONTENTS, DATABASE, FOLDER, *BESIDES}:
        raise InputError(f"{backup} holds {entry.name!r}, which no backup of ours does.", hint="It is left alone.")
    if any(part in {"", ".", ".."} for part in entry.name.split("/")) or not entry.name.isprintable():
        raise _leads_elsewhere(backup)
    return rest if top == FOLDER and rest and entry.isreg() else None


@contextmanager
def opened(backup: Path) -> Iterator[tarfile.TarFile]:
    """The tar, for reading. Raises `InputError`, inside the block as well."""
    try:
        with backup.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            yield tar
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        if error.filename != str(backup):
            raise
        raise InputError(f"Cannot read {backup}: {error.strerror}.") from error
    except tarfile.FilterError as error:
        raise _leads_elsewhere(backup) from error
    except (tarfile.TarError, EOFError) as error:
        raise _no_backup(backup) from error


def _extract(tar: tarfile.TarFile, entry: tarfile.TarInfo, into: Path) -> None:
    # Python's own filter refuses links, devices, and paths that lead elsewhere.
    tar.extract(entry, into, filter="data")


def _contents(tar: tarfile.TarFile, backup: Path) -> Contents:
    first = tar.next()
    file = tar.extractfile(first) if first and first.name == CONTENTS and first.size < CHUNK else None
    try:
        fields: dict[str, Any] = json.loads(_all(file))
        contents = Contents(**fields)
    except (ValueError, TypeError) as error:
        raise _no_backup(backup) from error
    if contents.schema > SCHEMA:
        raise InputError(
            f"{backup} was made by a newer version of Narrowcast ({contents.version}).",
            hint=f"This is {__version__}. Install that version or a later one.",
        )
    return contents


def _all(file: IO[bytes] | None) -> bytes:
    return file.read() if file else b""


def _leads_elsewhere(backup: Path) -> InputError:
    return InputError(f"{backup} holds a file that leads elsewhere; it is left alone.")


def _no_backup(backup: Path) -> InputError:
    return InputError(
        f"{backup} is no whole backup of Narrowcast.", hint="Was it cut off on its way? Take another one."
    )
