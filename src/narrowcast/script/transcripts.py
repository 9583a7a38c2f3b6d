"""Transcripts and chapters as the texts that players read. Everything here is a function of values."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from itertools import accumulate

from narrowcast.script.dialogue import Script
from narrowcast.script.one_line import one_line
from narrowcast.script.timeline import Timeline

VTT_WIDTH = 65
"""Characters a line, as the Podcasting 2.0 transcript guide has it; the voice tag is counted where there is room."""
SRT_WIDTH = 32
"""Characters a line for SRT, from the same guide."""
LINES = 2
"""Lines a cue."""


def to_txt(script: Script) -> str:
    """Title, then each segment's title and its turns, `Name: text`, separated by blank lines."""
    blocks = [one_line(script.title)]
    for segment in script.segments:
        blocks.append(f"[{one_line(segment.title)}]")
        blocks.extend(f"{one_line(turn.speaker)}: {one_line(turn.text)}" for turn in segment.turns)
    return "\n\n".join(blocks) + "\n"


def to_vtt(timeline: Timeline) -> str:
    """WebVTT (W3C): a cue a sentence, with a voice tag; long sentences are split, times shared by characters."""
    blocks = ["WEBVTT"]
    for turn in timeline.cues:
        tag = f"<v {_vtt_text(one_line(turn.speaker))}>" if turn.speaker else ""
        indent = min(len(tag), VTT_WIDTH // 2)
        for sentence in turn.sentences:
            for lines, start_ms, end_ms in _cues(sentence.text, sentence.start_ms, sentence.end_ms, VTT_WIDTH, indent):
                body = tag + "\n".join(_vtt_text(line) for line in lines)
                blocks.append(f"{_clock(start_ms, '.')} --> {_clock(end_ms, '.')}\n{body}")
    return "\n\n".join(blocks) + "\n"


def to_srt(timeline: Timeline) -> str:
    """SubRip: at most two lines of 32 characters a cue; the speaker's name before the first words of each turn."""
    blocks: list[str] = []
    for turn in timeline.cues:
        for number, sentence in enumerate(turn.sentences):
            text = one_line(sentence.text).replace("-->", "→")
            if number == 0 and turn.speaker:
                text = f"{one_line(turn.speaker)}: {text}"
            for lines, start_ms, end_ms in _cues(text, sentence.start_ms, sentence.end_ms, SRT_WIDTH):
                times = f"{_clock(start_ms, ',')} --> {_clock(end_ms, ',')}"
                blocks.append("\n".join([str(len(blocks) + 1), times, *lines]))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def to_json(timeline: Timeline) -> str:
    """Podcasting 2.0 transcript JSON 1.0.0: a segment a sentence, times in seconds."""
    segments = [
        {
            "speaker": one_line(turn.speaker),
            "startTime": sentence.start_ms / 1000,
            "endTime": sentence.end_ms / 1000,
            "body": one_line(sentence.text),
        }
        for turn in timeline.cues
        for sentence in turn.sentences
    ]
    return json.dumps({"version": "1.0.0", "segments": segments}, ensure_ascii=False, indent=1) + "\n"


def to_chapters_json(timeline: Timeline, images: Sequence[str] = ()) -> str:
    """Podcasting 2.0 chapters JSON 1.2.0, times in seconds; `images` are the addresses of the chapters' pictures."""
    chapters = [
        {
            "startTime": chapter.start_ms / 1000,
            "title": one_line(chapter.title),
            **({"img": images[number]} if images else {}),
        }
        for number, chapter in enumerate(timeline.chapters)
    ]
    return json.dumps({"version": "1.2.0", "chapters": chapters}, ensure_ascii=False, indent=1) + "\n"


def _cues(text: str, start_ms: int, end_ms: int, width: int, indent: int = 0) -> Iterator[tuple[list[str], int, int]]:
    """`text` in cues of at most `LINES` lines of `width`, each with its part of the time by its characters.

    The first line of each cue is shorter by `indent`. Each cue takes at least 1 ms, as formats want it.
    """
    pages = list(_pages(one_line(text), width, indent))
    shares = [0, *accumulate(sum(map(len, lines)) for lines in pages)]
    for number, lines in enumerate(pages):
        begin, end = (start_ms + (end_ms - start_ms) * shares[place] // shares[-1] for place in (number, number + 1))
        yield lines, begin, max(end, begin + 1)


def _pages(text: str, width: int, indent: int) -> Iterator[list[str]]:
    while text:
        lines = textwrap.wrap(text, width, initial_indent="\0" * indent, break_on_hyphens=False)[:LINES]
        lines[0] = lines[0].lstrip("\0")
        yield [line for line in lines if line]
        text = _without(text, lines)


def _without(text: str, lines: list[str]) -> str:
    for line in lines:
        text = text[len(line) :].lstrip()
    return text


def _vtt_text(text: str) -> str:
    """Escaped for cue text and for a voice's name (WebVTT, 4.2): `-->` cannot be left over either."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(ms: int, point: str) -> str:
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"
