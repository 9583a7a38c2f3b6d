"""The hash of what was asked: the name under which every paid result is stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from narrowcast.script.dialogue import Turn
from narrowcast.script.source import Source
from narrowcast.tts.base import SpeechRequest
from narrowcast.writers.base import Plan

FORMAT = 1
"""Raised when the stored form of a result changes, so that older ones are not mistaken for it."""


def outline_key(plan: Plan, writer: Mapping[str, Any], voices: Iterable[str]) -> str:
    """The key of an outline.

    The words that a length in minutes comes to are no part of it: they follow the voice's measured rate, which every
    run refines. The minutes and the voices are.
    """
    return _key(
        "outline",
        writer=writer,
        title=plan.title,
        briefing=plan.briefing,
        language=plan.language,
        speakers=[(speaker.name, speaker.backstory, speaker.personality) for speaker in plan.speakers],
        num_segments=plan.num_segments,
        minutes=plan.minutes,
        voices=sorted(voices) if plan.minutes else None,
        parallel=plan.parallel,
        sources=[_source_digest(source) for source in plan.sources],
    )


def segment_key(outline: str, number: int, before: Iterable[Turn]) -> str:
    """The key of a segment's turns: its outline, its place, and what is heard before it.

    Its word budget is no part of it: budgets are corrected as the episode grows, and what is written stands.
    """
    return _key("segment", outline=outline, number=number, before=[(turn.speaker, turn.text) for turn in before])


def clip_key(identity: str, request: SpeechRequest) -> str:
    """The key of one turn's sound; `identity` is the provider's (`TTS.identity`)."""
    return _key(
        "clip",
        provider=identity,
        model=request.model,
        voice=request.voice_id,
        config=request.config,
        language=request.language,
        text=request.text,
    )


def _source_digest(source: Source) -> str:
    digest = hashlib.sha256(f"{source.title}\0{source.language}".encode())
    for passage in source.passages:
        digest.update(f"\0{passage.number}\0{passage.kind}\0{'/'.join(passage.headings)}\0{passage.text}".encode())
    return digest.hexdigest()


def _key(kind: str, **asked: Any) -> str:
    canonical = json.dumps([kind, FORMAT, asked], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
