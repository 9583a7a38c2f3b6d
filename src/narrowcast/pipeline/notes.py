"""Show notes: what the episode draws on, where each line comes from, what to check, how it was made. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from narrowcast.audio.loudness import TARGET_LUFS, Measurement
from narrowcast.pipeline.prepare import Prepared
from narrowcast.pipeline.progress import Tally
from narrowcast.pipeline.quality import Coverage, Quality
from narrowcast.script.claims import Flag
from narrowcast.script.dialogue import Script, Turn
from narrowcast.script.one_line import one_line
from narrowcast.script.source import Passage, Source
from narrowcast.script.timeline import Timeline

TOLERANCE_LU = 1.0
PEAK_LIMIT_DBTP = -1.0
LENGTH_TOLERANCE = 0.15
BEGINNING = 60
"""Characters of a title or a turn that are shown where the whole is not needed."""


@dataclass(frozen=True)
class Facts:
    """All that the notes tell. Without sound there is no timeline and no measurement."""

    prepared: Prepared
    script: Script
    timeline: Timeline | None
    measured: Measurement | None
    tally: Tally
    flags: Mapping[str, Sequence[Flag]]
    quality: Quality


def notes(facts: Facts) -> str:
    """The notes as Markdown."""
    plan = facts.prepared.plan
    parts = [f"# {_line(plan.title)}", _summary(facts)]
    if plan.sources:
        heard = zip(plan.sources, facts.quality.coverage, strict=True)
        several = len(plan.sources) > 1
        parts += ["## Sources", "\n".join(_source(source, part, several=several) for source, part in heard)]
    if facts.timeline:
        chapters = (f"- {clock(chapter.start_ms)} {_line(chapter.title)}" for chapter in facts.timeline.chapters)
        parts += ["## Chapters", "\n".join(chapters)]
    if facts.flags:
        parts += [
            "## To check",
            "These numbers and names are said, but do not stand in the passages that the line cites:",
            "\n".join(_flagged(facts)),
        ]
    parts += ["## Quality", "\n".join(_quality(facts.quality))]
    parts += ["## How it was made", "\n".join(_making(facts))]
    if plan.sources:
        parts += ["## Where each line comes from", "\n".join(_citations(facts)).strip()]
    return "\n\n".join(parts) + "\n"


def warnings(facts: Facts) -> tuple[str, ...]:
    """What the person should know at once: a length that was missed, sound out of bounds, claims to check."""
    return tuple(_warnings(facts))


def _warnings(facts: Facts) -> Iterator[str]:
    asked, measured = facts.prepared.plan.minutes, facts.measured
    if asked and measured and abs(measured.duration_ms / 60_000 / asked - 1) > LENGTH_TOLERANCE:
        longer = measured.duration_ms / 60_000 > asked
        uses_model = facts.prepared.setup is None or facts.prepared.setup.uses_model
        why = "" if longer or uses_model else ": the source holds no more that can be read aloud"
        yield f"{asked:g} minutes were asked, {measured.duration_ms / 60_000:.1f} came out{why}."
    if measured and abs(measured.integrated_lufs - TARGET_LUFS) > TOLERANCE_LU:
        yield f"The loudness is {measured.integrated_lufs:.1f} LUFS, not {TARGET_LUFS:g}."
    if measured and measured.true_peak_dbtp > PEAK_LIMIT_DBTP:
        yield f"The true peak is {measured.true_peak_dbtp:.1f} dBTP, above {PEAK_LIMIT_DBTP:g}."
    if facts.flags:
        count = sum(len(flags) for flags in facts.flags.values())
        yield f"{count} number{'s or names' if count > 1 else ' or name'} to check against the source: see the notes."


def _summary(facts: Facts) -> str:
    turns = sum(1 for _ in facts.script.turns())
    speakers = ", ".join(_line(speaker.name) for speaker in facts.script.speakers)
    length = f"{clock(facts.measured.duration_ms)}, " if facts.measured else ""
    return f"{length}{len(facts.script.segments)} segments, {turns} turns. Speakers: {speakers}."


def _source(source: Source, heard: Coverage, *, several: bool) -> str:
    details = [part for part in (source.author, source.published) if part]
    origin = "" if source.origin == "-" else f" — {_line(source.origin)}"
    sections = f", {heard.sections_heard} of its {heard.sections} sections" if heard.sections else ""
    share = f" Its share here: {heard.of_episode:.0%}." if several else ""
    return (
        f"{source.number}. **{_line(source.title)}**{''.join(f', {_line(part)}' for part in details)}{origin}\n"
        f"   Heard of it: {heard.of_source:.0%} of its words{sections}.{share}"
    )


def _flagged(facts: Facts) -> Iterator[str]:
    for turn in facts.script.turns():
        for flag in facts.flags.get(turn.id, ()):
            yield f"- {_line(turn.speaker)}{_at(facts, turn)}: “{_line(flag.text)}” ({flag.kind})"


def _making(facts: Facts) -> Iterator[str]:
    prepared, tally = facts.prepared, facts.tally
    if prepared.setup is None:
        yield "- Script: as given."
    elif prepared.setup.uses_model:
        yield f"- Written by {prepared.setup.label}."
    else:
        yield "- No language model was used: the answers are the source's own sentences, chosen and put in order."
    for name, voice in prepared.voices.items():
        yield f"- {_line(name)} is voiced by {voice.tts.name}, voice {_line(voice.voice_id)}."
    yield (
        f"- This run: {tally.prompt_tokens:,} prompt and {tally.completion_tokens:,} completion tokens, "
        f"{tally.characters:,} characters voiced, {cost(tally.cost_usd)}."
    )
    kept = tally.cached
    if kept.clips or kept.segments or kept.outlines:
        yield f"- Already there and not paid again: {kept.clips} clips, {kept.segments} segments."


def _quality(quality: Quality) -> Iterator[str]:
    if quality.minutes is not None:
        asked = f"{quality.minutes_asked:g} minutes asked, " if quality.minutes_asked else ""
        yield f"- Length: {asked}{quality.minutes:.1f} minutes made, {quality.words:,} words."
    elif quality.minutes_asked:
        yield f"- Length: {quality.minutes_asked:g} minutes asked; {quality.words:,} words, not voiced yet."
    if quality.words_per_minute:
        yield f"- Speech rate: {quality.words_per_minute:.0f} words a minute, pauses between turns not counted."
    if quality.integrated_lufs is not None:
        yield (
            f"- Sound, measured on the finished file: {quality.integrated_lufs:.1f} LUFS, true peak "
            f"{quality.true_peak_dbtp:.1f} dBTP, longest pause {quality.longest_pause_s:.1f} s."
        )
        rejected = quality.rejected_clips
        yield (
            f"- Clips rejected in this run: {rejected or 'none'}"
            + (" (silent, cut off or of an absurd length; asked for again)." if rejected else ".")
        )
    yield f"- Turns that cite a passage: {quality.cited_turns:.0%}; the others are the speakers' own words."
    yield f"- Numbers and names to check: {quality.flags or 'none'}."


def _citations(facts: Facts) -> Iterator[str]:
    passages = facts.prepared.plan.passages()
    titles = {source.number: source.title for source in facts.prepared.plan.sources}
    for segment in facts.script.segments:
        yield f"\n### {_line(segment.title)}\n"
        for turn in segment.turns:
            places = [_place(passages[number], titles) for number in turn.cites if number in passages]
            if places:
                yield (
                    f"- {_line(turn.speaker)}{_at(facts, turn)}, “{_line(_beginning(turn.text))}”: "
                    f"{'; '.join(dict.fromkeys(places))}"
                )


def _place(passage: Passage, titles: Mapping[int, str]) -> str:
    """The passage's number, which source it is in where there are several, and where in it."""
    place = [_line(_beginning(titles[passage.source]))] if len(titles) > 1 else []
    if passage.page:
        place.append(f"p. {passage.page}")
    if passage.start_ms is not None:
        place.append(clock(passage.start_ms))
    if passage.headings:
        place.append(_line(passage.headings[-1]))
    if not (passage.page or passage.headings) and passage.start_ms is None:
        place.append(f"“{_line(_beginning(passage.text))}”")
    return f"[{passage.number}] {', '.join(place)}".strip()


def _beginning(text: str) -> str:
    """The first words of a text, enough to find it by."""
    flat = " ".join(text.split())
    if len(flat) <= BEGINNING:
        return flat
    words, _, cut = flat[:BEGINNING].rpartition(" ")
    return (words if len(words) > BEGINNING // 2 else words + " " + cut).strip() + " …"


def _at(facts: Facts, turn: Turn) -> str:
    if not facts.timeline:
        return ""
    start = next((cue.start_ms for cue in facts.timeline.cues if cue.turn_id == turn.id), None)
    return "" if start is None else f" at {clock(start)}"


def clock(milliseconds: int) -> str:
    """`1:02:03` or `2:03`."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def cost(usd: float | None) -> str:
    """`$0.0123`, `no cost`, or that it is not known."""
    if usd is None:
        return "cost not known"
    return f"${usd:.4f}" if usd else "no cost"


def _line(text: str) -> str:
    """Text of a source on one line, its Markdown and HTML disarmed."""
    flat = one_line(text)
    return "".join(f"\\{character}" if character in "\\`*_[]<>" else character for character in flat)
