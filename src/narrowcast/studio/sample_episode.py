"""The episode that a new server makes by itself: from a short text that comes along, offline, at no cost."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from narrowcast.studio.wanted import Wanted

SEGMENTS, MINUTES = 2, 2


@lru_cache
def sample_wish() -> Wanted:
    """What is wished for. Nobody is asked who takes money, whatever keys there are."""
    text = files("narrowcast.studio").joinpath("sample_episode.md").read_text("utf-8")
    title = text.splitlines()[0].removeprefix("# ")
    return Wanted(
        content=text, title=title, num_segments=SEGMENTS, minutes=MINUTES, language="en", llm="none", tts="espeak"
    )
