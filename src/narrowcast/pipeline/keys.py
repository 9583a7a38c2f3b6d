"""The hash of what was asked: the name under which every paid result is stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from narrowcast.script.dialogue import Turn
from narrowcast.script.source import SourceReference
from narrowcast.tts.base import SpeechRequest
from narrowcast.writers.base import Plan, Revision, SegmentRequest

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
        sources=[source.digest for source in plan.sources],
    )


def segment_key(outline: str, number: int, before: Iterable[Turn]) -> str:
    """The key of a segment's turns: its outline, its place, and what is heard before it.

    Its word budget is no part of it: budgets are corrected as the episode grows, and what is written stands.
    """
    return _key("segment", outline=outline, number=number, before=[(turn.speaker, turn.text) for turn in before])


def revision_key(writer: Mapping[str, Any], request: SegmentRequest, revision: Revision) -> str:
    """The key of turns that are written anew: what they were, what to change, and all that is given with them."""

    def said(turns: Iterable[Turn]) -> list[tuple[str, str, tuple[int, ...]]]:
        return [(turn.speaker, turn.text, turn.cites) for turn in turns]

    plan = request.plan
    return _key(
        "revision",
        writer=writer,
        title=plan.title,
        briefing=plan.briefing,
        language=plan.language,
        speakers=[(speaker.name, speaker.backstory, speaker.personality) for speaker in plan.speakers],
        sources=[source.digest for source in plan.sources],
        outline=[entry.name for entry in request.outline],
        number=request.number,
        before=said(request.before),
        turns=said(revision.turns),
        single=revision.single,
        after=said([revision.after] if revision.after else []),
        instruction=revision.instruction,
    )


def source_key(source: SourceReference) -> str:
    """The key of what was read of a source."""
    return _key("source", digest=source.digest)


def clip_key(identity: str, request: SpeechRequest) -> str:
    """The key of one turn's sound; `identity` is the voice's maker (`SpeakerVoice.maker`)."""
    return _key(
        "clip",
        provider=identity,
        model=request.model,
        voice=request.voice_id,
        config=request.config,
        language=request.language,
        text=request.text,
    )


def vector_key(text: str) -> str:
    """The name of a text among those of its model: short, for a library has a hundred thousand."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def vectors_key(embedder: Mapping[str, Any], *, query: bool, texts: Iterable[str] | None = None) -> str:
    """The key of a batch of vectors by the keys of its texts; without them, that of all of the model's batches."""
    return _key("vectors", embedder=embedder, query=query, texts=None if texts is None else list(texts))


def _key(kind: str, **asked: Any) -> str:
    canonical = json.dumps([kind, FORMAT, asked], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
