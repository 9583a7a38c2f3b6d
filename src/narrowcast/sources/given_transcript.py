"""A transcript that comes with a recording, as somebody else wrote it, into cues of our own."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from narrowcast.errors import InputError
from narrowcast.script.cues import sentence_cues
from narrowcast.script.sentences import split_sentences
from narrowcast.script.timeline import SentenceCue, Timeline, TurnCue
from narrowcast.sources.decode import decode
from narrowcast.sources.language import detect
from narrowcast.sources.subtitles.cues import looks_like_subtitles, read_cues
from narrowcast.sources.subtitles.words import Word, spoken_words

NAME = "The transcript"
SLACK_MS = 10_000
"""So much later than the recording a transcript may end: players and recorders do not agree to the second."""
PACE = (2.0, 40.0)
"""Characters a second between which a text may be what is said; beyond them it is another text."""
WORDS_TO_TELL = 1_000
"""Words, at most, by which a language is told."""
_SPEAKER = re.compile(r"([^\W\d_][\w.'’ -]{0,38}):\s+(\S.*)", re.DOTALL)


@dataclass(frozen=True)
class Given:
    """What a transcript says, in which language; `timeline` none where nobody can say when."""

    text: str
    language: str
    timeline: Timeline | None


def read_transcript(data: bytes, duration_ms: int, language: str | None = None) -> Given:
    """The transcript in `data`: WebVTT, SubRip, Podcasting 2.0 JSON, or text, whose times follow from its length.

    Without a `language` it is that of its words. Raises `InputError` (`SourceError` too) for what is none of these,
    holds no words, or belongs to something longer.
    """
    text = decode(data, NAME).replace("\r\n", "\n").replace("\r", "\n")
    if (document := _json(text)) is not None:
        words = _from_json(document, duration_ms)
    elif looks_like_subtitles(text[:4096], named_so=False):
        cues = sorted(read_cues(text, NAME).cues, key=lambda cue: cue.start_ms)
        words = spoken_words(cues, NAME)
    else:
        return _from_text(text, duration_ms, language)
    if not words:
        raise InputError("The transcript holds no words.", hint="Leave it out, or send one that says something.")
    last = max(word.end_ms for word in words)
    if last > duration_ms + SLACK_MS:
        raise InputError(
            f"The transcript ends at {last / 1000:.0f} s, and the audio at {duration_ms / 1000:.0f} s.",
            hint="Send the transcript of this recording.",
        )
    known = language or detect(" ".join(word.text for word in words[:WORDS_TO_TELL]))
    turns = _turns_of(words, duration_ms, known)
    return Given(_text_of(turns), known, Timeline(duration_ms=duration_ms, cues=tuple(turns), chapters=()))


def _from_text(text: str, duration_ms: int, language: str | None) -> Given:
    parts = [" ".join(part.split()) for part in _parts(text)]
    if not any(map(str.isalnum, text)):
        raise InputError("The transcript holds no words.", hint="Leave it out, or send one that says something.")
    plain = "\n\n".join(parts) + "\n"
    known = language or detect(plain)
    if not PACE[0] <= len(plain) * 1000 / duration_ms <= PACE[1]:
        return Given(plain, known, None)
    named = [(found[1], found[2]) if (found := _SPEAKER.fullmatch(part)) else ("", part) for part in parts]
    said = " ".join(words for _, words in named)
    places = sentence_cues(said, 0, duration_ms, [words for _, words in named])
    turns = [
        _turn(number, speaker, sentence_cues(words, at.start_ms, at.end_ms, split_sentences(words, known)))
        for number, ((speaker, words), at) in enumerate(zip(named, places, strict=True))
    ]
    return Given(plain, known, Timeline(duration_ms=duration_ms, cues=tuple(turns), chapters=()))


def _parts(text: str) -> Iterator[str]:
    """What blank lines part; and where a part begins with a name, so does each line of it that does."""
    for block in re.split(r"\n\s*\n", text):
        part = ""
        for line in block.strip().split("\n"):
            if part and _SPEAKER.fullmatch(part) and _SPEAKER.fullmatch(line.strip()):
                yield part
                part = ""
            part += f"{line.strip()}\n"
        if part.strip():
            yield part.strip()


def _json(text: str) -> object:
    """The JSON document that `text` is; none where it is something else, which may begin with `[Music]`."""
    start = text.lstrip()[:1]
    if start not in {"{", "["}:
        return None
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        if start == "[":
            return None
        raise _no_json() from error
    return document


def _from_json(document: object, duration_ms: int) -> Sequence[Word]:
    """The segments' words, in the order of their times. One that does not say when it ends lasts until the next."""
    try:
        segments = document["segments"]  # type: ignore[index]
        words = sorted(
            (_segment(segment) for segment in segments if _body(segment).strip()), key=lambda word: word.start_ms
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise _no_json() from error
    return [
        word if word.end_ms > word.start_ms else replace(word, end_ms=max(word.start_ms, end))
        for word, end in zip(words, [*(word.start_ms for word in words[1:]), duration_ms], strict=False)
    ]


def _segment(segment: dict[str, object]) -> Word:
    """One segment, by the names of Podcasting 2.0 or of Whisper."""
    start = segment["startTime"] if "startTime" in segment else segment["start"]
    end = segment.get("endTime", segment.get("end"))
    return Word(_body(segment), _ms(start), _ms(start if end is None else end), str(segment.get("speaker") or ""))


def _body(segment: dict[str, object]) -> str:
    return str(segment["body"] if "body" in segment else segment["text"])


def _no_json() -> InputError:
    return InputError(
        "The transcript is no Podcasting 2.0 JSON.",
        hint='It looks like {"version": "1.0.0", "segments": [{"startTime": 0.0, "body": "…"}]}.',
    )


def _ms(seconds: object) -> int:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 1e6:
        raise ValueError("a time that is none")
    return round(seconds * 1000)


def _turns_of(words: Sequence[Word], duration_ms: int, language: str) -> Sequence[TurnCue]:
    """Words that one speaker says on end, in sentences, each from its first word's time until the next one's.

    Where people speak at the same time, who began first is heard out: no turn begins before the one before it.
    """
    runs: list[list[Word]] = []
    at_ms = 0
    for said in words:
        at_ms = min(max(at_ms, said.start_ms), duration_ms)
        word = replace(said, start_ms=at_ms, end_ms=min(max(at_ms, said.end_ms), duration_ms))
        if not runs or (word.speaker and word.speaker != runs[-1][-1].speaker) or word.opens:
            runs.append([])
        runs[-1].append(word if word.speaker or not runs[-1] else _as(word, runs[-1][-1].speaker))
    bounds = pairwise([*(run[0].start_ms for run in runs), duration_ms])
    return [
        _turn(number, run[0].speaker, tuple(_sentences(run, bound, language)))
        for number, (run, (_, bound)) in enumerate(zip(runs, bounds, strict=True))
    ]


def _as(word: Word, speaker: str) -> Word:
    return replace(word, speaker=speaker)


def _sentences(run: Sequence[Word], bound_ms: int, language: str) -> Iterable[SentenceCue]:
    """The sentences of a run, which ends by `bound_ms`, but takes as long as it can be said in."""
    text, starts = "", []
    for word in run:
        starts.append(len(text))
        text += f"{word.text.strip()} "
    pieces, cursor = [], 0
    for sentence in split_sentences(text.strip(), language) or [text.strip()]:
        at = max(cursor, text.find(sentence, cursor))
        number = max(0, bisect_right(starts, at) - 1)
        pieces.append((sentence, run[number].start_ms))
        cursor = at + len(sentence)
    last, began = pieces[-1]
    end = max(began, min(bound_ms, max(*(word.end_ms for word in run), began + round(len(last) * 1000 / PACE[1]))))
    for number, (sentence, start) in enumerate(pieces):
        stop = pieces[number + 1][1] if number + 1 < len(pieces) else end
        yield SentenceCue(text=sentence, start_ms=start, end_ms=max(start, stop))


def _turn(number: int, speaker: str, sentences: tuple[SentenceCue, ...]) -> TurnCue:
    return TurnCue(
        turn_id=f"u{number + 1}",
        speaker=speaker,
        segment=1,
        start_ms=sentences[0].start_ms,
        end_ms=sentences[-1].end_ms,
        sentences=sentences,
    )


def _text_of(turns: Sequence[TurnCue]) -> str:
    parts = (
        f"{turn.speaker}: " * bool(turn.speaker) + " ".join(sentence.text for sentence in turn.sentences)
        for turn in turns
    )
    return "\n\n".join(parts) + "\n"
