"""Publishing: tags, chapters, side files and notes, once the mix is complete."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from narrowcast.audio.encode import Tags, finish
from narrowcast.audio.loudness import measure
from narrowcast.covers.draw import cover_jpeg
from narrowcast.pipeline.chapter_images import write_chapter_images
from narrowcast.pipeline.draft import Draft
from narrowcast.pipeline.events import Episode
from narrowcast.pipeline.files import write_text
from narrowcast.pipeline.mix import Mixed, MixedTurn
from narrowcast.pipeline.notes import Facts, notes, warnings
from narrowcast.pipeline.prepare import Prepared
from narrowcast.pipeline.progress import Tally
from narrowcast.pipeline.quality import quality_of
from narrowcast.script.claims import Flag, unsupported
from narrowcast.script.cue_sheet import cue_sheet
from narrowcast.script.cues import build_timeline, sentence_cues
from narrowcast.script.dialogue import Script
from narrowcast.script.sentences import split_sentences
from narrowcast.script.timeline import Timeline, TurnCue
from narrowcast.script.transcripts import to_chapters_json, to_json, to_srt, to_txt, to_vtt
from narrowcast.writers.base import Plan


async def publish(prepared: Prepared, draft: Draft, mixed: Mixed | None, tally: Tally, episode_id: str) -> Episode:
    """Write everything beside the audio, then put the audio itself in place: whoever sees it sees all of it.

    Without a mix only the script and its notes are there to publish. Raises `OutputError`.
    """
    plan, files = prepared.plan, prepared.files
    script = prepared.script(draft)
    flags = flagged(script, plan)
    seconds, measured, timeline = 0.0, None, None
    if mixed:
        timeline = timeline_of(mixed, script)
        cover = prepared.cover or await asyncio.to_thread(cover_jpeg, plan.title)
        tags = Tags(
            title=plan.title,
            artist=", ".join(speaker.name for speaker in plan.speakers),
            album="Narrowcast",
            date=datetime.now(UTC).date().isoformat(),
            comment="AI-generated from: " + "; ".join(source.title for source in plan.sources) if plan.sources else "",
            language=plan.language,
        )
        images: tuple[str, ...] = ()
        if prepared.order.profile.chapter_images:
            images = await asyncio.to_thread(write_chapter_images, files, plan.title, timeline.chapters)
        for ending, text in side_files(script, timeline, images).items():
            await asyncio.to_thread(write_text, files.beside(ending), text)
        await asyncio.to_thread(finish, mixed.path, files.audio, tags, timeline.chapters, cover)
        measured = await asyncio.to_thread(measure, files.audio)
        seconds = measured.duration_ms / 1000
    quality = quality_of(
        script,
        plan.sources,
        flags,
        timeline,
        measured,
        minutes_asked=plan.minutes,
        rejected_clips=tally.rejected_clips,
    )
    facts = Facts(prepared, script, timeline, measured, tally, flags, quality)
    await asyncio.to_thread(write_text, files.beside(".notes.md"), notes(facts))
    written = files.all() if mixed else (files.script, files.beside(".notes.md"))
    return Episode(
        episode_id=episode_id,
        path=files.audio if mixed else files.script,
        title=plan.title,
        seconds=seconds,
        turns=sum(1 for _ in script.turns()),
        segments=len(script.segments),
        prompt_tokens=tally.prompt_tokens,
        completion_tokens=tally.completion_tokens,
        characters=tally.characters,
        cost_usd=tally.cost_usd,
        cached=tally.cached,
        first_audio_at=mixed.first_audio_at if mixed else None,
        files=tuple(written),
        warnings=warnings(facts),
        clips=tuple(dict.fromkeys(turn.clip.key for turn in mixed.turns)) if mixed else (),
        quality=quality,
        script=script,
        cues=cue_sheet(script, timeline, flags, plan.sources) if timeline else None,
    )


def side_files(script: Script, timeline: Timeline, images: Sequence[str] = ()) -> dict[str, str]:
    """The text of each transcript and of the chapters, by ending."""
    return {
        ".vtt": to_vtt(timeline),
        ".srt": to_srt(timeline),
        ".txt": to_txt(script),
        ".transcript.json": to_json(timeline),
        ".chapters.json": to_chapters_json(timeline, images),
    }


def flagged(script: Script, plan: Plan) -> dict[str, tuple[Flag, ...]]:
    """The numbers and names of each turn, by its id, that its cited passages lack.

    Turns that cite nothing are the show's own words (greetings, questions); their figures are looked for in the whole
    segment's passages. What a source is called and who wrote it may always be said.
    """
    passages = plan.passages()
    names = [speaker.name for speaker in script.speakers]
    about = [plan.title, *(part for source in plan.sources for part in (source.title, source.author) if part)]
    found: dict[str, tuple[Flag, ...]] = {}
    for segment in script.segments:
        all_cited = [passages[number].text for turn in segment.turns for number in turn.cites if number in passages]
        for turn in segment.turns:
            cited = [passages[number].text for number in turn.cites if number in passages]
            evidence = cited or all_cited
            known = [*evidence, *about] if evidence else []
            flags = unsupported(turn.text, known, script.language, known_names=names)
            if flags:
                found[turn.id] = tuple(flags)
    return found


def timeline_of(mixed: Mixed, script: Script) -> Timeline:
    """Every turn's place in the mix, cut into sentences; a chapter for each segment."""
    cues = tuple(_cue(turn, script.language) for turn in mixed.turns)
    return build_timeline(cues, [segment.title for segment in script.segments], mixed.duration_ms)


def _cue(mixed: MixedTurn, language: str) -> TurnCue:
    turn = mixed.placed.turn
    sentences = split_sentences(turn.text, language)
    return TurnCue(
        turn_id=turn.id,
        speaker=turn.speaker,
        segment=mixed.placed.segment,
        start_ms=mixed.start_ms,
        end_ms=mixed.end_ms,
        sentences=sentence_cues(
            turn.text, mixed.start_ms, mixed.end_ms, sentences, mixed.clip.words, mixed.clip.spoken
        ),
    )
