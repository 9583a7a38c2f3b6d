"""The `narrowcast` command: its subcommands, and how every fault ends."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

from narrowcast.cli.backup import backup, restore
from narrowcast.cli.db import db
from narrowcast.cli.doctor import doctor
from narrowcast.cli.gc import gc
from narrowcast.cli.make import make
from narrowcast.cli.profiles import profiles
from narrowcast.cli.rewrite import rewrite
from narrowcast.cli.running import Interrupted
from narrowcast.cli.say import say
from narrowcast.cli.serve import serve
from narrowcast.cli.storage import storage
from narrowcast.cli.telling import tell
from narrowcast.cli.token import token
from narrowcast.cli.user import user
from narrowcast.cli.voices import voices
from narrowcast.cli.worker import worker
from narrowcast.errors import BudgetError, ConflictError, ForbiddenError, InputError, NarrowcastError, NotFoundError

EXIT_FAILED, EXIT_INPUT, EXIT_BUDGET, EXIT_INTERRUPTED = 1, 2, 3, 130
GOES_ON = "What was made so far is kept: run the same command again to go on from there."

app = typer.Typer(
    name="narrowcast",
    help="Turn what you have to read into episodes to listen to.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(make)
app.command()(rewrite)
app.command()(profiles)
app.add_typer(voices, name="voices")
app.add_typer(user, name="user")
app.add_typer(token, name="token")
app.command()(say)
app.command()(serve)
app.command()(worker)
app.command()(doctor)
app.command()(gc)
app.command()(backup)
app.command()(restore)
app.add_typer(db, name="db")
app.add_typer(storage, name="storage")


def _version(*, wanted: bool) -> None:
    if wanted:
        from narrowcast.version import __version__

        typer.echo(f"narrowcast {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False,
        "--version",
        help="Print the version and exit.",
        is_eager=True,
        callback=lambda wanted: _version(wanted=wanted),
    ),
) -> None:
    """Turn what you have to read into episodes to listen to."""


def main() -> NoReturn:
    """Run the command; faults become one message on stderr and an exit code.

    0 done; 1 failed, the same command goes on from there; 2 bad usage or input; 3 over budget; 130 interrupted.
    """
    try:
        app()
    except NarrowcastError as error:
        tell(f"narrowcast: {error.message}")
        code = _exit_code(error)
        if hint := error.hint or (GOES_ON if code == EXIT_FAILED else ""):
            tell(f"  {hint}")
        sys.exit(code)
    except Interrupted:
        tell("\nInterrupted. Run the same command again: it goes on from here.")
        sys.exit(EXIT_INTERRUPTED)
    except OSError as error:
        # Files that are read and written have faults of their own; what is left is our own standard output.
        tell(f"narrowcast: cannot print: {error.strerror}")
        sys.exit(EXIT_FAILED)
    sys.exit(0)


def _exit_code(error: NarrowcastError) -> int:
    if isinstance(error, InputError | NotFoundError | ConflictError | ForbiddenError):
        return EXIT_INPUT
    return EXIT_BUDGET if isinstance(error, BudgetError) else EXIT_FAILED
