"""Saying a turn with the fake voice: splitting, checking, asking again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from narrowcast.errors import ProviderError
from narrowcast.tts.base import Limits, Speech, SpeechRequest
from narrowcast.tts.fake import Damage, Fake
from narrowcast.tts.say import say

TEXT = "The first sentence is here, quite long. The second one follows it, also long. And the third ends it."


async def straight(ask: Callable[[], Awaitable[Speech]], text: str) -> Speech:
    assert text
    return await ask()


def request(text: str = TEXT) -> SpeechRequest:
    return SpeechRequest(text, "low", "en")


async def test_a_good_clip_is_asked_for_once() -> None:
    fake = Fake()
    said = await say(fake, request(), straight)
    assert (said.calls, said.rejected) == (1, 0)
    assert [asked.text for asked in fake.requests] == [TEXT]


@pytest.mark.parametrize("damage", list(Damage))
async def test_a_damaged_clip_is_asked_for_again(damage: Damage) -> None:
    said = await say(Fake([damage, damage]), request(), straight)
    assert (said.calls, said.rejected) == (3, 2)
    assert len(said.speech.samples) > 24_000 * 5


async def test_three_damaged_clips_are_enough() -> None:
    fake = Fake([Damage.SILENT] * 3)
    with pytest.raises(ProviderError, match=r"silent.*The first sentence") as caught:
        await say(fake, request(), straight)
    assert not caught.value.retryable
    assert caught.value.hint
    assert len(fake.requests) == 3


async def test_a_long_text_is_said_in_parts_with_words_in_their_places() -> None:
    short = Fake(limits=Limits(45, 8, 24_000))
    said = await say(short, request(), straight)
    assert [len(asked.text) <= 45 for asked in short.requests] == [True] * 3
    assert said.calls == 3
    words = [TEXT[word.offset :].split(maxsplit=1)[0].strip(".,") for word in said.speech.words]
    assert words == [word.strip(".,") for word in TEXT.split()]
    starts = [word.start_ms for word in said.speech.words]
    assert starts == sorted(starts)
    for word in said.speech.words:
        at = word.start_ms * 24
        assert np.abs(said.speech.samples[at : at + 1200]).max() > 0.02, word


async def test_nothing_to_say_asks_nobody() -> None:
    fake = Fake()
    said = await say(fake, request("… 🙂"), straight)
    assert (said.calls, fake.requests) == (0, [])
    assert 0 < len(said.speech.samples) < 24_000
    assert not said.speech.samples.any()


async def test_errors_of_the_call_are_not_tried_again_here() -> None:
    fault = ProviderError("busy", provider="fake", retryable=True)
    fake = Fake([fault])
    with pytest.raises(ProviderError, match="busy"):
        await say(fake, request(), straight)
    assert len(fake.requests) == 1


async def test_silence_around_a_clip_goes_and_words_move_with_it() -> None:
    class Padded(Fake):
        async def speak(self, request: SpeechRequest) -> Speech:
            speech = await super().speak(request)
            silence = np.zeros(24_000, np.float32)
            words = tuple(word.model_copy(update={"start_ms": word.start_ms + 1000}) for word in speech.words)
            return Speech(np.concatenate([silence, speech.samples, silence]), 24_000, words)

    plain, padded = await say(Fake(), request(), straight), await say(Padded(), request(), straight)
    assert abs(len(plain.speech.samples) - len(padded.speech.samples)) < 24 * 60
    assert padded.speech.words[0].start_ms <= 25
    assert abs(padded.speech.words[-1].start_ms - plain.speech.words[-1].start_ms) <= 26
