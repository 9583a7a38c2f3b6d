"""Cues into the words that are said, with when and by whom: without marks, noises, and what is only shown again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from narrowcast.sources.bounds import MAX_CUE_WORDS, check_count
from narrowcast.sources.subtitles.cues import Cue, clock_ms

_BRACES = re.compile(r"\{[\\\w][^{}\n]{0,200}\}")
_RUBY = re.compile(r"<rt\b[^<>]{0,100}>[^<]{0,200}(?:</rt>)?", re.IGNORECASE)
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,100})?[ \t]+([^<>]{1,100})>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_NOISE = re.compile(r"\[[^\[\]]{0,120}\]|［[^［］]{0,120}］|\*[a-zA-Z ]{2,40}\*")
_ASIDE = re.compile(r"(?m)^([-–>\s]{0,6})\([^()]{1,80}\)[ \t]*$")
_OPENING_ASIDE = re.compile(r"(?m)^([^():\n]{0,40}:[ \t]+|[-–>\s]{0,6})\([a-z ,]{3,40}\)")
_LOUD_ASIDE = re.compile(r"\([^()a-z\d]{3,60}\)")
_SONG = re.compile(r"[♪♫♬♩]")
_TURN = re.compile(r"\s*(?:>>+|[-–—‐](?=\s?[^\W_]))\s*")
_NAME = re.compile(r"\s*([^\W\d_][\w.'’ -]{1,38}):\s+(?=\S)")
_TOKEN = re.compile(r"<([\d:.]{4,15})>|(\s+)|([^\s<]+|<)")
_SPEAKER = "\x02"
_LOOK_BACK = 80
_ROLLING = 0.25
_MS_A_CHARACTER = 110  # at most: who speaks slowly says a hundred words a minute


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands. `opens` says that somebody begins to speak; `speaker` is empty where nobody is named.

    `end_ms` is an estimate: cues stay on the screen when nobody speaks any more.
    """

    text: str
    start_ms: int
    end_ms: int
    speaker: str = ""
    opens: bool = False


def spoken_words(cues: Sequence[Cue], name: str) -> tuple[Word, ...]:
    """All words of the cues in order. Songs count only where there is little else.

    Raises `SourceError` with `name` for more words than are read.
    """
    texts = [_plain(cue.text) for cue in cues]
    sung = [_SONG.search(text) is not None for text in texts]
    said = sum(len(text) for text, song in zip(texts, sung, strict=True) if not song)
    keep_songs = said * 2 < sum(map(len, texts))
    pairs = [
        (cue, _SONG.sub(" ", text))
        for cue, text, song in zip(cues, texts, sung, strict=True)
        if (keep_songs or not song) and not text.isspace() and text
    ]
    names = _names([text for _, text in pairs])
    shown = _shown_again(pairs, names, name)
    return tuple(
        word for (cue, text), again in zip(pairs, shown, strict=True) for word in _words(cue, text, names, again)
    )


def _plain(text: str) -> str:
    """A cue's text without marks; voice tags become `_SPEAKER` lines, times within it stay."""
    text = _BRACES.sub("", text)
    if "<" in text:
        text = _VOICE.sub(lambda found: f"\n{_SPEAKER}{' '.join(found[1].split())}{_SPEAKER}", _RUBY.sub("", text))
        text = _TAG.sub("", text)
    text = unescape(text).replace("\u00a0", " ").replace("\u200b", "").replace("\u00ad", "")
    if "(" in text:
        text = _LOUD_ASIDE.sub(" ", _OPENING_ASIDE.sub(r"\1", _ASIDE.sub(r"\1", text)))
    return _NOISE.sub(" ", text)


def _names(texts: Sequence[str]) -> frozenset[str]:
    """What before a colon is a speaker: set in capitals, or set like a name and met more than once."""
    lines = (line[turn.end() :] if (turn := _TURN.match(line)) else line for text in texts for line in text.split("\n"))
    found = Counter(label[1] for line in lines if (label := _NAME.match(line)))
    return frozenset(name for name, times in found.items() if name.isupper() or (times > 1 and _is_named(name)))


def _is_named(name: str) -> bool:
    parts = name.split()
    return len(parts) <= 4 and all(part[0].isupper() for part in parts)


def _words(cue: Cue, text: str, names: frozenset[str], again: int = 0) -> Iterator[Word]:
    """The words of a cue but for the first `again` ones; a word without a time of its own follows the one before it."""
    at_ms = cue.start_ms
    speaker = ""
    for shown in text.split("\n"):
        line = shown
        opens = False
        if line.startswith(_SPEAKER):
            _, speaker, line = shown.split(_SPEAKER, 2)
            opens = True
        if turn := _TURN.match(line):
            line = line[turn.end() :]
            opens = True
            speaker = "" if turn.group().strip()[0] == ">" else speaker
        if (label := _NAME.match(line)) and label[1] in names:
            line = line[label.end() :]
            speaker = label[1].title() if label[1].isupper() else label[1]
            opens = True
        for clock, word in _timed(line):
            if again:
                again -= 1
                continue
            start_ms = at_ms if clock is None else clock
            at_ms = min(max(cue.end_ms, start_ms), start_ms + _MS_A_CHARACTER * (len(word) + 1))
            yield Word(word, start_ms, at_ms, speaker, opens)
            opens = False


def _timed(line: str) -> Iterator[tuple[int | None, str]]:
    """The words of a line, each with the time that stands right before it, if one does."""
    word = ""
    clock_of_word = clock = None
    for time, gap, piece in _TOKEN.findall(line):
        if time:
            clock = clock_ms(time) if clock_ms(time) is not None else clock
        elif gap and word:
            yield clock_of_word, word
            word = ""
        elif piece:
            if not word:
                clock_of_word, clock = clock, None
            word += piece
    if word:
        yield clock_of_word, word


def _shown_again(pairs: Sequence[tuple[Cue, str]], names: frozenset[str], name: str) -> Sequence[int]:
    """How many words of each cue stood at the end of the one before: none but where cues roll, and many do so."""
    found: list[int] = []
    count = rolls = 0
    before: list[str] = []
    for cue, text in pairs:
        after = [word.text for word in _words(cue, text, names)]
        count += len(after)
        check_count(count, MAX_CUE_WORDS, "words in its cues", name)
        found.append(_overlap(before[-_LOOK_BACK:], after[:_LOOK_BACK]))
        rolls += found[-1] > 1 or 0 < found[-1] == len(after)
        before = after or before
    return found if rolls > 1 and rolls >= _ROLLING * len(pairs) else [0] * len(pairs)


def _overlap(before: Sequence[str], after: Sequence[str]) -> int:
    """How many of the first words of a cue are the last ones of the cue before it."""
    for size in range(min(len(before), len(after)), 0, -1):
        if before[-size] == after[0] and before[-size:] == after[:size]:
            return size
    return 0
