"""Producing: writing, speaking and mixing, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from narrowcast.audio.encode import mix_rate
from narrowcast.errors import NarrowcastError, first_fault
from narrowcast.pipeline.draft import Draft, Placed
from narrowcast.pipeline.events import Event, ScriptReady
from narrowcast.pipeline.files import write_script
from narrowcast.pipeline.mix import Mixed, mix
from narrowcast.pipeline.order import Parts, WriterSetup
from narrowcast.pipeline.prepare import Prepared
from narrowcast.pipeline.speak import Speaking
from narrowcast.pipeline.write import WritingParts, write
from narrowcast.script.dialogue import OutlineSegment
from narrowcast.script.script_file import dump_script
from narrowcast.script.source import Passage
from narrowcast.sources.retrieve import Retriever, choose
from narrowcast.writers.base import Plan

CHARACTERS_PER_WORD_ASKED = 16
"""Source text for a segment: between two and three times what it will say."""
LEAST_CHARACTERS = 3_000


async def produce(prepared: Prepared, draft: Draft, parts: Parts, emit: Callable[[Event], None]) -> Mixed | None:
    """Write into `draft`, voice each turn as it stands, mix each clip as its turn comes; all at once.

    Gives the mix, or none when only the script was asked. The script file is written as soon as it is complete, so
    that it outlives a failing voice. Raises the first fault; calls in flight are let finish, and kept.
    """
    plan, order = prepared.plan, prepared.order
    speaking = Speaking(prepared.voices, parts, plan.language, emit)

    def on_turn(placed: Placed) -> None:
        if not order.stop_after_script:
            speaking.start(placed)

    async def script() -> None:
        if prepared.setup:
            await write(plan, draft, _writing_parts(prepared, prepared.setup, parts, speaking, on_turn, emit))
        text = draft.script(plan.title, plan.language, plan.speakers)
        write_script(prepared.files.script, dump_script(text))
        emit(ScriptReady(text, prepared.files.script))

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(script())
            if order.stop_after_script:
                return None
            mixing = group.create_task(
                mix(
                    draft,
                    speaking.clip,
                    parts.store.results,
                    path=prepared.files.unfinished,
                    format=order.format,
                    rate=mix_rate(order.format, (voice.tts.limits.sample_rate for voice in prepared.voices.values())),
                    asked_gap_ms=order.profile.audio_gap_ms,
                    emit=emit,
                )
            )
    except* NarrowcastError as group_of_faults:
        raise first_fault(group_of_faults) from group_of_faults
    finally:
        await speaking.finish()
    return mixing.result()


async def written(prepared: Prepared, parts: Parts) -> Draft:
    """The script alone, without a file and without events: what an estimate counts when writing is free."""
    draft = Draft()
    speaking = Speaking(prepared.voices, parts, prepared.plan.language, lambda _event: None)
    if prepared.setup:
        writing = _writing_parts(prepared, prepared.setup, parts, speaking, lambda _placed: None, lambda _event: None)
        await write(prepared.plan, draft, writing)
    return draft


def _writing_parts(
    prepared: Prepared,
    setup: WriterSetup,
    parts: Parts,
    speaking: Speaking,
    on_turn: Callable[[Placed], None],
    emit: Callable[[Event], None],
) -> WritingParts:
    return WritingParts(
        writer=setup.writer,
        results=parts.store.results,
        choose=_retrieval(prepared.plan) if setup.uses_model else _own_passages(prepared.plan),
        clip_ms=speaking.duration_ms,
        on_turn=on_turn,
        emit=emit,
        voices=[f"{voice.tts.name}:{voice.voice_id}" for voice in prepared.voices.values()],
        words_per_minute=prepared.words_per_minute,
    )


def _retrieval(plan: Plan) -> Callable[[OutlineSegment, int], tuple[Passage, ...]]:
    """A model's segment gets the passages that its entry names, and what retrieval finds for it."""
    passages = tuple(plan.passages().values())
    retriever = Retriever(passages, plan.language)

    def find(entry: OutlineSegment, words: int) -> tuple[Passage, ...]:
        budget = max(LEAST_CHARACTERS, words * CHARACTERS_PER_WORD_ASKED)
        return choose(retriever, passages, f"{entry.name} {entry.description}", entry.passages, budget)

    return find


def _own_passages(plan: Plan) -> Callable[[OutlineSegment, int], tuple[Passage, ...]]:
    """Without a model a segment holds just what its entry names, in the document's order."""
    passages = plan.passages()
    return lambda entry, _words: tuple(passages[number] for number in entry.passages)
