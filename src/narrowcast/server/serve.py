"""Serving: the socket, the signals, and the order in which everything ends."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from narrowcast.accounts.start import check_reachable, ensure_owner, sign_in_link
from narrowcast.errors import SettingError
from narrowcast.server.app import create_app
from narrowcast.server.context import Context
from narrowcast.settings import Settings

LAST_ANSWERS_S = 5
"""How long requests may take to end once the server was told to."""
BACKLOG = 2048


class _Server(uvicorn.Server):
    """Uvicorn, whose signals let us give work back before the process ends; its own way raises them once more."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None], on_end: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._on_end = on_end

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self._on_ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End at SIGINT and SIGTERM; at once at the second."""
        loop = asyncio.get_running_loop()
        for caught in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(caught, self._end)
        yield

    def _end(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True
        self._on_end()


async def serve(settings: Settings, on_ready: Callable[[str, str | None], None]) -> None:
    """Serve until SIGINT or SIGTERM; `on_ready` is told the address, once requests are answered, and a sign-in link.

    The link is for an owner who has no password. Raises `SettingError` when the address cannot be used, or when it is
    reached from elsewhere and no owner could sign in, and as `open_context`.
    """
    listener = _listen(settings.host, settings.port)
    with listener:
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            context: Context = app.state.context
            password = settings.owner_password.get_secret_value() if settings.owner_password else None
            owner = await ensure_owner(context.store, settings.owner_email, password)
            await check_reachable(context.store, settings.host)
            config = uvicorn.Config(
                app,
                lifespan="off",
                http="httptools",
                ws="none",
                log_config=None,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=bool(settings.trusted_proxies),
                forwarded_allow_ips=list(settings.trusted_proxies),
                timeout_graceful_shutdown=LAST_ANSWERS_S,
                backlog=BACKLOG,
            )
            address = _address(settings, listener)
            link = sign_in_link(address, owner.link_secret) if owner.link_secret else None
            server = _Server(config, lambda: on_ready(address, link), context.closing.set)
            await server.serve(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket; bound before anything else is opened, so that a taken port is the first that is told."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise SettingError(
            f"NARROWCAST_HOST {host!r} is no address of this machine.", hint="Use 127.0.0.1, or 0.0.0.0 for all."
        ) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise SettingError(
            f"Cannot listen at {host} port {port}: {error.strerror}.",
            hint="Is Narrowcast running already? Otherwise choose another with --port N.",
        ) from error
    return listener


def _address(settings: Settings, listener: socket.socket) -> str:
    """What to open in a browser."""
    if settings.public_url:
        return settings.public_url
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - asked for
    return f"http://{shown}:{port}"
