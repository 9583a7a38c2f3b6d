"""Producing: writing, speaking and mixing, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from narrowcast.audio.formats import mix_rate
from narrowcast.errors import one_fault
from narrowcast.pipeline.draft import Draft, Placed
from narrowcast.pipeline.events import Event, MixBegun, ScriptReady
from narrowcast.pipeline.files import write_script
from narrowcast.pipeline.length import spoken_minutes
from narrowcast.pipeline.mix import Mixed, mix
from narrowcast.pipeline.order import Parts, WriterSetup
from narrowcast.pipeline.prepare import Prepared
from narrowcast.pipeline.retrieval import OwnPassages, Retrieval
from narrowcast.pipeline.speak import Speaking
from narrowcast.pipeline.write import WritingParts, write
from narrowcast.script.script_file import dump_script


async def produce(
    prepared: Prepared,
    draft: Draft,
    parts: Parts,
    emit: Callable[[Event], None],
    keep_script: Callable[[bytes], Awaitable[None]],
) -> Mixed | None:
    """Write into `draft`, voice each turn as it stands, mix each clip as its turn comes; all at once.

    Gives the mix, or none when only the script was asked. The script is kept and its file written as soon as it is
    complete, so that it outlives a failing voice. Raises the first fault, wherever in the episode it happens; calls in
    flight are let finish, and kept.
    """
    plan, order = prepared.plan, prepared.order
    speaking = Speaking(prepared.voices, parts, plan.language, emit)

    def on_turn(placed: Placed) -> None:
        if not order.stop_after_script:
            speaking.start(placed)

    async def script() -> None:
        if prepared.setup:
            await write(plan, draft, _writing_parts(prepared, prepared.setup, parts, speaking, on_turn, emit))
        else:
            async for placed in draft.in_order():
                on_turn(placed)
        text = prepared.script(draft)
        await keep_script(dump_script(text).encode())
        await asyncio.to_thread(write_script, prepared.files.script, dump_script(text))
        emit(ScriptReady(text, prepared.files.script))

    try:
        with one_fault():
            async with asyncio.TaskGroup() as group:
                group.create_task(script())
                if order.stop_after_script:
                    return None
                watch = group.create_task(speaking.watch())
                rate = mix_rate(order.format, prepared.rates)
                speakers = tuple(speaker.name for speaker in plan.speakers)
                emit(MixBegun(rate, plan.language, speakers, order.profile.music))
                mixing = group.create_task(
                    mix(
                        draft,
                        speaking.clip,
                        parts.store.results,
                        path=prepared.files.unfinished,
                        format=order.format,
                        rate=rate,
                        asked_gap_ms=order.profile.audio_gap_ms,
                        score=prepared.score,
                        emit=emit,
                    )
                )
                mixing.add_done_callback(lambda _: watch.cancel())
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
    finding = Retrieval(prepared.plan, parts, setup.embedder) if setup.uses_model else OwnPassages(prepared.plan)
    return WritingParts(
        writer=setup.writer,
        results=parts.store.results,
        choose=finding.choose,
        streams=setup.uses_model,
        clip_ms=speaking.duration_ms,
        on_turn=on_turn,
        emit=emit,
        voices=[f"{voice.tts.name}:{voice.voice_id}" for voice in prepared.voices.values()],
        words_per_minute=prepared.words_per_minute,
        minutes=spoken_minutes(prepared.plan.minutes, prepared.score.alone_s if prepared.score else 0.0),
    )
