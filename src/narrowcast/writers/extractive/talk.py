"""One segment as turns: who says which run, and what is said in between."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from narrowcast.script.dialogue import Turn, turn_id
from narrowcast.script.profile import Speaker
from narrowcast.writers.extractive.choose import Run, follows
from narrowcast.writers.extractive.material import Group, Material
from narrowcast.writers.extractive.phrases.bank import Bank
from narrowcast.writers.extractive.picker import Picker
from narrowcast.writers.extractive.sections import title_of
from narrowcast.writers.extractive.words import FIRST_PERSON

_MONOLOGUE_WORDS = 100
_ROOMY = 100  # words from which on a first or last segment affords a look ahead or back


@dataclass(frozen=True)
class Part:
    """A segment's place in the episode: which group it tells, the runs chosen, and whether it opens or closes."""

    number: int
    runs: tuple[Run, ...]
    words: int
    is_last: bool


def tell(material: Material, part: Part, speakers: Sequence[Speaker], before: Sequence[Turn]) -> list[Turn]:
    """The turns of one segment. One speaker narrates; of two or more the first hosts and the others answer."""
    said = "|".join(["", *(_flat(turn.text) for turn in before), ""])
    picker = Picker(material.seed, part.number, len(material.groups), said)
    if material.bank is None:
        return _read_out(material, part, speakers[0].name)
    if len(speakers) == 1:
        return _Narration(material, material.bank, part, speakers, picker).turns()
    return _Conversation(material, material.bank, part, speakers, picker).turns()


class _Telling:
    """What conversation and narration share: collecting turns, and the words for titles and topics."""

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
        return f"“{self.material.title}”" if self.material.title else self.bank.untitled

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
        topics = [g.topic for g in self.material.groups[1:] if g.topic and len(g.topic.split()) <= 7][:3]
        if len(topics) < 2 or self.part.words < _ROOMY or any(f" {self.bank.and_word} " in t for t in topics[:-1]):
            topics = [t for t in topics if f" {self.bank.and_word} " not in t]
        if len(topics) < 2 or self.part.words < _ROOMY:
            return ""
        return f"{', '.join(topics[:-1])} {self.bank.and_word} {topics[-1]}"

    def previous(self) -> str | None:
        return self.material.groups[self.part.number - 2].topic if self.part.number > 1 else None

    def new_topic(self, run: Run, last: Run | None) -> str | None:
        """The heading that begins with this run, as it fits after "about"; none if it was named before."""
        if last is not None and last[-1].headings == run[0].headings:
            return None
        old = last[-1].headings if last else ()
        for level, heading in enumerate(run[0].headings[1:], 1):
            topic = self.bank.topic(title_of(heading), self.material.lexicon)
            if topic and old[: level + 1] != run[0].headings[: level + 1] and self._unnamed(topic):
                deeper = [self.bank.topic(title_of(h), self.material.lexicon) for h in run[0].headings[level + 1 :]]
                return next((d for d in reversed(deeper) if d and self._unnamed(d)), topic)
        return None

    def opening_topic(self, first: Run | None) -> str | None:
        """What a segment begins with: its own topic where its first run stands under that heading, else the run's."""
        named = self.group.name.casefold()
        titles = [title_of(heading).casefold() for heading in first[0].headings[1:]] if first else []
        under = not any(titles) or any(title and title in named for title in titles)
        if under and self.group.topic:
            return self.group.topic
        topics = [self.bank.topic(title_of(h), self.material.lexicon) for h in first[0].headings[1:]] if first else []
        return next((topic for topic in reversed(topics) if topic), None)

    def name(self, topic: str) -> str:
        """The topic, from now on counted as named."""
        self.topics.add(topic.casefold())
        return topic

    def _unnamed(self, topic: str) -> bool:
        own = {(group.topic or "").casefold() for group in self.material.groups}
        return topic.casefold() not in self.topics | own

    def answer(self, run: Run, last: Run | None) -> str:
        text = " ".join(sentence.text for sentence in run)
        personal = bool(FIRST_PERSON.search(re.sub(r"“[^”]*”|\"[^\"]*\"", "", text)))
        if personal and not (last and FIRST_PERSON.search(last[-1].text)):
            return f"{self.picker.pick(self.bank.quoting)} {text}".strip()
        return text

    def recap(self) -> tuple[str, list[int]]:
        room = self.part.words / 3
        points = self.material.recap
        while points and sum(point.words + 5 for point in points) > room:
            points = points[1:]
        if not points or self.part.words < _ROOMY:
            return "", []
        topics = [self.material.topic_of(point) for point in points]
        named = all(topics) and len(set(topics)) == len(topics)
        marks = self.bank.recap_point if named else self.bank.recap_point_plain
        marks = (*marks[: len(points) - 1], marks[-1]) if len(points) > 1 else ("",)
        text = " ".join(
            f"{mark.format(topic=topic)} {point.text}".strip()
            for mark, topic, point in zip(marks, topics, points, strict=True)
        )
        return text, [point.passage for point in points]

    def finished(self) -> list[Turn]:
        return [
            Turn(id=turn_id(self.part.number, n), speaker=speaker, text=" ".join(texts), cites=tuple(cites))
            for n, (speaker, texts, cites) in enumerate(self.said, 1)
        ]


class _Conversation(_Telling):
    def turns(self) -> list[Turn]:
        self.host = self.speakers[0].name
        self.guests = [speaker.name for speaker in self.speakers[1:]]
        self.guest = self.guests[(self.part.number - 1) % len(self.guests)]
        first = self.part.runs[0] if self.part.runs else None
        self._open(first)
        last: Run | None = None
        for count, run in enumerate(self.part.runs):
            if last is not None:
                if turned := count % 2 == 0 and len(self.guests) > 1:
                    self._pass_on()
                question = self._question(run, last)
                self.say(self.host, self.bank.address(self.guest, question) if turned else question)
            self.say(self.guest, self.answer(run, last), [s.passage for s in run])
            last = run
        if self.part.is_last:
            self._close()
        return self.finished()

    def _pass_on(self) -> None:
        self.guest = self.guests[(self.guests.index(self.guest) + 1) % len(self.guests)]

    def _open(self, first: Run | None) -> None:
        bank, pick = self.bank, self.picker.pick
        if self.is_first:
            names = f" {bank.and_word} ".join([", ".join(self.guests[:-1]), self.guests[-1]] if self.guests[1:] else [])
            slots = {"host": self.host, "guest": self.guest, "guests": names, "title": self.title(), "by": self.by()}
            self.say(self.host, pick(bank.welcome_more if names else bank.welcome, **slots))
            if ahead := self.ahead():
                self.say(self.host, pick(bank.ahead, list=ahead))
            self.say(self.host, pick(bank.begin, guest=self.guest) if first else "")
            if self.group.topic:
                self.name(self.group.topic)
            return
        previous, topic = self.previous(), self.opening_topic(first)
        if previous and topic and previous.casefold() == topic.casefold():
            topic = None
        question = self._asked(first) if first else ""
        if previous and topic:
            self.say(self.host, pick(bank.hand_over, previous=previous, topic=self.name(topic), guest=self.guest))
        elif topic:
            self.say(self.host, pick(bank.new_topic, topic=self.name(topic)))
        elif not question:
            self.say(self.host, pick(bank.then if self.group.is_story else bank.move_on))
        last = self.said[-1][1][-1] if self.said else ""
        if first and question and not last.endswith("?"):
            self.say(self.host, question)

    def _question(self, run: Run, last: Run) -> str:
        bank, pick = self.bank, self.picker.pick
        kind = bank.opener(run[0].text)
        near = follows(last[-1], run[0])
        if near and kind in {"example", "contrast", "result", "problem"}:
            phrases = {"example": bank.examples, "contrast": bank.contrast, "result": bank.result}
            return pick(phrases.get(kind, bank.problem)) or pick(bank.go_on)
        topic = self.new_topic(run, last)
        if topic and (phrase := pick(bank.new_topic, topic=self.name(topic))):
            asked = self._asked(run) if phrase[-1:] == "." and self.picker.chance(run[0].text, 2) else ""
            return f"{self._reaction(run)} {phrase} {asked}".strip()
        if asked := self._asked(run):
            return f"{self._reaction(run)} {asked}".strip()
        if self.group.is_story and (phrase := pick(bank.then)):
            return phrase
        if near and not run[0].standalone:
            return pick(bank.go_on) or pick(bank.reactions)
        return f"{self._reaction(run)} {self._loose(run, near=near, kind=kind)}".strip()

    def _loose(self, run: Run, *, near: bool, kind: str) -> str:
        bank, pick = self.bank, self.picker.pick
        if kind == "figures" and self.picker.chance(run[0].text + "#", 2) and (phrase := pick(bank.figures)):
            return phrase
        topic = bank.subject_topic(run[0].text, self.material.lexicon)
        if topic and topic.casefold() not in self.topics and (phrase := pick(bank.about, topic=self.name(topic))):
            return phrase
        if near:
            return pick(bank.go_on) or pick(bank.more)
        return pick(bank.more) or pick(bank.go_on) or pick(bank.reactions)

    def _asked(self, run: Run) -> str:
        question = self.bank.ask(run[0].text, self.material.lexicon) if run[0].standalone else None
        return question if question and self.picker.fresh(question) else ""

    def _reaction(self, run: Run) -> str:
        return self.picker.share(self.bank.reactions) if self.picker.chance(run[0].text + "!", 4) else ""

    def _close(self) -> None:
        bank, pick = self.bank, self.picker.pick
        text, cites = self.recap()
        if text:
            self.say(self.host, pick(bank.recap_ask, guest=self.guest))
            self.say(self.guest, f"{pick(bank.recap_lead)} {text}", cites)
        names = f" {bank.and_word} ".join(
            [", ".join(self.guests[:-1]), self.guests[-1]] if self.guests[1:] else self.guests
        )
        self.say(self.host, pick(bank.goodbye, title=self.title(), guest=names))


class _Narration(_Telling):
    def turns(self) -> list[Turn]:
        bank, pick = self.bank, self.picker.pick
        me = self.speakers[0].name
        paragraphs: list[tuple[list[str], list[int]]] = [([], [])]
        self._opening(paragraphs[0][0], me)
        last: Run | None = None
        for run in self.part.runs:
            topic = self.new_topic(run, last) if last else None
            full = sum(len(text.split()) for text in paragraphs[-1][0]) + sum(s.words for s in run) > _MONOLOGUE_WORDS
            if paragraphs[-1][1] and (topic or full):
                paragraphs.append(([], []))
            if topic:
                paragraphs[-1][0].append(pick(bank.new_topic_alone, topic=self.name(topic)))
            paragraphs[-1][0].append(self.answer(run, last))
            paragraphs[-1][1].extend(s.passage for s in run)
            last = run
        if self.part.is_last:
            text, cites = self.recap()
            lead = pick(bank.recap_lead_alone) if text else ""
            paragraphs.append(([lead, text, pick(bank.goodbye_alone, title=self.title())], cites))
        return _as_turns(self.part.number, me, paragraphs)

    def _opening(self, texts: list[str], me: str) -> None:
        bank, pick, previous = self.bank, self.picker.pick, self.previous()
        topic = self.opening_topic(self.part.runs[0] if self.part.runs else None)
        if self.is_first:
            texts.append(pick(bank.welcome_alone, host=me, title=self.title(), by=self.by()))
            if ahead := self.ahead():
                texts.append(pick(bank.ahead_alone, list=ahead))
            texts.append(pick(bank.begin_here))
        elif topic and previous and topic.casefold() != previous.casefold():
            texts.append(pick(bank.hand_over_alone, previous=previous, topic=topic))
        elif topic and not previous:
            texts.append(pick(bank.new_topic_alone, topic=topic))
        if topic:
            self.name(topic)


def _read_out(material: Material, part: Part, speaker: str) -> list[Turn]:
    """No phrases at all: the document's title and headings, and its own sentences."""
    paragraphs: list[tuple[list[str], list[int]]] = [([], [])]
    if part.number == 1 and material.title:
        paragraphs[0][0].append(f"{material.title}.")
    told = ""
    for run in part.runs:
        heading = next((t for h in reversed(run[0].headings[1:]) if (t := title_of(h))), "")
        new = bool(heading) and heading not in {told, material.title}
        full = sum(len(text.split()) for text in paragraphs[-1][0]) > _MONOLOGUE_WORDS
        if paragraphs[-1][1] and (new or full):
            paragraphs.append(([], []))
        if new:
            paragraphs[-1][0].append(heading if heading[-1] in ".?!。" else f"{heading}.")
            told = heading
        paragraphs[-1][0].extend(sentence.text for sentence in run)
        paragraphs[-1][1].extend(sentence.passage for sentence in run)
    return _as_turns(part.number, speaker, paragraphs)


def _as_turns(number: int, speaker: str, paragraphs: Sequence[tuple[list[str], list[int]]]) -> list[Turn]:
    texts = [(" ".join(text for text in texts if text), tuple(dict.fromkeys(cites))) for texts, cites in paragraphs]
    return [
        Turn(id=turn_id(number, n), speaker=speaker, text=text, cites=cites)
        for n, (text, cites) in enumerate(((text, cites) for text, cites in texts if text), 1)
    ]


def _flat(text: str) -> str:
    from narrowcast.writers.key_sentences import normalised

    return f" {normalised(text)} "
