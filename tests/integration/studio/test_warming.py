"""What a run needs is imported beforehand, in a process of its own: here everything is imported already."""

from __future__ import annotations

import subprocess
import sys

LOOK = """
import sys
from narrowcast.studio.warming import warm_up
warm_up({providers!r})
print(*sorted(sys.modules))
"""


def imported(*providers: str) -> set[str]:
    command = [sys.executable, "-c", LOOK.format(providers=providers)]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_without_keys_no_library_of_models_is_loaded() -> None:
    loaded = imported()
    assert "av" in loaded
    assert not loaded & {"openai", "pydantic_ai"}


def test_with_a_key_its_writer_and_its_voices_are_loaded() -> None:
    loaded = imported("openai", "no-such-provider")
    assert {"pydantic_ai.models.openai", "narrowcast.tts.openai.provider", "narrowcast.writers.llm.writer"} <= loaded
