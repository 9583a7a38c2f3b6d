"""Subtitles: running prose again, in paragraphs that say at which time they are spoken."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

from narrowcast.script.language import primary
from narrowcast.sources.blocks import Block, BlockKind, Document
from narrowcast.sources.joining import without_spaces
from narrowcast.sources.subtitles.cues import read_cues
from narrowcast.sources.subtitles.words import Word, spoken_words

Chapter = tuple[int, str]
"""Where a chapter begins, in milliseconds, and its title."""

_ENDS = tuple(".!?…。？！")
_CLOSING = "\"'»”’)]」』"
_SPARSE = 400  # characters a sentence, from which on nobody set the full stops
_PAUSE_MS = 2_000
_LONG_PAUSE_MS = 5_000
_ENOUGH = 500
_LONGEST_SHORT_FORM = 4  # `Mrs.`
_DOTS = ("...", "…")
_SHORT_PAUSE_MS = 500
_SHORTEST, _LONGEST = 20, 170  # characters of a sentence that is cut by pauses
_DENSE_SHORTEST, _DENSE_LONGEST = 10, 60  # the same in scripts without spaces


def read_subtitles(text: str, name: str, chapters: Sequence[Chapter] = ()) -> Document:
    """The document; `chapters`, in order, become its headings. Raises `SourceError` with `name` for too many cues."""
    subtitles = read_cues(text, name)
    turns = list(_turns(_punctuated(spoken_words(subtitles.cues, name))))
    waiting = list(reversed(chapters))
    blocks: list[Block] = []
    for speaker, words in turns:
        said_by = f"{speaker}: " if speaker and len(turns) > 1 else ""
        for part in _parts(words, tuple(start_ms for start_ms, _ in chapters)):
            while waiting and waiting[-1][0] <= part[0].start_ms:
                blocks.append(Block(BlockKind.HEADING, waiting.pop()[1], level=2, start_ms=part[0].start_ms))
            blocks.append(Block(BlockKind.PROSE, said_by + _join(part), start_ms=part[0].start_ms))
            said_by = ""
    return Document("subtitles", tuple(blocks), title=subtitles.title, language=primary(subtitles.language))


def _turns(words: Sequence[Word]) -> Iterator[tuple[str, list[Word]]]:
    """The words of one speaker in a row, with the name where there is one."""
    speaker = ""
    turn: list[Word] = []
    for word in words:
        if word.opens and (word.speaker != speaker or not speaker):
            if turn:
                yield speaker, turn
            turn = []
            speaker = word.speaker
        turn.append(word)
    if turn:
        yield speaker, turn


def _parts(words: Sequence[Word], starts_ms: Sequence[int]) -> Iterator[list[Word]]:
    """Paragraphs: each ends where a chapter begins, with a pause, or after a sentence when there is enough of it."""
    part: list[Word] = []
    size = 0
    ahead = deque(starts_ms)
    for word in words:
        begins = False
        while ahead and ahead[0] <= word.start_ms:
            ahead.popleft()
            begins = True
        if part and (begins or _ends_paragraph(part[-1], word, size)):
            yield part
            part = []
            size = 0
        part.append(word)
        size += len(word.text) + 1
    if part:
        yield part


def _ends_paragraph(before: Word, after: Word, size: int) -> bool:
    pause_ms = after.start_ms - before.end_ms
    if not _ends_sentence(before):
        return pause_ms > _LONG_PAUSE_MS
    is_short_form = before.text[0].isupper() and len(before.text) <= _LONGEST_SHORT_FORM
    return pause_ms > _PAUSE_MS or (size > _ENOUGH and not is_short_form)


def _ends_sentence(word: Word) -> bool:
    return word.text.rstrip(_CLOSING).endswith(_ENDS)


def _join(words: Sequence[Word]) -> str:
    """The words as one text; the dots that carry a sentence over from cue to cue go."""
    pieces: list[str] = []
    for word in words:
        text = word.text
        if pieces and pieces[-1].endswith(_DOTS) and text.startswith(_DOTS):
            pieces[-1] = pieces[-1].rstrip(".…")
            text = text.lstrip(".…")
        glued = pieces and pieces[-1] and text and without_spaces(pieces[-1][-1]) and without_spaces(text[0])
        glued = glued or text in {".", ","}
        pieces.append(text if glued or not pieces else f" {text}")
    return " ".join("".join(pieces).split())


def _punctuated(words: Sequence[Word]) -> Sequence[Word]:
    """The words, cut into sentences where nobody set full stops: at pauses, and at the longest one in reach."""
    size = sum(len(word.text) for word in words)
    if size <= _SPARSE * sum(map(_ends_sentence, words)):
        return words
    dense = sum(without_spaces(word.text[0]) for word in words) * 2 > len(words)
    stop = "。" if dense else "."
    shortest, longest = (_DENSE_SHORTEST, _DENSE_LONGEST) if dense else (_SHORTEST, _LONGEST)
    made: list[Word] = []
    for sentence in _by_pauses(words, shortest, longest):
        first, *rest = sentence
        made += [replace(first, text=first.text[0].upper() + first.text[1:]), *rest]
        if not _ends_sentence(made[-1]):
            made[-1] = replace(made[-1], text=made[-1].text.rstrip(",;:-–—") + stop)
    return made


def _by_pauses(words: Sequence[Word], shortest: int, longest: int) -> Iterator[Sequence[Word]]:
    """Runs of words that end with a turn or a pause; one that would get too long ends at the longest pause in it."""
    start = 0
    while start < len(words):
        size = best = 0
        longest_pause_ms = -1
        stop = len(words)
        for at in range(start, len(words) - 1):
            size += len(words[at].text) + 1
            pause_ms = words[at + 1].start_ms - words[at].end_ms
            if words[at + 1].opens or _ends_sentence(words[at]) or (pause_ms > _SHORT_PAUSE_MS and size > shortest):
                stop = at + 1
                break
            if size > shortest and pause_ms >= longest_pause_ms:
                best, longest_pause_ms = at + 1, pause_ms
            if size > longest and best:
                stop = best
                break
        yield words[start:stop]
        start = stop
