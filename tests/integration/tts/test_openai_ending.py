"""OpenAI ends its voices: `auto` goes on with others and says so, instead of being refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.integration.tts.conftest import KEY, MODELS

from narrowcast import Event, Studio, order
from narrowcast.cli.progress import line_for
from narrowcast.errors import VoiceError
from narrowcast.pipeline.events import PassedOver
from narrowcast.settings import read_settings
from narrowcast.tts.base import SpeechRequest
from narrowcast.tts.openai.provider import OpenAISpeech
from narrowcast.tts.registry import Means, in_reach

ENDED = ("gpt-6-luna", "gpt-realtime-2.1")


@pytest.fixture
def as_openai(voice_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The voice server is taken for OpenAI itself."""
    monkeypatch.setattr("narrowcast.tts.openai.provider.is_openai", lambda _url: True)
    monkeypatch.setattr("narrowcast.tts.openai.provider.OFFICIAL", voice_server.url)


@pytest.mark.parametrize(
    ("models", "speaks"),
    [(MODELS, True), (("gpt-6-luna", "gpt-4o-mini-tts-2025-12-15"), True), (ENDED, False)],
)
@pytest.mark.usefixtures("as_openai")
async def test_openai_is_in_reach_while_it_lists_a_model_that_speaks(
    voice_server: Any, tmp_path: Path, models: tuple[str, ...], speaks: bool
) -> None:
    voice_server.models = models
    means = Means(tmp_path, {"openai": KEY}, {"openai": voice_server.url})
    assert ("openai" in await in_reach(means)) is speaks
    tts = OpenAISpeech(KEY, voice_server.url)
    if not speaks:
        with pytest.raises(VoiceError, match="no voice model for this key") as caught:
            await tts.check([])
        assert "--tts" in caught.value.hint
    elif models != MODELS:
        with pytest.raises(VoiceError, match="no model 'gpt-4o-mini-tts'") as caught:
            await tts.check([SpeechRequest("", "nova", "en")])
        assert "gpt-4o-mini-tts-2025-12-15" in caught.value.hint, "it says which there are"
    assert voice_server.asked == []
    await tts.aclose()


@pytest.mark.usefixtures("as_openai")
async def test_openai_is_passed_over_only_by_its_own_word(voice_server: Any, tmp_path: Path) -> None:
    for url, key in ((voice_server.url, "sk-wrong"), ("http://127.0.0.1:9/v1", KEY)):
        assert "openai" in await in_reach(Means(tmp_path, {"openai": key}, {"openai": url})), "check says what is wrong"


@pytest.mark.usefixtures("as_openai")
@pytest.mark.parametrize(("models", "voice"), [(MODELS, "openai"), (ENDED, "espeak")])
async def test_auto_says_whom_it_passes_over(
    voice_server: Any, tmp_path: Path, models: tuple[str, ...], voice: str
) -> None:
    voice_server.models = models
    source = tmp_path / "a.md"
    source.write_text("# Tides\n\nThe sea rises twice a day. The moon draws it.\n", encoding="utf-8")
    heard: list[Event] = []
    settings = read_settings({"NARROWCAST_HOME": str(tmp_path / "home"), "OPENAI_API_KEY": KEY})
    wanted = order(source, out=tmp_path / "a.mp3", llm="none", stop_after_script=True)
    async with Studio.open(settings) as studio:
        episode = await studio.make(wanted, heard.append)
    assert {speaker.tts_provider for speaker in episode.script.speakers} == {voice}
    passed = [event for event in heard if isinstance(event, PassedOver)]
    assert passed == ([PassedOver("openai")] if voice == "espeak" else [])
    assert all("openai" in str(line_for(event)) for event in passed)
