"""A transcript that comes with a recording, as somebody else wrote it, into cues of our own."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from narrowcast.errors import InputError
from narrowcast.script.cues import sentence_cues
from narrowcast.script.sentences import split_sentences
from narrowcast.script.timeline import SentenceCue, Timeline, TurnCue
from narrowcast.sources.decode import decode
from narrowcast.sources.subtitles.cues import looks_like_subtitles, read_cues
from narrowcast.sources.subtitles.words import Word, spoken_words

NAME = "The transcript"
SLACK_MS = 10_000
"""So much later than the recording a transcript may end: players and recorders do not agree to the second."""
PACE = (2.0, 40.0)
"""Characters a second between which a text may be what is said; beyond them it is another text."""
_SPEAKER = re.compile(r"([^\W\d_][\w.'’ -]{0,38}):\s+(\S.*)", re.DOTALL)


@dataclass(frozen=True)
class Given:
    """What a transcript says; `timeline` none where nobody can say when."""

    text: str
    timeline: Timeline | None


def read_transcript(data: bytes, duration_ms: int, language: str) -> Given:
    """The transcript in `data`: WebVTT, SubRip, Podcasting 2.0 JSON, or text, whose times follow from its length.

    Raises `InputError` (`SourceError` too) for what is none of these, holds no words, or belongs to something longer.
    """
    text = decode(data, NAME).replace("\r\n", "\n").replace("\r", "\n")
    if text.lstrip().startswith(("{", "[")):
        turns = _from_json(text, language)
    elif looks_like_subtitles(text[:4096], named_so=False):
        turns = _turns_of(spoken_words(read_cues(text, NAME).cues, NAME), language)
    else:
        return _from_text(text, duration_ms, language)
    if not turns:
        raise InputError("The transcript holds no words.", hint="Leave it out, or send one that says something.")
    last = max(turn.end_ms for turn in turns)
    if last > duration_ms + SLACK_MS:
        raise InputError(
            f"The transcript ends at {last / 1000:.0f} s, and the audio at {duration_ms / 1000:.0f} s.",
            hint="Send the transcript of this recording.",
        )
    return Given(_text_of(turns), Timeline(duration_ms=duration_ms, cues=tuple(turns), chapters=()))


def _from_text(text: str, duration_ms: int, language: str) -> Given:
    parts = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]
    if not parts:
        raise InputError("The transcript holds no words.", hint="Leave it out, or send one that says something.")
    plain = "\n\n".join(parts) + "\n"
    if not PACE[0] <= len(plain) * 1000 / duration_ms <= PACE[1]:
        return Given(plain, None)
    named = [(found[1], found[2]) if (found := _SPEAKER.fullmatch(part)) else ("", part) for part in parts]
    said = " ".join(words for _, words in named)
    places = sentence_cues(said, 0, duration_ms, [words for _, words in named])
    turns = [
        _turn(number, speaker, sentence_cues(words, at.start_ms, at.end_ms, split_sentences(words, language)))
        for number, ((speaker, words), at) in enumerate(zip(named, places, strict=True))
    ]
    return Given(plain, Timeline(duration_ms=duration_ms, cues=tuple(turns), chapters=()))


def _from_json(text: str, language: str) -> Sequence[TurnCue]:
    try:
        document = json.loads(text)
        segments = document["segments"]
        words = [
            Word(
                str(segment["body"]),
                _ms(segment["startTime"]),
                _ms(segment.get("endTime", segment["startTime"])),
                str(segment.get("speaker") or ""),
            )
            for segment in segments
            if str(segment["body"]).strip()
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise InputError(
            "The transcript is no Podcasting 2.0 JSON.",
            hint='It looks like {"version": "1.0.0", "segments": [{"startTime": 0.0, "body": "…"}]}.',
        ) from error
    return _turns_of(words, language)


def _ms(seconds: object) -> int:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 1e6:
        raise ValueError("a time that is none")
    return round(seconds * 1000)


def _turns_of(words: Sequence[Word], language: str) -> Sequence[TurnCue]:
    """Words that one speaker says on end, in sentences, each from its first word's time until the next one's."""
    runs: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.start_ms):
        if not runs or (word.speaker and word.speaker != runs[-1][-1].speaker) or word.opens:
            runs.append([])
        runs[-1].append(word if word.speaker or not runs[-1] else _as(word, runs[-1][-1].speaker))
    return [_turn(number, run[0].speaker, tuple(_sentences(run, language))) for number, run in enumerate(runs)]


def _as(word: Word, speaker: str) -> Word:
    return Word(word.text, word.start_ms, word.end_ms, speaker, word.opens)


def _sentences(run: Sequence[Word], language: str) -> Iterable[SentenceCue]:
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
    end = max(word.end_ms for word in run)
    for number, (sentence, start) in enumerate(pieces):
        stop = pieces[number + 1][1] if number + 1 < len(pieces) else max(end, start)
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
