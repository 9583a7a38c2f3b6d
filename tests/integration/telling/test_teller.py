"""The loop that tells: once into the inbox, at least once everywhere else, through every way to fail."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import ArgumentError
from standardwebhooks import Webhook as Verifier
from tests.integration.telling.ended import add_ended
from tests.integration.telling.receivers import MailSink, Receiver

from narrowcast.errors import ConflictError, NotFoundError
from narrowcast.keys.sealing import Sealer
from narrowcast.net import PostLimits
from narrowcast.notify.events import EventType
from narrowcast.notify.mail_server import MailServer, Security
from narrowcast.notify.push import PushKey
from narrowcast.notify.webhooks import SECRET_PURPOSE, new_webhook_secret
from narrowcast.store.home import Store
from narrowcast.store.tables import account, job
from narrowcast.store.telling.deliveries import Delivery, Settlement
from narrowcast.store.telling.messages import Message
from narrowcast.store.telling.telling import _UNTOLD
from narrowcast.workers.delivering import Channels
from narrowcast.workers.telling import Pace, Teller

SEALER, OTHER_SEALER = (Sealer(base64.urlsafe_b64encode(letter * 32)) for letter in (b"k", b"o"))


@dataclass
class Clock:
    """A clock that a test moves."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **duration: float) -> None:
        self.at += timedelta(**duration)


@dataclass
class Scene:
    """A store with Olga in it, a receiver, a clock, and a teller that does what a test asks for and no more."""

    store: Store
    receiver: Receiver
    clock: Clock
    teller: Teller
    owner_id: str
    secret: str = field(default_factory=new_webhook_secret)

    async def hook(self, path: str, *events: EventType, description: str = "") -> str:
        hook = await self.store.webhooks.add(
            self.owner_id,
            url=self.receiver.url(path),
            description=description,
            events=events or tuple(EventType),
            sealed_secret=SEALER.seal(SECRET_PURPOSE, self.secret),
            now=self.clock(),
        )
        return hook.id

    async def ended(self, status: str = "completed", *, error_message: str | None = None) -> str:
        return await add_ended(self.store, self.owner_id, status, error_message=error_message, at=self.clock())

    async def round(self) -> None:
        """Tell what is untold, and try what is due until nothing is."""
        await self.teller.tell()
        await self.teller.deliver_due()
        while self.teller._open:
            await asyncio.wait(set(self.teller._open))
            await asyncio.sleep(0)
            await self.teller.deliver_due()

    async def log(self, hook: str) -> list[Delivery]:
        return await self.store.deliveries.log(self.owner_id, hook, None, 100)

    async def inbox(self) -> list[Message]:
        return await self.store.messages.newest(self.owner_id, None, 100)


def another(scene: Scene, **channels: object) -> Teller:
    """A second teller on the same store, as another server would be."""
    return Teller(scene.store, replace(scene.teller.channels, **channels), clock=scene.clock)  # type: ignore[arg-type]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    store = await Store.open(tmp_path / "home")
    async with Receiver().listening() as receiver:
        user = await store.accounts.add(email="olga@example.org", name="Olga", role="owner", tier="standard")
        clock = Clock()
        key, limits = PushKey(b"p" * 32), PostLimits(total_s=30)
        channels = Channels(SEALER, b"s" * 32, key, "https://n.example", allow_private=True, limits=limits)
        yield Scene(store, receiver, clock, Teller(store, channels, Pace(poll_s=0.02), clock), user.id)
    await store.aclose()


async def test_an_end_is_in_the_inbox_and_signed_at_the_webhook(scene: Scene) -> None:
    await scene.hook("/200")
    job_id = await scene.ended()
    await scene.round()
    [message] = await scene.inbox()
    assert (message.kind, message.title, message.job_id) == ("episode.completed", "“Deep sea” is ready", job_id)
    [request] = scene.receiver.requests
    told = Verifier(scene.secret).verify(request.body, dict(request.headers))
    assert (told["type"], told["data"]["job_id"], told["data"]["status"]) == ("episode.completed", job_id, "completed")
    assert told["data"]["url"] == f"https://n.example/api/v1/podcasts/{message.episode_id}"
    assert request.headers["content-type"] == "application/json"


async def test_each_end_has_its_own_event_and_only_those_wanted_are_sent(scene: Scene) -> None:
    await scene.hook("/200", EventType.FAILED, EventType.SCRIPT_READY)
    await scene.ended("completed")
    await scene.ended("cancelled")
    await scene.ended("failed", error_message="The voice is gone. Choose another voice.")
    await add_ended(scene.store, scene.owner_id, script_only=True)
    await scene.round()
    assert {message.kind for message in await scene.inbox()} == set(EventType)
    sent = {json.loads(request.body)["type"] for request in scene.receiver.requests}
    assert sent == {"episode.failed", "episode.script_ready"}
    [failed] = [message for message in await scene.inbox() if message.kind == "episode.failed"]
    assert failed.body.startswith("The voice is gone. Choose another voice. What was made so far is kept")


@pytest.mark.parametrize("status", ["queued", "running", "scheduled"])
async def test_what_goes_on_is_not_told(scene: Scene, status: str) -> None:
    await add_ended(scene.store, scene.owner_id, status)
    assert await scene.teller.tell() == 0
    assert await scene.inbox() == []


async def test_however_many_tell_an_end_is_in_the_inbox_once(scene: Scene) -> None:
    await scene.hook("/200")
    jobs = {await scene.ended() for _ in range(20)}
    tellers = [scene.teller, another(scene), another(scene)]
    counts = await asyncio.gather(*(teller.tell() for teller in tellers))
    assert sum(counts) == 20
    assert sorted(message.job_id or "" for message in await scene.inbox()) == sorted(jobs)
    await scene.round()
    assert len(scene.receiver.requests) == 20


async def test_telling_that_breaks_off_is_done_whole_the_next_time(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it is one transaction: what fails at its last step leaves nothing, and nothing is told twice."""
    hook = await scene.hook("/200")
    await scene.ended()
    monkeypatch.setattr("narrowcast.store.telling.telling.delivery", None)
    with pytest.raises(ArgumentError):
        await scene.teller.tell()
    monkeypatch.undo()
    assert (await scene.inbox(), await scene.log(hook)) == ([], [])
    assert await scene.teller.tell() == 1
    assert (len(await scene.inbox()), len(await scene.log(hook))) == (1, 1)


@pytest.mark.parametrize(
    ("path", "code", "note"),
    [("/500", 500, "It answered 500."), ("/302", 302, "redirects are not followed"), ("/404", 404, "answered 404")],
)
async def test_what_fails_is_sent_again_under_the_same_id_until_it_arrives(
    scene: Scene, path: str, code: int, note: str
) -> None:
    hook = await scene.hook(path)
    await scene.ended()
    await scene.round()
    [line] = await scene.log(hook)
    assert (line.status, line.attempts, line.answer_code) == ("pending", 1, code)
    assert note in (line.note or "")
    assert line.due_at
    assert timedelta(seconds=5) <= line.due_at - scene.clock() <= timedelta(seconds=6)
    await scene.round()
    assert len(scene.receiver.requests) == 1, "not before its time"
    scene.clock.pass_(seconds=6)
    scene.receiver.answers[path] = 204
    await scene.round()
    [line] = await scene.log(hook)
    assert (line.status, line.attempts, line.answer_code, line.note) == ("delivered", 2, 204, None)
    first, second = scene.receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert (await scene.store.webhooks.get(scene.owner_id, hook)).failures == 0


async def test_the_last_of_ten_tries_is_the_last(scene: Scene) -> None:
    hook = await scene.hook("/500")
    await scene.ended()
    for _ in range(12):
        await scene.round()
        scene.clock.pass_(hours=30)
    [line] = await scene.log(hook)
    assert (line.status, line.attempts, line.due_at) == ("failed", 10, None)
    assert len(scene.receiver.requests) == 10


async def test_nothing_of_what_a_receiver_says_is_kept(scene: Scene) -> None:
    hook = await scene.hook("/500")
    await scene.ended()
    await scene.round()
    assert "own words" not in str(await scene.log(hook))


async def test_an_address_that_is_gone_is_switched_off_and_its_owner_told_once(scene: Scene) -> None:
    hook = await scene.hook("/410", description="Team chat")
    for _ in range(3):
        await scene.ended()
    await scene.round()
    found = await scene.store.webhooks.get(scene.owner_id, hook)
    assert (found.active, found.disabled_reason) == (False, "It answered 410: it wants no messages any more.")
    told = [message.title for message in await scene.inbox() if message.kind == "webhook.disabled"]
    assert told == ["Your webhook “Team chat” was switched off"]
    assert {line.status for line in await scene.log(hook)} == {"failed"}
    await scene.ended()
    asked = len(scene.receiver.requests)
    await scene.round()
    assert len(scene.receiver.requests) == asked


async def test_an_address_that_fails_for_days_is_switched_off_and_may_begin_anew(scene: Scene) -> None:
    hook = await scene.hook("/500")
    for _ in range(11):
        await scene.ended()
        await scene.round()
        scene.clock.pass_(hours=12)
    found = await scene.store.webhooks.get(scene.owner_id, hook)
    assert not found.active
    assert "for days" in (found.disabled_reason or "")
    assert "pending" not in {line.status for line in await scene.log(hook)}
    again = await scene.store.webhooks.change(scene.owner_id, hook, now=scene.clock(), active=True)
    assert (again.active, again.failures, again.disabled_reason) == (True, 0, None)
    await scene.ended()
    await scene.round()
    assert (await scene.store.webhooks.get(scene.owner_id, hook)).active


async def test_one_success_in_between_keeps_an_address(scene: Scene) -> None:
    hook = await scene.hook("/500")
    for number in range(14):
        scene.receiver.answers["/500"] = 200 if number == 7 else 500
        await scene.ended()
        await scene.round()
        scene.clock.pass_(hours=12)
    assert (await scene.store.webhooks.get(scene.owner_id, hook)).active


async def test_while_a_secret_changes_both_sign_for_a_day(scene: Scene) -> None:
    hook = await scene.hook("/200")
    new = new_webhook_secret()
    await scene.store.webhooks.change_secret(scene.owner_id, hook, SEALER.seal(SECRET_PURPOSE, new), scene.clock())
    await scene.ended()
    await scene.round()
    for secret in (new, scene.secret):
        Verifier(secret).verify(scene.receiver.requests[-1].body, dict(scene.receiver.requests[-1].headers))
    scene.clock.pass_(hours=24, seconds=1)
    await scene.ended()
    await scene.round()
    assert len(scene.receiver.requests[-1].headers["webhook-signature"].split(" ")) == 1


async def test_another_secret_of_the_server_is_told_and_harms_that_webhook_only(scene: Scene) -> None:
    hook = await scene.hook("/200")
    await scene.ended()
    await scene.teller.tell()
    scene.teller = another(scene, sealer=OTHER_SEALER)
    await scene.round()
    found = await scene.store.webhooks.get(scene.owner_id, hook)
    assert not found.active
    assert "Make a new secret" in (found.disabled_reason or "")
    assert scene.receiver.requests == []


async def test_a_claim_is_its_holders_alone_until_its_lease_is_over(scene: Scene) -> None:
    await scene.hook("/200")
    await scene.ended()
    await scene.teller.tell()
    deliveries, lease = scene.store.deliveries, timedelta(seconds=60)
    first = await deliveries.claim("dead", scene.clock(), lease)
    assert first
    assert await deliveries.claim("other", scene.clock(), lease) is None
    scene.clock.pass_(seconds=61)
    await scene.round()
    assert [request.path for request in scene.receiver.requests] == ["/200"], "what died with its holder is sent"
    late = Settlement(delivered=False, code=500, note="late", again_at=scene.clock())
    assert not await deliveries.settle(first, late, scene.clock()), "what a late holder found out changes nothing"


async def test_a_slow_receiver_holds_up_its_owner_only_and_few_at_once(scene: Scene) -> None:
    await scene.hook("/200")
    scene.receiver.hold = asyncio.Event()
    for _ in range(10):
        await scene.ended()
    nils = await scene.store.accounts.add(email="nils@example.org", name="Nils", role="member", tier="standard")
    async with Receiver().listening() as quick:
        await scene.store.webhooks.add(
            nils.id,
            url=quick.url("/200"),
            description="",
            events=tuple(EventType),
            sealed_secret=SEALER.seal(SECRET_PURPOSE, scene.secret),
            now=scene.clock(),
        )
        await add_ended(scene.store, nils.id)
        async with scene.teller.running():
            await _until(lambda: len(quick.requests) == 1 and scene.receiver.at_once == 4)
            scene.receiver.hold.set()
            await _until(lambda: len(scene.receiver.requests) == 10)
    assert scene.receiver.most_at_once == 4


async def test_what_is_on_its_way_may_end_when_the_server_does(scene: Scene) -> None:
    hook = await scene.hook("/200")
    scene.receiver.hold = asyncio.Event()
    await scene.ended()
    async with scene.teller.running():
        await _until(lambda: scene.receiver.at_once == 1)
        asyncio.get_running_loop().call_later(0.1, scene.receiver.hold.set)
    [line] = await scene.log(hook)
    assert (line.status, len(scene.receiver.requests)) == ("delivered", 1)


async def test_what_cannot_end_in_time_is_sent_again_later(scene: Scene) -> None:
    hook = await scene.hook("/200")
    scene.receiver.hold = asyncio.Event()
    await scene.ended()
    teller = Teller(scene.store, scene.teller.channels, Pace(poll_s=0.02, drain_s=0.05), scene.clock)
    async with teller.running():
        await _until(lambda: scene.receiver.at_once == 1)
    [line] = await scene.log(hook)
    assert line.status == "pending"
    scene.receiver.hold.set()
    scene.clock.pass_(seconds=61)
    await scene.round()
    assert [line.status for line in await scene.log(hook)] == ["delivered"]
    one, two = scene.receiver.requests
    assert one.headers["webhook-id"] == two.headers["webhook-id"]


async def test_a_private_address_is_refused_also_when_it_was_let_in_before(scene: Scene) -> None:
    hook = await scene.hook("/200")
    await scene.ended()
    scene.teller = another(scene, allow_private=False)
    await scene.round()
    [line] = await scene.log(hook)
    assert line.note == "Its address cannot be found, or is not a public one."
    assert scene.receiver.requests == []


async def test_the_deactivated_are_told_nothing(scene: Scene) -> None:
    hook = await scene.hook("/200")
    await scene.ended()
    await scene.teller.tell()
    async with scene.store._database.write() as connection:
        await connection.execute(update(account).values(active=False))
    await scene.round()
    assert [line.note for line in await scene.log(hook)] == ["The account is deactivated."]
    assert scene.receiver.requests == []


def mailing(scene: Scene, sink: MailSink) -> Teller:
    server = MailServer("127.0.0.1", sink.port, Security.NONE)
    return another(scene, mail=server, mail_from=Address("Us", addr_spec="us@example.org"))


async def test_e_mail_is_sent_of_what_was_chosen_with_a_way_out(scene: Scene) -> None:
    async with MailSink().listening() as sink:
        scene.teller = mailing(scene, sink)
        for status in ("completed", "failed", "cancelled"):
            await scene.ended(status, error_message="Over budget. Raise it." if status == "failed" else None)
        await scene.round()
        subjects = {str(message["Subject"]) for message in sink.messages}
        assert subjects == {"“Deep sea” is ready", "“Deep sea” could not be made"}
        assert all(message["List-Unsubscribe"] for message in sink.messages)
        await scene.store.preferences.set(scene.owner_id, "email_on", [], scene.clock())
        await scene.ended()
        await scene.round()
        assert len(sink.messages) == 2
    assert len(await scene.inbox()) == 4


async def test_no_e_mail_is_queued_for_who_has_no_address(scene: Scene) -> None:
    nobody = await scene.store.accounts.add(email="sam@localhost", name="Sam", role="member", tier="standard")
    async with MailSink().listening() as sink:
        scene.teller = mailing(scene, sink)
        await add_ended(scene.store, nobody.id, at=scene.clock())
        await scene.round()
        assert await scene.store.deliveries.recent(nobody.id, EventType.COMPLETED, scene.clock() - timedelta(1)) == 0
        assert len(await scene.store.messages.newest(nobody.id, None, 10)) == 1
        with pytest.raises(ConflictError, match="no address"):
            await scene.teller.test_email(nobody.id)
        assert sink.messages == []


async def test_e_mail_that_a_server_puts_off_is_sent_later_once(scene: Scene) -> None:
    async with MailSink(refuse={"RCPT": "451 later"}).listening() as sink:
        scene.teller = mailing(scene, sink)
        await scene.ended()
        await scene.round()
        assert sink.messages == []
        sink.refuse.clear()
        scene.clock.pass_(seconds=6)
        await scene.round()
        scene.clock.pass_(days=1)
        await scene.round()
        assert len(sink.messages) == 1


async def test_a_title_that_would_be_a_header_is_only_a_title(scene: Scene) -> None:
    async with MailSink().listening() as sink:
        scene.teller = mailing(scene, sink)
        title = "Hi\r\nBcc: all@example.org\r\n\r\n<script>"
        await add_ended(scene.store, scene.owner_id, title=title)
        await scene.round()
        [message] = sink.messages
    assert message["Bcc"] is None
    assert message["Subject"] == "“Hi Bcc: all@example.org <script>” is ready"
    assert [command for command in sink.commands if command.startswith("RCPT")] == ["RCPT TO:<olga@example.org>"]
    html = message.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()


async def test_the_log_is_forgotten_after_a_month_and_the_inbox_after_half_a_year(scene: Scene) -> None:
    hook = await scene.hook("/200")
    await scene.ended()
    await scene.round()
    scene.clock.pass_(days=31)
    await scene.store.deliveries.prune(scene.clock())
    await scene.store.messages.prune(scene.clock())
    assert (await scene.log(hook), len(await scene.inbox())) == ([], 1)
    scene.clock.pass_(days=150)
    await scene.store.messages.prune(scene.clock())
    assert await scene.inbox() == []


async def test_anothers_webhook_cannot_be_tested(scene: Scene) -> None:
    hook = await scene.hook("/200")
    nils = await scene.store.accounts.add(email="nils@example.org", name="Nils", role="member", tier="standard")
    with pytest.raises(NotFoundError):
        await scene.teller.test_webhook(nils.id, hook)
    assert scene.receiver.requests == []


async def test_the_search_for_the_untold_reads_no_other_jobs(scene: Scene) -> None:
    """With a million jobs told, looking for another must not read them: the partial index has to be used."""
    statement = select(job.c.id).where(_UNTOLD)
    async with scene.store._database.read() as connection:
        plan = await connection.exec_driver_sql(f"explain query plan {statement}")
        assert "ix_job_untold" in str(plan.all())


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - what is waited for is another's state
            await asyncio.sleep(0.01)
