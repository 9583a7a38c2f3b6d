"""The language-model writer: what is asked, what of the answers stands, when it is enough."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from narrowcast.errors import ProviderError
from narrowcast.script.dialogue import OutlineSegment, Turn, turn_id
from narrowcast.script.words import count_words
from narrowcast.writers.base import Plan, SegmentRequest, Usage
from narrowcast.writers.llm import material
from narrowcast.writers.llm.ask import Call, Caller, Paying, without_limit
from narrowcast.writers.llm.mend import read_entry, read_turns
from narrowcast.writers.llm.prompts import Prompts
from narrowcast.writers.llm.rounds import Piece, work
from narrowcast.writers.models import ModelChoice

ENOUGH = 0.95
"""The share of a segment's words from which on nothing more is asked after an interruption."""
TOO_MUCH = 2.0
MUCH_LONGER = 4.0
"""The same where turns are written anew: that may well be to say more."""
TOO_LITTLE = 0.6
"""The share below which a model that was asked for a length has stopped too soon."""
USABLE = 0.4
"""The share below which a segment that cannot be completed is no segment."""


class LlmWriter:
    """Implements `Writer` with two language models; items are yielded while their answer is still being written.

    `caller` holds the shared limits and decides on retries; `on_usage` is told of every call, broken ones
    too; `paying` holds back what a call may cost and may refuse it with `BudgetError`.
    """

    name = "llm"

    def __init__(
        self,
        outline_model: ModelChoice,
        transcript_model: ModelChoice,
        caller: Caller,
        on_usage: Callable[[Usage], None],
        prompts: Prompts,
        paying: Paying = without_limit,
    ) -> None:
        self._paying = paying
        self._outline_model = outline_model
        self._transcript_model = transcript_model
        self._caller = caller
        self._on_usage = on_usage
        self._prompts = prompts

    def identity(self) -> Mapping[str, Any]:
        """Models, their settings, and the prompts' version."""
        return {
            "writer": self.name,
            "outline": self._outline_model.identity(),
            "transcript": self._transcript_model.identity(),
            "prompts": self._prompts.version,
        }

    def segments(self, plan: Plan) -> int:
        """As many as are asked for."""
        return plan.num_segments

    async def outline(self, plan: Plan, so_far: Sequence[OutlineSegment] = ()) -> AsyncGenerator[OutlineSegment]:
        """See `Writer.outline`. Raises `ProviderError` after three repairs that did not help."""
        if len(so_far) >= plan.num_segments:
            return
        # A long book's sentences are ranked here; others go on meanwhile.
        context = await asyncio.to_thread(material.outline_material, plan)
        piece = _OutlinePiece(plan, so_far, self._prompts, context)
        async with aclosing(work(piece, self._call(self._outline_model), self._caller)) as entries:
            async for entry in entries:
                yield entry

    async def segment(self, request: SegmentRequest, so_far: Sequence[Turn] = ()) -> AsyncGenerator[Turn]:
        """See `Writer.segment`. Raises `ProviderError` after three repairs that did not help."""
        piece = _SegmentPiece(request, so_far, self._prompts)
        if so_far and piece.share >= ENOUGH:
            return
        async with aclosing(work(piece, self._call(self._transcript_model), self._caller)) as turns:
            async for turn in turns:
                yield turn

    async def aclose(self) -> None:
        """Close both models' connections."""
        await self._outline_model.aclose()
        await self._transcript_model.aclose()

    def _call(self, choice: ModelChoice) -> Callable[[str, int], Call]:
        return lambda prompt, most: Call(choice, prompt, self._on_usage, most_tokens=most, paying=self._paying)


class _OutlinePiece(Piece[OutlineSegment]):
    keys = ("name", "title")

    def __init__(self, plan: Plan, so_far: Sequence[OutlineSegment], prompts: Prompts, context: str) -> None:
        self._plan = plan
        self._entries = list(so_far)
        self._prompts = prompts
        self._context = context
        self._known = plan.passages()

    def prompt(self, trouble: str) -> str:
        plan = self._plan
        variables = {
            **_common(plan),
            "context": self._context,
            "num_segments": plan.num_segments,
            "minutes": plan.minutes,
        }
        rest = {"trouble": trouble, "so_far": self._entries, "remaining": plan.num_segments - len(self._entries)}
        return self._prompts.outline(variables, rest)

    def take(self, item: Mapping[str, Any]) -> list[OutlineSegment] | None:
        entry = read_entry(item, self._known)
        if entry is None:
            return None
        if self.enough or any(entry.name.casefold() == known.name.casefold() for known in self._entries):
            return []
        self._entries.append(entry)
        return [entry]

    @property
    def most_tokens(self) -> int:
        return 200 * (self._plan.num_segments - len(self._entries)) + 500

    @property
    def enough(self) -> bool:
        return len(self._entries) >= self._plan.num_segments

    def lacking(self, *, cut_off: bool) -> str:
        if self.enough:
            return ""
        return "it broke off." if cut_off else f"it held {len(self._entries)} of {self._plan.num_segments} segments."

    def give_up(self, provider: str) -> None:
        if not self.enough:
            raise ProviderError(
                f"The model gave {len(self._entries)} usable segments of {self._plan.num_segments} for the outline.",
                provider=provider,
                retryable=False,
                hint="Choose another model with --llm, or run it again: what was made is kept.",
            )


class _SegmentPiece(Piece[Turn]):
    def __init__(self, request: SegmentRequest, so_far: Sequence[Turn], prompts: Prompts) -> None:
        self._request = request
        self._turns = list(so_far)
        self._prompts = prompts
        self._speakers = [speaker.name for speaker in request.plan.speakers]
        # Asked for is `{"Maya":"…","cites":[3]}`, the fewest tokens; models that know better spell the keys out.
        self.keys = ("speaker", "text", "dialogue", *self._speakers)
        self._offered = {passage.number for passage in request.passages}
        self._said = {_sound(turn.text) for turn in (*request.before, *so_far)}
        revision = request.revision
        self._only = revision.turns[0].speaker if revision and revision.single else None
        self._repeats = 0
        self._lengthened = False
        self._words = sum(count_words(turn.text) for turn in so_far)

    def prompt(self, trouble: str) -> str:
        request, plan = self._request, self._request.plan
        remaining = max(30, request.words - self._words)
        variables = {
            **_common(plan),
            "context": material.passages_text(request.passages, request.words, plan.sources),
            "outline": {"segments": [entry.model_dump(mode="json") for entry in request.outline]},
            "segment": request.entry.model_dump(mode="json"),
            "number": request.number,
            "num_segments": plan.num_segments,
            "is_first": request.number == 1,
            "is_final": request.is_last,
            "came_from": request.outline[request.number - 2].hand_over if plan.parallel and request.number > 1 else "",
            "transcript": material.dialogue_tail(request.before),
            "many_sources": len(plan.sources) > 1,
            "revision": request.revision,
            "words": request.words,
            "turns": material.turns_for(request.words, len(plan.speakers)),
        }
        rest = {
            "trouble": trouble,
            "so_far": material.dialogue_tail(self._turns, 4 * material.TAIL_CHARACTERS),
            "words": remaining,
            "turns": material.turns_for(remaining, len(plan.speakers)),
        }
        return self._prompts.segment(variables, rest)

    def take(self, item: Mapping[str, Any]) -> list[Turn] | None:
        spoken = read_turns(item, self._speakers, self._offered)
        if spoken is None:
            return None
        new: list[Turn] = []
        for speaker, text, cites in spoken:
            if self._only and speaker != self._only:
                continue
            sound = _sound(text)
            repeated = sound in self._said and (count_words(text) > 4 or self._last_sound == sound)
            self._repeats = self._repeats + 1 if repeated else 0
            if repeated or self.enough:
                continue
            self._said.add(sound)
            turn = Turn(id=turn_id(self._request.number, len(self._turns) + 1), speaker=speaker, text=text, cites=cites)
            self._turns.append(turn)
            self._words += count_words(text)
            new.append(turn)
        return new

    @property
    def share(self) -> float:
        """How much of the words asked for is written."""
        return self._words / max(1, self._request.words)

    @property
    def most_tokens(self) -> int:
        # Two tokens a word with its share of the format, twice over: what is longer is not read.
        length = 4 * self._request.words * max(0.2, 1 - self.share)
        return round(length * (MUCH_LONGER / TOO_MUCH if self._request.revision else 1)) + 500

    @property
    def enough(self) -> bool:
        if self._only and self._turns:
            return True
        return self.share >= (MUCH_LONGER if self._request.revision else TOO_MUCH) or self._repeats >= 5

    @property
    def runaway(self) -> bool:
        return self.enough

    def lacking(self, *, cut_off: bool) -> str:
        if not self._turns:
            return "it held no turns in the format asked for."
        if cut_off and (self.share < 1 or self._request.is_last):
            return "it broke off."
        short = self.share < TOO_LITTLE and self._request.plan.minutes is not None and not self._request.is_last
        if short and not self._lengthened:
            self._lengthened = True
            return "it was too short."
        return ""

    def give_up(self, provider: str) -> None:
        if not self._turns or (self.share < USABLE and not self._request.revision):
            raise ProviderError(
                f"The model gave no usable dialogue for segment {self._request.number}.",
                provider=provider,
                retryable=False,
                hint="Choose another model with --llm, or run it again: what was made is kept.",
            )

    @property
    def _last_sound(self) -> str:
        return _sound(self._turns[-1].text) if self._turns else ""


def _common(plan: Plan) -> dict[str, Any]:
    return {
        "title": plan.title,
        "briefing": plan.briefing,
        "language": material.language_name(plan.language),
        "language_name": material.language_name(plan.language),
        "speakers": plan.speakers,
        "parallel": plan.parallel,
        "speaker_names": [speaker.name for speaker in plan.speakers],
    }


def _sound(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
