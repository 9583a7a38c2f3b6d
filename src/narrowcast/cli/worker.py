"""`narrowcast worker`: hands without a web server."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from narrowcast.cli.running import run_server, spare
from narrowcast.cli.telling import tell
from narrowcast.errors import InputError

if TYPE_CHECKING:
    from narrowcast.settings import Settings

HANDS = 2


def worker(
    kinds: Annotated[
        str | None,
        typer.Option(metavar="KIND,KIND", help="The kinds of work that these hands are for (default: all)."),
    ] = None,
    concurrency: Annotated[
        int | None,
        typer.Option("--concurrency", "-c", help=f"How many jobs at once (default {HANDS}).", min=1, max=256),
    ] = None,
    autoscale: Annotated[
        str | None,
        typer.Option(metavar="MAX,MIN", help="Celery: as many processes as there is work for, within these."),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", "-n", help="Celery: what this worker is called (default celery@HOST).")
    ] = None,
) -> None:
    """Make what is asked for, and serve no pages: on this machine, or with NARROWCAST_ENGINE=celery on any number.

    Ctrl-C or SIGTERM ends it: within 30 seconds jobs are given back, and others go on with them. A second Ctrl-C ends
    it at once; then jobs are taken up a minute later.
    """
    from narrowcast.logs import set_up_logs
    from narrowcast.settings import read_settings
    from narrowcast.workers.kinds import known_kinds

    settings = read_settings()
    wanted = known_kinds([kind.strip() for kind in (kinds or "").split(",") if kind.strip()])
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    if settings.engine == "celery":
        raise typer.Exit(_by_celery(settings, wanted, concurrency, autoscale, name))
    if autoscale or name:
        raise InputError(
            "--autoscale and --name are for Celery's hands.", hint="Set NARROWCAST_ENGINE=celery for them."
        )
    from narrowcast.workers.alone import work_alone

    set_up_logs(settings.log_level, as_json=as_json)
    hands = concurrency or settings.jobs_at_once or HANDS
    tell(f"Narrowcast works on {_named(wanted)}, {hands} at once, in {settings.home}. Ctrl-C ends it.")
    run_server(work_alone(settings, wanted, hands, lambda: tell("Hands are at work.")))


def _by_celery(
    settings: Settings, kinds: Sequence[str], concurrency: int | None, autoscale: str | None, name: str | None
) -> int:
    """The exit code."""
    if concurrency and autoscale:
        raise InputError("--concurrency and --autoscale exclude each other.", hint="Give one of them.")
    limits = _limits(autoscale) if autoscale else None
    spare()
    from narrowcast.workers.celery import queue_of, work_by_celery

    arguments = [f"--queues={','.join(queue_of(kind) for kind in kinds)}"]
    if name:
        arguments.append(f"--hostname={name if '@' in name else f'{name}@%h'}")
    if limits:
        arguments.append(f"--autoscale={limits[0]},{limits[1]}")
    else:
        arguments.append(f"--concurrency={concurrency or HANDS}")
    many = f"{limits[1]} to {limits[0]}" if limits else concurrency or HANDS
    tell(f"Narrowcast works on {_named(kinds)}, {many} at once, by Celery. Ctrl-C ends it.")
    return work_by_celery(settings, arguments)


def _named(kinds: Sequence[str]) -> str:
    return " and ".join(f"{kind}s" for kind in kinds)


def _limits(autoscale: str) -> tuple[int, int]:
    """The most and the fewest processes."""
    try:
        most, _, fewest = autoscale.partition(",")
        limits = int(most), int(fewest or 0)
    except ValueError:
        limits = 0, 0
    if not 0 <= limits[1] <= limits[0] or not 1 <= limits[0] <= 256:
        raise InputError(f"--autoscale {autoscale!r} is not MAX,MIN.", hint="Give numbers such as 8,1.")
    return limits
