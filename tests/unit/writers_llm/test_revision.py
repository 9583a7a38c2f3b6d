"""Turns that are written anew: what the model is told, what of its answer stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.writers_llm.test_writer import PASSAGES, Script, request, turns, writer

from narrowcast.errors import ProviderError
from narrowcast.script.dialogue import Turn
from narrowcast.writers.base import Revision

NOW = (
    Turn(id="s2t1", speaker="Maya", text="The keeper lit three lamps.", cites=(3,)),
    Turn(id="s2t2", speaker="Daniel", text="Why three of them?"),
)
LATER = Turn(id="s3t1", speaker="Daniel", text="And then it got dark.")


async def rewritten(script: Script, revision: Revision, words: int = 12) -> list[Turn]:
    asked = replace(request(words=words), revision=revision)
    return [turn async for turn in writer(script).segment(asked)]


async def test_the_model_sees_what_is_there_what_to_change_and_what_follows() -> None:
    script = Script(turns("Three lamps burned that night, and one was enough."))
    await rewritten(script, Revision("make it warmer", NOW, after=LATER))
    (prompt,) = script.prompts
    assert "Maya: The keeper lit three lamps. [3]" in prompt
    assert "What to change: make it warmer" in prompt
    assert "Daniel: And then it got dark." in prompt
    assert PASSAGES[0].text in prompt


async def test_of_a_single_turn_just_one_by_its_speaker_is_taken() -> None:
    answer = '{"turns":[{"Daniel":"Well, hello.","cites":[]},{"Maya":"Three lamps.","cites":[3]},{"Maya":"More."}]}'
    found = await rewritten(Script(answer), Revision("shorter", NOW[:1], single=True))
    assert [(turn.speaker, turn.text, turn.cites) for turn in found] == [("Maya", "Three lamps.", (3,))]


async def test_much_shorter_is_an_answer_too() -> None:
    script = Script(turns("Lamps."))
    assert [turn.text for turn in await rewritten(script, Revision("a single word", NOW), words=200)] == ["Lamps."]
    assert len(script.prompts) == 1


async def test_three_times_as_long_is_not_cut_off() -> None:
    texts = [f"This is the sentence number {number} about lamps." for number in range(30)]
    found = await rewritten(Script(turns(*texts)), Revision("in far more detail", NOW), words=80)
    assert [turn.text for turn in found] == texts


async def test_a_model_that_never_lets_the_speaker_speak_is_a_fault() -> None:
    script = Script(*[turns("I am Maya.", "Still Maya.")] * 9)
    with pytest.raises(ProviderError, match="no usable dialogue"):
        await rewritten(script, Revision("shorter", NOW[1:], single=True))


async def test_without_passages_no_new_facts_are_asked_for() -> None:
    script = Script(turns("The keeper lit lamps."))
    asked = replace(request(), passages=(), revision=Revision("simpler", NOW))
    assert [turn async for turn in writer(script).segment(asked)]
    assert "No passages are at hand" in script.prompts[0]
