"""Opening providers by name."""

from __future__ import annotations

import subprocess
import sys

import pytest

from narrowcast.errors import VoiceError
from narrowcast.tts.registry import PROVIDERS, open_tts


@pytest.mark.parametrize("name", PROVIDERS)
async def test_every_provider_opens_under_its_own_name(name: str) -> None:
    tts = open_tts(name, {"openai": "sk-test"}, {})
    assert tts.name == name
    assert tts.limits.max_characters >= 500
    await tts.aclose()


def test_an_unknown_provider_is_refused_with_those_there_are() -> None:
    with pytest.raises(VoiceError, match="'polly'") as caught:
        open_tts("polly", {}, {})
    assert "espeak" in caught.value.hint


def test_the_registry_imports_no_provider() -> None:
    code = "import sys, narrowcast.tts.registry; print(sorted({'httpx2', 'espeakng_loader', 'av'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
