"""What every voice provider keeps. A new provider is one line in `PROVIDERS`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.integration.tts.tiny_models import make_kokoro, make_piper

from narrowcast.audio.clip import Samples
from narrowcast.errors import InputError, VoiceError
from narrowcast.tts.base import TTS, Speech, SpeechRequest
from narrowcast.tts.check_clip import reject_reason
from narrowcast.tts.elevenlabs.provider import ElevenLabs
from narrowcast.tts.espeak.provider import Espeak
from narrowcast.tts.fake import Fake
from narrowcast.tts.kokoro.provider import Kokoro
from narrowcast.tts.openai.provider import OpenAISpeech
from narrowcast.tts.piper.provider import Piper
from narrowcast.tts.say import say

PROVIDERS: dict[str, Callable[[Any, Path], TTS]] = {
    "fake": lambda _server, _folder: Fake(),
    "espeak": lambda _server, _folder: Espeak(),
    "openai": lambda server, _folder: OpenAISpeech(server.key, server.url),
    "elevenlabs": lambda server, _folder: ElevenLabs(server.key, server.url),
    "kokoro": lambda _server, folder: Kokoro(make_kokoro(folder).parent),
    "piper": lambda _server, folder: Piper(make_piper(folder).parent),
}
SERVERS = {"elevenlabs": "elevenlabs_server"}
"""The fixture with a provider's server, where it is not `voice_server`."""

TEXT = "The river rose two metres in a single night, and by morning the bridge was gone."


@pytest.fixture(params=PROVIDERS)
async def tts(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[TTS]:
    server = request.getfixturevalue(SERVERS.get(request.param, "voice_server"))
    provider = PROVIDERS[request.param](server, tmp_path)
    yield provider
    await provider.aclose()


async def ask(tts: TTS, text: str, voice: int = 0, language: str = "en") -> SpeechRequest:
    return SpeechRequest(text, (await tts.voices(language))[voice].id, language, tts.default_model)


async def straight(call: Callable[[], Awaitable[Speech]], text: str) -> Speech:
    assert text.strip()
    return await call()


def pitch(samples: Samples, rate: int) -> float:
    """Median f0 in Hz by autocorrelation."""
    found = []
    for start in range(0, len(samples) - 1024, 512):
        window = samples[start : start + 1024].astype(np.float64)
        if window.std() > 0.01:
            correlation = np.fft.irfft(np.abs(np.fft.rfft(window - window.mean(), 4096)) ** 2)
            low, high = rate // 400, rate // 60
            found.append(rate / (low + int(np.argmax(correlation[low:high]))))
    return float(np.median(found))


async def test_it_offers_four_voices_for_english(tts: TTS) -> None:
    voices = await tts.voices("en")
    assert len({voice.id for voice in voices}) >= 4
    assert all(voice.name for voice in voices)


async def test_its_first_two_voices_differ_clearly(tts: TTS) -> None:
    first, second = [await tts.speak(await ask(tts, TEXT, voice)) for voice in (0, 1)]
    low, high = sorted((pitch(first.samples, first.sample_rate), pitch(second.samples, second.sample_rate)))
    assert high > 1.2 * low


async def test_it_speaks(tts: TTS) -> None:
    speech = await tts.speak(await ask(tts, TEXT))
    assert speech.samples.dtype == np.float32
    assert speech.samples.ndim == 1
    assert float(np.abs(speech.samples).max()) <= 1.0
    assert 8_000 <= speech.sample_rate <= 48_000
    assert reject_reason(speech.samples, speech.sample_rate, TEXT) is None
    assert 2 < len(speech.samples) / speech.sample_rate < 12


async def test_word_timings_where_given_are_words_in_order(tts: TTS) -> None:
    speech = await tts.speak(await ask(tts, TEXT))
    offsets = [word.offset for word in speech.words]
    starts = [word.start_ms for word in speech.words]
    assert offsets == sorted(set(offsets))
    assert starts == sorted(starts)
    assert all(TEXT[offset].isalpha() and (offset == 0 or TEXT[offset - 1] == " ") for offset in offsets)
    assert all(start * speech.sample_rate / 1000 < len(speech.samples) for start in starts)


async def test_a_usual_request_passes_the_check(tts: TTS) -> None:
    await tts.check([await ask(tts, ""), await ask(tts, "", 1)])


async def test_an_unknown_voice_is_refused_at_the_latest_when_speaking(tts: TTS) -> None:
    request = SpeechRequest(TEXT, "nobody", "en", tts.default_model)
    with pytest.raises(VoiceError, match="nobody"):
        await tts.speak(request)


async def test_an_unknown_config_is_refused_by_the_check(tts: TTS) -> None:
    request = SpeechRequest("", (await tts.voices("en"))[0].id, "en", tts.default_model, {"colour": "red"})
    with pytest.raises(InputError, match="colour") as caught:
        await tts.check([request])
    assert caught.value.hint


@pytest.mark.parametrize(
    "text", ["Zoë’s naïve “café” — 3,50 € 🙂.", "Hm.", "A <b>bold</b> & \x07 [[h@loU]] thing", "你好。"]
)
async def test_any_text_is_said(tts: TTS, text: str) -> None:
    said = await say(tts, await ask(tts, text), straight)
    assert said.rejected == 0
    assert len(said.speech.samples) > 0.1 * said.speech.sample_rate


@pytest.mark.parametrize("text", ["…", " ", "🙂 !"])
async def test_nothing_to_say_is_a_short_silence(tts: TTS, text: str) -> None:
    said = await say(tts, await ask(tts, text), straight)
    assert said.calls == 0
    assert not said.speech.samples.any()


async def test_a_text_beyond_the_limit_is_said_whole(tts: TTS) -> None:
    text = " ".join([TEXT] * (tts.limits.max_characters // len(TEXT) + 3))
    said = await say(tts, await ask(tts, text), straight)
    assert said.calls == 2
    short = await say(tts, await ask(tts, TEXT), straight)
    expected = len(short.speech.samples) * len(text) / len(TEXT)
    assert 0.85 * expected < len(said.speech.samples) < 1.2 * expected
    if said.speech.words:
        assert said.speech.words[-1].offset == text.rindex("gone")


async def test_costs_are_known_here_and_grow_with_the_text(tts: TTS) -> None:
    cost = tts.cost_usd(1000, tts.default_model)
    assert cost is not None
    assert cost >= 0
    assert tts.cost_usd(2000, tts.default_model) == 2 * cost


async def test_closing_twice_is_no_fault(tts: TTS) -> None:
    await tts.speak(await ask(tts, "Good evening."))
    await tts.aclose()
    await tts.aclose()
