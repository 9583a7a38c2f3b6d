"""The writer over a real socket: a small server that speaks OpenAI's wire, and misspeaks it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from pydantic_ai.models.function import FunctionModel

from narrowcast.errors import NarrowcastError, ProviderError, SettingError
from narrowcast.script.dialogue import OutlineSegment, Turn
from narrowcast.script.profile import Speaker
from narrowcast.writers.base import Plan, SegmentRequest, Usage
from narrowcast.writers.llm import rounds
from narrowcast.writers.llm.ask import DirectCaller
from narrowcast.writers.llm.preflight import check_model
from narrowcast.writers.llm.prompts import Prompts
from narrowcast.writers.llm.writer import LlmWriter
from narrowcast.writers.models import ModelChoice, open_model

KEY = "quite-a-secret-0123456789"
OTHER_KEY = "sk-someone-elses-0123456789"
Handler = Callable[["Exchange"], Awaitable[None]]
ANSWER = '{"turns":[{"speaker":"Maya","text":"One is here.","cites":[]},{"speaker":"Maya","text":"Two is here."}]}'


class Exchange:
    """One request and the pen to answer it with."""

    def __init__(self, path: str, head: bytes, body: bytes, pen: asyncio.StreamWriter) -> None:
        self.path = path
        self.head = head
        self.body = body
        self.pen = pen

    async def reply(self, status: int, body: str, kind: str = "application/json", **headers: str) -> None:
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        data = body.encode()
        self.pen.write(
            f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(data)}\r\n{head}\r\n".encode() + data
        )
        await self.pen.drain()

    async def begin(self) -> None:
        self.pen.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
        await self.pen.drain()

    async def event(self, data: str) -> None:
        self.pen.write(f"data: {data}\n\n".encode())
        await self.pen.drain()

    async def say(self, text: str, finish: str | None = None) -> None:
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
        await self.event(
            json.dumps({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})
        )

    async def end(self, finish: str = "stop", *, usage: bool = True) -> None:
        await self.say("", finish)
        if usage:
            used = {"prompt_tokens": 111, "completion_tokens": 22, "total_tokens": 133}
            await self.event(
                json.dumps(
                    {
                        "id": "1",
                        "object": "chat.completion.chunk",
                        "created": 1,
                        "model": "m",
                        "choices": [],
                        "usage": used,
                    }
                )
            )
        await self.event("[DONE]")


@asynccontextmanager
async def served(*handlers: Handler) -> AsyncIterator[tuple[str, list[Exchange]]]:
    """A server that answers each request with the next handler, the last one for all after it."""
    seen: list[Exchange] = []

    async def connected(reader: asyncio.StreamReader, pen: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                length, head = 0, b""
                while (header := await reader.readline()).strip():
                    head += header
                    name, _, value = header.decode().partition(":")
                    length = int(value) if name.lower() == "content-length" else length
                exchange = Exchange(line.decode().split()[1], head, await reader.readexactly(length), pen)
                handler = handlers[min(len(seen), len(handlers) - 1)]
                seen.append(exchange)
                await handler(exchange)
                if pen.is_closing() or "stream" in str(exchange.body[:4000]):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            pen.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", seen
    finally:
        server.close()


async def whole(exchange: Exchange) -> None:
    await exchange.begin()
    for i in range(0, len(ANSWER), 11):
        await exchange.say(ANSWER[i : i + 11])
    await exchange.end()


async def reset(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.say(ANSWER[:70])
    exchange.pen.transport.abort()


async def closed(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.say(ANSWER[:70])
    exchange.pen.close()


async def at_its_limit(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.say(ANSWER[:70])
    await exchange.end("length")


async def at_its_limit_between_lines(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.say('{"speaker":"Maya","text":"One is here."}\n')
    await exchange.end("length")


async def web_page(exchange: Exchange) -> None:
    await exchange.reply(200, "<html><body>Welcome to the hotel's network</body></html>", "text/html")


async def garbage(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.event('{"surprise": [1, 2')
    await exchange.event("[DONE]")


async def odd_shape(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.event('{"choices": [{"delta": null}], "usage": "much"}')
    await exchange.event("[DONE]")


async def error_event(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.event('{"error": {"message": "The server is overloaded", "type": "overloaded_error"}}')


def failing(status: int, message: str = "no", **headers: str) -> Handler:
    async def fail(exchange: Exchange) -> None:
        await exchange.reply(status, json.dumps({"error": {"message": message}}), **headers)

    return fail


class Waits(DirectCaller):
    """Tells what it was asked to wait for."""

    def __init__(self) -> None:
        super().__init__(attempts=3)
        self.faults: list[ProviderError] = []

    async def before_retry(self, error: ProviderError, attempt: int) -> None:
        self.faults.append(error)
        await super().before_retry(error, attempt)


def request() -> SegmentRequest:
    plan = Plan(title="T", briefing="", language="en", speakers=(Speaker(name="Maya"),), num_segments=1, sources=())
    return SegmentRequest(plan, 1, (OutlineSegment(name="Light"),), (), 20, is_last=True)


def opened(url: str, spec: str = "openai:sim") -> ModelChoice:
    return open_model(spec, keys={"openai": KEY}, base_urls={"openai": url, "ollama": url})


async def write(url: str, caller: DirectCaller, used: list[Usage] | None = None) -> list[Turn]:
    choice = opened(url)
    writer = LlmWriter(choice, choice, caller, (used if used is not None else []).append, Prompts())
    try:
        return [turn async for turn in writer.segment(request())]
    finally:
        await writer.aclose()
        await writer.aclose()


async def test_turns_arrive_before_the_server_has_said_the_next_one() -> None:
    one_heard = asyncio.Event()

    async def patient(exchange: Exchange) -> None:
        await exchange.begin()
        cut = ANSWER.index("}") + 1
        await exchange.say(ANSWER[:cut])
        await asyncio.wait_for(one_heard.wait(), 5)
        await exchange.say(ANSWER[cut:])
        await exchange.end()

    used: list[Usage] = []
    async with served(patient) as (url, _):
        choice = opened(url)
        writer = LlmWriter(choice, choice, DirectCaller(), used.append, Prompts())
        turns = []
        async for turn in writer.segment(request()):
            turns.append(turn.text)
            one_heard.set()
        await writer.aclose()
    assert turns == ["One is here.", "Two is here."]
    assert used == [Usage("openai:sim", 111, 22, 0.0)], "a server on this machine costs nothing"


@pytest.mark.parametrize("break_off", [reset, closed, at_its_limit, at_its_limit_between_lines])
async def test_a_stream_that_breaks_off_is_continued(break_off: Handler) -> None:
    used: list[Usage] = []
    async with served(break_off, whole) as (url, seen):
        turns = await write(url, Waits(), used)
    assert [turn.text for turn in turns] == ["One is here.", "Two is here."]
    assert len(seen) == len(used) == 2
    assert b"Maya: One is here." in seen[1].body


@pytest.mark.parametrize(
    "trouble", [web_page, garbage, odd_shape, error_event, failing(500), failing(503), failing(408), failing(429)]
)
async def test_what_may_pass_is_tried_again(trouble: Handler) -> None:
    caller = Waits()
    async with served(trouble, whole) as (url, seen):
        assert len(await write(url, caller)) == 2
    assert len(seen) == 2, "the SDK retries nothing by itself"
    for fault in caller.faults:
        assert fault.retryable
        assert fault.provider == "openai"
        assert "<" not in fault.message


async def test_the_providers_wish_to_wait_is_told() -> None:
    caller = Waits()
    async with served(failing(429, retry_after="7"), whole) as (url, _):
        await write(url, caller)
    assert [fault.retry_after_s for fault in caller.faults] == [7.0]


@pytest.mark.parametrize(
    ("status", "message", "kind", "told"),
    [
        (401, f"Incorrect API key provided: {KEY}", ProviderError, "refused the key"),
        (403, "not for you", ProviderError, "refused the key"),
        (404, "model sim does not exist", SettingError, "no model 'sim'"),
        (400, f"bad temperature, {KEY}, {OTHER_KEY}", ProviderError, "bad temperature"),
        (402, "pay first", ProviderError, "no credit"),
    ],
)
async def test_what_will_not_pass_ends_it_at_once_without_a_key_in_sight(
    status: int, message: str, kind: type[NarrowcastError], told: str
) -> None:
    async with served(failing(status, message)) as (url, seen):
        with pytest.raises(kind, match=told) as caught:
            await write(url, Waits())
    assert len(seen) == 1
    assert KEY not in caught.value.message + caught.value.hint
    assert OTHER_KEY not in caught.value.message
    if status == 401:
        assert "OPENAI_API_KEY" in caught.value.hint
    if isinstance(caught.value, ProviderError):
        assert not caught.value.retryable


async def test_a_server_that_is_not_there_is_named() -> None:
    async with served(whole) as (url, _):
        pass
    with pytest.raises(ProviderError, match=r"127\.0\.0\.1") as caught:
        await write(url, Waits())
    assert caught.value.retryable
    choice = opened(url)
    with pytest.raises(ProviderError, match="Nothing answers at http://127"):
        await check_model(choice)
    await choice.aclose()


async def check(handler: Handler, spec: str = "openai:sim") -> None:
    async with served(handler) as (url, seen):
        choice = opened(url, spec)
        try:
            await check_model(choice)
        finally:
            await choice.aclose()
        assert [exchange.path for exchange in seen] == ["/v1/models"]


async def listing(exchange: Exchange) -> None:
    models = [{"id": name, "object": "model", "created": 1, "owned_by": "x"} for name in ("llama3:latest", "qwen3:8b")]
    await exchange.reply(200, json.dumps({"object": "list", "data": models}))


@pytest.mark.parametrize("handler", [listing, failing(404), failing(500), web_page])
async def test_a_server_whose_list_tells_nothing_passes(handler: Handler) -> None:
    await check(handler)


async def test_a_refused_key_is_known_before_any_call() -> None:
    with pytest.raises(SettingError, match="OPENAI_API_KEY"):
        await check(failing(401, KEY))


async def test_a_server_without_a_key_says_that_it_wants_one() -> None:
    async with served(failing(401)) as (url, _):
        choice = open_model("openai:sim", keys={}, base_urls={"openai": url})
        with pytest.raises(SettingError, match="wants a key"):
            await check_model(choice)
        await choice.aclose()


@pytest.mark.parametrize(
    ("provider", "path", "header"),
    [
        ("anthropic", "/v1/v1/models/some%2Fmodel", b"x-api-key: " + KEY.encode()),
        ("google", "/v1/v1beta/models/some%2Fmodel", b"x-goog-api-key: " + KEY.encode()),
        ("groq", "/v1/openai/v1/models", b"authorization: Bearer " + KEY.encode()),
        ("mistral", "/v1/v1/models", b"authorization: Bearer " + KEY.encode()),
    ],
)
async def test_each_provider_is_asked_in_its_own_words(provider: str, path: str, header: bytes) -> None:
    model = FunctionModel(stream_function=lambda _messages, _info: None)  # type: ignore[arg-type, return-value]
    async with served(failing(404)) as (url, seen):
        choice = ModelChoice(f"{provider}:some/model", provider, "some/model", model, base_url=url, key=KEY)
        if provider in {"anthropic", "google"}:
            with pytest.raises(SettingError, match="no model 'some/model'"):
                await check_model(choice)
        else:
            await check_model(choice)
    assert seen[0].path == path
    assert header in seen[0].head
    assert (b"anthropic-version: " in seen[0].head) == (provider == "anthropic")


async def test_googles_word_for_a_wrong_key_is_understood() -> None:
    model = FunctionModel(stream_function=lambda _messages, _info: None)  # type: ignore[arg-type, return-value]
    async with served(failing(400, "API_KEY_INVALID")) as (url, _):
        with pytest.raises(SettingError, match="GOOGLE_API_KEY"):
            await check_model(ModelChoice("google:m", "google", "m", model, base_url=url, key=KEY))


async def test_ollamas_list_is_complete() -> None:
    await check(listing, "ollama:llama3")
    with pytest.raises(SettingError, match="no model 'llama4'") as caught:
        await check(listing, "ollama:llama4")
    assert "ollama pull llama4" in caught.value.hint
    assert "llama3:latest" in caught.value.hint


OUTLINE = '{"segments":[{"name":"Light"},{"name":"Oil"}]}'


async def outlined(url: str, used: list[Usage]) -> list[tuple[str, float]]:
    """The names of the outline's entries, and when each came."""
    choice = opened(url)
    writer = LlmWriter(choice, choice, Waits(), used.append, Prompts())
    plan = Plan(title="T", briefing="", language="en", speakers=(Speaker(name="Maya"),), num_segments=2, sources=())
    clock = asyncio.get_running_loop().time
    try:
        return [(entry.name, clock()) async for entry in writer.outline(plan)]
    finally:
        await writer.aclose()


async def test_an_outlines_usage_is_the_providers_own_and_nothing_waits_for_it() -> None:
    all_said: list[float] = []

    async def slow_to_end(exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.say(OUTLINE)
        await asyncio.sleep(0.3)
        await exchange.say("\n")
        all_said.append(asyncio.get_running_loop().time())
        await exchange.end()

    used: list[Usage] = []
    async with served(slow_to_end) as (url, _):
        entries = await outlined(url, used)
    assert [name for name, _ in entries] == ["Light", "Oil"]
    assert entries[-1][1] < all_said[0] - 0.2
    assert used == [Usage("openai:sim", 111, 22, 0.0)]


@pytest.mark.parametrize("more", ["nothing, for ever", "words, for ever", "a reset"])
async def test_a_whole_outline_stands_whatever_its_answer_does_next(more: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "EPILOGUE_S", 0.2)
    told = 0

    async def goes_on(exchange: Exchange) -> None:
        nonlocal told
        await exchange.begin()
        await exchange.say(OUTLINE)
        if more == "a reset":
            exchange.pen.transport.abort()
        elif more == "nothing, for ever":
            await asyncio.wait_for(exchange.pen.wait_closed(), 10)
        while not exchange.pen.is_closing():
            await exchange.say("And another thing. " * 10)
            told += 190
            await asyncio.sleep(0)

    used: list[Usage] = []
    async with served(goes_on) as (url, seen):
        entries = await asyncio.wait_for(outlined(url, used), 5)
    assert [name for name, _ in entries] == ["Light", "Oil"]
    assert (len(seen), len(used)) == (1, 1), "it is not asked again"
    assert used[0].completion_tokens >= len(OUTLINE) // 4, "where it is not told it is estimated"
    assert told < 1_000_000
