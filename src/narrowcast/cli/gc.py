"""`narrowcast gc`: room that nothing needs any more."""

from __future__ import annotations

from typing import Annotated

import typer

from narrowcast.cli.running import run_async
from narrowcast.cli.telling import tell


def gc(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    unused_days: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="Also remove paid clips and drafts not used for N days, but for those of a server's episodes"
            " (default: NARROWCAST_KEEP_UNUSED_DAYS, else never).",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Remove files that nothing names any more, and forget what is old; the server may run meanwhile."""
    from narrowcast.errors import ConflictError
    from narrowcast.queue.queue import Queue
    from narrowcast.settings import read_settings
    from narrowcast.store.home import Store
    from narrowcast.studio.housekeeping import Housekeeping
    from narrowcast.studio.queueing import queue_limits

    settings = read_settings()
    days = unused_days or settings.keep_unused_days

    async def work() -> None:
        store = await Store.open(settings.home, settings.places)
        try:
            queue = Queue(store.jobs, queue_limits(settings))
            house = Housekeeping(store, queue, keep_unused_days=days)
            async with house.alone() as alone:
                if not alone:
                    raise ConflictError(
                        "The house is being kept already, or backed up.", hint="Try again when that is done."
                    )
                if not dry_run:
                    await house.clean_up()
                    await house.forget()
                collected = await house.collect(dry=dry_run)
        finally:
            await store.aclose()
        removed = "would be removed" if dry_run else "removed"
        tell(f"{collected.blobs:,} files {removed}, {collected.bytes / 1e6:,.1f} MB.")
        if collected.results:
            tell(f"{collected.results:,} of them were paid for and not used for {days} days.")

    run_async(work())
