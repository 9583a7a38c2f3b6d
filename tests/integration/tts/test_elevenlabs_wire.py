"""ElevenLabs over real HTTP: what is sent, what is understood, when words are heard, what is refused."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.integration.tts.elevenlabs_server import ElevenLabsServer, listed

from narrowcast.errors import InputError, NarrowcastError, ProfileError, ProviderError, SettingError, VoiceError
from narrowcast.script.cues import sentence_cues
from narrowcast.tts.base import Speech, SpeechRequest
from narrowcast.tts.edges import trim
from narrowcast.tts.elevenlabs.provider import ElevenLabs
from narrowcast.tts.registry import Means, in_reach
from narrowcast.tts.say import QUIET, say

TEXT = "The river rose. By morning the bridge was gone. Nobody had seen it fall."


@pytest.fixture
async def tts(elevenlabs_server: ElevenLabsServer) -> AsyncIterator[ElevenLabs]:
    speech = ElevenLabs(elevenlabs_server.key, elevenlabs_server.url)
    yield speech
    await speech.aclose()


def request(**changes: Any) -> SpeechRequest:
    return SpeechRequest(**{"text": TEXT, "voice_id": "aria1", "language": "en", **changes})


async def straight(call: Callable[[], Awaitable[Speech]], text: str) -> Speech:
    return await call()


async def test_what_is_sent(tts: ElevenLabs, elevenlabs_server: ElevenLabsServer) -> None:
    config = {"stability": 0.4, "speed": 1.1, "seed": 7, "output_format": "pcm_16000"}
    speech = await tts.speak(request(model="eleven_flash_v2_5", language="de-AT", config=config))
    sent = elevenlabs_server.ledger[0]
    del sent["time"]
    assert sent == {
        "voice": "aria1",
        "output_format": "pcm_16000",
        "text": TEXT,
        "model_id": "eleven_flash_v2_5",
        "voice_settings": {"stability": 0.4, "speed": 1.1},
        "seed": 7,
        "language_code": "de",
    }
    assert speech.sample_rate == 16_000


async def test_usual_values_are_left_to_the_server(tts: ElevenLabs, elevenlabs_server: ElevenLabsServer) -> None:
    await tts.speak(request())
    assert set(elevenlabs_server.ledger[0]) == {"voice", "output_format", "time", "text", "model_id"}


@pytest.mark.parametrize("otherwise", [False, True], ids=["its own text", "the text as it was read"])
@pytest.mark.parametrize("text", [TEXT, "It rose 3 m. By morning 14 bridges were gone. Nobody had seen 1 fall."])
async def test_cues_are_what_was_heard(
    tts: ElevenLabs, elevenlabs_server: ElevenLabsServer, text: str, otherwise: bool
) -> None:
    elevenlabs_server.says_otherwise = otherwise
    raw = await tts.speak(request(text=text))
    _, lead = trim(raw.samples, raw.sample_rate, float(np.abs(raw.samples).max()) * QUIET)
    said = await say(tts, request(text=text), straight)
    sentences = [f"{part.strip(' .')}." for part in text.split(". ")]
    duration_ms = round(len(said.speech.samples) * 1000 / said.speech.sample_rate)
    cues = sentence_cues(text, 0, duration_ms, sentences, said.speech.words)
    heard = elevenlabs_server.truth[text]
    firsts = [sum(len(sentence.split()) for sentence in sentences[:number]) for number in (1, 2)]
    truth = [heard[place] * 1000 - lead * 1000 / raw.sample_rate for place in firsts]
    # A cue's times are whole milliseconds: those heard and those trimmed away are rounded once each.
    assert [cue.start_ms for cue in cues[1:]] == pytest.approx(truth, abs=1.0)


async def test_words_of_a_split_text_stand_where_they_are_heard(
    elevenlabs_server: ElevenLabsServer,
) -> None:
    text = " ".join([TEXT] * 40)
    tts = ElevenLabs(elevenlabs_server.key, elevenlabs_server.url)
    said = await say(tts, request(text=text), straight)
    await tts.aclose()
    assert said.calls == len(elevenlabs_server.ledger) == 2
    rate, samples = said.speech.sample_rate, said.speech.samples
    assert len(said.speech.words) == len(text.split())
    for word in said.speech.words:
        at = round(word.start_ms * rate / 1000)
        # The word before has ended, this one begins: near silence here, sound a character later.
        assert float(np.abs(samples[max(0, at - 24) : at + 24]).max()) < 0.02, word
        assert float(np.abs(samples[at : at + rate * 90 // 1000]).max()) > 0.02, word


async def test_voices_come_from_all_pages_those_made_for_the_language_first(
    tts: ElevenLabs, elevenlabs_server: ElevenLabsServer
) -> None:
    elevenlabs_server.voices.append(listed("old5", "Old", "female", is_legacy=True))
    elevenlabs_server.voices.append({"voice_id": "bare6"})
    assert [voice.id for voice in await tts.voices("en")] == ["aria1", "bill2", "cora3", "dirk4", "bare6", "old5"]
    assert [voice.id for voice in await tts.voices("de-CH")][:2] == ["cora3", "dirk4"]
    assert elevenlabs_server.looked_up.count("/v2/voices") == 2, "two pages, once"
    first = (await tts.voices("en"))[0]
    assert (first.name, first.gender, first.description) == ("Aria", "female", "american, young, social media")
    with pytest.raises(VoiceError, match="'tlh'"):
        await tts.voices("tlh")


REFUSALS: list[tuple[int, object, type[NarrowcastError], str, bool]] = [
    (401, {"status": "invalid_api_key", "message": "Invalid API key"}, ProviderError, "refuses the key", False),
    (401, {"status": "quota_exceeded", "message": "This exceeds your quota."}, ProviderError, "no credit", False),
    (402, {"code": "insufficient_credits", "message": "No credits."}, ProviderError, "no credit", False),
    (
        402,
        {"code": "paid_plan_required", "message": "Free users cannot use library voices."},
        VoiceError,
        "aria1",
        False,
    ),
    (402, {"code": "payment_required", "message": "Pay."}, ProviderError, "plan", False),
    (403, {"status": "output_format_not_allowed", "message": "Pro only."}, ProfileError, "output_format", False),
    (403, {"code": "insufficient_permissions", "message": "May not."}, ProviderError, "key", False),
    (404, {"code": "voice_not_found", "message": "No such voice."}, VoiceError, "'aria1'", False),
    (400, {"status": "voice_not_found", "message": "No such voice."}, VoiceError, "'aria1'", False),
    (400, {"code": "unsupported_model", "message": "No such model."}, VoiceError, "eleven_multilingual_v2", False),
    (400, {"status": "max_character_limit_exceeded", "message": "627 > 333"}, ProviderError, "too long", False),
    (400, {"code": "invalid_voice_settings", "message": "Bad speed."}, ProfileError, "tts_config", False),
    (422, [{"loc": ["body", "voice_settings", "speed"], "msg": "too fast", "type": "x"}], ProfileError, "speed", False),
    (422, [{"loc": ["body", "text"], "msg": "Field required", "type": "missing"}], ProviderError, "body.text", False),
    (429, {"status": "too_many_concurrent_requests", "message": "Too many."}, ProviderError, "too much to do", True),
    (429, {"code": "concurrent_limit_exceeded", "message": "Too many."}, ProviderError, "too much to do", True),
    (429, {"status": "system_busy", "message": "Busy."}, ProviderError, "too much to do", True),
    (400, {"status": "system_busy", "message": "Busy."}, ProviderError, "too much to do", True),
    (500, "Internal Server Error", ProviderError, "failed", True),
    (503, b"<html>down</html>", ProviderError, "failed", True),
    (404, "Not Found", ProviderError, "404", False),
    (302, b"", ProviderError, "302", False),
    (400, b'{"detail": ' + b"[" * 5000, ProviderError, "400", False),
]


@pytest.mark.parametrize(("status", "detail", "kind", "says", "again"), REFUSALS)
async def test_refusals_in_all_their_shapes(
    tts: ElevenLabs,
    elevenlabs_server: ElevenLabsServer,
    status: int,
    detail: object,
    kind: type[NarrowcastError],
    says: str,
    again: bool,
) -> None:
    elevenlabs_server.plan(status, detail, {"retry-after": "3"})
    with pytest.raises(kind, match=says) as caught:
        await tts.speak(request())
    assert getattr(caught.value, "retryable", False) is again
    assert getattr(caught.value, "retry_after_s", None) == (3.0 if again else None)
    assert len((await tts.speak(request())).samples), "the connection is as good as before"


async def test_a_key_is_never_repeated(elevenlabs_server: ElevenLabsServer) -> None:
    tts = ElevenLabs("sk_wrong_key_abcdef", elevenlabs_server.url)
    with pytest.raises(SettingError, match="ELEVENLABS_API_KEY") as early:
        await tts.check([request()])
    elevenlabs_server.plan(401, {"status": "invalid_api_key", "message": "sk_wrong_key_abcdef is wrong"})
    with pytest.raises(ProviderError, match="key") as late:
        await tts.speak(request())
    for fault in (early.value, late.value):
        assert "sk_wrong" not in f"{fault.message}{fault.hint}"
    await tts.aclose()
    with pytest.raises(SettingError, match="not set"):
        await ElevenLabs(None).check([request()])
    with pytest.raises(SettingError, match="not set"):
        await ElevenLabs(None).voices("en")


def answer(**changes: Any) -> bytes:
    alignment = {"characters": ["H", "i"], "character_start_times_seconds": [0.0, 0.1]}
    sound = base64.b64encode(np.full(4_000, 900, "<i2").tobytes()).decode()
    return json.dumps({"audio_base64": sound, "alignment": alignment, **changes}).encode()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "no sound"),
        (b"<html>", "no sound"),
        (b"[" * 100_000, "no sound"),
        (answer(audio_base64=None), "no sound"),
        (answer(audio_base64=""), "no sound"),
        (answer(audio_base64="not base64!"), "base64"),
        (answer(audio_base64=base64.b64encode(b"ID3\x04" + bytes(400)).decode()), "another format"),
    ],
)
async def test_an_answer_without_sound_may_be_asked_again(
    tts: ElevenLabs, elevenlabs_server: ElevenLabsServer, body: bytes, says: str
) -> None:
    elevenlabs_server.plan(200, body)
    with pytest.raises(ProviderError, match=says) as caught:
        await tts.speak(request())
    assert caught.value.retryable


@pytest.mark.parametrize(
    "alignment",
    [
        None,
        [],
        {},
        {"characters": ["H"], "character_start_times_seconds": []},
        {"characters": [1], "character_start_times_seconds": [0]},
        {"characters": ["H"], "character_start_times_seconds": ["0"]},
        {"characters": ["H", "i"], "character_start_times_seconds": [99.0, 99.1]},
    ],
)
async def test_sound_without_usable_times_is_still_sound(
    tts: ElevenLabs, elevenlabs_server: ElevenLabsServer, alignment: object
) -> None:
    elevenlabs_server.plan(200, answer(alignment=alignment))
    speech = await tts.speak(request(text="Hi"))
    assert (len(speech.samples), speech.words) == (4_000, ())


async def test_what_can_be_known_is_refused_before_it_is_paid(
    tts: ElevenLabs, elevenlabs_server: ElevenLabsServer
) -> None:
    for changes, says in (
        ({"voice_id": "nobody"}, "nobody"),
        ({"voice_id": "../../v1/user"}, "v1/user"),
        ({"voice_id": ""}, "no voice_id"),
        ({"model": "eleven_v9"}, "eleven_v9"),
        ({"language": "sw"}, "does not speak"),
        ({"config": {"speed": 2}}, "speed"),
        ({"config": {"output_format": "mp3_44100_128"}}, "output_format"),
        ({"model": "eleven_v3", "config": {"stability": 0.3}}, "0.5"),
    ):
        with pytest.raises(InputError, match=says):
            await tts.check([request(**changes)])
    await tts.check([request(language="sw", model="eleven_v3"), request(voice_id="bill2")])
    elevenlabs_server.may_list = False
    await tts.check([request()])
    assert elevenlabs_server.ledger == []


async def test_a_format_that_the_plan_lacks_is_told_with_the_way_out(tts: ElevenLabs) -> None:
    with pytest.raises(ProfileError, match="Pro tier") as caught:
        await tts.speak(request(config={"output_format": "pcm_44100"}))
    assert "pcm_24000" in caught.value.hint


async def test_an_endless_answer_is_cut(elevenlabs_server: ElevenLabsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("narrowcast.tts.elevenlabs.provider.LARGEST_ANSWER", 1000)
    tts = ElevenLabs(elevenlabs_server.key, elevenlabs_server.url)
    with pytest.raises(ProviderError, match="more than") as caught:
        await tts.speak(request())
    assert not caught.value.retryable
    await tts.aclose()


async def test_who_is_in_reach(tmp_path: Path) -> None:
    assert "elevenlabs" not in await in_reach(Means(tmp_path))
    assert "elevenlabs" in await in_reach(Means(tmp_path, {"elevenlabs": "k"}))


def test_costs() -> None:
    official = ElevenLabs("k")
    assert official.cost_usd(1_000_000, None) == pytest.approx(100.0)
    assert official.cost_usd(1_000_000, "eleven_flash_v2_5") == pytest.approx(50.0)
    assert official.cost_usd(1, "eleven_v9") is None
    assert ElevenLabs("k", "https://voices.example").cost_usd(1, None) is None
    assert ElevenLabs("k", "https://api.eu.residency.elevenlabs.io/v1").identity == "elevenlabs"
