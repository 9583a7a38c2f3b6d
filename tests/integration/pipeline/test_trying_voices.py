"""A phrase tried out goes through the store: paid for once, shared with episodes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import pytest

from narrowcast.errors import InputError, VoiceError
from narrowcast.money.budget import Budget
from narrowcast.pipeline.order import Parts
from narrowcast.pipeline.slots import Slots
from narrowcast.pipeline.trying import heard, phrases
from narrowcast.store.home import Store
from narrowcast.tts.casting import SpeakerVoice
from narrowcast.tts.fake import Fake


async def never(*_: Any) -> NoReturn:
    raise AssertionError("a phrase needs no sources and no writer")


async def test_a_phrase_is_paid_for_once(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    parts = Parts(
        home=tmp_path,
        store=store,
        budget=Budget(),
        read=never,
        cast=never,
        open_writer=never,
        slots_for=lambda tts: Slots(tts.name, 1),
    )
    fake = Fake(usd_per_character=1e-4)
    voices = {"x": SpeakerVoice(fake, "low", None, lexicon={"nginx": "engine x"})}
    before = await phrases(voices, "It is nginx.", "en", parts)
    assert (before[0].spoken, before[0].there) == ("It is engine x.", False)
    assert before[0].cost_usd == pytest.approx(15e-4)
    ((samples, rate),) = await heard(before, parts)
    assert len(samples) > rate / 2
    after = await phrases(voices, "It is nginx.", "en", parts)
    assert (after[0].there, after[0].cost_usd) == (True, 0.0)
    await heard(after, parts)
    assert len(fake.requests) == 1
    for text in ("", " \n", "x" * 10_001):
        with pytest.raises(InputError, match="characters"):
            await phrases(voices, text, "en", parts)
    with pytest.raises(VoiceError):
        await phrases({"x": SpeakerVoice(fake, "nobody", None)}, "Hm.", "en", parts)
    await store.aclose()
