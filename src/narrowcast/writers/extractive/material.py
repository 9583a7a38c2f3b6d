"""What an episode is made of: the sayable sentences in order, cut into one group a segment, with names to say."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from itertools import groupby

from narrowcast.errors import InputError
from narrowcast.script.source import Source
from narrowcast.writers.base import Plan
from narrowcast.writers.extractive.keep_back import kept_back
from narrowcast.writers.extractive.languages import grammar_for
from narrowcast.writers.extractive.languages.grammar import Grammar
from narrowcast.writers.extractive.lexicon import Lexicon, lexicon_of
from narrowcast.writers.extractive.phrases import bank_for
from narrowcast.writers.extractive.phrases.bank import Bank
from narrowcast.writers.extractive.sections import Naming, common, names_of, partition, title_of
from narrowcast.writers.key_sentences import RankedSentence, is_boilerplate, rank_sentences

_ENOUGH_FOR_SEGMENTS = 12  # sentences; fewer are one segment, or one for each heading
_SEGMENT_WORDS = 150  # of a source without headings
_SECTION_WORDS = 300  # of one with headings, where they do not cut it finer
_UNDIVIDED_WORDS = 250
_LEAST_SECTION_WORDS = 15
_SLASH = re.compile(r"(?<=[^\W\d_]{2})(?: ?/ ?)(?=[A-ZÀ-Ý])(?=[^/]*$)(?<! /)")  # "Debian Edu/Skolelinux", no path


@dataclass(frozen=True)
class Group:
    """One segment's part: its name, the name as it fits after "about" (none where it does not), whether the
    name is a heading's or a title's rather than made of its nouns, its sentences, whether it tells of a person (then
    the host asks what came next rather than what else there is), and the title of the source that begins with it,
    where it is another than the one before; else empty."""

    name: str
    topic: str | None
    headed: bool
    sentences: tuple[RankedSentence, ...]
    is_story: bool
    begins: str

    @property
    def words(self) -> int:
        """All its words."""
        return sum(sentence.words for sentence in self.sentences)


@dataclass(frozen=True)
class Material:
    """A plan's sources, prepared.

    `recap` are sentences kept for the close, `teaser` is one kept for the opening; they stand in no group. `bank`
    is none where nobody has written phrases for the language: then only the source speaks. `seed` depends on the
    text only. `source_titles` are by the source's number, as it stands outermost in a sentence's headings.
    """

    groups: tuple[Group, ...]
    recap: tuple[RankedSentence, ...]
    teaser: RankedSentence | None
    language: str
    lexicon: Lexicon
    bank: Bank | None
    title: str
    author: str
    seed: str
    source_titles: Mapping[str, str]

    @cached_property
    def _shared(self) -> int:
        return common([sentence.headings for group in self.groups for sentence in group.sentences])

    def topic_of(self, sentence: RankedSentence) -> str:
        """What the sentence's part of the document is about: its highest heading that can be said; else empty."""
        if self.bank is None:
            return ""
        topics = (
            self.bank.topic(title_of(heading), self.lexicon) for heading in sentence.headings[max(1, self._shared) :]
        )
        return next((topic for topic in topics if topic), "")


def prepare(plan: Plan) -> Material:
    """All that outline and segments are made of; a pure function of the plan, CPU-bound, about 1 s a MB.

    There are as many groups as segments were asked for, but no more than `most_segments`. Raises `InputError` where
    the sources hold nothing that can be said.
    """
    passages = [p for source in plan.sources for p in source.passages]
    kept = [p for p in passages if not is_boilerplate(p.headings)]
    sentences = rank_sentences(kept, plan.language) or rank_sentences(passages, plan.language)
    if not sentences:
        name = plan.sources[0].origin if plan.sources else "nothing"
        raise InputError(
            f"No sentence in the source can be read aloud: {name}.",
            hint="Give a source with running text, or let a language model write (--llm PROVIDER:MODEL).",
        )
    bank, grammar = bank_for(plan.language), grammar_for(plan.language)
    lexicon = lexicon_of((s.text for s in sentences), grammar)
    teaser, recap = kept_back(sentences, plan.language, _spoken_title(plan)) if bank else (None, ())
    held = {s.position for s in (*recap, *([teaser] if teaser else []))}
    body = [s for s in sentences if s.position not in held]
    count = min(plan.num_segments, most_segments(body))
    parts = _cut(body, count)
    titles = {str(source.number): source.title for source in plan.sources}
    headed = [[_with_source_title(s, titles, several=len(plan.sources) > 1) for s in part] for part in parts]
    title = _spoken_title(plan)
    names = (
        names_of(headed, Naming(bank.and_word, bank.part_name, bank.listed, bank.small, bank.nouns), title)
        if bank
        else names_of(headed, Naming(), title)
    )
    groups = tuple(
        Group(
            name,
            bank.topic(name, lexicon) if bank else None,
            _is_headed(name, part),
            part,
            _is_story(part, grammar),
            begins,
        )
        for name, part, begins in zip(names, parts, _begun(parts, titles), strict=True)
    )
    return Material(
        groups, recap, teaser, plan.language, lexicon, bank, title, _author(plan.sources),
        blake2b("\n".join(s.text for s in sentences).encode(), digest_size=8).hexdigest(), titles,
    )  # fmt: skip


def _cut(body: Sequence[RankedSentence], count: int) -> list[tuple[RankedSentence, ...]]:
    """`count` parts; of several sources each has at least one, and more by the square root of its words, so that a note
    beside a book is heard. More sources than parts share them by weight."""
    lots = [tuple(lot) for _, lot in groupby(body, key=lambda sentence: sentence.headings[0])]
    if not 1 < len(lots) <= count:
        return [tuple(body[start:end]) for start, end in partition(body, count)]
    seats = fair_seats([sum(s.words for s in lot) for lot in lots], [most_segments(lot) for lot in lots], count)
    return [lot[start:end] for lot, mine in zip(lots, seats, strict=True) for start, end in partition(lot, mine)]


def fair_seats(words: Sequence[int], most: Sequence[int], count: int) -> list[int]:
    """How many of `count` segments each source has: one, then the next to whose root of words each is worth most
    (Sainte-Laguë's quotients), none more than it can bear (`most`)."""
    seats = [1] * len(words)
    for _ in range(count - len(words)):
        open_ones = [n for n in range(len(words)) if seats[n] < most[n]]
        if not open_ones:
            break
        seats[max(open_ones, key=lambda n: (math.sqrt(words[n]) / (2 * seats[n] + 1), -n))] += 1
    return seats


def _begun(parts: Sequence[Sequence[RankedSentence]], titles: dict[str, str]) -> list[str]:
    sources = [part[0].headings[0] for part in parts]
    return [
        title_of(titles.get(here, "")) if here != before else ""
        for before, here in zip([sources[0], *sources], sources, strict=False)
    ]


def _is_headed(name: str, sentences: Sequence[RankedSentence]) -> bool:
    titles = {title_of(heading).casefold() for s in sentences for heading in s.headings[1:]} - {""}
    return any(title in name.casefold() for title in titles)


def _is_story(sentences: Sequence[RankedSentence], grammar: Grammar) -> bool:
    words = " ".join(s.text for s in sentences).lower().split()
    return sum(word in grammar.story for word in words) > 0.02 * len(words)


def most_segments(sentences: Sequence[RankedSentence]) -> int:
    """How many segments a text can bear: one for each of its sections, or one for each 300 words if that is more.

    A text without headings bears one for each 150 words; shorter than 250 words, or with fewer than 12 sentences, it
    is one segment.
    """
    sections = len({sentence.headings for sentence in sentences})
    words = sum(sentence.words for sentence in sentences)
    if sections > 1 and words >= sections * _LEAST_SECTION_WORDS:
        return max(sections, words // _SECTION_WORDS)
    short = words < _UNDIVIDED_WORDS or len(sentences) < _ENOUGH_FOR_SEGMENTS
    return 1 if short else words // _SEGMENT_WORDS


def _with_source_title(sentence: RankedSentence, titles: dict[str, str], *, several: bool) -> RankedSentence:
    if not several:
        return sentence
    headings = (titles.get(sentence.headings[0], sentence.headings[0]), *sentence.headings[1:])
    return replace(sentence, headings=headings)


def _spoken_title(plan: Plan) -> str:
    titles = (re.split(r"\s+[—|]\s+", title)[0] for title in (plan.title, *(s.title for s in plan.sources)))
    titles = (_SLASH.sub(" – ", title) for title in titles)
    title = next((found for title in titles if (found := title_of(title))), "")
    return title.rstrip("…").rstrip(".!") if len(title.split()) <= 14 else ""


def _author(sources: Sequence[Source]) -> str:
    authors = {source.author.strip() if source.author else "" for source in sources}
    author = authors.pop() if len(authors) == 1 else ""
    return author if re.fullmatch(r"[^\W\d_][\w .,'’&-]{1,59}", author) and "@" not in author else ""
