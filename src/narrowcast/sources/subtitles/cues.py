"""SubRip and WebVTT into cues, from files as people find them: what stands on the screen, from when until when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from narrowcast.sources.bounds import MAX_CUES, check_count

_CLOCK = r"(?:(\d{1,4}):)?(\d{1,3}):(\d{1,2})(?:[.,:](\d{1,3}))?"
_TIMES = re.compile(rf"\s*(?:\d+\s+)?{_CLOCK}\s*-{{1,2}}>\s*{_CLOCK}")
_ONE_TIME = re.compile(_CLOCK)
_LONGEST_TIMES = 300
_ASIDE = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")
_HEADER = re.compile(r"(language|title):\s*(\S.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue: its text with its marks and line breaks."""

    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Subtitles:
    """A file's cues in its order, and what a WebVTT header says of it."""

    cues: tuple[Cue, ...]
    title: str | None = None
    language: str | None = None


def looks_like_subtitles(head: str, *, named_so: bool) -> bool:
    """Whether a document with this start is subtitles; with the right suffix (`named_so`) the times may come later."""
    if re.match(r"\s*WEBVTT(\s|$)", head):
        return True
    lines = [line for line in head.splitlines() if line.strip()]
    return any(_times(line) for line in (lines if named_so else lines[:2]))


def read_cues(text: str, name: str) -> Subtitles:
    """The cues of a SubRip or WebVTT text.

    A cue's text goes from its times to the next cue's times, blank lines or not, without the number or identifier of
    that next cue and without WebVTT's notes and styles. Raises `SourceError` with `name` for more cues than are read.
    """
    lines = text.split("\n")
    at = [index for index, line in enumerate(lines) if _times(line)]
    check_count(len(at), MAX_CUES, "cues", name)
    if not at:
        return Subtitles(())
    is_vtt = lines[0].strip().startswith("WEBVTT") or "WEBVTT" in [line.strip() for line in lines[: at[0]]]
    numbered = at[0] > 0 and lines[at[0] - 1].strip().isdigit()
    cues = []
    for index, stop in zip(at, [*at[1:], len(lines)], strict=True):
        start_ms, end_ms = _times(lines[index]) or (0, 0)
        body = lines[index + 1 : stop]
        if stop < len(lines) and _is_identifier(body, is_vtt=is_vtt, numbered=numbered):
            body = body[:-1]
        body = list(_without_asides(body)) if is_vtt else body
        cues.append(Cue(start_ms, max(start_ms, end_ms), "\n".join(line for line in body if line.strip())))
    head = lines[: at[0]] if is_vtt else []
    fields = {found[1].lower(): found[2].strip() for line in head[:20] if (found := _HEADER.match(line.strip()))}
    title = re.sub(r"^\s*WEBVTT[\s:–—-]*", "", lines[0]).strip() if is_vtt else ""
    return Subtitles(tuple(cues), title=fields.get("title") or title or None, language=fields.get("language"))


def clock_ms(text: str) -> int | None:
    """The milliseconds of `1:02:03.450` or `02:03`; none where it is no time."""
    found = _ONE_TIME.fullmatch(text)
    return _ms(found.groups()) if found else None


def _times(line: str) -> tuple[int, int] | None:
    if "->" not in line[:_LONGEST_TIMES]:
        return None
    found = _TIMES.match(line[:_LONGEST_TIMES])
    return (_ms(found.groups()[:4]), _ms(found.groups()[4:])) if found else None


def _ms(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds, fraction = parts
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    return whole * 1000 + int((fraction or "").ljust(3, "0"))


def _is_identifier(body: Sequence[str], *, is_vtt: bool, numbered: bool) -> bool:
    """Whether a cue's last line is the number or name of the cue that follows."""
    if not body or not body[-1].strip():
        return False
    stands_alone = len(body) < 2 or not body[-2].strip()
    return (numbered and body[-1].strip().isdigit()) or (is_vtt and stands_alone and len(body) > 1)


def _without_asides(body: Sequence[str]) -> Iterator[str]:
    """The lines without blocks that WebVTT means for authors and browsers."""
    inside = False
    before = "text"
    for line in body:
        if not line.strip():
            inside = False
        elif not before.strip() and _ASIDE.match(line):
            inside = True
        if not inside:
            yield line
        before = line
