"""piper and Kokoro with real models made on the spot: what they are given, and models that are broken or traps."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tests.integration.tts.tiny_models import HOP, PIPER_RATE, make_kokoro, make_piper

from narrowcast.errors import NarrowcastError, ProfileError, ProviderError, SettingError, VoiceError
from narrowcast.tts.base import Speech, SpeechRequest
from narrowcast.tts.kokoro.provider import Kokoro
from narrowcast.tts.local import onnx_model
from narrowcast.tts.local.espeak_child import Child
from narrowcast.tts.local.phonemes import Phonemes
from narrowcast.tts.piper.provider import Piper
from narrowcast.tts.registry import Means, in_reach
from narrowcast.tts.say import say

TEXT = "The river rose two metres in a single night."
NAME = "en_US-tones-medium"


def request(voice: str = f"{NAME}#0", text: str = TEXT, **config: Any) -> SpeechRequest:
    return SpeechRequest(text, voice, "en", None, config)


@pytest.fixture
async def piper(tmp_path: Path) -> AsyncIterator[Piper]:
    make_piper(tmp_path)
    tts = Piper(tmp_path)
    yield tts
    await tts.aclose()


@pytest.fixture
async def kokoro(tmp_path: Path) -> AsyncIterator[Kokoro]:
    make_kokoro(tmp_path)
    tts = Kokoro(tmp_path)
    yield tts
    await tts.aclose()


async def seconds(tts: Piper | Kokoro, asked: SpeechRequest) -> float:
    speech = await tts.speak(asked)
    return len(speech.samples) / speech.sample_rate


async def test_each_symbol_and_its_padding_is_read_once(piper: Piper) -> None:
    # "no" is nˈoʊ: begin, four symbols, the full stop, end, with padding between. 13 ids, the outer ones silent.
    speech = await piper.speak(request(text="No."))
    assert speech.sample_rate == PIPER_RATE
    heard = np.flatnonzero(np.abs(speech.samples) > 0.001)
    # From the first symbol to the last, of five, are nine ids.
    assert abs((heard[-1] - heard[0]) - 9 * HOP) < HOP / 4


async def test_speed_is_asked_of_the_model(piper: Piper, kokoro: Kokoro) -> None:
    for tts, voice in ((piper, f"{NAME}#0"), (kokoro, "af_heart")):
        usual = await seconds(tts, request(voice))
        assert await seconds(tts, request(voice, speed=2.0)) == pytest.approx(usual / 2, rel=0.1)
        assert await seconds(tts, request(voice, speed=0.5)) == pytest.approx(usual * 2, rel=0.1)
        with pytest.raises(ProfileError, match="speed"):
            await tts.check([request(voice, speed=9)])


async def test_two_sentences_have_a_pause_between_them(piper: Piper) -> None:
    one = await seconds(piper, request(text="It rose."))
    two = await seconds(piper, request(text="It rose. It rose."))
    assert two == pytest.approx(2 * one + 0.25, abs=0.02)


async def test_a_text_longer_than_the_model_reads_is_said_whole(kokoro: Kokoro) -> None:
    one = await seconds(kokoro, request("af_heart"))
    many = await seconds(kokoro, request("af_heart", " ".join([TEXT] * 20)))
    assert many == pytest.approx(20 * one, rel=0.1)


async def test_a_text_of_which_a_voice_knows_no_sound_is_refused(kokoro: Kokoro, tmp_path: Path) -> None:
    make_piper(tmp_path, "en_US-mute-low", speakers=1, phoneme_id_map={"_": [0], "^": [1], "$": [2]})
    piper = Piper(tmp_path)
    for tts, voice, text in ((piper, "en_US-mute-low", TEXT), (kokoro, "af_heart", "…"), (kokoro, "af_heart", "\x07")):
        with pytest.raises(VoiceError, match=f"{voice} knows no sound") as caught:
            await tts.speak(request(voice, text))
        assert caught.value.hint
    await piper.aclose()


async def test_voices_are_offered_for_their_languages_near_ones_first(tmp_path: Path) -> None:
    for name, code in (("de_DE-thorsten-high", "de_DE"), ("en_GB-alan-medium", "en_GB"), ("en_US-amy-low", "en_US")):
        make_piper(
            tmp_path, name, speakers=1, language={"code": code}, audio={"sample_rate": 22050, "quality": name[-4:]}
        )
    (tmp_path / "broken.onnx").write_bytes(b"")
    tts = Piper(tmp_path)
    assert [voice.id for voice in await tts.voices("en-US")] == ["en_US-amy-low", "en_GB-alan-medium"]
    assert [voice.id for voice in await tts.voices("en-GB")] == ["en_GB-alan-medium", "en_US-amy-low"]
    assert [voice.gender for voice in await tts.voices("de")] == ["male"]
    with pytest.raises(VoiceError, match="'fr'") as caught:
        await tts.voices("fr")
    assert "narrowcast voices download piper:" in caught.value.hint


async def test_kokoro_offers_what_is_downloaded_and_says_what_it_cannot_speak(kokoro: Kokoro) -> None:
    assert [voice.id for voice in await kokoro.voices("en")] == ["af_heart", "am_michael", "bf_emma", "bm_george"]
    assert [voice.id for voice in await kokoro.voices("en-GB")][:2] == ["bf_emma", "bm_george"]
    with pytest.raises(VoiceError, match="downloaded") as caught:
        await kokoro.voices("fr")
    assert "kokoro:ff_siwis" in caught.value.hint
    with pytest.raises(VoiceError, match="does not speak the language 'de'"):
        await kokoro.voices("de")
    with pytest.raises(VoiceError, match="'ff_siwis' is not downloaded") as caught:
        await kokoro.speak(request("ff_siwis"))
    assert "narrowcast voices download kokoro:ff_siwis" in caught.value.hint


async def test_a_smaller_model_can_be_chosen(tmp_path: Path) -> None:
    make_kokoro(tmp_path, model="model_quantized", symbols="tokens")
    tts = Kokoro(tmp_path)
    assert tts.default_model == "model_quantized"
    assert await tts.speaks()
    assert await seconds(tts, request("af_heart")) > 1
    with pytest.raises(VoiceError, match="'model' is not downloaded"):
        await tts.check([SpeechRequest("", "af_heart", "en", "model")])
    for outside in ("../model_quantized", "/etc/passwd", "voices/../model_quantized"):
        with pytest.raises(VoiceError, match="not downloaded"):
            await tts.check([SpeechRequest("", "af_heart", "en", outside)])
    await tts.aclose()


@pytest.mark.parametrize(
    "voice", ["../en_US-tones-medium", "/etc/passwd", "", "#1", ".hidden", "x/../en_US-tones-medium"]
)
async def test_a_voice_is_never_looked_for_outside_its_folder(tmp_path: Path, voice: str) -> None:
    make_piper(tmp_path)
    tts = Piper(tmp_path / "piper")
    with pytest.raises(VoiceError, match="not downloaded"):
        await tts.speak(request(voice))


async def test_nothing_downloaded_is_not_in_reach_and_needs_no_runtime(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await in_reach(Means(tmp_path)) == {"espeak", "fake"}
    make_piper(tmp_path / "piper")
    make_kokoro(tmp_path / "kokoro", ())
    assert await in_reach(Means(tmp_path)) == {"espeak", "fake", "piper"}
    make_kokoro(tmp_path / "kokoro")
    assert await in_reach(Means(tmp_path)) == {"espeak", "fake", "piper", "kokoro"}
    monkeypatch.setattr(onnx_model, "find_spec", lambda _name: None)
    assert await in_reach(Means(tmp_path)) == {"espeak", "fake"}
    for tts, extra in ((Piper(tmp_path / "piper"), "piper"), (Kokoro(tmp_path / "kokoro"), "kokoro")):
        for refused in (tts.voices("en"), tts.check([]), tts.digest("af_heart", None)):
            with pytest.raises(SettingError, match="ONNX Runtime") as caught:
                await refused
            assert f'pip install "narrowcast[{extra}]"' in caught.value.hint


async def test_other_files_under_the_same_name_are_another_sound(piper: Piper, tmp_path: Path) -> None:
    before = await piper.digest(f"{NAME}#0", None)
    assert await piper.digest(f"{NAME}#1", None) == before, "the speaker is told by the voice's id"
    make_piper(tmp_path, "en_US-other-medium")
    assert await piper.digest(f"{NAME}#0", None) == before, "one more voice changes no other"
    make_piper(tmp_path, factor=0.5)
    assert await piper.digest(f"{NAME}#0", None) != before


def save(path: Path, nodes: list[Any], inputs: list[Any], constants: list[Any], output: Any = None) -> None:
    """A model of these nodes under piper's name."""
    output = output or helper.make_tensor_value_info("output", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "trap", inputs, [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path.write_bytes(model.SerializeToString())


def outside(path: Path) -> None:
    """Weights that lie outside the model's folder."""
    secret = path.parent.parent / "secret.bin"
    secret.write_bytes(np.zeros(4, np.float32).tobytes())
    weights = TensorProto(name="w", data_type=1, dims=[4], data_location=TensorProto.EXTERNAL)
    for key, value in (("location", "../secret.bin"), ("offset", "0"), ("length", "16")):
        weights.external_data.add(key=key, value=value)
    ids = helper.make_tensor_value_info("input", TensorProto.INT64, [1, "n"])
    save(path, [helper.make_node("Identity", ["w"], ["output"])], [ids], [weights])


def other_inputs(path: Path) -> None:
    """A model for pictures."""
    picture = helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, [1, 3, 8, 8])
    save(path, [helper.make_node("Identity", ["pixel_values"], ["output"])], [picture], [])


def other_type(path: Path) -> None:
    """The right name with a type that is not its."""
    ids = helper.make_tensor_value_info("input", TensorProto.INT32, [1, "n"])
    save(path, [helper.make_node("Cast", ["input"], ["output"], to=1)], [ids], [])


def gives(value: Any) -> Any:
    """A model that gives the same whatever it reads."""

    def make(path: Path) -> None:
        ids = helper.make_tensor_value_info("input", TensorProto.INT64, [1, "n"])
        constant = onnx.numpy_helper.from_array(np.asarray(value), "always")
        kind = onnx.helper.np_dtype_to_tensor_dtype(np.asarray(value).dtype)
        output = helper.make_tensor_value_info("output", kind, None)
        save(path, [helper.make_node("Identity", ["always"], ["output"])], [ids], [constant], output)

    return make


def out_of_range(path: Path) -> None:
    """A table that is shorter than the ids."""
    ids = helper.make_tensor_value_info("input", TensorProto.INT64, [1, "n"])
    table = onnx.numpy_helper.from_array(np.zeros(3, np.float32), "table")
    save(path, [helper.make_node("Gather", ["table", "input"], ["output"])], [ids], [table])


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (lambda path: path.write_bytes(b"<html>not a model</html>"), VoiceError, "cannot be used"),
        (lambda path: path.write_bytes(b""), VoiceError, "cannot be used"),
        (lambda path: path.write_bytes(path.read_bytes()[:400]), VoiceError, "cannot be used"),
        (outside, VoiceError, "escapes model directory"),
        (other_inputs, VoiceError, "pixel_values"),
        (other_type, VoiceError, "tensor\\(int32\\)"),
        (out_of_range, ProviderError, "failed"),
        (gives(np.full((1, 1, 1, 9000), np.nan, np.float32)), ProviderError, "no numbers"),
        (gives(np.full((1, 1, 1, 9000), np.inf, np.float32)), ProviderError, "no numbers"),
        (gives(np.zeros((1, 1, 2, 900), np.float32)), ProviderError, "shape"),
        (gives(np.zeros((1, 900), np.int64)), ProviderError, "int64"),
        (gives(np.zeros((1, 0), np.float32)), ProviderError, "shape"),
        (gives(np.float32(1)), ProviderError, "shape"),
        (gives(np.zeros((1, 1, 1, 9000), np.float32)), ProviderError, "silent"),
    ],
)
async def test_a_model_that_makes_no_speech_is_told(
    tmp_path: Path, make: Any, kind: type[NarrowcastError], words: str
) -> None:
    folder = tmp_path / "voices"
    path = make_piper(folder)
    make(path)
    tts = Piper(folder)

    async def straight(call: Any, _text: str) -> Speech:
        return await call()  # type: ignore[no-any-return] # the seam's own type

    with pytest.raises(kind, match=words) as caught:
        await say(tts, request(), straight)
    assert caught.value.hint
    if isinstance(caught.value, ProviderError):
        assert not caught.value.retryable
    await tts.aclose()


async def test_a_model_beyond_any_size_is_not_loaded(tmp_path: Path) -> None:
    path = make_piper(tmp_path)
    with path.open("r+b") as file:
        file.truncate(onnx_model.MOST_BYTES + 1)
    with pytest.raises(VoiceError, match="larger than"):
        await Piper(tmp_path).check([request()])


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"short", "size"), (np.full((510, 256), np.nan, "<f4").tobytes(), "no numbers")],
)
async def test_a_broken_kokoro_voice_is_told(kokoro: Kokoro, tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "voices" / "af_heart.bin").write_bytes(data)
    with pytest.raises(VoiceError, match=words) as caught:
        await kokoro.check([request("af_heart")])
    assert "narrowcast voices download kokoro:af_heart" in caught.value.hint


async def test_a_sentence_that_takes_too_long_is_ended(piper: Piper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_model, "RUN_S", 0.0)
    with pytest.raises(ProviderError, match="took longer"):
        await piper.speak(request())


async def test_a_cancelled_request_leaves_the_voice_usable(piper: Piper) -> None:
    # Once while espeak-ng is asked, once in the model, however quick the machine: what is long is not done by then.
    await seconds(piper, request())
    for pause_s in (0.0, 0.01):
        task = asyncio.create_task(piper.speak(request(text=TEXT * 200)))
        await asyncio.sleep(pause_s)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await seconds(piper, request()) > 1


async def test_phonemes_come_from_the_child_process_with_their_signs() -> None:
    phonemes = Phonemes("piper")
    clauses = await phonemes.clauses("Hello, world: fine — really? [[h@loU]] It cost 3.5 dollars", "en-us")
    assert [clause.end for clause in clauses] == [",", ":", ",", "?", ""]
    assert clauses[0].phonemes == "həlˈoʊ"
    [tied] = await phonemes.clauses("joy", "en-gb", "^")
    assert tied.phonemes == "d^ʒˈɔ^ɪ"
    with pytest.raises(VoiceError, match="'xx'"):
        await phonemes.clauses("a", "xx")
    assert await phonemes.clauses(" ", "de") == ()
    await phonemes.aclose()
    await phonemes.aclose()


async def test_a_child_that_dies_is_told_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    phonemes = Phonemes("piper")
    await phonemes.clauses("a", "en-us")
    child = phonemes._child
    assert isinstance(child, Child)
    child._process.kill()
    with pytest.raises(ProviderError, match="espeak-ng") as caught:
        await phonemes.clauses("a", "en-us")
    assert caught.value.retryable
    assert await phonemes.clauses("a", "en-us")
    await phonemes.aclose()


async def test_settings_of_plain_letters_need_no_espeak(tmp_path: Path) -> None:
    make_piper(tmp_path, "kk_KZ-letters-medium", speakers=1, phoneme_type="text", language={"code": "kk_KZ"})
    tts = Piper(tmp_path)
    assert await seconds(tts, request("kk_KZ-letters-medium", "abc def")) > 0.2
    assert tts._phonemes._child is None
    assert json.loads((tmp_path / "kk_KZ-letters-medium.onnx.json").read_text())["phoneme_type"] == "text"
    await tts.aclose()
