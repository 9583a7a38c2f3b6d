"""One voice: a monologue with the same craft, or, without phrases for the language, the document's own words alone."""

from __future__ import annotations

from collections.abc import Sequence

from narrowcast.script.dialogue import Turn, turn_id
from narrowcast.writers.extractive.choose import Run
from narrowcast.writers.extractive.material import Material
from narrowcast.writers.extractive.sections import title_of
from narrowcast.writers.extractive.telling import Part, Telling

_MONOLOGUE_WORDS = 100


class Narration(Telling):
    """One speaker."""

    def turns(self) -> list[Turn]:
        """All turns of the segment, a paragraph each."""
        bank, pick = self.bank, self.picker.pick
        me = self.speakers[0].name
        paragraphs: list[tuple[list[str], list[int]]] = [([], [])]
        self._opening(paragraphs[0], me)
        last: Run | None = None
        told = False
        for run in self.part.runs:
            title = self.new_heading(run, last) if last else None
            topic = self.topic_of(title) if title else None
            full = sum(len(text.split()) for text in paragraphs[-1][0]) + sum(s.words for s in run) > _MONOLOGUE_WORDS
            if told and (topic or full):
                paragraphs.append(([], []))
            if source := self.new_source(run, last) if last else "":
                paragraphs[-1][0].append(pick(bank.new_topic_label, topic=source))
            elif topic:
                phrases = self.fitting(bank.new_topic_alone, topic)
                paragraphs[-1][0].append(pick(phrases, topic=self.name(topic)))
            paragraphs[-1][0].append(self.answer(run, last))
            paragraphs[-1][1].extend(s.passage for s in run)
            last, told = run, True
        if self.part.is_last:
            text, cites = self.recap()
            lead = pick(bank.recap_lead_alone) if text else ""
            paragraphs.append(([lead, text or self.way(), pick(bank.goodbye_alone, title=self.title())], cites))
        return _as_turns(
            self.part.number, me, [([bank.typeset(text) for text in texts], cites) for texts, cites in paragraphs]
        )

    def _opening(self, paragraph: tuple[list[str], list[int]], me: str) -> None:
        bank, pick, previous = self.bank, self.picker.pick, self.previous()
        texts, cites = paragraph
        title = self.opening_heading(self.part.runs[0] if self.part.runs else None)
        topic = self.topic_of(title) if title else None
        if self.is_first:
            texts.append(pick(bank.welcome_alone, host=me, title=self.title(), by=self.by()))
            teaser, passages = self.teaser()
            texts.append(teaser)
            cites.extend(passages)
            if ahead := self.ahead():
                texts.append(pick(bank.ahead_alone, list=ahead))
            texts.append(pick(bank.begin_here))
        elif self.group.begins:
            texts.append(pick(bank.new_topic_label, topic=self.group.begins))
        elif topic and bank.is_clause(topic):
            texts.append(pick(self.fitting(bank.new_topic_alone, topic), topic=topic))
        elif topic and previous and topic.casefold() != previous.casefold() and not bank.is_clause(previous):
            texts.append(pick(bank.hand_over_alone, previous=previous, topic=topic))
        elif topic:
            texts.append(pick(bank.new_topic_alone, topic=topic))
        if topic:
            self.name(topic)


def read_out(material: Material, part: Part, speaker: str) -> list[Turn]:
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
