"""A neural voice's model file, run by ONNX Runtime on this machine's processor, away from the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from narrowcast.audio.clip import Samples
from narrowcast.errors import ProviderError, SettingError, VoiceError

if TYPE_CHECKING:
    import onnxruntime

MOST_BYTES = 1_000_000_000
"""No model of these families is half as large (Kokoro in full precision has 326 MB)."""
THREADS = 2
RUN_S = 180.0
"""How long one sentence may take: a slow processor needs some seconds."""
MOST_SAMPLES = 48_000 * 120
"""What one sentence may come to: two minutes at the highest rate."""
_FATAL = 4
"""ONNX Runtime's log level that writes nothing about models that are merely old."""


def runtime_is_there() -> bool:
    """Whether ONNX Runtime is installed. Does not import it."""
    return find_spec("onnxruntime") is not None


def require_runtime(provider: str) -> None:
    """Raises `SettingError` where ONNX Runtime is not installed."""
    if not runtime_is_there():
        raise SettingError(
            f"{provider} needs ONNX Runtime, which is not installed.",
            hint=f'Install it with: pip install "narrowcast[{provider}]"',
        )


class OnnxModel:
    """A model that makes sound. It runs one request at a time; a cancelled one is ended within a step of the graph."""

    def __init__(self, session: onnxruntime.InferenceSession, path: Path, provider: str) -> None:
        self._session = session
        self._path = path
        self._provider = provider
        self._turn = asyncio.Lock()
        self.inputs = frozenset(each.name for each in session.get_inputs())

    @classmethod
    async def open(cls, path: Path, provider: str, inputs: Mapping[str, str]) -> OnnxModel:
        """Load a model. `inputs` are the names that it may have, with ONNX Runtime's names of their types.

        A model that keeps its weights in other files may only have them beside it: ONNX Runtime refuses others.
        Raises `VoiceError` for a file that is not such a model, `SettingError` where ONNX Runtime is missing.
        """
        require_runtime(provider)
        session = await asyncio.to_thread(_load, path)
        for each in session.get_inputs():
            if inputs.get(each.name) != each.type:
                raise _unusable(path, f"it wants {each.name!r} ({each.type}), which is nothing that {provider} gives")
        return cls(session, path, provider)

    async def run(self, values: Mapping[str, np.typing.NDArray[Any]]) -> Samples:
        """The first output as mono samples, -1 to 1. Values that the model does not know are left out.

        Raises `ProviderError` when it fails, takes too long, or makes no sound.
        """
        import onnxruntime

        given = {name: value for name, value in values.items() if name in self.inputs}
        options = onnxruntime.RunOptions()
        options.log_severity_level = _FATAL
        async with self._turn:
            try:
                async with asyncio.timeout(RUN_S):
                    output = await asyncio.to_thread(_run, self._session, given, options)
            except (TimeoutError, asyncio.CancelledError) as error:
                options.terminate = True
                if isinstance(error, TimeoutError):
                    raise self._failed(f"took longer than {RUN_S:.0f} s for one sentence") from error
                raise
            except _faults() as error:
                raise self._failed(f"failed ({_first_line(error)})") from error
        samples: Samples = np.asarray(output).squeeze()
        if samples.ndim != 1 or samples.dtype != np.float32 or not 0 < len(samples) <= MOST_SAMPLES:
            raise self._failed(f"made {samples.dtype} of shape {np.shape(output)} instead of sound")
        if not bool(np.isfinite(samples).all()):
            raise self._failed("made values that are no numbers")
        clipped: Samples = np.clip(samples, -1.0, 1.0)
        return clipped

    def _failed(self, how: str) -> ProviderError:
        return ProviderError(
            f"The model {self._path.name} {how}.",
            provider=self._provider,
            retryable=False,
            hint="Remove the voice and download it again, or choose another one.",
        )


def _load(path: Path) -> onnxruntime.InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.log_severity_level = _FATAL
    # Threads that wait by spinning take the processor from the mixing beside them.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _unusable(path, f"it is larger than {MOST_BYTES / 1e6:.0f} MB")
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except OSError as error:
        raise _unusable(path, error.strerror or "it cannot be read") from error
    except _faults() as error:
        raise _unusable(path, _first_line(error)) from error


def _faults() -> tuple[type[Exception], ...]:
    """ONNX Runtime's own faults, which share no class but `Exception`, and what its binding raises."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    own = [each for each in vars(state).values() if isinstance(each, type) and issubclass(each, Exception)]
    return (*own, ValueError, TypeError, RuntimeError, MemoryError)


def _run(
    session: onnxruntime.InferenceSession,
    values: Mapping[str, np.typing.NDArray[Any]],
    options: onnxruntime.RunOptions,
) -> Any:
    return session.run([session.get_outputs()[0].name], values, options)[0]


def _unusable(path: Path, why: str) -> VoiceError:
    return VoiceError(
        f"The voice model {path.name} cannot be used: {why}.", hint="Remove the voice and download it again."
    )


def _first_line(error: Exception) -> str:
    line = next(iter(str(error).splitlines()), "") or type(error).__name__
    return line if len(line) <= 200 else f"{line[:200]}…"
