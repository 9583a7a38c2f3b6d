"""A month's money is shared by all that its owner does at once, and counted from the ledger after a restart."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from narrowcast.errors import BudgetError, NotFoundError, OutputError
from narrowcast.money.monthly import month_of
from narrowcast.money.paid import Paid, Purse
from narrowcast.profiles.catalogue import shipped_episode_profiles, shipped_speaker_profiles
from narrowcast.settings import read_settings
from narrowcast.store.people.accounts import User
from narrowcast.store.people.spending import Spending, Spent
from narrowcast.studio import Studio
from narrowcast.studio.request import EpisodeRequest
from narrowcast.studio.spending import Account, Book, keeping

KEYED = {"OPENAI_API_KEY": "sk-test-0000"}


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    async with Studio.open(read_settings({"NARROWCAST_HOME": str(tmp_path), **KEYED})) as studio:
        yield studio


async def _user(studio: Studio, tier: str = "free") -> User:
    return await studio.store.accounts.add(email="sam@example.org", name="Sam", role="member", tier=tier)


def _request(**changes: object) -> EpisodeRequest:
    profile = shipped_episode_profiles()["tech_discussion"]
    speakers = shipped_speaker_profiles()[profile.speaker_config]
    return EpisodeRequest.model_validate({"profile": profile, "speakers": speakers, "content_key": "c", **changes})


async def _pay(purse: Purse, usd: float) -> None:
    async with purse.budget.paying(usd, "openai:m") as payment:
        payment.settle(usd)
        purse.note(Paid("openai", "m", prompt_tokens=10, cost_usd=usd))


async def _spent(studio: Studio, user: User) -> float:
    return (await studio.budgets.allowance(user)).spent_usd


async def test_two_runs_of_one_owner_do_not_exceed_the_month_together(studio: Studio) -> None:
    user = await _user(studio)
    refused: list[str] = []

    async def run() -> None:
        async with studio.budgets.purse(Account(user.id)) as purse:
            for _ in range(8):
                try:
                    await _pay(purse, 0.1)
                except BudgetError as error:
                    refused.append(error.message)
                await asyncio.sleep(0)

    await asyncio.gather(run(), run())
    assert len(refused) == 6
    assert all("monthly budget of 1.00 USD" in message for message in refused)
    assert await _spent(studio, user) == pytest.approx(1.0)


async def test_after_a_restart_the_ledger_tells_what_is_left(tmp_path: Path) -> None:
    settings = read_settings({"NARROWCAST_HOME": str(tmp_path), **KEYED})
    async with Studio.open(settings) as studio:
        user = await _user(studio)
        async with studio.budgets.purse(Account(user.id)) as purse:
            await _pay(purse, 0.75)
    async with Studio.open(settings) as studio, studio.budgets.purse(Account(user.id), 5.0) as purse:
        assert purse.budget.left_usd == pytest.approx(0.25)


async def test_last_months_money_is_last_months(studio: Studio) -> None:
    user = await _user(studio)
    before = month_of(datetime.now(UTC)).begins
    old = Spent(user.id, "openai", "m", 1, 1, 0, 1.0, at=before.replace(year=before.year - 1))
    await studio.store.spending.add([old])
    await studio.budgets.check(user, _request())
    async with studio.budgets.purse(Account(user.id)) as purse:
        assert purse.budget.left_usd == 1.0


async def test_a_job_keeps_to_its_own_budget_within_the_month(studio: Studio) -> None:
    user = await _user(studio, "premium")
    async with studio.budgets.purse(Account(user.id), 0.2) as purse:
        with pytest.raises(BudgetError, match=r"the budget of 0\.20 USD") as caught:
            await _pay(purse, 0.3)
        assert "budget_usd" in caught.value.hint


async def test_a_job_that_is_tried_again_has_no_second_budget(studio: Studio) -> None:
    user = await _user(studio, "premium")
    first, other = (Account(user.id, job_id=name) for name in ("j", "k"))
    async with studio.budgets.purse(first, 0.5) as purse:
        await _pay(purse, 0.3)
    async with studio.budgets.purse(other, 0.5) as purse:
        await _pay(purse, 0.4)
    async with studio.budgets.purse(first, 0.5) as purse:
        assert purse.budget.left_usd == pytest.approx(0.2)
        with pytest.raises(BudgetError, match=r"the budget of 0\.50 USD: 0\.30 USD spent"):
            await _pay(purse, 0.3)
        await _pay(purse, 0.2)


async def test_over_budget_is_refused_before_anything_is_asked_but_never_what_is_free(studio: Studio) -> None:
    user = await _user(studio)
    async with studio.budgets.purse(Account(user.id)) as purse:
        await _pay(purse, 1.0)
    with pytest.raises(BudgetError, match=r"monthly budget of 1\.00 USD is used up: 1\.00 USD spent") as caught:
        await studio.budgets.check(user, _request())
    assert "raise your monthly budget" in caught.value.hint
    await studio.budgets.check(user, _request(llm="none", tts="espeak"))
    await studio.budgets.check(user, _request(llm="none", stop_after_script=True))
    with pytest.raises(BudgetError):
        await studio.budgets.check(user, _request(llm="none", tts="openai"))


async def test_without_any_key_nothing_can_be_spent(tmp_path: Path) -> None:
    local = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "NARROWCAST_TIERS": '{"free": {"monthly_budget_usd": 0}}'}
    async with Studio.open(read_settings({"NARROWCAST_HOME": str(tmp_path), **local})) as studio:
        await studio.budgets.check(await _user(studio), _request())
    hosted = {**local, "OPENAI_BASE_URL": "https://models.example.org/v1"}
    async with Studio.open(read_settings({"NARROWCAST_HOME": str(tmp_path / "b"), **hosted})) as studio:
        with pytest.raises(BudgetError):
            await studio.budgets.check(await _user(studio), _request())


async def test_what_is_paid_while_a_run_is_cancelled_is_written_too(studio: Studio) -> None:
    user = await _user(studio)
    paying = asyncio.Event()

    async def run() -> None:
        async with studio.budgets.purse(Account(user.id, job_id="j")) as purse:
            paying.set()
            try:
                await asyncio.sleep(60)
            finally:
                purse.note(Paid("openai", "tts-1", characters=100, cost_usd=0.25))

    task = asyncio.create_task(run())
    await paying.wait()
    task.cancel()
    await asyncio.wait([task])
    assert await _spent(studio, user) == 0.25


async def test_a_user_who_is_gone_pays_nothing(studio: Studio) -> None:
    with pytest.raises(NotFoundError):
        async with studio.budgets.purse(Account("nobody")):
            pytest.fail("nobody has a purse")


class _FullDisk(Spending):
    """A ledger whose disk is full for the first writes."""

    full = 2

    async def add(self, calls: object) -> None:
        if self.full:
            self.full -= 1
            raise OutputError("The disk is full.")
        await super().add(calls)  # type: ignore[arg-type]


async def test_a_disk_that_was_full_for_a_moment_loses_nothing(studio: Studio) -> None:
    user = await _user(studio)
    full = _FullDisk(studio.store.spending._database)
    book = Book(full, Account(user.id), retry_s=0)
    book.note(Paid("openai", "m", prompt_tokens=1, cost_usd=0.1))
    await asyncio.sleep(0.05)
    full.full = 0
    book.note(Paid("openai", "m", prompt_tokens=1, cost_usd=0.1))
    await book.close()
    assert await _spent(studio, user) == pytest.approx(0.2)


async def test_free_calls_of_nothing_are_not_noted(studio: Studio) -> None:
    user = await _user(studio)
    async with keeping(studio.store.spending, Account(user.id)) as book:
        book.note(Paid("fake", ""))
    month = month_of(datetime.now(UTC))
    assert (await studio.store.spending.sums(month.begins, month.ends))[0].calls == 0
