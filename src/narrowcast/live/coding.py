"""One continuous encoding: samples in, packets out, however the samples are cut. Blocks for the CPU."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

import numpy as np

from narrowcast.audio.clip import Samples
from narrowcast.audio.formats import FORMATS

if TYPE_CHECKING:
    from av import AudioCodecContext


class Coder:
    """Encodes mono samples at `rate` Hz as `format` ("m4a" or "mp3") does, without a container.

    `config` is how the codec describes itself, `delay` the samples that it puts before the sound; known by its first
    packet, or from the start with `begin`.
    """

    def __init__(self, format: str, rate: int) -> None:  # noqa: A002 - the word of the command line
        import av

        self._kind = FORMATS[format]
        self._rate = rate
        self._written = 0
        context = av.CodecContext.create(self._kind.codec, "w")
        self._context = cast("AudioCodecContext", context)
        self._context.sample_rate, self._context.layout = rate, "mono"
        self._context.format = av.AudioFormat(self._kind.sample_format)
        self._context.bit_rate = self.bit_rate = self._kind.bit_rate(rate)
        self._context.time_base = Fraction(1, rate)
        self._context.options = dict(self._kind.options)
        self._context.open()
        self.config = self._context.extradata or b""
        self.delay = 0

    def encode(self, samples: Samples) -> list[bytes]:
        """The packets that are complete with these samples."""
        from av import AudioFrame

        packets: list[bytes] = []
        for start in range(0, len(samples), self._rate):
            piece = samples[start : start + self._rate] * np.float32(self._kind.gain)
            frame = AudioFrame.from_ndarray(piece[None], format=self._kind.sample_format, layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = self._rate, self._written, Fraction(1, self._rate)
            self._written += len(piece)
            packets += self._packets(frame)
        return packets

    @staticmethod
    def begin(format: str, rate: int) -> Coder:  # noqa: A002 - as above
        """A coder whose `delay` is known before it encodes anything."""
        trial, coder = Coder(format, rate), Coder(format, rate)
        trial.encode(np.zeros(rate, np.float32))
        coder.delay = trial.delay
        return coder

    def flush(self) -> list[bytes]:
        """The packets that were held back; nothing can be encoded after them."""
        return self._packets(None)

    def _packets(self, frame: object) -> list[bytes]:
        found = self._context.encode(frame)  # type: ignore[arg-type]
        for packet in found:
            self.delay = max(self.delay, -(packet.pts or 0))
        return [bytes(packet) for packet in found]
