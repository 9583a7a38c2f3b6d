"""Webhooks, the inbox and notifications over the API: what is shown, refused, and hidden from others."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping

import pytest
from standardwebhooks import Webhook as Verifier
from tests.integration.server.conftest import Served
from tests.integration.telling.ended import add_ended
from tests.integration.telling.receivers import MailSink, Receiver


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver().listening() as receiver:
        yield receiver


@pytest.fixture
async def sink() -> AsyncIterator[MailSink]:
    async with MailSink().listening() as sink:
        yield sink


@pytest.fixture
def server_settings(sink: MailSink) -> Mapping[str, str]:
    return {
        "NARROWCAST_ALLOW_PRIVATE_ADDRESSES": "true",
        "NARROWCAST_SMTP_URL": f"smtp://127.0.0.1:{sink.port}",
        "NARROWCAST_MAIL_FROM": "Us <us@example.org>",
        "NARROWCAST_PUBLIC_URL": "http://127.0.0.1:8484",
    }


async def add(served: Served, receiver: Receiver, path: str = "/200", **fields: object) -> dict[str, str]:
    answer = await served.sam.post("webhooks", json={"url": receiver.url(path), **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


async def ended(served: Served, status: str = "completed") -> str:
    me = (await served.sam.get("me")).json()
    job_id = await add_ended(served.context.store, me["id"], status)
    served.context.teller.wake()
    async with asyncio.timeout(10):
        while not (await served.sam.get("inbox")).json()["items"]:  # noqa: ASYNC110 - another's state
            await asyncio.sleep(0.02)
    return job_id


async def test_a_webhook_from_its_making_to_its_end(served: Served, receiver: Receiver) -> None:
    made = await add(served, receiver, description="Team chat", events=["episode.completed"])
    assert made["secret"].startswith("whsec_")
    shown = (await served.sam.get(f"webhooks/{made['id']}")).json()
    assert shown == {key: value for key, value in made.items() if key != "secret"}
    assert made["secret"] not in (await served.sam.get("webhooks")).text

    tested = (await served.sam.post(f"webhooks/{made['id']}/test")).json()
    assert tested == {"delivered": True, "answer_code": 200, "note": ""}
    told = Verifier(made["secret"]).verify(receiver.requests[0].body, dict(receiver.requests[0].headers))
    assert told["type"] == "webhook.test"

    job_id = await ended(served)
    async with asyncio.timeout(10):
        while len(receiver.requests) < 2:  # noqa: ASYNC110 - another's state
            await asyncio.sleep(0.02)
    changed = (await served.sam.post(f"webhooks/{made['id']}/secret")).json()
    Verifier(made["secret"]).verify(receiver.requests[1].body, dict(receiver.requests[1].headers))
    await served.sam.post(f"webhooks/{made['id']}/test")
    for secret in (made["secret"], changed["secret"]):
        Verifier(secret).verify(receiver.requests[2].body, dict(receiver.requests[2].headers))

    lines = (await served.sam.get(f"webhooks/{made['id']}/deliveries", params={"limit": 2})).json()
    assert lines["next_cursor"]
    assert [(line["event"], line["job_id"]) for line in lines["items"]] == [
        ("webhook.test", None),
        ("episode.completed", job_id),
    ]
    off = (await served.sam.patch(f"webhooks/{made['id']}", json={"active": False})).json()
    assert (off["active"], off["description"]) == (False, "Team chat")
    assert (await served.sam.delete(f"webhooks/{made['id']}")).status_code == 204
    assert (await served.sam.get(f"webhooks/{made['id']}")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "ftp://example.org/"},
        {"url": "http://user:secret@127.0.0.1/"},
        {"url": "not a url"},
        {"url": "http://127.0.0.1/", "events": []},
        {"url": "http://127.0.0.1/", "events": ["episode.exploded"]},
        {"url": "http://127.0.0.1/", "more": 1},
        {"url": "http://127.0.0.1/" + "x" * 3_000},
    ],
)
async def test_what_cannot_be_told_is_refused_when_it_is_given(served: Served, body: dict[str, object]) -> None:
    answer = await served.sam.post("webhooks", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert "secret@" not in answer.json()["detail"]
    assert (await served.sam.get("webhooks")).json()["items"] == []


async def test_so_many_and_no_more(served: Served, receiver: Receiver) -> None:
    for _ in range(20):
        await add(served, receiver)
    answer = await served.sam.post("webhooks", json={"url": receiver.url("/200")})
    assert (answer.status_code, answer.json()["hint"]) == (409, "Delete one that is not used.")
    made = (await served.sam.get("webhooks", params={"limit": 1})).json()["items"][0]
    statuses = [(await served.sam.post(f"webhooks/{made['id']}/test")).status_code for _ in range(7)]
    assert statuses == [200] * 6 + [429]


async def test_another_sees_and_changes_nothing(served: Served, receiver: Receiver) -> None:
    hook = await add(served, receiver)
    await ended(served)
    [message] = (await served.sam.get("inbox")).json()["items"]
    assert (await served.nils.get("webhooks")).json()["items"] == []
    assert (await served.nils.get("inbox")).json() == {"items": [], "next_cursor": None, "unread": 0}
    tries = [
        ("GET", f"webhooks/{hook['id']}", None),
        ("PATCH", f"webhooks/{hook['id']}", {"active": False}),
        ("DELETE", f"webhooks/{hook['id']}", None),
        ("POST", f"webhooks/{hook['id']}/secret", None),
        ("POST", f"webhooks/{hook['id']}/test", None),
        ("GET", f"webhooks/{hook['id']}/deliveries", None),
        ("POST", f"inbox/{message['id']}/read", None),
        ("DELETE", f"inbox/{message['id']}", None),
    ]
    for method, path, body in tries:
        for path_tried in (path, path.replace(hook["id"], str(uuid.uuid4()))):
            assert (await served.nils.request(method, path_tried, json=body)).status_code == 404, path_tried
        assert (await served.nobody.request(method, path, json=body)).status_code == 401
    assert (await served.nils.post("inbox/read-all")).json() == {"marked": 0}
    assert (await served.sam.get("inbox")).json()["unread"] == 1
    assert (await served.sam.get(f"webhooks/{hook['id']}")).json()["active"]
    assert (await served.lea.post("webhooks", json={"url": receiver.url("/200")})).status_code == 403


async def test_the_inbox_is_read_and_emptied(served: Served) -> None:
    await ended(served, "failed")
    [message] = (await served.sam.get("inbox", params={"unread": True})).json()["items"]
    assert (message["kind"], message["read_at"]) == ("episode.failed", None)
    first = (await served.sam.post(f"inbox/{message['id']}/read")).json()["read_at"]
    assert first
    assert (await served.sam.post(f"inbox/{message['id']}/read")).json()["read_at"] == first
    assert (await served.sam.get("inbox", params={"unread": True})).json() == {
        "items": [],
        "next_cursor": None,
        "unread": 0,
    }
    assert (await served.sam.delete(f"inbox/{message['id']}")).status_code == 204
    assert (await served.sam.delete(f"inbox/{message['id']}")).status_code == 404


async def test_e_mail_is_chosen_tested_and_switched_off_from_the_e_mail_itself(served: Served, sink: MailSink) -> None:
    before = (await served.sam.get("me/notifications")).json()
    assert (before["email_available"], "episode.cancelled" in before["email_on"]) == (True, False)
    chosen = (await served.sam.patch("me/notifications", json={"email_on": ["episode.failed"]})).json()
    assert chosen["email_on"] == ["episode.failed"]
    assert (await served.sam.patch("me/notifications", json={"email_on": ["all"]})).status_code == 422
    assert (await served.sam.post("me/notifications/test")).json()["delivered"]
    [message] = sink.messages
    assert message["To"] == "sam@example.org"
    link = str(message["List-Unsubscribe"]).strip("<>")

    assert "<button>" in (await served.nobody.get(link)).text
    assert (await served.sam.get("me/notifications")).json()["email_on"] == ["episode.failed"]
    one_click = await served.nobody.post(link, data={"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 200
    assert (await served.sam.get("me/notifications")).json()["email_on"] == []
    assert (await served.nobody.post(link[:-2] + "xx")).status_code == 404
