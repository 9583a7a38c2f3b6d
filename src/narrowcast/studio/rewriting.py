"""A segment or turn of an episode's script written anew by an instruction, whatever else is changed in it meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass

from narrowcast.errors import ChangedError, LimitError, ScriptError
from narrowcast.pipeline.rewrite import Change, Rewritten, carried_over, change_of
from narrowcast.script.dialogue import Script
from narrowcast.script.profile import EpisodeProfile
from narrowcast.script.script_file import dump_script, parse_script
from narrowcast.store.episodes.scripts import KeptScript, being_made
from narrowcast.studio.spending import Account
from narrowcast.studio.studio import Studio

AT_ONCE_OF_ONE_OWNER = 2
TRIES = 10
PLACE = "The script"


@dataclass(frozen=True)
class Wish:
    """What to write anew: a segment (from 1), or the turn with that id, by an instruction."""

    instruction: str
    segment: int | None = None
    turn: str | None = None
    llm: str = "auto"
    budget_usd: float | None = None
    apply: bool = True
    """Whether the script is to be changed, or only shown as it would be."""


class Rewriting:
    """Rewrites for the users of one server: a few seconds of a model's time, so they are no jobs."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._of_owner: Counter[str] = Counter()

    async def rewrite(
        self, owner_id: str, kept: KeptScript, profile: EpisodeProfile, wish: Wish
    ) -> tuple[KeptScript, Rewritten]:
        """Have it written anew, and keep the script; changes that others made meanwhile stay.

        With `wish.apply` false the script stays as it is, and what it would be is given.
        The same again on the same script is not paid for twice. Raises `InputError`, `BudgetError`, `ProviderError`,
        `ConflictError` (a job makes the episode), `ChangedError` (the very part was changed meanwhile), `LimitError`.
        """
        if self._of_owner[owner_id] >= AT_ONCE_OF_ONE_OWNER:
            raise LimitError("Two of your rewrites are being written.", hint="Wait for one of them.", retry_after_s=5)
        self._of_owner[owner_id] += 1
        try:
            return await self._rewrite(owner_id, kept, profile, wish)
        finally:
            self._of_owner[owner_id] -= 1
            if not self._of_owner[owner_id]:
                del self._of_owner[owner_id]

    async def _rewrite(
        self, owner_id: str, kept: KeptScript, profile: EpisodeProfile, wish: Wish
    ) -> tuple[KeptScript, Rewritten]:
        if kept.being_made:
            raise being_made()
        before = await asyncio.to_thread(parse_script, kept.data.decode(), PLACE)
        change = change_of(before, wish.segment, wish.turn, wish.instruction)
        account = Account(owner_id, kept.episode_id)
        async with self._studio.budgets.purse(account, wish.budget_usd) as purse:
            rewritten = await self._studio.rewrite(
                before,
                wish.instruction,
                segment=wish.segment,
                turn=wish.turn,
                llm=wish.llm,
                profile=profile,
                purse=purse,
            )
        if not wish.apply:
            return kept, carried_over(rewritten, before, before, change, kept.version + 1)
        return await self._keep(owner_id, kept, before, change, rewritten)

    async def _keep(
        self, owner_id: str, kept: KeptScript, before: Script, change: Change, rewritten: Rewritten
    ) -> tuple[KeptScript, Rewritten]:
        scripts = self._studio.store.scripts
        for _ in range(TRIES):
            now = await asyncio.to_thread(parse_script, kept.data.decode(), PLACE)
            try:
                carried = carried_over(rewritten, before, now, change, kept.version + 1)
            except ScriptError as error:
                raise ChangedError(
                    "The same part of the script was changed while it was written anew.",
                    hint="Read it again; the change that was made meanwhile stays.",
                ) from error
            replaced = await scripts.replace(owner_id, kept, dump_script(carried.script).encode())
            if replaced:
                return replaced, carried
            kept = await scripts.get(owner_id, kept.episode_id)
        raise ChangedError("The script changes all the time.", hint="Try again when nobody else edits it.")
