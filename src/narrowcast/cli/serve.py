"""`narrowcast serve`: everything on one machine, with nothing else installed."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from narrowcast.cli.running import run_server
from narrowcast.cli.telling import tell


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen at (default 127.0.0.1: this machine alone).")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen at (default 8484; 0 takes a free one).", min=0, max=65535)
    ] = None,
) -> None:
    """Serve the web API, and make what is asked for, on this machine."""
    from narrowcast.logs import set_up_logs
    from narrowcast.server.serve import serve as serving
    from narrowcast.settings import read_settings

    given = {"host": host, "port": port}
    settings = read_settings().model_copy(update={name: value for name, value in given.items() if value is not None})
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    set_up_logs(settings.log_level, as_json=as_json)

    def on_ready(address: str, link: str | None) -> None:
        typer.echo(f"Narrowcast is at {address}")
        if link:
            tell(f"Sign in within 15 minutes (once; a new link: narrowcast user link):\n  {link}")
        tell("Ctrl-C ends it; what is being made then goes on at the next start.")

    run_server(serving(settings, on_ready))
