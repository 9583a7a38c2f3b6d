"""A host who asks and experts who answer in the source's words."""

from __future__ import annotations

from narrowcast.script.dialogue import Turn
from narrowcast.writers.extractive.choose import Run
from narrowcast.writers.extractive.leaning import Lean, leaning, sets_up
from narrowcast.writers.extractive.stretches import beside, breaths
from narrowcast.writers.extractive.telling import Telling


class Conversation(Telling):
    """Two to four speakers: the first hosts, the others answer."""

    def turns(self) -> list[Turn]:
        """All turns of the segment."""
        self.host = self.speakers[0].name
        self.guests = [speaker.name for speaker in self.speakers[1:]]
        self.guest = self.guests[(self.part.number - 1) % len(self.guests)]
        runs = self.part.runs
        self._open(runs[0] if runs else None)
        last: Run | None = None
        for count, run in enumerate(runs):
            if last is not None:
                if turned := count % 2 == 0 and len(self.guests) > 1:
                    self._pass_on()
                question = self._question(run, last)
                self.say(self.host, self.bank.address(self.guest, question) if turned else question)
            for breath in breaths(run, self.material.language, self._can_ask):
                if breath[0] is not run[0] and last is not None:
                    self.say(self.host, self._urging(breath, last))
                self.say(self.guest, self.answer(breath, last), [s.passage for s in breath])
                last = breath
        if self.part.is_last:
            self._close()
        return self.finished()

    def _pass_on(self) -> None:
        self.guest = self.guests[(self.guests.index(self.guest) + 1) % len(self.guests)]

    def _names(self) -> str:
        return self.bank.listed(self.guests)

    def _open(self, first: Run | None) -> None:
        bank, pick = self.bank, self.picker.pick
        if self.is_first:
            several = len(self.guests) > 1
            slots = {"host": self.host, "guest": self.guest, "guests": self._names() if several else "",
                     "title": self.title(), "by": self.by()}  # fmt: skip
            self.say(self.host, pick(bank.welcome_more if several else bank.welcome, **slots))
            self.say(self.host, *self.teaser())
            if ahead := self.ahead():
                self.say(self.host, pick(bank.ahead, list=ahead))
            if first:
                self.say(self.host, self._begin(first))
            if first and self.group.topic and self.under_own_name(first):
                self.name(self.group.topic)
            return
        self.say(self.host, self._hand_over(first))

    def _begin(self, first: Run) -> str:
        """The first question: at the beginning of the document where that is told, else by the first run's heading."""
        title = self.new_heading(first, None) if first[0] is not self.group.sentences[0] else None
        raised = self.bank.heading_question(title, self.material.lexicon) if title else None
        topic = self.topic_of(title) if title else None
        if raised and self.picker.fresh(raised):
            return raised
        if topic:
            phrases = self.fitting(self.bank.begin_topic or self.bank.new_topic, topic)
            return self.picker.pick(phrases, topic=self.name(topic), guest=self.guest)
        return self.picker.pick(self.bank.begin, guest=self.guest)

    def _hand_over(self, first: Run | None) -> str:
        """From the segment before to this one, and the question that its first run answers."""
        bank, pick = self.bank, self.picker.pick
        previous, title = self.previous(), self.opening_heading(first)
        topic = self.topic_of(title) if title else None
        raised = bank.heading_question(title, self.material.lexicon) if title else None
        if previous and (title or "").casefold() == previous.casefold():
            title = topic = raised = None
        left = pick(bank.leave, previous=previous) if previous else ""
        if self.group.begins:
            left = f"{left} {pick(bank.new_topic_label, topic=self.group.begins)}".strip()
        if raised and self.picker.fresh(raised):
            self.name(topic or raised)
            return f"{left} {raised}".strip()
        asked = self._asked(first) if first else ""
        if self.group.begins:
            return f"{left} {asked}".strip()
        if topic and bank.is_clause(topic):
            said = f"{left} {pick(self.fitting(bank.new_topic, topic), topic=self.name(topic))}".strip()
        elif topic and previous and not bank.is_clause(previous):
            said = pick(bank.hand_over, previous=previous, topic=self.name(topic), guest=self.guest)
        elif topic:
            said = f"{left} {pick(bank.new_topic, topic=self.name(topic))}".strip()
        elif asked:
            return f"{left} {asked}".strip()
        elif title:
            return f"{left} {pick(bank.new_topic_label, topic=title)}".strip()
        else:
            return f"{left} {pick(bank.then if self.group.is_story else bank.move_on)}".strip()
        return said if said.endswith("?") else f"{said} {asked}".strip()

    def _question(self, run: Run, last: Run) -> str:
        """What the host says before a new run: names its source, or asks what it answers."""
        if source := self.new_source(run, last):
            return f"{self.picker.pick(self.bank.new_topic_label, topic=source)} {self._asked(run)}".strip()
        return self._raised(run, last) or self._taken_up(run, last)

    def _raised(self, run: Run, last: Run) -> str:
        """The question by the heading that begins with the run; empty where there is none that can be said."""
        bank, pick = self.bank, self.picker.pick
        if title := self.new_heading(run, last):
            topic = self.topic_of(title)
            raised = bank.heading_question(title, self.material.lexicon)
            if raised and self.picker.fresh(raised):
                self.name(topic or raised)
                return f"{self._lead(last)} {raised}".strip()
            if topic and (phrase := pick(self.fitting(bank.new_topic, topic), topic=self.name(topic))):
                asked = self._asked(run) if phrase[-1:] == "." else ""
                return f"{self._lead(last)} {phrase} {asked}".strip()
        return ""

    def _taken_up(self, run: Run, last: Run) -> str:
        """Without a new heading: as the first sentence opens, what it answers, or what it is about."""
        bank, pick = self.bank, self.picker.pick
        near = beside(last[-1], run[0])
        if near and (phrase := self._by_opener(run)):
            return phrase
        if not near and self.part.is_last and run is self.part.runs[-1] and bank.opener(run[0].text) == "result":
            return pick(bank.ending)
        if asked := self._asked(run, near=near):
            return f"{self._lead(last)} {asked}".strip()
        if near and self.group.is_story and (phrase := pick(bank.then)):
            return f"{self._echo(last)} {phrase}".strip() if self.picker.chance(phrase, 2) else phrase
        topic = bank.subject_topic(run[0].text, self.material.lexicon)
        if topic and topic.casefold() not in self.topics and (
            phrase := pick(self.fitting(bank.about, topic), topic=self.name(topic))
        ):  # fmt: skip
            return f"{self._lead(last)} {phrase}".strip()
        if near:
            return self._echo(last) or pick(bank.reactions) or pick(bank.go_on)
        return f"{self._lead(last)} {pick(bank.more)}".strip() or pick(bank.reactions)

    def _urging(self, breath: Run, last: Run) -> str:
        """A word put in while the answer goes on; empty where none is left that fits."""
        bank, pick = self.bank, self.picker.pick
        if phrase := self._by_opener(breath):
            return phrase
        if sets_up(last[-1].text, self.material.language):
            return pick(bank.go_on) or self._echo(last) or pick(bank.reactions)
        if asked := self._asked(breath, near=True):
            return f"{self._lead(last)} {asked}".strip()
        if echo := self._echo(last):
            return echo
        if self.group.is_story and self.picker.chance(breath[0].text + "?", 2) and (phrase := pick(bank.then)):
            return phrase
        return pick(bank.reactions)

    def _by_opener(self, run: Run) -> str:
        bank = self.bank
        kinds = {"example": bank.examples, "contrast": bank.contrast, "result": bank.result, "problem": bank.problem}
        kind = bank.opener(run[0].text)
        return self.picker.pick(kinds[kind]) if kind in kinds else ""

    def _can_ask(self, text: str) -> bool:
        return bool(self.bank.ask(text, self.material.lexicon))

    def _asked(self, run: Run, *, near: bool = False) -> str:
        lean = leaning(run[0].text, (), self.material.language)
        sure = lean is Lean.NONE or (lean is Lean.SOFT and near) or (run[0].standalone and lean is not Lean.SOFT)
        question = self.bank.ask(run[0].text, self.material.lexicon) if sure else None
        return question if question and self.picker.fresh(question) else ""

    def _lead(self, last: Run) -> str:
        """What comes before a question: a figure repeated, a short reaction, mostly nothing."""
        if self.picker.chance(last[-1].text, 2) and (echo := self._echo(last)):
            return echo
        if not self.picker.chance(last[-1].text + "!", 3):
            return ""
        return self.picker.share([said for said in self.bank.reactions if not said.endswith("?")])

    def _echo(self, last: Run) -> str:
        figure = self.bank.echo(last[-1].text)
        if not figure or not self.picker.fresh(f"heard {figure}"):
            return ""
        said = self.picker.varied(self.bank.echoes, figure).format(figure=figure)
        return said if self.picker.fresh(said) else ""

    def _close(self) -> None:
        bank, pick = self.bank, self.picker.pick
        text, cites = self.recap()
        if text:
            self.say(self.host, pick(bank.recap_ask, guest=self.guest))
            self.say(self.guest, f"{pick(bank.recap_lead)} {text}", cites)
        else:
            self.say(self.host, self.way())
        self.say(self.host, pick(bank.goodbye, title=self.title(), guest=self._names()))
