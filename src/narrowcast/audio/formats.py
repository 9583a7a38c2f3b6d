"""The formats that an episode can be written in: container, codec, rates, bits for speech and for music."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Format:
    """One kind of file. `muxer` writes and `demuxer` reads its container, by ffmpeg's names.

    `rates` are those that can be encoded, in Hz, ascending; `bit_rate` is bits a second of mono sound at such a rate.
    `gain` undoes what the encoder itself does to the level. The sound is filled up with silence to whole `frame`s, as
    readers of some containers give the last frame in full, whatever the file says of its length. `in_comments`: the
    container holds a cover and chapters in its comments only.
    """

    muxer: str
    demuxer: str
    codec: str
    sample_format: str
    rates: tuple[int, ...]
    bit_rate: Callable[[int], int]
    gain: float = 1.0
    frame: int = 1
    options: Mapping[str, str] = field(default_factory=dict)
    final_options: Mapping[str, str] = field(default_factory=dict)
    in_comments: bool = False


def _mp3_bit_rate(rate: int) -> int:
    """Constant, so that every player seeks exactly; what LAME's own -V4 comes to for speech, rounded up."""
    return 64_000 if rate <= 24_000 else 96_000


def _aac_bit_rate(rate: int) -> int:
    """At 64 kbit/s ffmpeg's own encoder was seen to add 1.2 dB to limited speech's peaks, at these at most 0.6."""
    return 80_000 if rate <= 24_000 else 96_000


def _opus_bit_rate(rate: int) -> int:
    """For mono the codec's own advice is 24 to 32 kbit/s for speech at full band, and 48 to 64 for music."""
    return 48_000 if rate <= 24_000 else 64_000


FORMATS: Mapping[str, Format] = {
    "mp3": Format(
        muxer="mp3",
        demuxer="mp3",
        codec="libmp3lame",
        sample_format="fltp",
        rates=(16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
        bit_rate=_mp3_bit_rate,
        # LAME multiplies by 0.95 whatever it encodes at a constant rate up to 160 kbit/s (abr_switch_map in presets.c).
        gain=1 / 0.95,
        options={"compression_level": "7"},
        final_options={"id3v2_version": "4"},
    ),
    "m4a": Format(
        muxer="mp4",
        demuxer="mp4",
        codec="aac",
        sample_format="fltp",
        rates=(16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
        bit_rate=_aac_bit_rate,
        frame=1024,
        # A player on the network needs the index before the sound. The brand is what says that an MP4 is sound only.
        final_options={"movflags": "+faststart", "brand": "M4A "},
    ),
    "opus": Format(
        muxer="opus",
        demuxer="ogg",
        codec="libopus",
        sample_format="flt",
        rates=(16_000, 24_000, 48_000),
        bit_rate=_opus_bit_rate,
        options={"application": "audio", "frame_duration": "20"},
        in_comments=True,
    ),
}
"""Every format that can be written, by the name that the command line and the file's ending have."""


def mix_rate(name: str, sounds: Iterable[int]) -> int:
    """The rate to mix at for voices and music of these rates, in Hz: the format's lowest that loses nothing of them."""
    rates = FORMATS[name].rates
    highest = max(sounds, default=24_000)
    return next((rate for rate in rates if rate >= highest), rates[-1])
