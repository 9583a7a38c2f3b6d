"""The built-in voice with its real processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from narrowcast.audio.clip import Samples
from narrowcast.errors import ProfileError, ProviderError
from narrowcast.tts.base import SpeechRequest
from narrowcast.tts.check_clip import reject_reason
from narrowcast.tts.espeak.provider import Espeak
from narrowcast.tts.fake import Damage, damaged
from narrowcast.tts.local import espeak_worker
from narrowcast.tts.local.espeak_child import Child, ChildDiedError

SENTENCES = {
    "en": "When the report came out last winter, nobody expected the results to hold for long.",
    "de": "Als der Bericht im letzten Winter erschien, rechnete niemand mit diesen Ergebnissen.",
    "fr": "Quand le rapport est sorti l'hiver dernier, personne ne s'attendait à ces résultats.",
    "es": "Cuando salió el informe el invierno pasado, nadie esperaba estos resultados.",
    "pt-BR": "Quando o relatório saiu no inverno passado, ninguém esperava estes resultados.",
    "ru": "Когда прошлой зимой вышел отчёт, никто не ожидал таких результатов.",
    "zh": "去年冬天报告发表的时候，没有人预料到这样的结果会持续很久。",
    "hi": "जब पिछली सर्दियों में रिपोर्ट आई, तो किसी को इन नतीजों की उम्मीद नहीं थी।",
    "ar": "عندما صدر التقرير في الشتاء الماضي لم يتوقع أحد هذه النتائج.",
    "fi": "Kun raportti ilmestyi viime talvena, kukaan ei odottanut näitä tuloksia.",
}


@pytest.fixture
async def espeak() -> AsyncIterator[Espeak]:
    tts = Espeak()
    yield tts
    await tts.aclose()


async def say(tts: Espeak, text: str, voice: str = "en-us+f2", **config: int) -> tuple[Samples, int]:
    speech = await tts.speak(SpeechRequest(text, voice, "en", config=config))
    return speech.samples, speech.sample_rate


@pytest.mark.parametrize("language", SENTENCES)
async def test_clips_of_many_languages_and_all_voices_pass_and_damaged_ones_do_not(
    espeak: Espeak, language: str
) -> None:
    text = SENTENCES[language]
    for voice in await espeak.voices(language):
        samples, rate = await say(espeak, text, voice.id)
        assert reject_reason(samples, rate, text) is None, voice.id
        for damage in Damage:
            assert reject_reason(damaged(samples, damage), rate, text), (voice.id, damage)


@pytest.mark.parametrize("text", ["No.", "Is it?", "Hm.", "Yes!", "A", "42", "Right, so.", "www", "NATO and the EU?"])
async def test_short_clips_pass(espeak: Espeak, text: str) -> None:
    for voice in await espeak.voices("en"):
        samples, rate = await say(espeak, text, voice.id)
        assert reject_reason(samples, rate, text) is None, voice.id


async def test_every_language_on_offer_really_speaks(espeak: Espeak) -> None:
    bases = await espeak._known_bases()
    assert len(bases) > 130
    for base in bases:
        samples, _ = await say(espeak, "Maria, 4 5 6.", f"{base.id}+m3")
        assert len(samples) > 8_000, base.id
        assert float(np.abs(samples).max()) > 0.05, base.id


async def test_ends_are_quiet_and_short(espeak: Espeak) -> None:
    samples, rate = await say(espeak, "The bridge was gone.")
    edge = rate * 26 // 1000
    assert np.flatnonzero(np.abs(samples) > 0.003)[0] <= edge
    assert len(samples) - np.flatnonzero(np.abs(samples) > 0.003)[-1] <= edge + rate // 50
    assert float(np.abs(samples[-rate // 100 :]).max()) < 0.003


async def test_markup_is_no_command_and_controls_are_nothing(espeak: Espeak) -> None:
    marked, rate = await say(espeak, 'One <break time="9s"/> two.')
    assert len(marked) / rate < 6
    phonemes, _ = await say(espeak, "[[h@l'oU]]")
    controls, _ = await say(espeak, "One \x01\x1b\x00 two.")
    plain, _ = await say(espeak, "One two.")
    assert len(phonemes) > 0
    assert abs(len(controls) - len(plain)) < rate // 4


async def test_config_is_obeyed(espeak: Espeak) -> None:
    text = SENTENCES["en"]
    usual, _ = await say(espeak, text)
    fast, _ = await say(espeak, text, rate=300)
    gaps, _ = await say(espeak, text, word_gap=20)
    assert len(fast) < 0.7 * len(usual)
    assert len(gaps) > 1.2 * len(usual)
    high, _ = await say(espeak, text, pitch=90)
    assert not np.array_equal(high[:20_000], usual[:20_000])
    with pytest.raises(ProfileError, match="rate"):
        await say(espeak, text, rate=9000)


async def test_a_pleasant_pace(espeak: Espeak) -> None:
    text = SENTENCES["en"] + (
        " Most people think of a bridge as something that stands still. It does not. Every bridge moves a little, with "
        "the heat, the wind and the weight of the cars that cross it. Engineers plan for that, and they leave gaps."
    )
    for voice in await espeak.voices("en"):
        samples, rate = await say(espeak, text, voice.id)
        assert 145 < len(text.split()) / (len(samples) / rate / 60) < 190, voice.id


async def test_two_speak_at_once_and_no_more_processes_are_started(espeak: Espeak) -> None:
    await asyncio.gather(*(say(espeak, f"Sentence number {number}.") for number in range(8)))
    assert len(espeak._idle) == espeak.limits.concurrency


async def test_a_crash_may_be_tried_again_once_and_the_next_text_is_said(espeak: Espeak) -> None:
    text = SENTENCES["en"] * 20
    for retryable in (True, False):
        await say(espeak, "Hello.")
        task = asyncio.create_task(say(espeak, text))
        victim = espeak._idle[-1].pid
        await asyncio.sleep(0)
        os.kill(victim, signal.SIGKILL)
        with pytest.raises(ProviderError, match="crashed") as caught:
            await task
        assert caught.value.retryable is retryable
    samples, _ = await say(espeak, "Still here.")
    assert len(samples) > 8_000


async def test_a_cancelled_call_leaves_nothing_behind(espeak: Espeak) -> None:
    await say(espeak, "Hello.")
    task = asyncio.create_task(say(espeak, SENTENCES["en"] * 20))
    await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    samples, rate = await say(espeak, "Hello.")
    assert len(samples) / rate < 2


async def test_closing_ends_the_processes(espeak: Espeak) -> None:
    await say(espeak, "Hello.")
    pid = espeak._idle[0].pid
    await espeak.aclose()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_child_that_is_gone_says_so() -> None:
    child = await Child.start()
    await child.kill()
    with pytest.raises(ChildDiedError):
        await child.ask({"op": "voices"})


def test_the_children_of_a_killed_parent_end() -> None:
    code = (
        "import asyncio, os, signal\n"
        "from narrowcast.tts.espeak.provider import Espeak\n"
        "async def main():\n"
        "    tts = Espeak()\n"
        "    await tts.voices('en')\n"
        "    print(tts._idle[0].pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    killed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    pid = int(killed.stdout)
    for _ in range(100):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return
        subprocess.run(["sleep", "0.02"], check=True)
    pytest.fail("the child outlived its parent")


def test_the_child_is_small() -> None:
    code = f"import sys; sys.argv = ['x']; exec(open({espeak_worker.__file__!r}).read().replace('__main__', '-')); "
    code += "print(sorted({'numpy', 'pydantic', 'asyncio', 'typing_extensions'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
