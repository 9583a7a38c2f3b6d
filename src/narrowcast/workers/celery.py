"""Celery's hands: `celery -A narrowcast.workers.celery worker`, or `narrowcast worker`, on any number of machines.

A message is a wake-up without a job's id. Whoever gets it claims the best job that there is, so one that is lost, late
or doubled costs nothing, and the order is the database's. Recovery belongs to leases: messages are acknowledged at
once. This is the only module that knows Celery.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import partial
from typing import Any

import structlog

from narrowcast.errors import NarrowcastError, OutputError, SettingError
from narrowcast.logs import set_up_logs
from narrowcast.queue.shares import Engine, Shares
from narrowcast.settings import Settings, read_settings
from narrowcast.store.crashpoint import crashpoint
from narrowcast.store.database import Database, open_database
from narrowcast.store.jobs.jobs import Jobs
from narrowcast.store.jobs.on_duty import Crew
from narrowcast.store.places import database_url
from narrowcast.studio.warming import warm_up
from narrowcast.version import __version__
from narrowcast.workers.attendance import EVERY_S, crew_name
from narrowcast.workers.entered_keys import check_secret
from narrowcast.workers.kinds import KINDS
from narrowcast.workers.one_job import Did, Draining, Shown, do_one

try:
    from celery import Celery, Task, bootsteps, signals
    from celery.app.log import Logging
    from celery.worker import state as worker_state
    from kombu import Queue as MessageQueue
    from kombu.exceptions import OperationalError
except ImportError as missing:
    raise SettingError(
        "NARROWCAST_ENGINE is celery, and Celery is not installed.", hint="Install it: pip install 'narrowcast[scale]'."
    ) from missing

TASK = "narrowcast.work"
QUEUES = "narrowcast."
WAKE_UP_LIVES_S = 3600
"""A wake-up that nobody took by then is dropped, so that they do not pile up. Compared by the clocks of two machines:
the hour is far above what those may differ by."""
PATIENCE_S = 2
"""How long Redis may take to answer."""
CALM = ("--without-gossip", "--without-mingle")
"""Workers need nothing of each other, and what Celery has them tell each other trips when Redis goes."""
CHILD_THREADS = 4
TIME_LIMIT_S = 6 * 3600
"""A backstop for a process that stands still: a job that hangs is taken from it long before."""

log = structlog.get_logger(__name__)


def open_app(settings: Settings) -> Celery:
    """The Celery application by these settings; nothing is connected yet. Raises `SettingError` without Redis."""
    if settings.redis_url is None:
        raise SettingError(
            "Celery needs NARROWCAST_REDIS_URL.", hint="It should look like redis://HOST:6379/0; set it everywhere."
        )
    app = Celery(
        "narrowcast", broker=settings.redis_url.get_secret_value(), log=_logging(settings), set_as_current=False
    )
    app.conf.update(
        accept_content=["json"],
        broker_connection_max_retries=None,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=PATIENCE_S,
        broker_transport_options={
            "socket_timeout": PATIENCE_S,
            "socket_connect_timeout": PATIENCE_S,
            "socket_keepalive": True,
        },
        result_backend="disabled://",
        task_acks_late=False,
        task_create_missing_queues=False,
        task_default_queue=queue_of(KINDS[0]),
        task_ignore_result=True,
        task_queues=[MessageQueue(queue_of(kind)) for kind in KINDS],
        task_time_limit=TIME_LIMIT_S,
        worker_disable_prefetch=True,
        worker_max_tasks_per_child=50,
        worker_pool="prefork",
        worker_prefetch_multiplier=1,
        worker_redirect_stdouts=False,
        worker_send_task_events=True,
        worker_soft_shutdown_timeout=5.0,
    )
    child = _Child(app, settings)

    def work(task: Task) -> dict[str, object] | None:
        return child.work(task)

    app.task(name=TASK, bind=True)(work)
    app.steps["worker"].add(_attending(settings, child))
    return app


def queue_of(kind: str) -> str:
    """Where wake-ups for a kind of work go."""
    return f"{QUEUES}{kind}"


def sender(settings: Settings) -> Callable[[str], None]:
    """Sends a wake-up for a kind of work; where Redis does not answer, it raises `OutputError` after seconds."""
    return partial(_wake, open_app(settings))


def work_by_celery(settings: Settings, arguments: Sequence[str]) -> int:
    """Run a Celery worker in this process until it is told to end: 0 where it ended in order."""
    app = open_app(settings)
    told: list[str] = []

    def note(how: str, **_signal: object) -> None:
        told.append(how)

    signals.worker_shutting_down.connect(note, weak=False)
    code = int(app.start(["--quiet", "worker", *CALM, *arguments]) or 0)
    # To Celery an end by Ctrl-C is a failure, however calm.
    return 0 if told and set(told) == {"Warm"} else code


class _Drain:
    """Tells all children of a worker to give back what they have: the parent writes, and what is written stays there.

    A pipe, since it is one line in a signal's handler, and is seen by children that are made later as well.
    """

    def __init__(self) -> None:
        self._ends: tuple[int, int] | None = None

    def open(self) -> None:
        """Before children are made."""
        self._ends = os.pipe()

    def begin(self, **_signal: object) -> None:
        """From now on; may be called in a signal's handler, and again."""
        if self._ends:
            os.write(self._ends[1], b".")

    @contextmanager
    def heard(self, begin: Callable[[], None]) -> Iterator[None]:
        """In a child's event loop: `begin` is called when the parent drains, or this process is told to end."""
        loop = asyncio.get_running_loop()
        told = (signal.SIGTERM, signal.SIGQUIT)
        before = [signal.getsignal(number) for number in told]
        for number in told:
            loop.add_signal_handler(number, begin)

        def drained() -> None:
            if self._ends:
                # It stays readable, for all children; once is enough for this one.
                loop.remove_reader(self._ends[0])
            begin()

        if self._ends:
            loop.add_reader(self._ends[0], drained)
        try:
            yield
        finally:
            if self._ends:
                loop.remove_reader(self._ends[0])
            for number, handler in zip(told, before, strict=True):
                loop.remove_signal_handler(number)
                signal.signal(number, handler)


class _Child:
    """What one of a worker's processes does, time after time."""

    def __init__(self, app: Celery, settings: Settings) -> None:
        self.drain = _Drain()
        self._app = app
        self._settings = settings
        self._shares = Shares(settings.celery_share)

    def work(self, task: Task) -> dict[str, object] | None:
        """Do one job, and have somebody else woken where there are more; what is shown of it.

        Where these hands cannot work now, that is a line in the log: the job waits in the queue, and the next sweep
        wakes somebody.
        """
        asked = task.request
        kind = str(asked.delivery_info["routing_key"]).removeprefix(QUEUES)
        try:
            with asyncio.Runner() as runner:
                did = runner.run(self._do(kind, asked.id, asked.hostname))
        except NarrowcastError as fault:
            log.warning("hands cannot work now", fault=fault.message, hint=fault.hint)
            return None
        if did is None:
            return None
        if did.more:
            # Lost, it is sent again by a sweep.
            with suppress(OutputError):
                _wake(self._app, kind)
        return {**asdict(did.shown), "outcome": did.outcome, "seconds": did.seconds}

    async def _do(self, kind: str, task_id: str, hostname: str) -> Did | None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(CHILD_THREADS))
        draining = Draining()

        def begun(shown: Shown) -> None:
            # Those who watch, such as Flower, are to see which job it is; nobody waits for that.
            showing = partial(_show, self._app, task_id, hostname, shown)
            threading.Thread(target=showing, name="showing", daemon=True).start()

        with self.drain.heard(draining.begin):
            hands = f"{Engine.CELERY}:{hostname[:50]}:{os.getpid()}"
            return await do_one(self._settings, self._shares, hands, [kind], draining, begun)


def _wake(app: Celery, kind: str) -> None:
    """Send a wake-up. Raises `OutputError` where Redis does not answer within seconds."""
    crashpoint("wake.sending")
    try:
        app.send_task(TASK, queue=queue_of(kind), expires=WAKE_UP_LIVES_S, retry=False, ignore_result=True)
    except (OperationalError, OSError) as fault:
        raise OutputError("Redis, which NARROWCAST_REDIS_URL names, does not answer.") from fault
    crashpoint("wake.sent")


def _show(app: Celery, task_id: str, hostname: str, shown: Shown) -> None:
    with suppress(OperationalError, OSError), app.events.default_dispatcher(hostname=hostname) as events:
        events.send("task-started", uuid=task_id, retry=False, kwargs=repr(asdict(shown)))


def _attending(settings: Settings, child: _Child) -> type:
    """The part of a worker that tells who has hands, and has its children drain. It runs in the parent.

    In the parent nothing may be open when a child is made: no thread, no connection. So each report opens the
    database, writes, and closes it, in the parent's own thread.
    """

    class Attending(bootsteps.StartStopStep):  # type: ignore[misc]
        requires = {"celery.worker.components:Timer", "celery.worker.components:Pool"}
        name = "Narrowcast"

        def __init__(self, worker: Any, **options: Any) -> None:
            super().__init__(worker, **options)
            self.crew_name = crew_name()
            _check(settings)
            child.drain.open()
            signals.worker_shutting_down.connect(child.drain.begin, weak=False)
            warm_up(settings.keys().keys())

        def create(self, worker: Any) -> None:
            """Nothing that Celery has to keep."""

        def start(self, worker: Any) -> None:
            """The children are there."""
            self.report(worker)
            worker.timer.call_repeatedly(EVERY_S, self.report, (worker,))

        def stop(self, _worker: Any) -> None:
            """The hands are there no more: they give back what they have, and take no more."""
            child.drain.begin()
            _tell(settings, lambda database: Jobs(database).on_duty.leave(self.crew_name))

        terminate = stop

        def report(self, worker: Any) -> None:
            """Who is there now."""
            crew = Crew(
                name=self.crew_name,
                engine=Engine.CELERY,
                kinds=sorted(name.removeprefix(QUEUES) for name in worker.app.amqp.queues.consume_from),
                slots=getattr(worker, "max_concurrency", None) or worker.pool.num_processes,
                busy=len(worker_state.active_requests),
                version=__version__,
            )
            _tell(settings, lambda database: Jobs(database).on_duty.report(crew))

    return Attending


def _tell(settings: Settings, say: Callable[[Database], Awaitable[None]]) -> None:
    try:
        asyncio.run(_with_database(settings, say))
    except OutputError as fault:
        log.warning("it cannot be told that hands are here", fault=fault.message)


def _check(settings: Settings) -> None:
    """Raises `SettingError` where these hands could do nothing; a database that does not answer yet is waited for."""
    try:
        asyncio.run(_with_database(settings, lambda database: check_secret(database, settings)))
    except OutputError as fault:
        log.warning("it cannot be checked yet whether these hands share the others' secret", fault=fault.message)


async def _with_database(settings: Settings, do: Callable[[Database], Awaitable[None]]) -> None:
    database = await open_database(database_url(settings.home, settings.places))
    try:
        await do(database)
    finally:
        await database.aclose()


def _logging(settings: Settings) -> type:
    """Celery's log lines in the shape of all others."""

    class Logs(Logging):  # type: ignore[misc]
        def setup_logging_subsystem(self, *_arguments: Any, **_options: Any) -> bool:
            """Once in the parent; children have it from there."""
            if not Logging._setup:  # noqa: SLF001 - how Celery knows that it was done
                Logging._setup = True  # noqa: SLF001
                as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
                set_up_logs(settings.log_level, as_json=as_json)
            return True

    return Logs


_apps: dict[str, Celery] = {}


def __getattr__(name: str) -> Any:
    """`app`, made when it is first asked for, by the settings of the environment: what `celery -A` looks for."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name not in _apps:
        try:
            settings = read_settings()
            _apps[name] = open_app(settings)
        except NarrowcastError as fault:
            # For the program of Celery, which would show a trace of all its own calls.
            sys.stderr.write(f"narrowcast: {fault.message}\n  {fault.hint}\n")
            raise SystemExit(1) from fault
    return _apps[name]
