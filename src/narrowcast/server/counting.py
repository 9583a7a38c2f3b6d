"""What a podcast app fetches of an episode's sound, counted while it is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog
from fastapi import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from narrowcast.accounts.server_secret import Purpose
from narrowcast.errors import OutputError
from narrowcast.feeds.downloads import app_of, enough_bytes, is_bot, listener_hash
from narrowcast.server.browsers import address_of
from narrowcast.server.context import Context
from narrowcast.server.files import Elsewhere
from narrowcast.store.episodes.revisions import Revision
from narrowcast.store.listening.downloads import Fetched

LONGEST_AGENT = 300

log = structlog.get_logger(__name__)


def counted(request: Request, here: Context, owner_id: str, found: Revision, answer: Response) -> Response:
    """`answer`, which sends (part of) the sound of `found`; what it sends is counted unless nobody listens.

    What the storage sends in its place counts as sent when it is told where.
    """
    agent = request.headers.get("user-agent", "")[:LONGEST_AGENT]
    if request.method != "GET" or is_bot(agent):
        return answer
    key, today = here.secret.key(Purpose.FEEDS), datetime.now(UTC).date()
    days = (today, today - timedelta(days=1))
    first, second = (listener_hash(key, day, address_of(request), agent, found.episode_id) for day in days)
    enough = enough_bytes(found.size_bytes, found.duration_ms)
    return _Counted(answer, here, Fetched(owner_id, found.episode_id, (first, second), app_of(agent), 0, enough))


class _Counted(Response):
    """An answer whose sound is counted as it leaves, also where the app goes away before its end."""

    def __init__(self, answer: Response, here: Context, fetched: Fetched) -> None:
        self.status_code = answer.status_code
        self.background = None
        self.raw_headers = answer.raw_headers
        self._answer, self._here, self._fetched = answer, here, fetched

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        sent = self._answer.share.stop - self._answer.share.start if isinstance(self._answer, Elsewhere) else 0

        async def count(message: Message) -> None:
            nonlocal sent
            await send(message)
            if message["type"] == "http.response.body" and self.status_code in {200, 206}:
                sent += len(message.get("body", b""))

        try:
            await self._answer(scope, receive, count)
        finally:
            if sent:
                await self._write_down(sent)

    async def _write_down(self, sent: int) -> None:
        whole = Fetched(**{**vars(self._fetched), "sent_bytes": sent})
        try:
            await self._here.store.downloads.add(whole, datetime.now(UTC))
        except OutputError as fault:
            # Whoever listens has got their sound; the figure is what is missing.
            log.warning("download not counted", fault=fault.message)
