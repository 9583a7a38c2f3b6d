"""What a request would take, worked out for many users at once: it spends nothing, but it costs time."""

from __future__ import annotations

import asyncio
from collections import Counter

from narrowcast.errors import LimitError
from narrowcast.pipeline.estimate import EpisodeEstimate
from narrowcast.studio.given import Given, order_of
from narrowcast.studio.request import EpisodeRequest
from narrowcast.studio.studio import Studio

AT_ONCE = 2
MOST_OF_ONE_OWNER = 4
MOST_WAITING = 32


class Estimating:
    """Estimates, two at a time. Raises `LimitError` where too many wait."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._hands = asyncio.Semaphore(AT_ONCE)
        self._of_owner: Counter[str] = Counter()

    async def estimate(self, owner_id: str, request: EpisodeRequest) -> EpisodeEstimate:
        """What it would take. Raises `InputError`, `ProviderError` (a provider that is not reachable)."""
        if self._of_owner[owner_id] >= MOST_OF_ONE_OWNER:
            raise LimitError("Several of your estimates are being worked out.", retry_after_s=5)
        if self._of_owner.total() >= MOST_WAITING:
            raise LimitError("Too many estimates are asked for just now.", retry_after_s=5, everyone=True)
        self._of_owner[owner_id] += 1
        try:
            async with self._hands:
                blobs = self._studio.store.blobs
                # Nothing is written there: the folder only has to be one that could be written to.
                order = await order_of(request, blobs, self._studio.home / "run")
                return await self._studio.estimate(order, read=Given(request, blobs).read)
        finally:
            self._of_owner[owner_id] -= 1
            if not self._of_owner[owner_id]:
                del self._of_owner[owner_id]
