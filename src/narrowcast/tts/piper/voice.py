"""A piper voice: `NAME.onnx` and what `NAME.onnx.json` says of it.

The format: https://github.com/OHF-Voice/piper1-gpl, `src/piper/config.py` and `src/piper/phoneme_ids.py`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from narrowcast.errors import VoiceError
from narrowcast.tts.base import Voice
from narrowcast.tts.local.phonemes import Clause

MOST_CONFIG_BYTES = 2_000_000
"""The largest that is published, with 904 speakers, has 40 KB."""
BEGIN, END, PAD = "^", "$", "_"
QUALITIES = ("high", "medium", "low", "x_low")
FEMALE = frozenset({
    "amy", "alba", "cori", "eva_k", "hfc_female", "jenny_dioco", "kathleen", "kerstin", "kristin", "lessac",
    "ljspeech", "ramona", "siwis", "southern_english_female",
})  # fmt: skip
MALE = frozenset({
    "alan", "bryce", "carlfm", "danny", "davefx", "gilles", "hfc_male", "joe", "john", "karlsson",
    "northern_english_male", "pavoque", "ryan", "thorsten", "tom",
})  # fmt: skip
"""The genders of well-known voices; the format does not tell."""
MOST_OFFERED = 12
"""Of a model with hundreds of speakers, so many are listed; any other can be named by its number."""


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class _Audio(_Shape):
    sample_rate: Annotated[int, Field(ge=8_000, le=48_000)]
    quality: str = ""


class _Espeak(_Shape):
    voice: Annotated[str, Field(max_length=40)] = ""


class _Language(_Shape):
    code: Annotated[str, Field(max_length=40)] = ""


class _Inference(_Shape):
    noise_scale: Annotated[float, Field(ge=0, le=2)] = 0.667
    length_scale: Annotated[float, Field(gt=0.1, le=10)] = 1.0
    noise_w: Annotated[float, Field(ge=0, le=2)] = 0.8


class PiperSettings(_Shape):
    """`NAME.onnx.json`, as far as speaking needs it."""

    audio: _Audio
    espeak: _Espeak = _Espeak()
    language: _Language = _Language()
    inference: _Inference = _Inference()
    phoneme_type: str = "espeak"
    phoneme_id_map: dict[str, Annotated[list[Annotated[int, Field(ge=0)]], Field(max_length=8)]]
    num_speakers: Annotated[int, Field(ge=0, le=10_000)] = 1
    speaker_id_map: dict[str, int] = {}


@dataclass(frozen=True)
class PiperVoice:
    """One downloaded voice. `name` is as in `en_US-lessac-medium`."""

    name: str
    model: Path
    settings: PiperSettings

    @property
    def language(self) -> str:
        """Its BCP 47 tag: as its settings say, else as its name does, else as espeak calls it."""
        named = self.name.partition("-")[0]
        code = self.settings.language.code or (named if named[2:3] in {"", "_"} else "") or self.settings.espeak.voice
        return code.replace("_", "-")

    @property
    def gender(self) -> str:
        """Where it is known."""
        own = self.name.partition("-")[2].rpartition("-")[0]
        return "female" if own in FEMALE else "male" if own in MALE else ""

    @property
    def rank(self) -> int:
        """The better its quality, the lower."""
        quality = self.settings.audio.quality or self.name.rpartition("-")[2]
        return QUALITIES.index(quality) if quality in QUALITIES else len(QUALITIES)

    def speakers(self) -> Iterator[Voice]:
        """The voices in it, by the ids that people use: the name alone, or with `#` and a speaker's number."""
        titles = {number: title for title, number in self.settings.speaker_id_map.items()}
        own = self.name.partition("-")[2] or self.name
        quality = self.settings.audio.quality
        if self.settings.num_speakers <= 1:
            yield Voice(self.name, own, self.language, self.gender, f"{quality} quality" if quality else "")
            return
        for number in range(min(self.settings.num_speakers, MOST_OFFERED)):
            title = titles.get(number, str(number))
            more = f"speaker {title} of {self.settings.num_speakers}"
            yield Voice(f"{self.name}#{number}", f"{own}, {title}", self.language, "", more)

    def speaker(self, asked: str) -> int | None:
        """The number of the speaker that is `asked` for by number or by name; none where there is only one.

        Raises `VoiceError`.
        """
        count = self.settings.num_speakers
        if count <= 1 and asked in {"", "0"}:
            return None
        if not asked:
            return 0
        number = self.settings.speaker_id_map.get(asked, int(asked) if asked.isdecimal() and len(asked) < 6 else -1)
        if not 0 <= number < count:
            among = f"It has the speakers 0 to {count - 1}." if count > 1 else "It has one speaker: leave # out."
            raise VoiceError(f"The voice {self.name} has no speaker {asked!r}.", hint=among)
        return number

    def symbols(self, sentence: Sequence[Clause]) -> list[str]:
        """A sentence as piper's phonemes: code points after canonical decomposition, the signs kept."""
        spoken = "".join(
            clause.phonemes + clause.end + (" " if clause.end in {",", ":", ";", ""} else "") for clause in sentence
        )
        return list(unicodedata.normalize("NFD", spoken.rstrip()))

    def ids(self, symbols: Sequence[str]) -> list[int]:
        """What the model reads: each symbol's ids with padding between. Unknown symbols are left out, as piper does.

        Empty where no symbol is known.
        """
        known = self.settings.phoneme_id_map
        pad = known[PAD]
        body = [number for symbol in symbols if symbol in known for number in (*known[symbol], *pad)]
        return [*known[BEGIN], *pad, *body, *known[END]] if body else []


def read_voice(model: Path) -> PiperVoice:
    """The voice of a model file. Raises `VoiceError` when its settings are missing, broken, or of another kind."""
    name, path = model.stem, model.with_name(f"{model.name}.json")
    try:
        if path.stat().st_size > MOST_CONFIG_BYTES:
            raise _broken(name, "is too large")
        settings = PiperSettings.model_validate(_object(path.read_bytes()))
    except OSError as error:
        raise _broken(name, f"cannot be read ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _broken(name, f"is wrong at {where or 'its beginning'}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise _broken(name, "is not JSON") from error
    if missing := [sign for sign in (BEGIN, END, PAD) if not settings.phoneme_id_map.get(sign)]:
        raise _broken(name, f"gives {missing[0]!r} no id")
    if settings.phoneme_type not in {"espeak", "text"}:
        raise VoiceError(
            f"The voice {name} reads {settings.phoneme_type!r}, which is not supported: only espeak's phonemes are.",
            hint="Choose another voice.",
        )
    return PiperVoice(name, model, settings)


def read_voices(folder: Path) -> list[PiperVoice]:
    """The voices in a folder that can be used, by name; what is broken is told of when it is asked for by name."""
    found = []
    for model in sorted(folder.glob("*.onnx")):
        try:
            found.append(read_voice(model))
        except VoiceError:
            continue
    return found


def _object(data: bytes) -> Mapping[str, Any]:
    value = json.loads(data)
    if not isinstance(value, dict):
        raise ValueError("no object")  # noqa: TRY004 - told as every other broken text is
    return value


def _broken(name: str, how: str) -> VoiceError:
    return VoiceError(
        f"The file {name}.onnx.json of the voice {name} {how}.", hint="Remove the voice and download it again."
    )
