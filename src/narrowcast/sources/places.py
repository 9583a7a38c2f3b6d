"""Places that a person names, into the files, addresses and streams behind them."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from narrowcast.errors import SourceError
from narrowcast.sources.kinds import SUFFIXES

MAX_FILE_BYTES = 100_000_000
"""No file or stream larger than this is read."""

MAX_FILES = 1_000
"""No more files than this are read from one folder."""

SCRIPT_ENDING = ".script.json"
OUTPUT_ENDINGS = (
    SCRIPT_ENDING,
    ".vtt",
    ".srt",
    ".transcript.json",
    ".chapters.json",
    ".notes.md",
    ".txt",
    ".mp3",
    ".m4a",
    ".opus",
)
"""What the files of a finished episode end with: a folder of documents may hold the episodes made of them."""

MAX_DEPTH = 20
MAX_ENTRIES = 50_000

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:")


@dataclass(frozen=True)
class Folder:
    """What a folder holds: the files to try, in order, and what was passed over, each with the reason."""

    files: tuple[Path, ...]
    skipped: tuple[str, ...]


def shown(place: str | Path) -> str:
    """A place as it can be shown and kept: what of a file's name is no UTF-8 becomes replacement characters."""
    return os.fsencode(place).decode("utf-8", errors="replace")


def is_url(place: str) -> bool:
    """Whether a place is meant as an address; a file of that very name goes first."""
    return bool(_SCHEME.match(place)) and not os.path.lexists(place)


def check_file(path: Path) -> int:
    """The size of a regular file that may be read. Raises `SourceError` for anything else."""
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise SourceError(f"{shown(path)} does not exist.", hint="Check the path.") from error
    except PermissionError as error:
        raise SourceError(
            f"{shown(path)} cannot be read: permission denied.", hint="Change its permissions."
        ) from error
    except (OSError, ValueError) as error:
        why = "its symbolic links lead in a circle" if getattr(error, "errno", 0) == 40 else "the path is not usable"
        raise SourceError(f"{shown(path)[:200]} cannot be read: {why}.", hint="Check the path.") from error
    if not stat.S_ISREG(found.st_mode):
        raise SourceError(f"{shown(path)} is no regular file.", hint="Give a file, a folder, or `-`.")
    if found.st_size > MAX_FILE_BYTES:
        raise SourceError(
            f"{shown(path)} has {found.st_size / 1e6:,.0f} MB; at most {MAX_FILE_BYTES / 1e6:.0f} MB can be read.",
            hint="Split it and give the part you want.",
        )
    if not found.st_size:
        raise SourceError(f"{shown(path)} is empty.", hint="Give a file with text in it.")
    if not os.access(path, os.R_OK):
        raise SourceError(f"{shown(path)} cannot be read: permission denied.", hint="Change its permissions.")
    return found.st_size


def list_folder(folder: Path) -> Folder:
    """The files of a folder and its subfolders, in the order of their paths; hidden ones do not count.

    Episodes that were made into the folder are passed over; links to folders are not followed. Raises `SourceError`
    when it cannot be listed, is too large or too deep.
    """
    files: list[Path] = []
    skipped: list[str] = []
    for count, path in enumerate(_walk(folder, folder, skipped)):
        if count >= MAX_ENTRIES:
            raise SourceError(
                f"{shown(folder)} holds more than {MAX_ENTRIES:,} entries.", hint="Give a smaller folder."
            )
        if _own_output(path):
            skipped.append(f"{shown(path)}: Narrowcast made it")
        elif path.suffix.lower() in SUFFIXES:
            files.append(path)
        else:
            skipped.append(f"{shown(path)}: not a kind that can be read")
    if len(files) > MAX_FILES:
        raise SourceError(
            f"{shown(folder)} holds {len(files):,} documents; at most {MAX_FILES:,} can be read.",
            hint="Give a smaller folder.",
        )
    return Folder(tuple(files), tuple(skipped))


def _own_output(path: Path) -> bool:
    """Whether an episode's script lies beside the file, which is then that script or another file of the episode."""
    ending = next((ending for ending in OUTPUT_ENDINGS if path.name.endswith(ending)), None)
    return ending is not None and path.with_name(f"{path.name.removesuffix(ending)}{SCRIPT_ENDING}").is_file()


def _walk(folder: Path, top: Path, skipped: list[str]) -> Iterator[Path]:
    try:
        entries: Sequence[Path] = sorted(folder.iterdir())
    except OSError as error:
        if folder == top:
            raise SourceError(
                f"{shown(folder)} cannot be read: {error.strerror}.", hint="Change its permissions."
            ) from error
        skipped.append(f"{shown(folder)}: {error.strerror}")
        return
    for path in entries:
        if path.name.startswith("."):
            continue
        if path.is_dir():
            if path.is_symlink():
                skipped.append(f"{shown(path)}: a link to a folder")
            elif len(path.relative_to(top).parts) > MAX_DEPTH:
                skipped.append(f"{shown(path)}: more than {MAX_DEPTH} folders deep")
            else:
                yield from _walk(path, top, skipped)
        else:
            yield path
