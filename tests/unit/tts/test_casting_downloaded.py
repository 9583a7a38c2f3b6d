"""When `auto` takes voices that were downloaded, and what makes their clips theirs."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from narrowcast.errors import VoiceError
from narrowcast.script.profile import Speaker, SpeakerProfile
from narrowcast.tts.base import TTS, Voice
from narrowcast.tts.casting import AUTO, cast, passed_over
from narrowcast.tts.fake import Fake


class Local(Fake):
    """A provider with so many voices for English."""

    def __init__(self, name: str, count: int, content: str = "1") -> None:
        super().__init__()
        self.name = self.identity = name
        self._count = count
        self._content = content

    async def voices(self, language: str) -> Sequence[Voice]:
        if not language.startswith("en"):
            raise VoiceError(f"No voice for {language}.")
        return tuple(Voice(f"{self.name}{number}", "") for number in range(self._count))

    async def digest(self, voice_id: str, model: str | None) -> str:  # noqa: ARG002 - the Protocol's
        return f"{voice_id}-{self._content}"


def profile(count: int = 2, provider: str = AUTO) -> SpeakerProfile:
    return SpeakerProfile(
        name="test", tts_provider=provider, speakers=tuple(Speaker(name=f"S{number}") for number in range(count))
    )


async def chosen(available: set[str], counts: dict[str, int], language: str = "en", own: str = AUTO) -> set[str]:
    def open_tts(name: str) -> TTS:
        return Local(name, counts[name]) if name in counts else Fake()

    voices = await cast(profile(provider=own), AUTO, language, available, open_tts)
    return {voice.tts.name for voice in voices.values()}


@pytest.mark.parametrize(
    ("available", "counts", "expected"),
    [
        ({"kokoro", "piper"}, {"kokoro": 2, "piper": 2}, "kokoro"),
        ({"kokoro", "piper"}, {"kokoro": 1, "piper": 2}, "piper"),
        ({"kokoro", "piper"}, {"kokoro": 1, "piper": 1}, "fake"),
        ({"piper"}, {"kokoro": 2, "piper": 3}, "piper"),
        ({"openai", "kokoro"}, {"kokoro": 4}, "fake"),
        (set(), {"kokoro": 4}, "fake"),
    ],
)
async def test_auto_takes_the_first_with_a_voice_for_each_speaker(
    available: set[str], counts: dict[str, int], expected: str
) -> None:
    assert await chosen(available, counts) == {expected}


async def test_auto_takes_none_that_lacks_the_language() -> None:
    assert await chosen({"kokoro", "piper"}, {"kokoro": 4, "piper": 4}, "de") == {"fake"}
    assert await chosen({"kokoro"}, {"kokoro": 4}, "de", own="kokoro") == {"fake"}


async def test_the_profiles_own_is_taken_with_one_voice_too() -> None:
    assert await chosen({"kokoro", "piper"}, {"kokoro": 4, "piper": 1}, own="piper") == {"piper"}


async def test_what_the_files_hold_is_part_of_who_made_the_sound() -> None:
    async def makers(content: str) -> list[str]:
        voices = await cast(profile(), "piper", "en", set(), lambda name: Local(name, 2, content))
        return [voice.maker for voice in voices.values()]

    assert await makers("1") == ["piper@piper0-1", "piper@piper1-1"]
    assert await makers("2") == ["piper@piper0-2", "piper@piper1-2"]
    [other] = {voice.maker for voice in (await cast(profile(1), "fake", "en", set(), lambda _name: Fake())).values()}
    assert other == "fake"


class Hosted(Local):
    """A provider that has models."""

    default_model: str | None = "fine"


@pytest.mark.parametrize("asked", ["elevenlabs:Rachel", "elevenlabs:rachel", "elevenlabs:ABC1", "espeak:Rachel"])
async def test_a_voice_given_as_a_model_leads_to_the_speaker_profile(asked: str) -> None:
    class Named(Hosted):
        async def voices(self, language: str) -> Sequence[Voice]:  # noqa: ARG002 - the Protocol's
            return (Voice("abc1", "Rachel"), Voice("abc2", "Paul"))

    with pytest.raises(VoiceError) as caught:
        await cast(profile(), asked, "en", set(), lambda name: Named(name, 2) if name == "elevenlabs" else Fake())
    assert "--speakers" in caught.value.hint
    assert "voice_id" in caught.value.hint


async def test_a_model_is_taken_where_the_voices_cannot_be_listed() -> None:
    own = SpeakerProfile(name="test", tts_provider="elevenlabs", speakers=(Speaker(name="S", voice_id="abc1"),))
    voices = await cast(own, "elevenlabs:turbo", "xx", set(), lambda name: Hosted(name, 0))
    assert voices["S"].model == "turbo"


@pytest.mark.parametrize(
    ("own", "expected", "available", "passed"),
    [
        (AUTO, {"openai"}, set(), ["openai"]),
        (AUTO, {"openai"}, {"openai"}, []),
        ("openai", {"openai"}, set(), ["openai"]),
        ("espeak", {"openai"}, set(), []),
        (AUTO, {"anthropic"}, set(), []),
    ],
)
def test_only_who_was_wanted_is_passed_over(
    own: str, expected: set[str], available: set[str], passed: list[str]
) -> None:
    assert passed_over(profile(provider=own), expected, available) == passed
