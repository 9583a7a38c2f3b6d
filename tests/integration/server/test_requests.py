"""What surrounds each request."""

from __future__ import annotations

import asyncio
import threading

import pytest
from structlog.testing import capture_logs
from tests.integration.server.conftest import Served

from narrowcast.errors import OutputError
from narrowcast.workers.local import LOCK


async def test_each_answer_has_an_id_and_problems_name_it(served: Served) -> None:
    first, second = [await served.nobody.get("me") for _ in range(2)]
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert first.json()["request_id"] == first.headers["x-request-id"]


@pytest.mark.parametrize(("given", "taken"), [("from-a-proxy.0001", True), ("short", False), ("bad id\x7f" * 3, False)])
async def test_a_proxys_id_is_taken_when_it_is_one(served: Served, given: str, *, taken: bool) -> None:
    answer = await served.olga.get("me", headers={"X-Request-Id": given})
    assert (answer.headers["x-request-id"] == given) is taken


async def test_health_needs_nobody_to_sign_in(served: Served) -> None:
    assert (await served.nobody.get("http://127.0.0.1:8484/healthz")).json() == {"status": "ok"}
    ready = await served.nobody.get("http://127.0.0.1:8484/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")


async def test_a_server_that_ends_or_cannot_write_is_not_ready(served: Served) -> None:
    served.context.settings.home.chmod(0o500)
    served.context.closing.set()
    ready = await served.nobody.get("http://127.0.0.1:8484/readyz")
    served.context.settings.home.chmod(0o700)
    assert (ready.status_code, ready.json()["status"]) == (503, "not ready")


@pytest.mark.parametrize("server_settings", [{"NARROWCAST_JOBS_AT_ONCE": "1"}])
async def test_a_server_whose_hands_died_says_so(served: Served) -> None:
    engine, lock = served.context.hands.engine, served.context.settings.home / LOCK
    await engine.drain()
    lock.unlink(missing_ok=True)
    lock.mkdir()
    engine.start()
    with pytest.raises(OutputError):
        await engine.died()
    ready = await served.nobody.get("http://127.0.0.1:8484/readyz")
    assert (ready.status_code, ready.json()["hands"]) == (503, "have died: start the server anew")


async def test_what_is_not_there_is_a_problem_too(served: Served) -> None:
    for method, place, status in (("GET", "nothing", 404), ("POST", "me", 405)):
        answer = await served.olga.request(method, place)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert (await served.olga.post("me")).headers["Allow"] == "GET, PATCH, DELETE"
    page = await served.olga.put("http://127.0.0.1:8484/library")
    assert (page.status_code, page.headers["Allow"]) == (405, "GET")


async def test_the_log_names_the_route_and_not_the_path(served: Served) -> None:
    places = {
        "podcasts/secret-id": "/api/v1/podcasts/{episode_id}",
        "openapi.json": "/api/v1/openapi.json",
        "nothing/of-mine": "none",
        "http://127.0.0.1:8484/static/secret.css": "/static",
        "http://127.0.0.1:8484/sign-in/secret": "/sign-in/{secret}",
    }
    with capture_logs() as lines:
        for place in places:
            await served.olga.get(place)
    assert [line["route"] for line in lines if line["event"] == "request"] == list(places.values())
    assert "secret-id" not in str(lines)


async def test_describing_the_api_keeps_nobody_waiting(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    builders, build = list[threading.Thread](), served.app.openapi

    def building() -> dict[str, object]:
        builders.append(threading.current_thread())
        return build()

    monkeypatch.setattr(served.app, "openapi", building)
    described = await asyncio.gather(*(served.nobody.get("openapi.json") for _ in range(3)))
    assert len(builders) == 1
    assert builders[0] is not threading.main_thread(), "it takes a second"
    assert {answer.status_code for answer in described} == {200}
    assert "/api/v1/podcasts/generate" in described[0].json()["paths"]
