"""The files of an episode: their names, and writing them without harming what is there."""

from __future__ import annotations

import fcntl
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from narrowcast.audio import formats
from narrowcast.errors import OutputError

FORMATS = tuple(formats.FORMATS)

LONGEST_NAME_BYTES = 220
"""Of 255 that file systems take; our endings and a process number need the rest."""

IMAGE_NAME = re.compile(r"(\d\d+)\.jpg")
"""The chapters' images, in a folder of their own."""


@dataclass(frozen=True)
class EpisodeFiles:
    """Where everything of one episode goes: `audio`, and beside it the files that share its stem."""

    audio: Path

    @property
    def stem(self) -> Path:
        """The audio's path without its ending."""
        return self.audio.with_suffix("")

    def beside(self, ending: str) -> Path:
        """The file beside the audio that ends so (`.vtt`); a title may hold dots, so nothing is cut off."""
        return self.audio.with_name(self.stem.name + ending)

    @property
    def script(self) -> Path:
        """The script file."""
        return self.beside(".script.json")

    @property
    def unfinished(self) -> Path:
        """The mix while it grows; in the same folder, so that the last step is a rename."""
        return self.audio.with_name(f".{self.stem.name}.{os.getpid()}.part")

    @property
    def chapter_images(self) -> Path:
        """The folder of the chapters' images, where a profile asks for them."""
        return self.beside(".chapters")

    SIDE_ENDINGS = (".script.json", ".vtt", ".srt", ".txt", ".transcript.json", ".chapters.json", ".notes.md")

    def all(self) -> tuple[Path, ...]:
        """Every path that making writes."""
        return (self.audio, *(self.beside(ending) for ending in self.SIDE_ENDINGS))


def file_name(title: str) -> str:
    """A file name for `title` that every system takes: lower case, words joined by hyphens, at most 80 characters."""
    text = unicodedata.normalize("NFKC", title).casefold()
    name = re.sub(r"[^\w]+", "-", text).strip("-_")
    while len(name.encode()) > 80:
        name = name[:-1]
    name = name.strip("-_") or "episode"
    reserved = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
    return f"{name}-episode" if name in reserved else name


def default_output(name: str, ending: str, sources: Iterable[Path]) -> Path:
    """The audio file here for an episode of this name; another where its transcripts would overwrite a source."""
    out = Path(f"{name}.{ending}")
    written = {path.resolve() for path in EpisodeFiles(out).all()}
    return Path(f"{name}-episode.{ending}") if written & {path.resolve() for path in sources} else out


def check_output(
    out: Path, sources: Iterable[Path], *, script: Path | None, ingredients: Iterable[Path] = ()
) -> EpisodeFiles:
    """The files of an episode at `out`, once it is sure that they can be written and harm nothing.

    Raises `OutputError` when the folder is missing or cannot be written, or when a file would be overwritten that is
    a source, one of the `ingredients` (music, a cover) or was not made by Narrowcast.
    """
    if out.is_dir():
        raise OutputError(f"The output {out} is a folder.", hint=f"Name a file in it: -o {out / 'episode.mp3'}.")
    if out.suffix.lower().lstrip(".") not in FORMATS:
        raise OutputError(
            f"The output {out} does not end in a known format.", hint=f"Known: {', '.join(FORMATS)}; try -o NAME.mp3."
        )
    if os.fsencode(out).decode("utf-8", "replace") != str(out):
        raise OutputError("The output's name is not text in UTF-8.", hint="Choose another name with -o FILE.")
    if len(os.fsencode(out.name)) > LONGEST_NAME_BYTES:
        raise OutputError(f"The output's name is too long: {out.name[:40]}…", hint="Choose a shorter one with -o FILE.")
    if out.is_symlink():
        raise OutputError(f"The output {out} is a link.", hint="Name the file itself with -o FILE.")
    folder = out.parent
    if not folder.is_dir():
        raise OutputError(f"The output folder {folder} does not exist.", hint=f"Make it first: mkdir -p {folder}")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(
            f"The output folder {folder} cannot be written: {error.strerror}.", hint="Choose another with -o FILE."
        ) from error
    files = EpisodeFiles(out)
    _refuse_what_is_read(files, sources, "a source")
    _refuse_what_is_read(files, ingredients, "the episode's own music or cover")
    if script and script.resolve() != files.script.resolve():
        _refuse_what_is_read(files, [script], "the script")
    _refuse_strangers(files, script)
    _clear_up(files)
    return files


def _refuse_what_is_read(files: EpisodeFiles, read: Iterable[Path], what: str) -> None:
    written = {path.resolve(): path for path in files.all()}
    images = files.chapter_images.resolve()
    for path in (path.resolve() for path in read):
        if path in written or (path.parent == images and IMAGE_NAME.fullmatch(path.name)):
            raise OutputError(
                f"Writing {written.get(path, path)} would overwrite {what}.",
                hint="Choose another name with -o FILE; nothing was made.",
            )


def _clear_up(files: EpisodeFiles) -> None:
    """Remove what a run that was killed left unfinished at this place; a run that lives keeps its own."""
    names = {files.stem.name, *(path.name for path in files.all())}
    for path in files.audio.parent.glob(".*.part"):
        name, _, process = path.name.removesuffix(".part").rpartition(".")
        if name.removeprefix(".") in names and process.isdigit() and not _lives(int(process)):
            path.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _refuse_strangers(files: EpisodeFiles, script: Path | None) -> None:
    """Files at our names are ours when a script file lies among them: it is the first that is written."""
    there = [path for path in (*files.all(), files.chapter_images) if path.exists()]
    if not there or files.script.exists() or (script and script.resolve() == files.script.resolve()):
        return
    raise OutputError(
        f"{there[0]} is there already and was not made by Narrowcast.",
        hint="Choose another name with -o FILE, or move it away.",
    )


def write_text(path: Path, text: str) -> None:
    """Write `text` whole or not at all. Raises `OutputError` when the disk is full or the folder is gone."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """The same of `data`."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(
            f"Cannot write {path}: {error.strerror}.", hint="Make room or choose another place; then run it again."
        ) from error


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process is in here for `folder`: for what is read, changed and written back in a moment."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise OutputError(f"The folder {folder} cannot be opened: {error.strerror}.") from error
    try:
        # Network file systems that know no locks are no reason not to write.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def write_script(path: Path, text: str) -> None:
    """Write a script; one that lies there and says something else is kept as `NAME.script.previous.json`."""
    try:
        if path.exists() and path.read_text("utf-8") != text:
            path.replace(path.with_name(path.name.removesuffix(".json") + ".previous.json"))
    except (OSError, ValueError) as error:
        raise OutputError(f"Cannot keep the earlier script {path}: {error}.") from error
    write_text(path, text)
