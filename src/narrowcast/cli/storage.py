"""`narrowcast storage`: where files are kept."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from narrowcast.cli.running import run_async
from narrowcast.cli.telling import tell

if TYPE_CHECKING:
    from narrowcast.store.upkeep.moving import Moved

storage = typer.Typer(help="Where files are kept: a folder or a bucket.", no_args_is_help=True)

EVERY_S = 1.0


@storage.command()
def setup(
    origin: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Whose pages may read (default: NARROWCAST_PUBLIC_URL).", show_default=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be changed.")] = False,
) -> None:
    """Give the bucket its rules: CORS, no public access, TLS only, no broken uploads. Rules of others stay."""
    from narrowcast.errors import OutputError, SettingError
    from narrowcast.settings import read_settings
    from narrowcast.store.files.storage_place import Kind
    from narrowcast.store.upkeep.bucket import set_up
    from narrowcast.studio.storage_findings import BY_HAND, origin_of

    settings = read_settings()
    place = settings.places.storage
    if place is None or place.kind is Kind.FOLDER:
        raise SettingError("Files are kept in a folder, which needs no rules.", hint="Set NARROWCAST_STORAGE_URL.")
    pages = origin_of(origin or settings.public_url or f"http://{settings.host}:{settings.port}")
    if place.kind is not Kind.S3:
        tell(BY_HAND[place.kind].format(origin=pages))
        return
    failed = []
    for change in run_async(set_up(place, pages, dry=dry_run)):
        said = "would be set" if dry_run else "set"
        tell(f"{change.what}: {change.fault or (said if change.made else 'was so')}.")
        failed += [change.what] if change.fault else []
    if failed:
        raise OutputError(
            f"{len(failed)} of the rules could not be set.",
            hint="Set them by the storage's own tools, or use keys that may: see docs/storage.md.",
        )


@storage.command()
def move(
    source: Annotated[str, typer.Argument(metavar="FROM", help="A URL or a folder; - is where files are kept now.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="A URL or a folder; - is where files are kept now.")],
    delete: Annotated[
        bool, typer.Option("--delete", help="Then remove from FROM what TO has, byte by byte the same.")
    ] = False,
    deep: Annotated[bool, typer.Option("--deep", help="Compare bytes, not only sizes, of what is there.")] = False,
) -> None:
    """Copy every file from one storage to another; stopped, it goes on where it was when it is run again.

    A server may run meanwhile: copy, set NARROWCAST_STORAGE_URL, start it anew, and copy once more.
    """
    from narrowcast.settings import read_settings
    from narrowcast.store.files.blobs import Blobs
    from narrowcast.store.files.storage_place import storage_place
    from narrowcast.store.upkeep.apart import refuse_absent, refuse_one_within_other
    from narrowcast.store.upkeep.moving import move as moved_to
    from narrowcast.store.upkeep.moving import remove_moved

    now = read_settings().places.storage

    places = [now if named == "-" and now else storage_place(named) for named in (source, target)]
    refuse_absent(places[0])
    refuse_one_within_other(*places)
    blobs = Blobs.open(places[0], "move"), Blobs.open(places[1], "move")

    async def work() -> tuple[Moved, int]:
        for one in blobs:
            await one.reach()
        done = await moved_to(*blobs, deep=deep, tell=_Progress())
        return done, await remove_moved(*blobs) if delete else 0

    done, removed = run_async(work())
    tell(f"{done.copied:,} files copied, {done.copied_bytes / 1e6:,.1f} MB; {done.equal:,} were there.")
    if delete:
        tell(f"{removed:,} files removed from {blobs[0].place}.")
    elif done.copied:
        tell("Set NARROWCAST_STORAGE_URL, start the server anew, then run this once more for what came meanwhile.")


class _Progress:
    """A line a second: how far it is, how fast, how long still."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, moved: Moved) -> None:
        now = time.monotonic()
        if now - self._last < EVERY_S:
            return
        self._last = now
        share = (moved.equal_bytes + moved.copied_bytes) / max(1, moved.all_bytes)
        rate = moved.copied_bytes / 1e6 / max(0.001, moved.seconds)
        left = f", {moved.remaining_s:,.0f} s left" if moved.remaining_s is not None else ""
        tell(f"{share:4.0%}  {moved.copied + moved.equal:,} of {moved.blobs:,} files, {rate:,.1f} MB/s{left}")
