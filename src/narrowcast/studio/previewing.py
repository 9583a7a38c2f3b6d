"""One turn of a script, heard before its episode is rendered: asked for, paid for and kept just as a render does."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass

from narrowcast.audio.clip import decode
from narrowcast.errors import LimitError, NotFoundError
from narrowcast.pipeline.order import Order
from narrowcast.pipeline.plan import episode_language
from narrowcast.pipeline.trying import Phrase, levelled
from narrowcast.script.dialogue import Turn
from narrowcast.store.episodes.scripts import KeptScript
from narrowcast.studio.given import order_of
from narrowcast.studio.request import EpisodeRequest
from narrowcast.studio.samples import mp3_of
from narrowcast.studio.spending import Account
from narrowcast.studio.studio import Studio

AT_ONCE_OF_ONE_OWNER = 2


@dataclass(frozen=True)
class Heard:
    """A turn's sound: an MP3 file, as loud as in an episode. `cached` when it was there before, and cost nothing."""

    data: bytes
    seconds: float
    cached: bool = True
    cost_usd: float | None = 0.0


class Previewing:
    """Single turns for the users of one server. Raises `NotFoundError` for a turn that the script does not have."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._of_owner: Counter[str] = Counter()

    async def there(self, kept: KeptScript, request: EpisodeRequest, turn_id: str) -> Heard | None:
        """The turn's sound where a preview or a render made it already; no provider is asked for anything."""
        order, turn = await self._turn(kept, request, turn_id)
        return await self._stored(await self._phrase(order, turn, check=False))

    async def made(
        self, owner_id: str, kept: KeptScript, request: EpisodeRequest, turn_id: str, budget_usd: float | None = None
    ) -> Heard:
        """The turn's sound, made and paid for unless it is there; a render then takes that very clip.

        Raises `InputError`, `BudgetError`, `ProviderError`, `LimitError`.
        """
        if self._of_owner[owner_id] >= AT_ONCE_OF_ONE_OWNER:
            raise LimitError("Two of your lines are being voiced.", hint="Wait for one of them.", retry_after_s=2)
        self._of_owner[owner_id] += 1
        try:
            order, turn = await self._turn(kept, request, turn_id)
            if heard := await self._stored(await self._phrase(order, turn, check=False)):
                return heard
            return await self._made(owner_id, kept, order, turn, budget_usd)
        finally:
            self._of_owner[owner_id] -= 1
            if not self._of_owner[owner_id]:
                del self._of_owner[owner_id]

    async def _made(self, owner_id: str, kept: KeptScript, order: Order, turn: Turn, budget_usd: float | None) -> Heard:
        phrase = await self._phrase(order, turn, check=True)
        async with self._studio.budgets.purse(Account(owner_id, kept.episode_id), budget_usd) as purse:
            ((samples, rate),) = await self._studio.hear(order, [phrase], purse)
        data = await asyncio.to_thread(lambda: mp3_of(*levelled([(samples, rate)])))
        return Heard(data, len(samples) / rate, cached=False, cost_usd=phrase.cost_usd)

    async def _turn(self, kept: KeptScript, request: EpisodeRequest, turn_id: str) -> tuple[Order, Turn]:
        # Nothing is written there: the folder only has to be one that could be written to.
        order = await order_of(request, self._studio.store.blobs, self._studio.home / "run")
        turns = order.script.turns() if order.script else ()
        turn = next((turn for turn in turns if turn.id == turn_id), None)
        if turn is None:
            raise NotFoundError(
                "The script has no such turn.", hint=f"Version {kept.version} of it is the newest: read it again."
            )
        return order, turn

    async def _phrase(self, order: Order, turn: Turn, *, check: bool) -> Phrase:
        language = episode_language(order, ())
        (phrase,) = await self._studio.phrases(order, turn.text, language, speaker=turn.speaker, check=check)
        return phrase

    async def _stored(self, phrase: Phrase) -> Heard | None:
        stored = await self._studio.store.results.get(phrase.key) if phrase.there else None
        if stored is None:
            return None
        derived, name = self._studio.store.derived, f"turn-{phrase.key}"

        def sound() -> bytes:
            if (kept := derived.get(name)) is not None:
                return bytes(kept)
            data = mp3_of(*levelled([decode(stored.data)]))
            derived.put(name, [data])
            return data

        return Heard(await asyncio.to_thread(sound), stored.meta["ms"] / 1000)
