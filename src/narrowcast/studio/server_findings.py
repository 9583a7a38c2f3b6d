"""What is well of a server and what is not: its owner, its jobs, its e-mail, the keys that were entered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from narrowcast.accounts.server_secret import server_secret
from narrowcast.accounts.start import is_loopback_host
from narrowcast.keys.sealing import Sealer
from narrowcast.notify.mail_server import MailServer, mail_server
from narrowcast.settings import Settings
from narrowcast.store.home import Store
from narrowcast.studio.findings import Finding, Verdict

PATIENCE_S = 5.0
LONG = timedelta(hours=1)
START_HANDS = {
    "local": "Start narrowcast serve with NARROWCAST_JOBS_AT_ONCE above 0, or narrowcast worker.",
    "celery": "Start narrowcast worker for them (--kinds), and look whether it reaches Redis: see docs/workers.md.",
}


async def serving(store: Store, settings: Settings) -> AsyncIterator[Finding]:
    """Look at what a server has; nothing is said of what it has not. No e-mail is sent."""
    if not is_loopback_host(settings.host) and not await store.accounts.owner_can_sign_in():
        found = f"none can sign in, and {settings.host} is reached from elsewhere: it will not start"
        yield Finding("owner", Verdict.PROBLEM, found, "Give one a password: narrowcast user password.")
    levels = await store.job_figures.levels()
    if levels.dead:
        found = f"{levels.dead} failed and were not retried"
        yield Finding("jobs", Verdict.NOTE, found, "Their owners were told why; POST /api/v1/podcasts/jobs/{id}/retry.")
    oldest = levels.oldest_queued_at
    if oldest and datetime.now(UTC) - oldest > LONG:
        found = f"one waits since {oldest:%Y-%m-%d %H:%M} UTC"
        yield Finding("queue", Verdict.NOTE, found, "Does narrowcast serve run, with NARROWCAST_JOBS_AT_ONCE above 0?")
    live, crews = await store.jobs.line.live(), await store.jobs.on_duty.present()
    manned = {kind for crew in crews if crew.slots for kind in crew.kinds}
    for kind in sorted({kind for kind, status in live if status == "queued"} - manned):
        found = f"{live[kind, 'queued']} {kind} jobs wait, and nobody has hands for them"
        yield Finding("hands", Verdict.NOTE, found, START_HANDS[settings.engine])
    if crews:
        slots, busy = sum(crew.slots for crew in crews), sum(crew.busy for crew in crews)
        yield Finding("hands", Verdict.OK, f"{slots} in {len(crews)} processes, {busy} of them busy")
    if settings.redis_url:
        yield await _redis(settings.redis_url.get_secret_value())
    if settings.smtp_url:
        yield await _mail(mail_server(settings.smtp_url.get_secret_value()))
    if entered := await store.provider_keys.all():
        given = settings.secret_key.get_secret_value() if settings.secret_key else None
        sealer = Sealer((await asyncio.to_thread(server_secret, settings.home, given)).sealing_key())
        locked = sorted(key.provider for key in entered if sealer.open(key.provider, key.sealed) is None)
        if locked:
            hint = "They were sealed with another NARROWCAST_SECRET_KEY: enter them again."
            yield Finding("entered keys", Verdict.PROBLEM, f"cannot be read: {', '.join(locked)}", hint)
        else:
            yield Finding("entered keys", Verdict.OK, f"{len(entered)} can be read")


async def _redis(url: str) -> Finding:
    parts = urlsplit(url)
    try:
        async with asyncio.timeout(PATIENCE_S):
            if parts.scheme == "unix":
                _, writer = await asyncio.open_unix_connection(parts.path)
            else:
                _, writer = await asyncio.open_connection(parts.hostname or "127.0.0.1", parts.port or 6379)
        writer.close()
    except (OSError, TimeoutError, ValueError):
        hint = "Start Redis, or correct NARROWCAST_REDIS_URL. Meanwhile local hands work, where there are any."
        return Finding("redis", Verdict.PROBLEM, "cannot be reached", hint)
    return Finding("redis", Verdict.OK, "can be reached")


async def _mail(server: MailServer) -> Finding:
    try:
        async with asyncio.timeout(PATIENCE_S):
            _, writer = await asyncio.open_connection(server.host, server.port)
        writer.close()
    except (OSError, TimeoutError):
        found = f"{server.host} port {server.port} cannot be reached"
        return Finding("e-mail", Verdict.PROBLEM, found, "Correct NARROWCAST_SMTP_URL, or unset it to send none.")
    return Finding("e-mail", Verdict.OK, f"{server.host} port {server.port} can be reached; nothing was sent")
