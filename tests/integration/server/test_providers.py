"""Keys go in, are tried, and never come out; what cannot be read harms only its own provider."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.integration.server.conftest import Served

from narrowcast.accounts.one_secret import accept_secret
from narrowcast.errors import SettingError
from narrowcast.keys.sealing import Sealer
from narrowcast.server.app import create_app
from narrowcast.server.context import Context
from narrowcast.settings import read_settings
from narrowcast.store.home import Store
from running import Simulator

KEY = "sk-entered-5e7a91c0ffee"
FROM_ENVIRONMENT = "sk-environment-0a1b2c3d"


@pytest.fixture
def server_settings() -> Mapping[str, str]:
    """A key of the environment, whose verdict is not known yet."""
    return {"OPENAI_API_KEY": FROM_ENVIRONMENT}


@asynccontextmanager
async def listening(answer: bytes) -> AsyncIterator[tuple[str, list[str]]]:
    """A host of somebody's: its address, and the heads of all requests that came to it."""
    heard: list[str] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heard


def _reply(status: str, body: str = "{}", more: str = "") -> bytes:
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Connection: close\r\n{more}\r\n{body}"
    ).encode()


async def _provider(served: Served, name: str) -> dict[str, object]:
    items = (await served.olga.get("/providers")).raise_for_status().json()["items"]
    found: dict[str, object] = next(item for item in items if item["name"] == name)
    return found


async def test_a_key_that_is_entered_is_tried_kept_sealed_and_used_at_once(
    served: Served, simulator: Simulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = await served.olga.put("/providers/openai", json={"api_key": KEY, "base_url": simulator.base_url})
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["source"], shown["verdict"], shown["ending"]) == ("entered", "accepted", "ffee")
    assert shown["shadows_environment"]
    assert served.context.studio.access.keys()["openai"] == KEY
    listed = await served.olga.get("/providers")
    assert listed.json()["items"][0] == shown
    voices = (await served.sam.get("/voices", params={"provider": "openai"})).json()["items"]
    assert voices[0]["ready"], voices
    kept = repr(await served.context.store.provider_keys.all())
    for text in (answer.text, listed.text, "".join(capsys.readouterr()), kept):
        assert KEY not in text
        assert FROM_ENVIRONMENT not in text
    for path in (tmp_path / "home").rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


async def test_a_wrong_key_is_refused_in_the_providers_words_and_changes_nothing(
    served: Served, simulator: Simulator
) -> None:
    answer = await served.olga.put("/providers/openai", json={"api_key": "wrong", "base_url": simulator.base_url})
    assert answer.status_code == 422
    assert "Incorrect API key provided" in answer.json()["detail"]
    assert (await _provider(served, "openai"))["source"] == "environment"
    assert served.context.studio.access.keys()["openai"] == FROM_ENVIRONMENT


async def test_words_of_a_provider_that_repeat_the_key_are_cleaned(served: Served) -> None:
    body = json.dumps({"error": {"message": f"No such key: {KEY}"}})
    async with listening(_reply("401 Unauthorized", body)) as (url, _heard):
        answer = await served.olga.put("/providers/openai", json={"api_key": KEY, "base_url": url})
    assert answer.status_code == 422
    assert "No such key: …" in answer.json()["detail"]
    assert KEY not in answer.text


async def test_an_unreachable_provider_is_kept_only_if_asked(served: Served) -> None:
    entry = {"api_key": KEY, "base_url": "http://127.0.0.1:9/v1"}
    refused = await served.olga.put("/providers/elevenlabs", json=entry)
    assert refused.status_code == 502
    assert "?force=true" in refused.json()["hint"]
    assert (await _provider(served, "elevenlabs"))["source"] is None
    kept = await served.olga.put("/providers/elevenlabs", params={"force": True}, json=entry)
    assert kept.json()["verdict"] == "unreachable"


async def test_a_key_follows_no_redirect_and_none_of_the_environment_goes_to_an_entered_address(served: Served) -> None:
    async with listening(_reply("200 OK", '{"data": []}')) as (stranger, stolen):
        moved = _reply("302 Found", more=f"Location: {stranger}/models\r\n")
        async with listening(moved) as (url, heard):
            answer = await served.olga.put("/providers/openai", json={"api_key": KEY, "base_url": url})
            assert answer.json()["verdict"] == "unclear"
        assert any(KEY in head for head in heard)
        assert stolen == []
        answer = await served.olga.put("/providers/openai", json={"base_url": stranger})
        assert (answer.json()["verdict"], answer.json()["has_key"]) == ("accepted", False)
        await served.sam.get("/voices", params={"provider": "openai"})
        assert len(stolen) > 1
        assert not any("authorization" in head.lower() for head in stolen)


async def test_a_key_can_be_tried_again_and_removed(served: Served, simulator: Simulator) -> None:
    await served.olga.put("/providers/openai", json={"api_key": KEY, "base_url": simulator.base_url})
    tried = (await served.olga.post("/providers/openai/test")).json()
    assert (tried["verdict"], tried["said"]) == ("accepted", "")
    simulator.stop()
    tried = (await served.olga.post("/providers/openai/test")).json()
    assert tried["verdict"] == "unreachable"
    assert (await _provider(served, "openai"))["verdict"] == "unreachable"
    assert (await served.olga.delete("/providers/openai")).status_code == 204
    assert (await _provider(served, "openai"))["ending"] == "2c3d"
    assert served.context.studio.access.keys()["openai"] == FROM_ENVIRONMENT
    again = await served.olga.delete("/providers/openai")
    assert again.status_code == 404
    assert "environment" in again.json()["hint"]


@pytest.mark.parametrize(
    ("name", "entry", "status"),
    [
        ("nobody", {"api_key": KEY}, 404),
        ("openai", {}, 422),
        ("anthropic", {"base_url": "http://127.0.0.1:9"}, 422),
        ("openai", {"api_key": f"{KEY}\r\nX-Other: 1"}, 422),
        ("openai", {"api_key": f"{KEY}é"}, 422),
        ("openai", {"api_key": "k" * 1001}, 422),
        ("openai", {"api_key": KEY, "base_url": "ftp://127.0.0.1"}, 422),
        ("openai", {"api_key": KEY, "base_url": "http://me:word@127.0.0.1:9"}, 422),
        ("openai", {"api_key": KEY, "host": "127.0.0.1"}, 422),
    ],
)
async def test_what_cannot_be_entered_is_refused_without_repeating_it(
    served: Served, name: str, entry: dict[str, str], status: int
) -> None:
    answer = await served.olga.put(f"/providers/{name}", json=entry)
    assert answer.status_code == status, answer.text
    assert KEY not in answer.text
    assert "kkkk" not in answer.text


async def test_only_the_owner_sees_and_enters_keys(served: Served) -> None:
    for client, status in ((served.sam, 403), (served.nils, 403), (served.lea, 403), (served.nobody, 401)):
        assert (await client.get("/providers")).status_code == status
        assert (await client.put("/providers/openai", json={"api_key": KEY})).status_code == status
        assert (await client.post("/providers/openai/test")).status_code == status
        assert (await client.delete("/providers/openai")).status_code == status


async def test_another_secret_locks_entered_keys_and_nothing_else(tmp_path: Path, simulator: Simulator) -> None:
    home = {"NARROWCAST_HOME": str(tmp_path), "OPENAI_API_KEY": FROM_ENVIRONMENT}

    @asynccontextmanager
    async def server(secret: str) -> AsyncIterator[Context]:
        app = create_app(read_settings({**home, "NARROWCAST_SECRET_KEY": secret * 40}))
        async with app.router.lifespan_context(app):
            yield app.state.context

    async with server("a") as here:
        await here.keys.enter("openai", api_key=KEY, base_url=simulator.base_url, by=None, force=True)
    async with server("a") as here:
        assert here.studio.access.keys()["openai"] == KEY
    # What PostgreSQL's servers ask for first; a SQLite file's owner may just give another one.
    store = await Store.open(tmp_path)
    await accept_secret(store, tmp_path, "b" * 40)
    await store.aclose()
    async with server("b") as here:
        states = {state.provider.name: state for state in await here.keys.states()}
        assert states["openai"].verdict == "locked"
        # A key that was replaced does not come back by itself.
        assert here.studio.access.keys().get("openai") is None
        with pytest.raises(SettingError, match="openai cannot be read"):
            await here.studio.voices("openai", "en")
        with pytest.raises(SettingError, match="sealed with another secret"):
            await here.keys.test("openai")
        assert await here.studio.voices("espeak", "en")
        await here.keys.enter("openai", api_key=KEY, base_url=simulator.base_url, by=None)
        assert await here.studio.voices("openai", "en")


def test_what_was_sealed_for_one_provider_opens_for_no_other() -> None:
    from cryptography.fernet import Fernet

    sealer = Sealer(Fernet.generate_key())
    sealed = sealer.seal("openai", KEY)
    assert sealer.open("openai", sealed) == KEY
    assert sealer.open("groq", sealed) is None
    assert sealer.open("openai", sealed[:-2]) is None
    assert Sealer(Fernet.generate_key()).open("openai", sealed) is None
