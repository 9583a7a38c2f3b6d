"""Any order of working, saving, finishing, dying and damage keeps the laws of the store."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from narrowcast.store.home import Store
from narrowcast.store.results.results import Reservation

KEYS = st.sampled_from(["ab" * 32, "cd" * 32])
DATA = st.binary(max_size=20)


@dataclass
class Held:
    """A reservation that is open."""

    block: AbstractAsyncContextManager[Reservation]
    reservation: Reservation


class ResultsMachine(RuleBasedStateMachine):
    """One process's store against a model of two dictionaries: what is ready, and what was saved."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.home = Path(tempfile.mkdtemp())
        self.store: Store = self.runner.run(Store.open(self.home))
        self.ready: dict[str, bytes] = {}
        self.partial: dict[str, bytes] = {}
        self.held: dict[str, Held] = {}
        self.ghosts: list[tuple[Store, list[Held]]] = []

    @rule(key=KEYS)
    def reserve(self, key: str) -> None:
        """Whoever comes gets what is ready, else what was saved."""
        if key in self.held:
            return
        block = self.store.results.reserve(key, "segment")
        reservation = self.runner.run(within(block.__aenter__()))
        if key in self.ready:
            assert reservation.stored
            assert reservation.stored.data == self.ready[key]
            self.runner.run(block.__aexit__(None, None, None))
        else:
            assert reservation.stored is None
            assert reservation.partial == self.partial.get(key)
            self.held[key] = Held(block, reservation)

    @rule(key=KEYS, data=DATA)
    def save_partial(self, key: str, data: bytes) -> None:
        """A holder saves."""
        if key in self.held:
            self.runner.run(self.held[key].reservation.save_partial(data))
            self.partial[key] = data

    @rule(key=KEYS, data=DATA)
    def finish(self, key: str, data: bytes) -> None:
        """A holder finishes and leaves."""
        if key in self.held:
            held = self.held.pop(key)
            stored = self.runner.run(held.reservation.finish(data, {"n": len(data)}, suffix=".json"))
            assert stored.data == data
            self.runner.run(held.block.__aexit__(None, None, None))
            self.ready[key] = data
            self.partial.pop(key, None)

    @rule(key=KEYS)
    def leave(self, key: str) -> None:
        """A holder leaves unfinished."""
        if key in self.held:
            self.runner.run(self.held.pop(key).block.__aexit__(None, None, None))

    @precondition(lambda self: self.held)
    @rule()
    def start_anew_beside_it(self) -> None:
        """Another process starts, and the first one's holders are no more."""
        self.ghosts.append((self.store, list(self.held.values())))
        self.held.clear()
        self.store._presence.leave()
        self.store = self.runner.run(Store.open(self.home))

    @rule(key=KEYS)
    def damage(self, key: str) -> None:
        """A file goes missing: its result was never made."""
        if self.ready.pop(key, None) is not None:
            for path in (self.home / "blobs" / "segments" / key[:2]).iterdir():
                path.unlink()

    @invariant()
    def what_is_ready_is_there(self) -> None:
        """The law."""
        for key in ("ab" * 32, "cd" * 32):
            stored = self.runner.run(self.store.results.get(key))
            assert (stored.data if stored else None) == self.ready.get(key)

    def teardown(self) -> None:
        """Close all."""
        for store, blocks in [*self.ghosts, (self.store, [*self.held.values()])]:
            for held in blocks:
                self.runner.run(held.block.__aexit__(None, None, None))
            self.runner.run(store.aclose())
        self.runner.close()
        shutil.rmtree(self.home)


async def within(entering: Any) -> Reservation:
    """Nobody who comes waits for the dead."""
    async with asyncio.timeout(5):
        reservation: Reservation = await entering
    return reservation


TestResultsMachine = ResultsMachine.TestCase
TestResultsMachine.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
