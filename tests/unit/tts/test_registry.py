"""Opening providers by name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from narrowcast.errors import VoiceError
from narrowcast.tts.registry import PROVIDERS, Means, open_tts


@pytest.mark.parametrize("name", PROVIDERS)
async def test_every_provider_opens_under_its_own_name(name: str, tmp_path: Path) -> None:
    tts = open_tts(name, Means(tmp_path, {"openai": "sk-test"}))
    assert tts.name == name
    assert tts.limits.max_characters >= 500
    await tts.aclose()


def test_an_unknown_provider_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="'polly'") as caught:
        open_tts("polly", Means(tmp_path))
    assert "espeak" in caught.value.hint


def test_the_registry_imports_no_provider() -> None:
    code = "import sys, narrowcast.tts.registry; print(sorted({'httpx2', 'espeakng_loader', 'av'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
