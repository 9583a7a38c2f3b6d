"""The ledger holds what the provider's own ledger holds: each paid call, once, whatever becomes of the run."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from narrowcast import Studio, order
from narrowcast.errors import BudgetError
from narrowcast.money.monthly import month_of
from narrowcast.settings import read_settings
from narrowcast.store.people.spending import By, Sum
from narrowcast.studio.spending import Account
from running import Simulator, StartSimulator

CANAL = Path(__file__).parents[2] / "acceptance" / "canal.md"
TEXT = "# Locks\n\n" + "A lock lifts boats between two levels of a canal, with gates at both ends. " * 12


async def _make(studio: Studio, folder: Path, owner: str) -> None:
    (folder / "locks.md").write_text(TEXT)
    wanted = order(
        folder / "locks.md", llm="openai:sim", tts="openai", segments=1, minutes=0.5, out=folder / "locks.mp3"
    )
    async with studio.budgets.purse(Account(owner)) as purse:
        await studio.make(wanted, purse=purse)


async def _calls(studio: Studio) -> dict[str, Sum]:
    month = month_of(datetime.now(UTC))
    return {each.key: each for each in await studio.store.spending.sums(month.begins, month.ends, By.MODEL)}


async def test_every_call_that_was_paid_for_stands_in_the_ledger_once(tmp_path: Path, simulator: Simulator) -> None:
    settings = read_settings({"NARROWCAST_HOME": str(tmp_path / "home"), **simulator.env})
    async with Studio.open(settings) as studio:
        user = await studio.store.accounts.add(email="sam@example.org", name="Sam", role="member", tier="standard")
        for _ in range(2):  # the second time everything is there, and nothing is paid for
            await _make(studio, tmp_path, user.id)
            noted = await _calls(studio)
            speech = simulator.calls("speech")
            assert noted["openai:gpt-4o-mini-tts"].calls == len(speech)
            assert noted["openai:gpt-4o-mini-tts"].characters == sum(call.characters for call in speech)
            assert noted["openai:sim"].calls == len(simulator.calls("outline")) + len(simulator.calls("transcript"))
            assert noted["openai:sim"].completion_tokens > 0


async def test_calls_of_a_run_that_fails_stand_in_it_too(tmp_path: Path, start_simulator: StartSimulator) -> None:
    simulator = start_simulator(faults=["tts:400@2"])
    settings = read_settings({"NARROWCAST_HOME": str(tmp_path / "home"), **simulator.env})
    async with Studio.open(settings) as studio:
        user = await studio.store.accounts.add(email="sam@example.org", name="Sam", role="member", tier="standard")
        with pytest.raises(Exception, match="refuses"):
            await _make(studio, tmp_path, user.id)
        spoken = [call for call in simulator.calls("speech") if call.status == "ok"]
        assert (await _calls(studio))["openai:gpt-4o-mini-tts"].calls == len(spoken) > 0


async def test_a_month_of_nothing_lets_only_what_is_free_be_made(tmp_path: Path) -> None:
    tiers = '{"free": {"monthly_budget_usd": 0}}'
    settings = read_settings({"NARROWCAST_HOME": str(tmp_path / "home"), "NARROWCAST_TIERS": tiers})
    async with Studio.open(settings) as studio:
        user = await studio.store.accounts.add(email="sam@example.org", name="Sam", role="member", tier="free")
        free = order(CANAL, llm="none", tts="espeak", segments=1, minutes=0.5, out=tmp_path / "locks.mp3")
        async with studio.budgets.purse(Account(user.id)) as purse:
            assert (await studio.make(free, purse=purse)).turns
            with pytest.raises(BudgetError):
                async with purse.budget.paying(0.01, "anyone"):
                    pytest.fail("nothing is left")
