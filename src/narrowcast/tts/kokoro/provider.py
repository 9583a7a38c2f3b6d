"""Kokoro: one neural model of 82 million parameters that runs on this machine, with some 40 voices in seven languages.

The inputs of the model: hexgrad/kokoro, `kokoro.js/src/kokoro.js`. Only the model is used: the packages around it load
espeak-ng, which is GPL-3, into their own process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from narrowcast.audio.clip import Samples
from narrowcast.errors import VoiceError
from narrowcast.tts.base import Limits, Speech, SpeechRequest, Voice
from narrowcast.tts.config import TTSConfig, read_config
from narrowcast.tts.edges import join, trim
from narrowcast.tts.kokoro.symbols import PAD, TIE, numbers
from narrowcast.tts.kokoro.voices import ESPEAK, MODELS, STYLE, STYLES, VOICE_BYTES, VOICES, KokoroVoice
from narrowcast.tts.local.onnx_model import OnnxModel, require_runtime, runtime_is_there
from narrowcast.tts.local.phonemes import Phonemes
from narrowcast.tts.local.voice_files import alternating, digest, nearness

RATE = 24_000
INPUTS = {
    "input_ids": "tensor(int64)",
    "tokens": "tensor(int64)",
    "style": "tensor(float)",
    "speed": "tensor(float)",
}
"""Exports differ in what they call the symbols."""
PAUSE_MS = 250
"""Between two calls' sentences."""
QUIET = 0.002
"""Share of a call's peak below which its ends are silence."""
_KNOWN = {voice.id: voice for voice in VOICES}


class KokoroConfig(TTSConfig):
    """`speed` 0.5-2."""

    speed: Annotated[float, Field(ge=0.5, le=2.0)] = 1.0


class Kokoro:
    """The model in a folder, `model.onnx` or a smaller one, with its voices in `voices/NAME.bin` beside it."""

    name = "kokoro"
    identity = "kokoro"
    free_to_try = True
    usual_words_per_minute = 170.0
    limits = Limits(max_characters=1000, concurrency=1, sample_rate=RATE)

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        there = [each.name for each in MODELS if (folder / f"{each.name}.onnx").is_file()]
        self.default_model: str | None = there[0] if there else MODELS[0].name
        self._phonemes = Phonemes(self.name)
        self._models: dict[str, OnnxModel] = {}
        self._loading = asyncio.Lock()

    async def speaks(self) -> bool:
        """With ONNX Runtime, the model and at least one voice."""
        model = self._folder / f"{self.default_model}.onnx"
        return runtime_is_there() and await asyncio.to_thread(model.is_file) and bool(await self._installed())

    async def voices(self, language: str) -> Sequence[Voice]:
        """The downloaded voices for a language: its own region, then the best graded first, genders in turn."""
        require_runtime(self.name)
        near = [(nearness(voice.language, language), voice) for voice in await self._installed()]
        fitting = sorted((far, voice.rank, voice.id, voice) for far, voice in near if far is not None)
        if not fitting:
            raise _none_for(language)
        voices = [
            Voice(
                voice.id,
                voice.id[3:].capitalize(),
                voice.language,
                voice.gender,
                f"graded {voice.grade} by its makers" if voice.grade else "",
            )
            for *_, voice in fitting
        ]
        return [voices[index] for index in alternating([voice.gender for voice in voices])]

    async def check(self, requests: Sequence[SpeechRequest]) -> None:
        """Config, voices and model, which is loaded, as it would be for speaking. Raises also `SettingError`."""
        require_runtime(self.name)
        for request in requests:
            read_config(KokoroConfig, request.config, self.name)
            await asyncio.to_thread(self._styles, self._voice(request.voice_id))
            await self._model(request.model)

    async def speak(self, request: SpeechRequest) -> Speech:
        """Say one text, in as few calls as its length allows."""
        require_runtime(self.name)
        config = read_config(KokoroConfig, request.config, self.name)
        voice = self._voice(request.voice_id)
        styles = await asyncio.to_thread(self._styles, voice)
        model = await self._model(request.model)
        kind = voice.id[0]
        spoken: list[Samples] = []
        for ids in numbers(await self._phonemes.clauses(request.text, ESPEAK[kind], TIE), kind):
            padded = np.array([[PAD, *ids, PAD]], np.int64)
            samples = await model.run(
                {
                    "input_ids": padded,
                    "tokens": padded,
                    "style": styles[min(len(ids), STYLES - 1)].reshape(1, STYLE),
                    "speed": np.array([config.speed], np.float32),
                }
            )
            spoken.append(trim(samples, RATE, float(np.abs(samples).max()) * QUIET)[0])
        if not spoken:
            raise VoiceError(
                f"The voice {voice.id} knows no sound of the text {request.text[:60]!r}.",
                hint="Choose a voice for the text's language.",
            )
        return Speech(join(spoken, RATE, [PAUSE_MS] * (len(spoken) - 1))[0], RATE)

    async def digest(self, voice_id: str, model: str | None) -> str:
        """What decides a voice's sound: the model and the voice. Raises `VoiceError` when it is not there."""
        require_runtime(self.name)
        voice = self._voice(voice_id)
        return await asyncio.to_thread(digest, self._model_file(model), self._voice_file(voice))

    def cost_usd(self, characters: int, model: str | None) -> float | None:  # noqa: ARG002 - the Protocol's
        """Nothing."""
        return 0.0

    async def aclose(self) -> None:
        """Ends the espeak-ng child, lets go of the model."""
        self._models.clear()
        await self._phonemes.aclose()

    async def _installed(self) -> list[KokoroVoice]:
        return await asyncio.to_thread(lambda: [voice for voice in VOICES if self._voice_file(voice).is_file()])

    def _voice_file(self, voice: KokoroVoice) -> Path:
        return self._folder / "voices" / f"{voice.id}.bin"

    def _voice(self, voice_id: str) -> KokoroVoice:
        voice = _KNOWN.get(voice_id)
        if voice is None:
            raise VoiceError(
                f"kokoro has no voice {voice_id!r}.", hint=f"It has, among others, {', '.join([*_KNOWN][:6])}."
            )
        if not self._voice_file(voice).is_file():
            raise VoiceError(
                f"The kokoro voice {voice_id!r} is not downloaded.",
                hint=f"Get it with: narrowcast voices download kokoro:{voice_id}",
            )
        return voice

    def _styles(self, voice: KokoroVoice) -> np.typing.NDArray[np.float32]:
        path = self._voice_file(voice)
        try:
            if path.stat().st_size != VOICE_BYTES:
                raise _broken(voice, "does not have the size of a voice")
            styles = np.fromfile(path, "<f4").reshape(STYLES, STYLE)
        except OSError as error:
            raise _broken(voice, f"cannot be read ({error.strerror})") from error
        if not bool(np.isfinite(styles).all()):
            raise _broken(voice, "holds values that are no numbers")
        return styles

    def _model_file(self, name: str | None) -> Path:
        name = name or self.default_model or MODELS[0].name
        path = self._folder / f"{name}.onnx"
        # A name with a path in it would read files outside the folder.
        if path.parent != self._folder or not path.is_file():
            there = ", ".join(sorted(each.stem for each in self._folder.glob("*.onnx")))
            raise VoiceError(
                f"The kokoro model {name!r} is not downloaded.",
                hint="Get it with a voice: narrowcast voices download kokoro:af_heart"
                + (f" (downloaded are {there})" if there else ""),
            )
        return path

    async def _model(self, name: str | None) -> OnnxModel:
        path = self._model_file(name)
        async with self._loading:
            if path.stem not in self._models:
                self._models[path.stem] = await OnnxModel.open(path, self.name, INPUTS)
            return self._models[path.stem]


def _none_for(language: str) -> VoiceError:
    near = [(nearness(voice.language, language), voice.rank, voice.id) for voice in VOICES]
    own = sorted((far, rank, name) for far, rank, name in near if far is not None)
    if not own:
        return VoiceError(
            f"kokoro does not speak the language {language!r}.",
            hint=f"It speaks {', '.join(sorted({voice.language for voice in VOICES}))}.",
        )
    return VoiceError(
        f"No kokoro voice for the language {language!r} is downloaded.",
        hint=f"Get one with: narrowcast voices download kokoro:{own[0][2]}",
    )


def _broken(voice: KokoroVoice, how: str) -> VoiceError:
    return VoiceError(
        f"The file of the kokoro voice {voice.id} {how}.",
        hint=f"Use narrowcast voices remove kokoro:{voice.id}, then narrowcast voices download kokoro:{voice.id}.",
    )
