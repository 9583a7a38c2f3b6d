"""Real ONNX models, small enough to be made on the spot, with the inputs and outputs of piper's and Kokoro's.

Each sounds a tone for every id that it reads, rising and falling within it; padding, begin and end are silent.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

PIPER_RATE = 22_050
KOKORO_RATE = 24_000
HOP = 900
"""Samples an id takes at usual speed."""
SPEAKERS_HZ = (210.0, 110.0, 160.0, 260.0)
SIGNS = "_^$ !',-.:;?"
LETTERS = "abcdefhijklmnopqrstuvwxyzæçðøŋœɐɑɒɔəɚɛɜɡɪɹɾʁʃʊʌʒʔˈˌːβθχᵻ0123456789ɬʲɣɲ\u0303\u0329"


def _node(kind: str, inputs: list[str], output: str, **attributes: Any) -> onnx.NodeProto:
    return helper.make_node(kind, inputs, [output], **attributes)


def _constant(name: str, value: Any) -> onnx.TensorProto:
    return numpy_helper.from_array(np.asarray(value), name)


def _tones(ids: str, loud: str, hertz: str, length: str, rate: int) -> list[onnx.NodeProto]:
    """Nodes that make `wave` [n * length] of ids [1, n], a loudness by id, a tone in Hz and int64 samples an id."""
    return [
        _node("Squeeze", [length], "length0"),
        _node("Cast", ["length0"], "length_f", to=TensorProto.FLOAT),
        _node("Range", ["zero", "length_f", "one"], "step"),
        _node("Mul", ["step", hertz], "cycles"),
        _node("Mul", ["cycles", "two_pi_by_rate"], "angle"),
        _node("Sin", ["angle"], "tone"),
        _node("Div", ["step", "length_f"], "share"),
        _node("Mul", ["share", "pi"], "half"),
        _node("Sin", ["half"], "swell"),
        _node("Mul", ["tone", "swell"], "shaped"),
        _node("Gather", [loud, ids], "amounts"),
        _node("Unsqueeze", ["amounts", "last_axis"], "column"),
        _node("Mul", ["column", "shaped"], "grid"),
        _node("Reshape", ["grid", "flat"], "wave"),
    ]


def _shared(rate: int, loud: np.ndarray[Any, Any]) -> list[onnx.TensorProto]:
    return [
        _constant("zero", np.float32(0)),
        _constant("one", np.float32(1)),
        _constant("pi", np.float32(np.pi)),
        _constant("two_pi_by_rate", np.float32(2 * np.pi / rate)),
        _constant("last_axis", np.array([2], np.int64)),
        _constant("flat", np.array([-1], np.int64)),
        _constant("loud", loud),
        _constant("hop", np.array([HOP], np.float32)),
    ]


def _save(path: Path, nodes: list[onnx.NodeProto], inputs: list[Any], output: Any, constants: list[Any]) -> None:
    graph = helper.make_graph(nodes, "tones", inputs, [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString())


def piper_settings(speakers: int = 4, **changes: Any) -> dict[str, Any]:
    """What stands in `NAME.onnx.json`."""
    return {
        "audio": {"sample_rate": PIPER_RATE, "quality": "medium"},
        "espeak": {"voice": "en-us"},
        "language": {"code": "en_US", "family": "en", "region": "US"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": {symbol: [index] for index, symbol in enumerate(SIGNS + LETTERS)},
        "num_symbols": 256,
        "num_speakers": speakers,
        "speaker_id_map": {f"p{225 + number}": number for number in range(speakers)} if speakers > 1 else {},
        **changes,
    }


def make_piper(
    folder: Path, name: str = "en_US-tones-medium", *, speakers: int = 4, factor: float = 1.0, **changes: Any
) -> Path:
    """A piper voice. `factor` is what all its samples are multiplied with."""
    loud = np.zeros(256, np.float32)
    loud[3 : len(SIGNS + LETTERS)] = 0.5 * factor
    nodes = [
        _node("Slice", ["scales", "at_one", "at_two"], "length_scale"),
        _node("Mul", ["hop", "length_scale"], "length_s"),
        _node("Cast", ["length_s"], "length", to=TensorProto.INT64),
        _node("Gather", ["hertz", "sid"], "pitch") if speakers > 1 else _node("Identity", ["hertz"], "pitch"),
        *_tones("input", "loud", "pitch", "length", PIPER_RATE),
        _node("Reshape", ["wave", "four"], "output"),
    ]
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, [1, "phonemes"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    if speakers > 1:
        inputs.append(helper.make_tensor_value_info("sid", TensorProto.INT64, [1]))
    constants = [
        *_shared(PIPER_RATE, loud),
        _constant("hertz", np.array(SPEAKERS_HZ[: max(1, speakers)], np.float32)),
        _constant("at_one", np.array([1], np.int64)),
        _constant("at_two", np.array([2], np.int64)),
        _constant("four", np.array([1, 1, 1, -1], np.int64)),
    ]
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, 1, "time"])
    path = folder / f"{name}.onnx"
    _save(path, nodes, inputs, output, constants)
    path.with_name(f"{path.name}.json").write_text(json.dumps(piper_settings(speakers, **changes)), "utf-8")
    return path


def make_kokoro(
    folder: Path,
    voices: tuple[str, ...] = ("af_heart", "am_michael", "bf_emma", "bm_george"),
    *,
    model: str = "model",
    symbols: str = "input_ids",
) -> Path:
    """Kokoro's model and some of its voices, each with a pitch of its own."""
    loud = np.full(178, 0.5, np.float32)
    loud[0] = 0
    nodes = [
        _node("Div", ["hop", "speed"], "length_s"),
        _node("Cast", ["length_s"], "length", to=TensorProto.INT64),
        _node("Slice", ["style", "at_zero", "at_one", "last_axis1"], "first"),
        _node("Reshape", ["first", "flat"], "pitch"),
        *_tones(symbols, "loud", "pitch", "length", KOKORO_RATE),
        _node("Unsqueeze", ["wave", "at_zero"], "waveform"),
    ]
    inputs = [
        helper.make_tensor_value_info(symbols, TensorProto.INT64, [1, "symbols"]),
        helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 256]),
        helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
    ]
    constants = [
        *_shared(KOKORO_RATE, loud),
        _constant("at_zero", np.array([0], np.int64)),
        _constant("at_one", np.array([1], np.int64)),
        _constant("last_axis1", np.array([1], np.int64)),
    ]
    output = helper.make_tensor_value_info("waveform", TensorProto.FLOAT, [1, "time"])
    path = folder / f"{model}.onnx"
    _save(path, nodes, inputs, output, constants)
    (folder / "voices").mkdir(exist_ok=True)
    for place, voice in enumerate(voices):
        styles = np.zeros((510, 256), "<f4")
        styles[:, 0] = SPEAKERS_HZ[place % len(SPEAKERS_HZ)]
        (folder / "voices" / f"{voice}.bin").write_bytes(styles.tobytes())
    return path
