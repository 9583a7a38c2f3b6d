"""Browsers are told through their push service: a real one by TLS here, which only the browser's own key can read."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.integration.net.test_tls_names import certificate
from tests.integration.telling.ended import add_ended
from tests.integration.telling.receivers import Receiver
from tests.integration.telling.test_teller import SEALER, Clock
from tests.unit.notify.test_push import new_browser, opened

from narrowcast.errors import ConflictError, LimitError, NotFoundError
from narrowcast.net import PostLimits
from narrowcast.notify.push import PushKey, Subscription
from narrowcast.store.home import Store
from narrowcast.store.telling.browsers import MAX_BROWSERS
from narrowcast.workers.delivering import Channels
from narrowcast.workers.telling import Pace, Teller


@dataclass
class Scene:
    """Olga and Sam, a push service, and a teller that does what a test asks for."""

    store: Store
    service: Receiver
    clock: Clock
    teller: Teller
    olga: str
    sam: str
    keys: dict[str, tuple[ec.EllipticCurvePrivateKey, Subscription]] = field(default_factory=dict)

    async def subscribe(self, owner_id: str, path: str) -> str:
        key, to = new_browser()
        self.keys[path] = (key, to)
        added = await self.store.browsers.add(
            owner_id,
            endpoint=f"https://push.example:{self.service.port}{path}",
            public_key=to.public_key,
            auth_secret=to.auth_secret,
            user_agent="A browser",
            now=self.clock(),
        )
        return added.id

    async def round(self) -> None:
        await self.teller.tell()
        await self.teller.deliver_due()
        while self.teller._open:
            await asyncio.wait(set(self.teller._open))
            await asyncio.sleep(0)
            await self.teller.deliver_due()

    def read(self) -> list[Any]:
        """What the browsers got, opened with their keys."""
        return [opened(got.body, *self.keys[got.path]) for got in self.service.requests]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    key, cert = certificate(tmp_path, "push.example")
    inside, outside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=str(cert))
    inside.load_cert_chain(cert, key)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    store = await Store.open(tmp_path / "home")
    async with Receiver().listening(inside) as service:
        people = [
            await store.accounts.add(email=f"{name}@example.org", name=name, role="member", tier="standard")
            for name in ("olga", "sam")
        ]
        channels = Channels(
            SEALER,
            b"s" * 32,
            PushKey(b"p" * 32),
            allow_private=True,
            limits=PostLimits(total_s=30),
            resolve=resolve,
            ssl_context=outside,
        )
        clock = Clock()
        teller = Teller(store, channels, Pace(poll_s=0.02), clock)
        yield Scene(store, service, clock, teller, people[0].id, people[1].id)
    await store.aclose()


async def test_each_browser_of_the_owner_is_told_what_only_it_can_read(scene: Scene) -> None:
    await scene.subscribe(scene.olga, "/201")
    await scene.subscribe(scene.olga, "/202")
    await scene.subscribe(scene.sam, "/200")
    job_id = await add_ended(scene.store, scene.olga, title="<b>Deep</b> sea", at=scene.clock())
    await scene.round()
    assert sorted(got.path for got in scene.service.requests) == ["/201", "/202"]
    assert len({got.body for got in scene.service.requests}) == 2
    for said in scene.read():
        assert said["title"] == "“<b>Deep</b> sea” is ready"
        assert said["path"].startswith("/episodes/")
        assert said["tag"] == job_id
    [message] = await scene.store.messages.newest(scene.olga, None, 10)
    assert said["path"] == f"/episodes/{message.episode_id}"
    for got in scene.service.requests:
        assert got.headers["content-encoding"] == "aes128gcm"
        assert got.headers["authorization"].startswith("vapid t=")
        assert b"Deep" not in got.body
    assert all(one.used_at for one in await scene.store.browsers.all(scene.olga))
    scene.clock.pass_(hours=1)
    await scene.round()
    assert len(scene.service.requests) == 2


async def test_what_is_told_of_is_chosen_and_cancelling_is_known_already(scene: Scene) -> None:
    await scene.subscribe(scene.olga, "/201")
    await add_ended(scene.store, scene.olga, "cancelled", at=scene.clock())
    await scene.round()
    assert scene.service.requests == []
    await scene.store.preferences.set(scene.olga, "push_on", ["episode.failed"], datetime.now(UTC))
    await add_ended(scene.store, scene.olga, "completed", at=scene.clock())
    await add_ended(scene.store, scene.olga, "failed", error_message="The voice is gone.", at=scene.clock())
    await scene.round()
    [said] = scene.read()
    assert said["title"] == "“Deep sea” could not be made"
    assert said["body"].startswith("The voice is gone.")


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_forgotten_and_the_others_are_told(scene: Scene, status: int) -> None:
    await scene.subscribe(scene.olga, f"/{status}")
    stays = await scene.subscribe(scene.olga, "/201")
    await add_ended(scene.store, scene.olga, at=scene.clock())
    await scene.round()
    assert [one.id for one in await scene.store.browsers.all(scene.olga)] == [stays]
    scene.clock.pass_(days=1)
    await scene.round()
    assert len(scene.service.requests) == 2


async def test_a_service_that_is_down_is_tried_again_five_times_and_then_left_to_the_inbox(scene: Scene) -> None:
    await scene.subscribe(scene.olga, "/500")
    await add_ended(scene.store, scene.olga, at=scene.clock())
    for _ in range(8):
        await scene.round()
        scene.clock.pass_(hours=7)
    assert len(scene.service.requests) == 5
    assert len({got.headers["topic"] for got in scene.service.requests}) == 1
    assert len(await scene.store.browsers.all(scene.olga)) == 1


async def test_a_browser_that_is_told_nothing_any_more_is_not_asked(scene: Scene) -> None:
    browser = await scene.subscribe(scene.olga, "/201")
    await add_ended(scene.store, scene.olga, at=scene.clock())
    await scene.teller.tell()
    await scene.store.browsers.delete(scene.olga, browser)
    await scene.round()
    assert scene.service.requests == []


async def test_the_next_person_at_a_browser_is_told_and_the_one_before_is_not(scene: Scene) -> None:
    await scene.subscribe(scene.olga, "/201")
    _, to = scene.keys["/201"]
    keys: dict[str, Any] = {"public_key": to.public_key, "user_agent": "A browser", "now": scene.clock()}
    endpoint = f"https://push.example:{scene.service.port}/201"
    await add_ended(scene.store, scene.olga, title="Olga's own", at=scene.clock())
    await scene.teller.tell()  # it is on its way
    with pytest.raises(ConflictError):
        await scene.store.browsers.add(scene.sam, endpoint=endpoint, auth_secret=b"x" * 16, **keys)
    await scene.store.browsers.add(scene.sam, endpoint=endpoint, auth_secret=to.auth_secret, **keys)
    assert await scene.store.browsers.all(scene.olga) == []
    await scene.round()
    assert scene.service.requests == []
    await add_ended(scene.store, scene.sam, title="Sam's", at=scene.clock())
    await scene.round()
    assert [said["title"] for said in scene.read()] == ["“Sam's” is ready"]


async def test_an_owner_has_so_many_browsers_and_the_first_gives_way(scene: Scene) -> None:
    first = await scene.subscribe(scene.olga, "/201?0")
    for number in range(1, MAX_BROWSERS + 1):
        scene.clock.pass_(seconds=1)
        await scene.subscribe(scene.olga, f"/201?{number}")
    known = [one.id for one in await scene.store.browsers.all(scene.olga)]
    assert len(known) == MAX_BROWSERS
    assert first not in known


async def test_a_test_is_sent_at_once_to_ones_own_browser_and_not_without_end(scene: Scene) -> None:
    browser = await scene.subscribe(scene.olga, "/201")
    assert (await scene.teller.test_push(scene.olga, browser)).delivered
    assert [said["title"] for said in scene.read()] == ["This is a test"]
    with pytest.raises(NotFoundError):
        await scene.teller.test_push(scene.sam, browser)
    for _ in range(5):
        await scene.teller.test_push(scene.olga, browser)
    with pytest.raises(LimitError):
        await scene.teller.test_push(scene.olga, browser)
