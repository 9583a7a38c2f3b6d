"""What Prometheus is told, and who may be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.integration.server.conftest import Served

from narrowcast.money.paid import Paid
from narrowcast.queue.outcome import Completed, Drained, Failed
from narrowcast.queue.queue import NewJob
from narrowcast.server.spent import SpentSince, Used
from narrowcast.store.jobs.on_duty import Crew
from narrowcast.store.jobs.rows import Job
from narrowcast.store.people.spending import Spent
from narrowcast.studio.spending import Account

METRICS = "http://127.0.0.1:8484/metrics"
TOKEN = "a-token-for-metrics"


async def figures(client: httpx2.AsyncClient) -> dict[str, float]:
    """Each sample by its name and its labels' values, in the order of the labels' names."""
    answer = await client.get(METRICS)
    assert answer.status_code == 200, answer.text
    return {
        " ".join([sample.name.removeprefix("narrowcast_"), *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def claimed(served: Served) -> Job:
    user = (await served.sam.get("me")).json()["id"]
    await served.context.queue.enqueue(NewJob(owner_id=user, kind="episode", params={}))
    job = await served.context.queue.claim("elsewhere:1")
    assert job
    return job


async def test_jobs_are_counted_by_what_happened_to_them_whoever_had_them(served: Served) -> None:
    queue = served.context.queue
    job = await claimed(served)
    told = {"turn_id": "s1t1", "speaker": "Maya", "duration_ms": 900}
    events = [("turn_ready", told), ("waiting", {"provider": "openai", "seconds": 1, "reason": "429"})] * 2
    assert await queue.progress(job.id, job.epoch, {}, events)
    assert await queue.finish(job.id, job.epoch, Drained())
    again = await queue.claim("elsewhere:2")
    assert again
    assert await queue.finish(again.id, again.epoch, Completed({"turns": 2}))
    dead = await claimed(served)
    assert await queue.finish(dead.id, dead.epoch, Failed("No.", retryable=False))
    await queue.enqueue(NewJob(owner_id=job.owner_id, kind="episode", params={}))
    for _ in range(2):
        found = await figures(served.olga)
        assert found["jobs_started_total episode"] == 3
        assert found["jobs_retried_total episode"] == 1
        assert (found["jobs_ended_total episode completed"], found["jobs_ended_total episode failed"]) == (1, 1)
        assert found["job_wait_seconds_count episode"] == 2
        assert found["job_run_seconds_count episode"] == 1
        assert (found["turns_total"], found["turn_seconds_count"], found["provider_pauses_total openai"]) == (2, 1, 2)
        assert (found["jobs episode queued"], found["dead_letters"]) == (1, 1)
        assert 0 < found["oldest_queued_job_seconds"] < 60
    assert (found["slots"], found["slots_busy"], found["event_clients"]) == (0, 0, 0)
    assert found["stored_bytes episodes"] == found["stored_bytes sources"] == 0


async def test_hands_of_all_processes_and_the_work_that_waits_for_them_are_told(served: Served) -> None:
    queue = served.context.queue
    await queue.report(Crew("far", "celery", ["episode"], 6, 1, "1"))
    await queue.report(Crew("standing by", "local", ["episode"], 0, 0, "1"))
    await claimed(served)
    user = (await served.sam.get("me")).json()["id"]
    for _ in range(3):
        await queue.enqueue(NewJob(owner_id=user, kind="episode", params={}, estimate_s=40))
    found = await figures(served.olga)
    assert (found["slots"], found["slots_busy"], found["queued_work_seconds"]) == (6, 1, 120)
    assert (found["workers celery"], found["workers local"]) == (1, 1)
    overview = (await served.olga.get("admin/overview")).json()
    assert [(crew["name"], crew["slots"]) for crew in overview["hands"]] == [("far", 6), ("standing by", 0)]


async def test_what_was_paid_and_asked_is_counted(served: Served) -> None:
    user = (await served.sam.get("me")).json()["id"]
    async with served.context.studio.budgets.purse(Account(user)) as purse:
        purse.note(Paid("openai", "big", prompt_tokens=7, completion_tokens=3, cost_usd=0.5))
        purse.note(Paid("elevenlabs", "v3", characters=90, cost_usd=None))
    await served.sam.get("podcasts/secret-id")
    found = await figures(served.olga)
    assert (found["tokens_total in big openai"], found["tokens_total out big openai"]) == (7, 3)
    assert found["cost_usd_total big openai"] == 0.5
    assert found["characters_total v3 elevenlabs"] == 90
    assert found["provider_calls_total v3 elevenlabs"] == 1
    route = "/api/v1/podcasts/{episode_id}"
    assert sum(value for name, value in found.items() if name.startswith(f"http_requests_total GET {route} 4")) == 1
    assert found[f"http_request_seconds_count {route}"] == 1
    assert not any("secret-id" in name for name in found)


async def test_what_other_processes_paid_is_counted_once_and_never_uncounted(served: Served) -> None:
    user = (await served.sam.get("me")).json()["id"]
    began, ledger = datetime.now(UTC), served.context.store.spending
    spent = SpentSince(ledger, began)

    async def call(hours: float, cost_usd: float | None = 1.0) -> None:
        await ledger.add([Spent(user, "openai", "a:b", 2, 1, 0, cost_usd, at=began + timedelta(hours=hours))])

    async def found(hours: float) -> tuple[int, float]:
        [(model, used)] = (await spent(began + timedelta(hours=hours))).items()
        assert model == ("openai", "a:b")
        return used.calls, used.cost_usd

    await call(-0.1)
    await call(0.1)
    await call(0.2, None)
    assert await found(0.5) == (2, 1.0)
    await call(2.5)
    assert await found(3) == (3, 2.0)
    await call(2.1)  # written down late
    assert await found(3) == (4, 3.0)
    assert await found(9) == (4, 3.0)
    assert (await figures(served.olga))["cost_usd_total a:b openai"] == 1.0
    served.context.metrics._count_paid({})
    served.context.metrics._count_paid({("openai", "a:b"): Used(calls=1, cost_usd=0.5)})
    assert (await figures(served.olga))["cost_usd_total a:b openai"] == 2.0


class TestWhoMayRead:
    @pytest.fixture
    def server_settings(self) -> Mapping[str, str]:
        return {"NARROWCAST_METRICS_TOKEN": TOKEN}

    @pytest.mark.parametrize(
        ("who", "headers", "status"),
        [
            ("nobody", {}, 200),
            ("nobody", {"X-Forwarded-For": "127.0.0.1"}, 401),
            ("nobody", {"X-Forwarded-For": "1.2.3.4", "Authorization": f"Bearer {TOKEN}"}, 200),
            ("nobody", {"Authorization": f"Bearer {TOKEN}x"}, 401),
            ("nobody", {"Authorization": "Bearer é"}, 401),
            ("sam", {}, 403),
            ("lea", {}, 403),
            ("olga", {"X-Forwarded-For": "1.2.3.4"}, 200),
        ],
    )
    async def test_this_machine_the_owner_and_the_token(
        self, served: Served, who: str, headers: Mapping[str, str], status: int
    ) -> None:
        asked = [(name, value.encode("latin-1")) for name, value in headers.items()]
        answer = await getattr(served, who).get(METRICS, headers=asked)
        assert answer.status_code == status
        assert ("narrowcast_dead_letters" in answer.text) is (status == 200)

    async def test_from_elsewhere_nobody_without_a_token(self, served: Served) -> None:
        transport = httpx2.ASGITransport(app=served.app, client=("192.0.2.7", 1))
        async with httpx2.AsyncClient(transport=transport) as stranger:
            assert (await stranger.get(METRICS)).status_code == 401
            assert (await stranger.get(METRICS, headers={"Authorization": f"Bearer {TOKEN}"})).status_code == 200


class TestBehindAProxy:
    @pytest.fixture
    def server_settings(self) -> Mapping[str, str]:
        return {"NARROWCAST_PUBLIC_URL": "https://narrowcast.example.org"}

    async def test_a_proxy_on_this_machine_is_not_this_machine(self, served: Served) -> None:
        assert (await served.nobody.get(METRICS)).status_code == 401
