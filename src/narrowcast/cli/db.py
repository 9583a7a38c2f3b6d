"""`narrowcast db`: the database's tables."""

from __future__ import annotations

import typer

from narrowcast.cli.running import run_async
from narrowcast.cli.telling import tell

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


@db.callback()
def _group() -> None:
    """The database's tables."""
