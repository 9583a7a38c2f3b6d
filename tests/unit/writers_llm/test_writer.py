"""The writer against a scripted model: what is yielded when, what is asked again, what stands."""

import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

import pytest
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import ModelMessage, ModelRequest
from pydantic_ai.models.function import AgentInfo, DeltaThinkingPart, FunctionModel

from narrowcast.errors import BudgetError, ProviderError
from narrowcast.script.dialogue import OutlineSegment, Turn
from narrowcast.script.profile import Speaker
from narrowcast.script.source import Passage, Source
from narrowcast.writers.base import Plan, SegmentRequest, Usage
from narrowcast.writers.llm.ask import DirectCaller, Paying, Payment, without_limit
from narrowcast.writers.llm.prompts import Prompts
from narrowcast.writers.llm.writer import LlmWriter
from narrowcast.writers.models import ModelChoice

PASSAGES = tuple(Passage(number=n, source=1, text=f"The keeper lit {n} lamps in the tower.") for n in range(1, 9))
SOURCE = Source(number=1, title="Towers", origin="x", format="text", language="en", passages=PASSAGES)
PLAN = Plan(
    title="Towers",
    briefing="",
    language="en",
    speakers=(Speaker(name="Maya"), Speaker(name="Daniel")),
    num_segments=3,
    sources=(SOURCE,),
)
ENTRIES = tuple(OutlineSegment(name=name) for name in ("Light", "Oil", "Dark"))
TEN_WORDS = "one two three four five six seven eight nine ten"


def request(
    *, words: int = 40, number: int = 2, minutes: float | None = None, before: tuple[Turn, ...] = ()
) -> SegmentRequest:
    plan = Plan(**{**PLAN.__dict__, "minutes": minutes})
    return SegmentRequest(plan, number, ENTRIES, PASSAGES[:4], words, before, is_last=number == 3)


def turns(*texts: str, speaker: str = "Maya") -> str:
    return json.dumps({"turns": [{"speaker": speaker, "text": text, "cites": [1]} for text in texts]})


class Script:
    """A model that gives these answers one after the other, in chunks, and remembers prompts and progress."""

    def __init__(self, *answers: str | Exception | tuple[Any, ...], size: int = 9) -> None:
        self.answers = list(answers)
        self.size = size
        self.prompts: list[str] = []
        self.told = 0

    async def __call__(self, messages: list[ModelMessage], _info: AgentInfo) -> AsyncIterator[Any]:
        assert isinstance(messages[0], ModelRequest)
        self.prompts.append(str(messages[0].parts[0].content))  # type: ignore[union-attr]
        answer = self.answers.pop(0)
        for part in answer if isinstance(answer, tuple) else (answer,):
            if isinstance(part, Exception):
                raise part
            if isinstance(part, dict):
                yield part
                continue
            for i in range(0, len(part), self.size):
                self.told += len(part[i : i + self.size])
                yield part[i : i + self.size]


def writer(
    script: Script, used: list[Usage] | None = None, *, attempts: int = 3, paying: Paying = without_limit
) -> LlmWriter:
    model = ModelChoice("test:x", "test", "x", FunctionModel(stream_function=script), local=True)
    on_usage: Callable[[Usage], None] = used.append if used is not None else lambda _: None
    return LlmWriter(model, model, DirectCaller(attempts), on_usage, Prompts(), paying)


async def written(script: Script, asked: SegmentRequest | None = None, so_far: Iterable[Turn] = ()) -> list[str]:
    return [turn.text async for turn in writer(script).segment(asked or request(), tuple(so_far))]


BROKEN_OFF = ModelHTTPError(503, "x")


async def test_turns_come_while_the_answer_is_still_being_written() -> None:
    answer = turns("First of all.", "Then there is this.", "And that.")
    script = Script(answer, size=1)
    heard_at = [script.told async for _ in writer(script).segment(request())]
    ends = [i + 1 for i, character in enumerate(answer) if character == "}"][:3]
    assert heard_at == ends


async def test_outline_entries_come_while_the_answer_is_still_being_written() -> None:
    answer = json.dumps(
        {"segments": [{"name": name, "passages": [1, 99]} for name in ("Light", "Oil", "Dark", "More")]}
    )
    script = Script(answer, size=1)
    entries, heard_at = [], []
    async for entry in writer(script).outline(PLAN):
        entries.append(entry)
        heard_at.append(script.told)
    assert [entry.name for entry in entries] == ["Light", "Oil", "Dark"], "exactly as many as were asked for"
    assert entries[0].passages == (1,)
    assert heard_at[0] < heard_at[1] < heard_at[2] < len(answer)


async def test_ids_citations_and_the_prompt() -> None:
    script = Script(json.dumps({"turns": [{"speaker": "daniel", "text": "Lamps.", "cites": [1, 7, 77]}]}))
    asked = request(before=(Turn(id="s1t1", speaker="Maya", text="So far, so good."),))
    (turn,) = [turn async for turn in writer(script).segment(asked)]
    assert (turn.id, turn.speaker, turn.cites) == ("s2t1", "Daniel", (1,)), "7 was not offered"
    assert "[4] The keeper" in script.prompts[0]
    assert "[5]" not in script.prompts[0]
    assert "Maya: So far, so good." in script.prompts[0]
    assert "about 40 words" in script.prompts[0]


async def test_thinking_parts_are_left_out() -> None:
    thought = {0: DeltaThinkingPart(content='{"speaker":"Maya","text":"draft"}')}
    assert await written(Script((thought, turns("Said.")))) == ["Said."]


@pytest.mark.parametrize("end", [11, 30, 60])
async def test_a_cut_off_answer_is_continued_and_what_was_yielded_stands(end: int) -> None:
    whole = turns("One is here.", "Two is here.", "Three is here.")
    standing = whole[:-end].count("}")
    script = Script(whole[:-end], turns("The rest follows now."))
    texts = await written(script)
    assert texts == [*["One is here.", "Two is here.", "Three is here."][:standing], "The rest follows now."]
    assert "it broke off" in script.prompts[1]
    assert ("Maya: One is here." in script.prompts[1]) == (standing > 0)
    assert "Three is here." not in script.prompts[1] or standing == 3


async def test_after_a_fault_in_mid_stream_only_the_rest_is_asked() -> None:
    script = Script((turns("One is here.", "Two is here.")[:90], BROKEN_OFF), turns("Three is here."))
    used: list[Usage] = []
    texts = [turn.text async for turn in writer(script, used).segment(request())]
    assert texts == ["One is here.", "Three is here."]
    assert "stand" in script.prompts[1]
    assert [usage.completion_tokens > 0 for usage in used] == [True, True], "the broken call was paid for too"


async def test_a_passing_fault_is_left_to_the_caller_and_a_lasting_one_ends_it() -> None:
    assert await written(Script(BROKEN_OFF, BROKEN_OFF, turns("Said."))) == ["Said."]
    with pytest.raises(ProviderError) as caught:
        await written(Script(BROKEN_OFF, BROKEN_OFF, BROKEN_OFF))
    assert caught.value.retryable
    with pytest.raises(ProviderError) as caught:
        await written(Script(ModelHTTPError(400, "x", {"message": "bad"})))
    assert not caught.value.retryable


async def test_progress_gives_fresh_attempts() -> None:
    parts = [(turns(f"Part {number} is here.")[:-2], BROKEN_OFF) for number in range(4)]
    assert len(await written(Script(*parts, turns("Done at last.")))) == 5


async def test_a_turn_of_an_unknown_speaker_is_asked_again_with_all_after_it() -> None:
    bad = json.dumps(
        {
            "turns": [
                {"speaker": "Maya", "text": "One."},
                {"speaker": "Zed", "text": "Two."},
                {"speaker": "Maya", "text": "Three."},
            ]
        }
    )
    script = Script(bad, turns("Two, said rightly.", speaker="Daniel"))
    assert await written(script) == ["One.", "Two, said rightly."]
    assert "Zed" in script.prompts[1]


async def test_repairs_are_bounded_and_what_is_usable_is_used() -> None:
    cut = [turns(f"{TEN_WORDS} {number}", "x")[:-9] for number in range(4)]
    script = Script(*cut)
    assert len(await written(script, request(words=60))) == 4
    assert len(script.prompts) == 4, "one answer and three repairs"


@pytest.mark.parametrize("answer", ["I am sorry, I cannot.", "<html><body>Bad gateway</body></html>", '{"turns":[]}'])
async def test_without_progress_it_is_given_up(answer: str) -> None:
    script = Script(answer, answer, answer, answer)
    with pytest.raises(ProviderError, match="no usable dialogue for segment 2") as caught:
        await written(script)
    assert not caught.value.retryable
    assert len(script.prompts) == 2


async def test_an_outline_that_stays_short_is_given_up() -> None:
    short = json.dumps({"segments": [{"name": "Light"}]})
    script = Script(short, short, short)
    with pytest.raises(ProviderError, match="1 usable segments of 3"):
        [entry async for entry in writer(script).outline(PLAN)]


async def test_a_short_outline_is_completed() -> None:
    script = Script(json.dumps({"segments": [{"name": "Light"}]}), json.dumps([{"name": "Oil"}, {"name": "Dark"}]))
    assert [entry.name async for entry in writer(script).outline(PLAN)] == ["Light", "Oil", "Dark"]
    assert "only the remaining 2" in script.prompts[1]


async def test_repeated_turns_are_dropped_and_a_loop_is_left() -> None:
    script = Script(turns(*["The very same words again."] * 500))
    assert await written(script, request(words=4_000)) == ["The very same words again."]
    assert script.told < 1_000


async def test_short_reactions_may_come_twice() -> None:
    script = Script(turns("Really?", "Yes, on the rock itself.", "Really?", "Really?"))
    assert await written(script) == ["Really?", "Yes, on the rock itself.", "Really?"]


async def test_what_was_said_in_earlier_segments_is_not_said_again() -> None:
    before = (Turn(id="s1t1", speaker="Maya", text=f"{TEN_WORDS}."),)
    assert await written(Script(turns(TEN_WORDS, "New.")), request(before=before)) == ["New."]


async def test_an_endless_answer_is_left_at_twice_its_words() -> None:
    script = Script(turns(*[f"{TEN_WORDS} {number}" for number in range(1_000)]))
    texts = await written(script, request(words=55))
    assert len(texts) == 10
    assert script.told < 2_000


async def test_endless_prose_is_left() -> None:
    script = Script("word " * 100_000, "word " * 100_000)
    with pytest.raises(ProviderError):
        await written(script)
    assert script.told < 50_000


async def test_a_model_that_stops_too_soon_is_asked_on_once_where_a_length_was_asked() -> None:
    script = Script(turns(TEN_WORDS), turns("A little more."))
    assert len(await written(script, request(words=100, minutes=5))) == 2
    assert "about 90 words" in script.prompts[1]
    assert len(await written(Script(turns(TEN_WORDS)), request(words=100))) == 1
    assert len(await written(Script(turns(TEN_WORDS)), request(words=100, minutes=5, number=3))) == 1


async def test_an_interrupted_segment_is_resumed_and_a_full_one_costs_nothing() -> None:
    so_far = (Turn(id="s2t1", speaker="Maya", text=TEN_WORDS),)
    script = Script(turns("Twenty.", "Thirty."))
    resumed = [turn async for turn in writer(script).segment(request(words=40), so_far)]
    assert [turn.id for turn in resumed] == ["s2t2", "s2t3"]
    assert f"Maya: {TEN_WORDS}" in script.prompts[0]
    assert "about 30 words" in script.prompts[0]
    assert await written(Script(), request(words=10), so_far) == []


async def test_an_interrupted_outline_is_resumed() -> None:
    script = Script(json.dumps({"segments": [{"name": "Light"}, {"name": "Dark"}]}))
    names = [entry.name async for entry in writer(script).outline(PLAN, ENTRIES[:2])]
    assert names == ["Dark"], "what is planned already is not planned again"
    assert [entry async for entry in writer(Script()).outline(PLAN, ENTRIES)] == []


async def test_an_abandoned_answer_is_counted() -> None:
    used: list[Usage] = []
    stream = writer(Script(turns("One is here.", "Two is here."), size=1), used).segment(request())
    await anext(stream)
    await stream.aclose()
    assert len(used) == 1
    assert used[0].completion_tokens > 0
    assert used[0].cost_usd == 0.0


async def test_a_refused_budget_stops_before_the_call() -> None:
    asked: list[tuple[float | None, str]] = []

    def refuse(worst_usd: float | None, what: str, /) -> AbstractAsyncContextManager[Payment]:
        asked.append((worst_usd, what))
        raise BudgetError("no")

    script = Script(turns("Said."))
    with pytest.raises(BudgetError):
        [turn async for turn in writer(script, paying=refuse).segment(request())]
    assert asked == [(0.0, "test:x")]
    assert script.prompts == []


async def test_costs_are_settled_once_known() -> None:
    settled: list[float | None] = []

    class Slip:
        limited = True

        def settle(self, cost_usd: float | None) -> None:
            settled.append(cost_usd)

    def pay(worst_usd: float | None, what: str, /) -> AbstractAsyncContextManager[Payment]:
        return nullcontext(Slip())

    assert [turn async for turn in writer(Script(turns("Said.")), paying=pay).segment(request())]
    assert settled == [0.0]


def test_identity_tells_what_decides_the_answer() -> None:
    def identity(**settings: object) -> dict[str, Any]:
        model = ModelChoice("test:x", "test", "x", FunctionModel(stream_function=Script()), settings, key="secret")
        return dict(LlmWriter(model, model, DirectCaller(), lambda _: None, Prompts()).identity())

    assert identity() == identity(max_retries=0, timeout=3) != identity(temperature=0.2)
    assert "secret" not in json.dumps(identity())
