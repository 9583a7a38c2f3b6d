"""What an episode is made of: the sayable sentences in order, cut into one group a segment, with names to say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from itertools import pairwise

from narrowcast.errors import InputError
from narrowcast.script.source import Source
from narrowcast.writers.base import Plan
from narrowcast.writers.extractive.lexicon import Lexicon, lexicon_of
from narrowcast.writers.extractive.phrases import bank_for
from narrowcast.writers.extractive.phrases.bank import Bank
from narrowcast.writers.extractive.sections import common, names_of, partition, title_of
from narrowcast.writers.key_sentences import RankedSentence, is_boilerplate, rank_sentences

_ENOUGH_FOR_RECAP = 24  # below, every sentence is needed where it stands


@dataclass(frozen=True)
class Group:
    """One segment's part: its name, the name as it fits after "about" (none where it does not), its sentences."""

    name: str
    topic: str | None
    sentences: tuple[RankedSentence, ...]

    @property
    def words(self) -> int:
        """All its words."""
        return sum(sentence.words for sentence in self.sentences)

    @cached_property
    def is_story(self) -> bool:
        """Whether it tells of a person (English): then the host asks what came next rather than what else there is."""
        words = " ".join(s.text for s in self.sentences).lower().split()
        return sum(word in {"he", "she", "his", "her", "i", "my"} for word in words) > 0.02 * len(words)


@dataclass(frozen=True)
class Material:
    """A plan's sources, prepared. `recap` are sentences kept for the close; they stand in no group. `bank` is none
    where nobody has written phrases for the language: then only the source speaks. `seed` depends on the text only."""

    groups: tuple[Group, ...]
    recap: tuple[RankedSentence, ...]
    lexicon: Lexicon
    bank: Bank | None
    title: str
    author: str
    seed: str

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

    There are as many groups as segments were asked for, but never more than there are sentences to say. Raises
    `InputError` where the sources hold nothing that can be said.
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
    bank = bank_for(plan.language)
    lexicon = lexicon_of(s.text for s in sentences)
    recap = _recap(sentences) if bank else ()
    held = {s.position for s in recap}
    body = [s for s in sentences if s.position not in held]
    parts = [tuple(body[start:end]) for start, end in partition(body, plan.num_segments)]
    titles = {str(source.number): source.title for source in plan.sources}
    headed = [[_with_source_title(s, titles, several=len(plan.sources) > 1) for s in part] for part in parts]
    names = names_of(headed, bank.and_word, bank.part_name, bank.nouns) if bank else names_of(headed, "·", "{number}")
    groups = tuple(
        Group(name, bank.topic(name, lexicon) if bank else None, part) for name, part in zip(names, parts, strict=True)
    )
    return Material(
        groups, recap, lexicon, bank, _spoken_title(plan), _author(plan.sources),
        blake2b("\n".join(s.text for s in sentences).encode(), digest_size=8).hexdigest(),
    )  # fmt: skip


def _recap(sentences: Sequence[RankedSentence]) -> tuple[RankedSentence, ...]:
    """Up to three points for the close, one from each third, that are understood alone and that nothing leans on."""
    if len(sentences) < _ENOUGH_FOR_RECAP:
        return ()
    leaned_on = {a.position for a, b in pairwise(sentences) if not b.standalone}
    opening = {sentences[i].position for i in range(min(4, len(sentences)))}
    points: list[RankedSentence] = []
    for third in range(3):
        stretch = sentences[third * len(sentences) // 3 : (third + 1) * len(sentences) // 3]
        fit = [
            s
            for s in stretch
            if s.standalone
            and 8 <= s.words <= 26
            and s.position not in leaned_on | opening
            and not _NOT_A_POINT.search(s.text)
        ]
        if fit:
            # what stands deep in the tree of headings is a detail
            points.append(max(fit, key=lambda s: (s.score / (1 + 0.2 * len(s.headings)), -s.position)))
    return tuple(points)


_NOT_A_POINT = re.compile(
    r"\b(?:it|I|my|me|he|she|his|her|this|these|those|such|another|example|instance|other|next|then|"
    r"also|there)\b|[/_()]|^the [a-z]+ (?:is|are|was|were|has|have|can|may|will|should|must)\b|"
    r"^(?:to|please|note|do|don't|(?:if|when) you)\b",
    re.IGNORECASE,
)


def _with_source_title(sentence: RankedSentence, titles: dict[str, str], *, several: bool) -> RankedSentence:
    if not several:
        return sentence
    headings = (titles.get(sentence.headings[0], sentence.headings[0]), *sentence.headings[1:])
    return replace(sentence, headings=headings)


def _spoken_title(plan: Plan) -> str:
    titles = (re.split(r"\s+[—|]\s+", title)[0] for title in (plan.title, *(s.title for s in plan.sources)))
    title = next((found for title in titles if (found := title_of(title))), "")
    return title.rstrip("…").rstrip(".!") if len(title.split()) <= 14 else ""


def _author(sources: Sequence[Source]) -> str:
    authors = {source.author.strip() for source in sources if source.author}
    author = authors.pop() if len(authors) == 1 else ""
    return author if re.fullmatch(r"[^\W\d_][\w .,'’&-]{1,59}", author) and "@" not in author else ""
