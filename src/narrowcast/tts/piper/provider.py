"""piper: neural voices that run on this machine, in some 30 languages, one file of 20 to 120 MB each.

The inputs of a model and what they mean: https://github.com/OHF-Voice/piper1-gpl, `src/piper/voice.py`. Only the models
are used, not that package: it is GPL-3 and loads espeak-ng into its own process.
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
from narrowcast.tts.local.onnx_model import OnnxModel, require_runtime, runtime_is_there
from narrowcast.tts.local.phonemes import Clause, Phonemes, sentences
from narrowcast.tts.local.voice_files import alternating, digest, nearness
from narrowcast.tts.piper.voice import PiperVoice, read_voice, read_voices

INPUTS = {
    "input": "tensor(int64)",
    "input_lengths": "tensor(int64)",
    "scales": "tensor(float)",
    "sid": "tensor(int64)",
}
LOADED = 4
"""Models held at once: an episode has at most four speakers."""
PAUSE_MS = 250
"""Between two sentences of one text."""
QUIET = 0.002
"""Share of a sentence's peak below which its ends are silence."""


class PiperConfig(TTSConfig):
    """`speed` 0.5-2; `noise_scale` (liveliness) and `noise_w` (how much rhythm varies) 0-2, else the voice's own."""

    speed: Annotated[float, Field(ge=0.5, le=2.0)] = 1.0
    noise_scale: Annotated[float, Field(ge=0, le=2.0)] | None = None
    noise_w: Annotated[float, Field(ge=0, le=2.0)] | None = None


class Piper:
    """The piper voices in a folder."""

    name = "piper"
    identity = "piper"
    default_model: str | None = None
    free_to_try = True
    usual_words_per_minute = 170.0
    limits = Limits(max_characters=1000, concurrency=1, sample_rate=22_050)

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._phonemes = Phonemes(self.name)
        self._models: dict[Path, OnnxModel] = {}
        self._loading = asyncio.Lock()

    async def speaks(self) -> bool:
        """With ONNX Runtime and at least one voice."""
        return runtime_is_there() and bool(await self._installed())

    async def voices(self, language: str) -> Sequence[Voice]:
        """The downloaded voices for a language: its own region, then the best quality first, genders in turn."""
        require_runtime(self.name)
        near = [(nearness(voice.language, language), voice) for voice in await self._installed()]
        fitting = sorted((far, voice.rank, voice.name, voice) for far, voice in near if far is not None)
        if not fitting:
            raise VoiceError(
                f"No piper voice for the language {language!r} is downloaded.",
                hint="See which there are with `narrowcast voices catalogue piper`, "
                "then: narrowcast voices download piper:NAME",
            )
        models = [list(voice.speakers()) for *_, voice in fitting]
        firsts = [speakers[0] for speakers in models]
        ordered = [firsts[index] for index in alternating([voice.gender for voice in firsts])]
        return [*ordered, *(voice for speakers in models for voice in speakers[1:])]

    async def check(self, requests: Sequence[SpeechRequest]) -> None:
        """Config and voices; each model is loaded, which it would be for speaking. Raises also `SettingError`."""
        require_runtime(self.name)
        for request in requests:
            read_config(PiperConfig, request.config, self.name)
            voice, _ = await self._voice(request.voice_id)
            await self._model(voice)

    async def speak(self, request: SpeechRequest) -> Speech:
        """Say one text, sentence by sentence."""
        require_runtime(self.name)
        config = read_config(PiperConfig, request.config, self.name)
        voice, speaker = await self._voice(request.voice_id)
        model = await self._model(voice)
        rate = voice.settings.audio.sample_rate
        spoken: list[Samples] = []
        for symbols in await self._symbols(voice, request.text):
            if ids := voice.ids(symbols):
                samples = await model.run(_values(voice, ids, speaker, config))
                spoken.append(trim(samples, rate, float(np.abs(samples).max()) * QUIET)[0])
        if not spoken:
            raise VoiceError(
                f"The voice {voice.name} knows no sound of the text {request.text[:60]!r}.",
                hint="Choose a voice for the text's language.",
            )
        return Speech(join(spoken, rate, [PAUSE_MS] * (len(spoken) - 1))[0], rate)

    async def digest(self, voice_id: str, model: str | None) -> str:  # noqa: ARG002 - the Protocol's
        """What decides a voice's sound: its model and settings. Raises `VoiceError` when it is not there."""
        require_runtime(self.name)
        voice, _ = await self._voice(voice_id)
        return await asyncio.to_thread(digest, voice.model, voice.model.with_name(f"{voice.model.name}.json"))

    def cost_usd(self, characters: int, model: str | None) -> float | None:  # noqa: ARG002 - the Protocol's
        """Nothing."""
        return 0.0

    async def aclose(self) -> None:
        """Ends the espeak-ng child, lets go of the models."""
        self._models.clear()
        await self._phonemes.aclose()

    async def _installed(self) -> list[PiperVoice]:
        return await asyncio.to_thread(read_voices, self._folder)

    async def _voice(self, voice_id: str) -> tuple[PiperVoice, int | None]:
        name, _, speaker = voice_id.partition("#")
        model = self._folder / f"{name}.onnx"
        # A name with a path in it would read files outside the folder.
        if (
            model.parent != self._folder
            or not name
            or name.startswith(".")
            or not await asyncio.to_thread(model.is_file)
        ):
            some = ", ".join(voice.name for voice in (await self._installed())[:6])
            raise VoiceError(
                f"The piper voice {name!r} is not downloaded.",
                hint=f"Get it with: narrowcast voices download piper:{name or 'NAME'}"
                + (f" (downloaded are {some})" if some else ""),
            )
        voice = await asyncio.to_thread(read_voice, model)
        return voice, voice.speaker(speaker)

    async def _model(self, voice: PiperVoice) -> OnnxModel:
        async with self._loading:
            if voice.model not in self._models:
                if len(self._models) >= LOADED:
                    del self._models[next(iter(self._models))]
                self._models[voice.model] = await OnnxModel.open(voice.model, self.name, INPUTS)
            return self._models[voice.model]

    async def _symbols(self, voice: PiperVoice, text: str) -> list[list[str]]:
        if voice.settings.phoneme_type == "text":
            return [voice.symbols([Clause(text)])]
        clauses = await self._phonemes.clauses(text, voice.settings.espeak.voice or voice.language.lower())
        return [voice.symbols(sentence) for sentence in sentences(clauses)]


def _values(
    voice: PiperVoice, ids: Sequence[int], speaker: int | None, config: PiperConfig
) -> dict[str, np.typing.NDArray[np.float32] | np.typing.NDArray[np.int64]]:
    own = voice.settings.inference
    noise = own.noise_scale if config.noise_scale is None else config.noise_scale
    noise_w = own.noise_w if config.noise_w is None else config.noise_w
    return {
        "input": np.array([ids], np.int64),
        "input_lengths": np.array([len(ids)], np.int64),
        "scales": np.array([noise, own.length_scale / config.speed, noise_w], np.float32),
        "sid": np.array([speaker or 0], np.int64),
    }
