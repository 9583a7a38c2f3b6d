"""What conversation and narration share: collecting turns, and the words for titles, topics and the recap."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from narrowcast.script.dialogue import Turn, turn_id
from narrowcast.script.profile import Speaker
from narrowcast.writers.extractive.choose import Run
from narrowcast.writers.extractive.languages import grammar_for
from narrowcast.writers.extractive.material import Group, Material
from narrowcast.writers.extractive.phrases.bank import Bank
from narrowcast.writers.extractive.picker import Picker
from narrowcast.writers.extractive.sections import title_of

_ROOMY = 100  # words from which on a first or last segment affords a look ahead or back
_ROOM_FOR_MORE = 180  # from which on a first segment affords a teaser, and a look ahead
_LEAST_POINTS = 2
_A_LONG_WAY = 3  # segments


@dataclass(frozen=True)
class Part:
    """A segment's place in the episode: which group it tells, the runs chosen, and whether it opens or closes."""

    number: int
    runs: tuple[Run, ...]
    words: int
    is_last: bool


class Telling:
    """One segment in the making."""

    def __init__(self, material: Material, bank: Bank, part: Part, speakers: Sequence[Speaker], picker: Picker) -> None:
        self.material, self.bank, self.part, self.picker = material, bank, part, picker
        self.speakers = speakers
        self.said: list[tuple[str, list[str], list[int]]] = []
        self.topics: set[str] = set()

    @property
    def group(self) -> Group:
        return self.material.groups[self.part.number - 1]

    @property
    def is_first(self) -> bool:
        return self.part.number == 1

    def title(self) -> str:
        """The title in quotation marks; of several sources, whose titles are joined by dots, each in its own."""
        parts = [part for part in self.material.title.split(" · ") if part and not part.startswith("+")]
        titles = [self.bank.titled.format(title=part) for part in parts]
        return self.bank.listed(titles) if titles else self.bank.untitled

    def by(self) -> str:
        return self.bank.by.format(author=self.material.author) if self.material.author else ""

    def say(self, speaker: str, text: str, cites: Sequence[int] = ()) -> None:
        if not text:
            return
        if not self.said or self.said[-1][0] != speaker:
            self.said.append((speaker, [], []))
        self.said[-1][1].append(text)
        self.said[-1][2].extend(number for number in cites if number not in self.said[-1][2])

    def ahead(self) -> str:
        """What is coming, by the names of later groups; empty where fewer than two can be said."""
        if self.part.words < _ROOM_FOR_MORE:
            return ""
        both = f" {self.bank.and_word} "
        topics = [g.topic for g in self.material.groups[1:] if g.topic and g.headed and len(g.topic.split()) <= 7]
        topics = [t for t in topics if not self.bank.is_clause(t) and both not in t and "," not in t][:3]
        return self.bank.listed(topics) if len(topics) > 1 else ""

    def teaser(self) -> tuple[str, list[int]]:
        """The line that makes curious, with its passage; empty in a short segment."""
        line = self.material.teaser
        if line is None or self.part.words < _ROOM_FOR_MORE:
            return "", []
        return f"{self.picker.pick(self.bank.teaser)} {line.text}", [line.passage]

    def previous(self) -> str | None:
        """The segment before, as it fits after "about", where it has a heading to be known by."""
        group = self.material.groups[self.part.number - 2] if self.part.number > 1 else None
        return group.topic if group and group.headed else None

    def new_source(self, run: Run, last: Run) -> str:
        """The title of the source that begins with this run inside a segment; else empty."""
        source = run[0].headings[0]
        return title_of(self.material.source_titles.get(source, "")) if source != last[-1].headings[0] else ""

    def new_heading(self, run: Run, last: Run | None) -> str | None:
        """The title of the heading that begins with this run and can be said; none if it was named before."""
        if last is not None and last[-1].headings == run[0].headings:
            return None
        old = last[-1].headings if last else ()
        new = [
            h for level, h in enumerate(run[0].headings) if level and old[: level + 1] != run[0].headings[: level + 1]
        ]
        return next((title for h in reversed(new) if (title := title_of(h)) and self._can_name(title)), None)

    def opening_heading(self, first: Run | None) -> str | None:
        """What a segment begins with: its own name where its first run stands under it, else the run's heading."""
        titles = [title for heading in first[0].headings[1:] if (title := title_of(heading))] if first else []
        if self.group.headed and self._sayable(self.group.name) and (not first or self.under_own_name(first)):
            return self.group.name
        return next((title for title in reversed(titles) if self._sayable(title)), None)

    def topic_of(self, title: str) -> str | None:
        """A title as it fits after "about"."""
        return self.bank.topic(title, self.material.lexicon)

    def name(self, topic: str) -> str:
        """The topic, from now on counted as named."""
        self.topics.add(topic.casefold())
        return topic

    def fitting(self, phrases: Sequence[str], topic: str) -> Sequence[str]:
        """Those phrases that may take the topic: a clause only fits in the bank's `clause_slot`."""
        return (
            [phrase for phrase in phrases if self.bank.clause_slot in phrase] if self.bank.is_clause(topic) else phrases
        )

    def under_own_name(self, first: Run) -> bool:
        """Whether the segment's first run stands under the heading that gave the segment its name."""
        titles = [title for heading in first[0].headings[1:] if (title := title_of(heading))]
        return any(title.casefold() in self.group.name.casefold() for title in titles)

    def _sayable(self, title: str) -> bool:
        return bool(self.topic_of(title) or self.bank.heading_question(title, self.material.lexicon))

    def _can_name(self, title: str) -> bool:
        return self._sayable(title) and (self.topic_of(title) or title).casefold() not in self.topics

    def answer(self, run: Run, last: Run | None) -> str:
        text = " ".join(sentence.text for sentence in run)
        voice = grammar_for(self.material.language).single_voice
        personal = bool(voice.search(re.sub(r"“[^”]*”|«[^»]*»|\"[^\"]*\"", "", text)))
        if personal and not (last and voice.search(last[-1].text)):
            return f"{self.picker.pick(self.bank.quoting)} {text}".strip()
        return text

    def recap(self) -> tuple[str, list[int]]:
        """Two or three points, with their passages; empty where the segment has no room for two."""
        room = self.part.words / 3
        points = self.material.recap
        while points and sum(point.words + 5 for point in points) > room:
            points = points[1:]
        if len(points) < _LEAST_POINTS or self.part.words < _ROOMY:
            return "", []
        topics = [self.material.topic_of(point) for point in points]
        named = all(topics) and len(set(topics)) == len(topics) and not any(map(self.bank.is_clause, topics))
        marks = self.bank.recap_point if named else self.bank.recap_point_plain
        marks = (*marks[: len(points) - 1], marks[-1])
        text = " ".join(
            f"{mark.format(topic=topic)} {point.text}".strip()
            for mark, topic, point in zip(marks, topics, points, strict=True)
        )
        return text, [point.passage for point in points]

    def way(self) -> str:
        """From where to where the episode went, for want of points to repeat; empty for a short one."""
        ends = [group.topic for group in (self.material.groups[0], self.material.groups[-1]) if group.headed]
        first, last = (*ends, None, None)[:2]
        if len(self.material.groups) < _A_LONG_WAY or not first or not last or self.part.words < _ROOMY:
            return ""
        both = f" {self.bank.and_word} "
        if both in first:
            return ""
        return self.picker.pick(self.bank.way, previous=first, topic=last.rsplit(both, 1)[-1])

    def finished(self) -> list[Turn]:
        return [
            Turn(
                id=turn_id(self.part.number, n),
                speaker=speaker,
                text=self.bank.typeset(" ".join(texts)),
                cites=tuple(cites),
            )
            for n, (speaker, texts, cites) in enumerate(self.said, 1)
        ]
