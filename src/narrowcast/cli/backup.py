"""`narrowcast backup` and `narrowcast restore`: a whole home in one file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrowcast.cli.running import run_async
from narrowcast.cli.telling import tell

if TYPE_CHECKING:
    from narrowcast.store.upkeep.backup import Contents

File = Annotated[Path, typer.Argument(metavar="FILE", help="Such as narrowcast.tar.", show_default=False)]


def backup(file: File) -> None:
    """Write everything that cannot be made again to FILE; the server may run meanwhile."""
    from narrowcast.settings import read_settings
    from narrowcast.store.upkeep.backup import back_up

    settings = read_settings()
    with progress_of("Backing up") as shown:
        contents = run_async(back_up(settings.home, file, shown, settings.places))
    tell(f"{file} holds {_told(contents)}.")
    if settings.secret_key:
        tell("It does not hold NARROWCAST_SECRET_KEY: without that, keys and secrets in it cannot be read.")
    tell("It holds keys and people's data: keep it as safe as the server itself.")
    if contents.missing:
        tell(f"{contents.missing} files that the database names were missing already: narrowcast doctor tells more.")


def restore(
    file: File,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also over a PostgreSQL database or storage that is not empty.")
    ] = False,
) -> None:
    """Make everything what it was when FILE was written, in the database and storage of the settings.

    A backup fits any kind of either. What is in the home folder now is moved aside, not removed; a database or storage
    elsewhere should be empty.
    """
    from narrowcast.settings import read_settings
    from narrowcast.store.upkeep.restore import restore as bring_back

    settings = read_settings()
    with progress_of("Restoring") as shown:
        restored = run_async(bring_back(file, settings.home, shown, settings.places, replace=replace))
    contents = restored.contents
    tell(f"{settings.home} is as it was on {contents.made_at}: {_told(contents)}.")
    if restored.damaged:
        tell(f"{restored.damaged} files are not what the database says of them: narrowcast doctor --deep names them.")
    for note in restored.notes:
        tell(note)


def _told(contents: Contents) -> str:
    counts = {
        "user": contents.users,
        "episode": contents.episodes,
        "source": contents.sources,
        "file": contents.blobs,
    }
    return ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for word, count in counts.items())


@contextmanager
def progress_of(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar where somebody looks on."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
