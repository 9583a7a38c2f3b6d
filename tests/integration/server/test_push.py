"""`/me/push`: browsers subscribe with sound keys, at public https addresses, and are their owner's alone."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from tests.integration.server.conftest import Served
from tests.unit.notify.test_push import new_browser

from narrowcast.notify.push import is_public_key


def text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def subscription(endpoint: str = "https://93.184.216.34/send/1", **keys: str) -> dict[str, Any]:
    _, to = new_browser()
    given = {"p256dh": text(to.public_key), "auth": text(to.auth_secret), **keys}
    return {"endpoint": endpoint, "expirationTime": None, "keys": given}


async def test_a_browser_from_its_subscription_to_its_end(served: Served) -> None:
    told = (await served.sam.get("me/push")).json()
    assert is_public_key(base64.urlsafe_b64decode(told["public_key"] + "="))
    assert told["browsers"] == []
    body = subscription()
    answer = await served.sam.post("me/push", json=body, headers={"User-Agent": "A\nbrowser" * 100})
    assert answer.status_code == 201
    browser = answer.json()
    assert len(browser["user_agent"]) <= 200
    assert body["endpoint"] not in answer.text
    assert (await served.sam.post("me/push", json=body)).json()["id"] == browser["id"]
    assert [one["id"] for one in (await served.sam.get("me/push")).json()["browsers"]] == [browser["id"]]
    for client in (served.nils, served.olga):
        assert (await client.get("me/push")).json()["browsers"] == []
        assert (await client.delete(f"me/push/{browser['id']}")).status_code == 404
        assert (await client.post(f"me/push/{browser['id']}/test")).status_code == 404
    assert (await served.nobody.get("me/push")).status_code == 401
    assert (await served.nobody.post("me/push", json=body)).status_code == 401
    assert (await served.sam.delete(f"me/push/{browser['id']}")).status_code == 204
    assert (await served.sam.delete(f"me/push/{browser['id']}")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        subscription("http://93.184.216.34/send/1"),
        subscription("https://127.0.0.1/send/1"),
        subscription("https://10.0.0.7/send/1"),
        subscription("https://[::1]/send/1"),
        subscription("https://2130706433/send/1"),
        subscription("https://user:secret@93.184.216.34/send/1"),
        subscription("file:///etc/passwd"),
        subscription("push"),
        subscription("https://93.184.216.34/" + "x" * 2_000),
        subscription(p256dh="AAAA"),
        subscription(p256dh=text(b"\4" + b"\1" * 64)),
        subscription(p256dh="***"),
        subscription(auth="AAAA"),
        subscription(auth="é" * 22),
        {"endpoint": "https://93.184.216.34/"},
        {},
    ],
)
async def test_what_is_no_subscription_is_refused_with_words(served: Served, body: dict[str, Any]) -> None:
    answer = await served.sam.post("me/push", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"]
    assert (await served.sam.get("me/push")).json()["browsers"] == []


async def test_what_browsers_are_told_of_is_chosen_apart_from_e_mail(served: Served) -> None:
    before = (await served.sam.get("me/notifications")).json()
    assert before["push_on"] == ["episode.completed", "episode.script_ready", "episode.failed"]
    after = (await served.sam.patch("me/notifications", json={"push_on": ["episode.failed"]})).json()
    assert (after["push_on"], after["email_on"]) == (["episode.failed"], before["email_on"])
    assert (await served.sam.patch("me/notifications", json={"push_on": ["everything"]})).status_code == 422
    assert (await served.sam.patch("me/notifications", json={"push_on": []})).json()["push_on"] == []


async def test_taking_along_what_is_ones_own_takes_no_keys_of_browsers(served: Served) -> None:
    body = subscription()
    await served.sam.post("me/push", json=body)
    rows = [row async for row in served.context.store.takeout.rows(await _id(served), "push_subscriptions")]
    assert [row["endpoint"] for row in rows] == [body["endpoint"]]
    assert not {"public_key", "auth_secret"} & rows[0].keys()


async def _id(served: Served) -> str:
    return str((await served.sam.get("me")).json()["id"])
