"""`narrowcast db`: the database's tables."""

from __future__ import annotations

from typing import Annotated

import typer

from narrowcast.cli.backup import progress_of
from narrowcast.cli.running import run_async
from narrowcast.cli.telling import tell
from narrowcast.errors import SettingError

db = typer.Typer(help="The database's tables.", no_args_is_help=True)


@db.command()
def upgrade() -> None:
    """Bring the tables up to this version. Every start does so too; here you choose when."""
    from narrowcast.settings import read_settings
    from narrowcast.store.home import Store
    from narrowcast.store.tables import SCHEMA

    async def work() -> None:
        settings = read_settings()
        store = await Store.open(settings.home, settings.places)
        await store.aclose()

    run_async(work())
    tell(f"The tables are those of this version (schema {SCHEMA}).")


@db.command()
def copy(
    back: Annotated[
        bool, typer.Option("--back", help="From PostgreSQL into the home folder's file, which moves aside.")
    ] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Also into one that is not empty: what is in it is gone."),
    ] = False,
) -> None:
    """Copy the home folder's SQLite database into NARROWCAST_DATABASE_URL, all or nothing; nobody may use either.

    Files are not moved. The database that is copied from stays as it is.
    """
    from narrowcast.settings import read_settings
    from narrowcast.store.upkeep.moving_house import move_back, move_in

    settings = read_settings()
    url = settings.places.database
    if url is None:
        raise SettingError("NARROWCAST_DATABASE_URL is not set.", hint="Set it to the PostgreSQL database to copy to.")
    with progress_of("Copying") as shown:
        if back:
            rows = run_async(move_back(settings.home, url, shown))
        else:
            rows = run_async(move_in(settings.home, url, shown, replace=replace))
    tell(f"{rows:,} rows were copied.")
    if back:
        tell("Unset NARROWCAST_DATABASE_URL to use them.")


@db.command("accept-secret")
def accept_secret(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Have this server's secret be that of all servers that share the database, in place of the one before.

    What the one before has signed or sealed is lost: all are signed out, feeds and links get new addresses, and keys
    of providers and webhooks must be entered anew.
    """
    from narrowcast.accounts.one_secret import accept_secret as accept
    from narrowcast.settings import read_settings
    from narrowcast.store.home import Store

    async def work() -> None:
        settings = read_settings()
        given = settings.secret_key.get_secret_value() if settings.secret_key else None
        store = await Store.open(settings.home, settings.places)
        try:
            await accept(store, settings.home, given)
        finally:
            await store.aclose()

    if not yes:
        typer.confirm(
            "All are signed out then, feeds and links get new addresses, and keys of providers and webhooks must be"
            " entered anew. Go on?",
            abort=True,
            err=True,
        )
    run_async(work())
    tell("This server's secret is that of all now. Give the others the same, and start them anew.")


@db.command("accept-storage")
def accept_storage(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Have the storage that is set now be this database's, though its files were elsewhere.

    What is not in it counts as lost: episodes without sound, and clips that are paid for again when they are needed.
    """
    from narrowcast.settings import read_settings
    from narrowcast.store.home import Store

    settings = read_settings()
    if not yes:
        typer.confirm(
            "Files that are not in this storage count as lost then, and clips are paid for again. Go on?",
            abort=True,
            err=True,
        )
    run_async(Store.accept_storage(settings.home, settings.places))
    tell("This storage is the database's now.")


@db.callback()
def _group() -> None:
    """The database's tables."""
