"""Fragmented MP4 of one AAC stream: the boxes that a browser and HLS need, and no others. Pure.

ISO/IEC 14496-12 (boxes), 14496-14 and 14496-1 (how AAC is described), RFC 8216 section 3.3 (what HLS asks for).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

CODEC = "mp4a.40.2"
"""AAC, low complexity (RFC 6381)."""
MEDIA_TYPE = f'audio/mp4; codecs="{CODEC}"'
FRAME = 1024
"""Samples in a frame of AAC."""

_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000)
_SYNC = 0x0200_0000
"""Sample flags: depends on no other."""


def init_segment(rate: int, config: bytes, bit_rate: int, delay: int) -> bytes:
    """What goes before all fragments. `config` is the codec's own description (AudioSpecificConfig).

    `delay` are the samples that the encoder puts before the sound: an edit list has players leave them out, so that
    times in the stream are times of the mix.
    """
    track = _box(b"trak", _track_header(), _edits(delay), _media(rate, config, bit_rate))
    extends = _box(b"mvex", _full(b"trex", 0, 0, struct.pack(">5I", 1, 1, FRAME, 0, _SYNC)))
    movie = _full(
        b"mvhd",
        0,
        0,
        struct.pack(">4I", 0, 0, rate, 0),
        struct.pack(">IH10x", 0x10000, 0x100),
        _MATRIX,
        bytes(24),
        struct.pack(">I", 2),
    )
    kind = _box(b"ftyp", b"iso6", struct.pack(">I", 1), b"iso6", b"mp42", b"cmfc")
    return kind + _box(b"moov", movie, track, extends)


def media_segment(number: int, start: int, frames: Sequence[bytes]) -> bytes:
    """A fragment of whole frames; `number` counts from 1, `start` are the samples before it, the delay included."""
    sizes = b"".join(struct.pack(">I", len(frame)) for frame in frames)

    def fragment(data_offset: int) -> bytes:
        header = _full(b"tfhd", 0, 0x02_0000, struct.pack(">I", 1))
        decode = _full(b"tfdt", 1, 0, struct.pack(">Q", start))
        run = _full(b"trun", 0, 0x00_0201, struct.pack(">Ii", len(frames), data_offset), sizes)
        return _box(b"moof", _full(b"mfhd", 0, 0, struct.pack(">I", number)), _box(b"traf", header, decode, run))

    # The offset counts from the fragment's first byte to the first frame, behind the header of `mdat`.
    head = fragment(len(fragment(0)) + 8)
    return head + _box(b"mdat", *frames)


def _box(kind: bytes, *content: bytes) -> bytes:
    return struct.pack(">I", 8 + sum(map(len, content))) + kind + b"".join(content)


def _full(kind: bytes, version: int, flags: int, *content: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *content)


def _track_header() -> bytes:
    enabled_in_movie = 3
    place = struct.pack(">8x4H", 0, 0, 0x100, 0)
    return _full(b"tkhd", 0, enabled_in_movie, struct.pack(">5I", 0, 0, 1, 0, 0), place, _MATRIX, bytes(8))


def _edits(delay: int) -> bytes:
    """One edit of an open length that begins behind the delay."""
    return _box(b"edts", _full(b"elst", 0, 0, struct.pack(">IIiHH", 1, 0, delay, 1, 0)))


def _media(rate: int, config: bytes, bit_rate: int) -> bytes:
    undetermined = 0x55C4
    header = _full(b"mdhd", 0, 0, struct.pack(">4IHH", 0, 0, rate, 0, undetermined, 0))
    handler = _full(b"hdlr", 0, 0, bytes(4), b"soun", bytes(12), b"Sound\0")
    here = _box(b"dinf", _full(b"dref", 0, 0, struct.pack(">I", 1), _full(b"url ", 0, 1)))
    entry = _box(
        b"mp4a",
        struct.pack(">6xH8xHH4xI", 1, 1, 16, rate << 16),
        _full(b"esds", 0, 0, _descriptors(config, bit_rate)),
    )
    table = _box(
        b"stbl",
        _full(b"stsd", 0, 0, struct.pack(">I", 1), entry),
        *(_full(kind, 0, 0, bytes(4)) for kind in (b"stts", b"stsc")),
        _full(b"stsz", 0, 0, bytes(8)),
        _full(b"stco", 0, 0, bytes(4)),
    )
    sound = _box(b"minf", _full(b"smhd", 0, 0, bytes(4)), here, table)
    return _box(b"mdia", header, handler, sound)


def _descriptors(config: bytes, bit_rate: int) -> bytes:
    """How a decoder is set up (ISO/IEC 14496-1, 7.2.6): an elementary stream of MPEG-4 audio."""
    mpeg4_audio, audio_stream = 0x40, 0x15
    decoder = struct.pack(">BB3xII", mpeg4_audio, audio_stream, bit_rate, bit_rate)
    inner = _descriptor(4, decoder, _descriptor(5, config))
    return _descriptor(3, struct.pack(">HB", 1, 0), inner, _descriptor(6, b"\x02"))


def _descriptor(tag: int, *content: bytes) -> bytes:
    return bytes([tag, sum(map(len, content))]) + b"".join(content)
