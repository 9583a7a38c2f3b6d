"""How good an episode came out, in figures that were all measured or counted: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from narrowcast.audio.loudness import Measurement
from narrowcast.pipeline.chapters import SPEAKABLE, chapter_level
from narrowcast.script.claims import Flag
from narrowcast.script.dialogue import Script
from narrowcast.script.source import Source
from narrowcast.script.timeline import Timeline
from narrowcast.script.words import count_words


@dataclass(frozen=True)
class Coverage:
    """How much of one source is heard of, and how much of the episode is its.

    `of_source` is the share of its words (prose and lists) that stand in cited passages; `of_episode` is its share of
    all words said with a citation, a turn's words split evenly between the passages that it cites. `sections` counts
    its headings of the uppermost level that branches, `sections_heard` those of them that are cited; 0 where a source
    has no such headings.
    """

    source: int
    title: str
    of_source: float
    of_episode: float
    sections: int
    sections_heard: int


@dataclass(frozen=True)
class Quality:
    """The quality report. Without sound the figures of the sound are none.

    `words_per_minute` is what was said, over the time of the turns without the pauses between them. `cited_turns` is
    the share of turns with a citation; the others are the hosts' own words. `longest_pause_s` is the longest silence,
    or time without words between two turns where music fills it. `flags` counts the numbers and names that
    the cited passages lack.
    """

    coverage: tuple[Coverage, ...]
    cited_turns: float
    flags: int
    rejected_clips: int
    words: int
    minutes_asked: float | None
    minutes: float | None = None
    integrated_lufs: float | None = None
    true_peak_dbtp: float | None = None
    longest_pause_s: float | None = None
    words_per_minute: float | None = None


def quality_of(
    script: Script,
    sources: Sequence[Source],
    flags: Mapping[str, Sequence[Flag]],
    timeline: Timeline | None,
    measured: Measurement | None,
    *,
    minutes_asked: float | None,
    rejected_clips: int,
) -> Quality:
    """The report on a script and, where there is sound, on its sound."""
    turns = list(script.turns())
    words = sum(count_words(turn.text) for turn in turns)
    spoken_ms = sum(cue.end_ms - cue.start_ms for cue in timeline.cues) if timeline else 0
    return Quality(
        coverage=coverage(script, sources),
        cited_turns=sum(1 for turn in turns if turn.cites) / max(1, len(turns)),
        flags=sum(len(found) for found in flags.values()),
        rejected_clips=rejected_clips,
        words=words,
        minutes_asked=minutes_asked,
        minutes=measured.duration_ms / 60_000 if measured else None,
        integrated_lufs=measured.integrated_lufs if measured else None,
        true_peak_dbtp=measured.true_peak_dbtp if measured else None,
        longest_pause_s=max(measured.longest_pause_ms, _wordless_ms(timeline)) / 1000 if measured else None,
        words_per_minute=words / (spoken_ms / 60_000) if spoken_ms else None,
    )


def _wordless_ms(timeline: Timeline | None) -> int:
    cues = timeline.cues if timeline else ()
    return max((after.start_ms - before.end_ms for before, after in pairwise(cues)), default=0)


def coverage(script: Script, sources: Sequence[Source]) -> tuple[Coverage, ...]:
    """One entry a source, in their order."""
    owner = {passage.number: source.number for source in sources for passage in source.passages}
    said: dict[int, float] = dict.fromkeys((source.number for source in sources), 0.0)
    cited: set[int] = set()
    for turn in script.turns():
        known = [number for number in turn.cites if number in owner]
        cited.update(known)
        for number in known:
            said[owner[number]] += count_words(turn.text) / len(known)
    total = sum(said.values()) or 1.0
    return tuple(_of_source(source, cited, said[source.number] / total) for source in sources)


def _of_source(source: Source, cited: set[int], of_episode: float) -> Coverage:
    speakable = [passage for passage in source.passages if passage.kind in SPEAKABLE]
    words = {passage.number: count_words(passage.text) for passage in speakable}
    level = chapter_level(speakable)
    sections = {passage.headings[level] for passage in speakable if len(passage.headings) > level}
    heard = {
        passage.headings[level]
        for passage in source.passages
        if passage.number in cited and len(passage.headings) > level
    }
    return Coverage(
        source=source.number,
        title=source.title,
        of_source=sum(count for number, count in words.items() if number in cited) / max(1, sum(words.values())),
        of_episode=of_episode,
        sections=len(sections) if len(sections) > 1 else 0,
        sections_heard=len(heard & sections) if len(sections) > 1 else 0,
    )
