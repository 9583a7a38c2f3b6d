"""The simulator as its callers see it: over a real socket, by the clock, with its ledger as the witness."""

import io
import json
import time
import urllib.error
import urllib.request
import wave
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from http.client import IncompleteRead
from typing import Any

import numpy as np
import pytest

from ledger import Call
from running import Simulator, StartSimulator

PROMPT = """<passages>
[1] A lens of the first order weighs several tonnes and was turned by a falling weight every night of the year.
</passages>
Write about 120 words in about 4 turns. `speaker` is Maya or Tom, `cites` the numbers {"turns":[{"speaker":"Maya"}]}"""


def post(simulator: Simulator, path: str, body: Mapping[str, Any], key: str = "sim") -> bytes:
    request = urllib.request.Request(  # noqa: S310 - loopback
        simulator.base_url + path, json.dumps(body).encode(), {"Authorization": f"Bearer {key}"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - loopback
        data: bytes = response.read()
    return data


def say(simulator: Simulator, text: str, **options: Any) -> bytes:
    return post(
        simulator,
        "/audio/speech",
        {"input": text, "voice": "nova", "model": "tts-1", "response_format": "wav", **options},
    )


def ask(simulator: Simulator, **options: Any) -> bytes:
    body = {"model": "sim", "messages": [{"role": "user", "content": PROMPT}], **options}
    return post(simulator, "/chat/completions", body)


def test_speech_is_as_long_as_its_text_and_ends_softly(simulator: Simulator) -> None:
    with wave.open(io.BytesIO(say(simulator, "a" * 150))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24_000, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    assert len(samples) / 24_000 == pytest.approx(10.0)
    assert np.sqrt(np.mean(samples**2)) > 0.05
    assert np.abs(samples[-24:]).max() < 0.01


def settled(simulator: Simulator) -> list[Call]:
    """All calls, once each has its end: the last bytes of an answer go out before the ledger tells of them."""
    deadline = time.monotonic() + 30
    while any(call.end is None for call in simulator.calls()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return simulator.calls()


def assert_takes(call: Call, seconds: float) -> None:
    """Never quicker than promised; slower only by what a busy machine adds."""
    assert call.seconds is not None
    assert 0.95 * seconds <= call.seconds <= seconds + 1.5


def test_voices_differ_in_level_when_asked(start_simulator: StartSimulator) -> None:
    simulator = start_simulator(options=["--level-spread=12"])
    levels = []
    for voice in ("nova", "onyx"):
        pcm = np.frombuffer(say(simulator, "a" * 150, voice=voice, response_format="pcm"), "<i2") / 32768
        levels.append(20 * np.log10(np.sqrt(np.mean(pcm**2))))
    assert levels[0] - levels[1] == pytest.approx(12, abs=1)


def test_mp3_can_be_decoded_to_its_length(simulator: Simulator) -> None:
    import av

    with av.open(io.BytesIO(say(simulator, "a" * 300, response_format="mp3")), "r", format="mp3") as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert samples / 24_000 == pytest.approx(20.0, abs=0.06)


def test_a_streamed_answer_comes_at_its_pace_with_usage_at_the_end(start_simulator: StartSimulator) -> None:
    simulator = start_simulator(speed=4)
    events = ask(simulator, stream=True, stream_options={"include_usage": True}).decode().split("\n\n")
    assert events[-2] == "data: [DONE]"
    chunks = [json.loads(event.removeprefix("data: ")) for event in events[:-2]]
    text = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks if chunk["choices"])
    assert len(json.loads(text)["turns"]) == 4
    (call,) = settled(simulator)
    assert chunks[-1]["usage"]["completion_tokens"] == call.completion_tokens == -(-len(text) // 4)
    assert call.first is not None
    assert call.first - call.start == pytest.approx(0.5 / 4, abs=0.1)
    assert_takes(call, (0.5 + call.completion_tokens / 80) / 4)
    assert list(call.item_ends) == sorted(call.item_ends)
    assert len(call.item_ends) == 4


def test_an_answer_that_is_not_streamed_takes_as_long(start_simulator: StartSimulator) -> None:
    simulator = start_simulator(speed=4)
    answer = json.loads(ask(simulator))
    assert len(json.loads(answer["choices"][0]["message"]["content"])["turns"]) == 4
    (call,) = settled(simulator)
    assert_takes(call, (0.5 + answer["usage"]["completion_tokens"] / 80) / 4)


def test_eight_are_served_at_once_and_the_others_wait(start_simulator: StartSimulator) -> None:
    simulator = start_simulator(speed=2)
    say(simulator, "The first word of a voice costs a little more.")
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda number: say(simulator, f"{number:03} " + "a" * 26), range(12)))
    waits = sorted(call.slot_wait for call in settled(simulator)[1:])
    assert max(waits[:8]) < 0.1
    assert min(waits[8:]) > 0.2
    assert [call.seconds for call in simulator.calls()[1:]] == pytest.approx([(0.4 + 0.15 * 2) / 2] * 12, abs=0.25)


def test_a_call_stands_in_the_ledger_before_it_is_answered(start_simulator: StartSimulator) -> None:
    simulator = start_simulator(speed=0.2)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(say, simulator, "a" * 30)
        deadline = time.monotonic() + 30
        while not simulator.calls() and time.monotonic() < deadline:
            time.sleep(0.02)
        (call,) = simulator.calls()
        assert (call.status, call.end, call.characters) == ("open", None, 30)
        answer.result()
    assert [call.status for call in settled(simulator)] == ["ok"]


@pytest.mark.parametrize(("fault", "status"), [("tts:429", 429), ("tts:500", 500)])
def test_failures_on_order(start_simulator: StartSimulator, fault: str, status: int) -> None:
    simulator = start_simulator(faults=[f"{fault}@2"])
    say(simulator, "One.")
    with pytest.raises(urllib.error.HTTPError) as raised:
        say(simulator, "Two.")
    assert raised.value.code == status
    assert (raised.value.headers.get("retry-after") == "1") == (status == 429)
    raised.value.close()
    say(simulator, "Three.")
    assert [call.ok for call in simulator.calls()] == [True, False, True]


def test_spoilt_speech(start_simulator: StartSimulator) -> None:
    simulator = start_simulator(faults=["tts:truncated@1", "tts:silent@2", "tts:html@3", "tts:empty@4", "tts:reset@5"])
    cut, silent, page, empty = (say(simulator, "a" * 150) for _ in range(4))
    assert len(cut) < 480_000 / 2
    assert int.from_bytes(cut[40:44], "little") == 480_000
    assert set(silent[44:]) == {0}
    assert page.startswith(b"<!DOCTYPE html>")
    assert not empty
    with pytest.raises(ConnectionError):
        say(simulator, "a" * 150)


def test_spoilt_text(start_simulator: StartSimulator) -> None:
    simulator = start_simulator(faults=["llm:cutoff@1", "llm:fenced@2", "llm:thinking@3", "llm:reset@4"])
    cut, fenced, thinking = (json.loads(ask(simulator))["choices"][0] for _ in range(3))
    assert cut["finish_reason"] == "length"
    with pytest.raises(ValueError, match=r"delimiter|string|JSON|value"):
        json.loads(cut["message"]["content"])
    assert "```json\n{" in fenced["message"]["content"]
    assert thinking["message"]["content"].startswith("<think>")
    with pytest.raises((ConnectionError, IncompleteRead)):
        ask(simulator, stream=True)


def test_a_wrong_key_and_an_unknown_model_are_refused(simulator: Simulator) -> None:
    speech = {"input": "Hello.", "voice": "nova", "response_format": "wav"}
    for code, path, body, key in (
        (401, "/audio/speech", speech, "wrong"),
        (404, "/chat/completions", {"model": "no-such"}, "sim"),
        (400, "/audio/speech", {**speech, "voice": "no-such"}, "sim"),
    ):
        with pytest.raises(urllib.error.HTTPError) as raised:
            post(simulator, path, body, key)
        assert raised.value.code == code
        raised.value.close()
    assert simulator.calls() == []
