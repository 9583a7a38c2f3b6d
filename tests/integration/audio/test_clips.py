from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from narrowcast.audio import clip
from narrowcast.audio.clip import Samples, container_of, decode, encode_flac

Voice = Callable[..., Samples]
RATE = 24_000


def wav(
    pcm: bytes, *, rate: int = RATE, channels: int = 1, bits: int = 16, encoding: int = 1, length: int = -1
) -> bytes:
    size = len(pcm) if length < 0 else length
    form = struct.pack("<HHIIHH", encoding, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits)
    riff = min(size + 36, 0xFFFFFFFF) if size else 0
    return b"RIFF" + struct.pack("<I", riff) + b"WAVEfmt \x10\0\0\0" + form + b"data" + struct.pack("<I", size) + pcm


def packed(sound: Samples, container: str, codec: str, rate: int = RATE, layout: str = "mono") -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=container) as target:
        stream = target.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        wanted = stream.codec_context.format.name
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="flt", layout=layout)
        frame.sample_rate, frame.pts = rate, 0
        for part in av.AudioResampler(format=wanted, layout=layout, rate=rate).resample(frame):
            target.mux(stream.encode(part))
        target.mux(stream.encode(None))
    return file.getvalue()


whole = hnp.arrays(np.int16, st.integers(1, 20_000), elements=st.integers(-32768, 32767))


@settings(max_examples=40, deadline=None)
@given(pcm=whole, rate=st.sampled_from([8_000, 16_000, 22_050, 24_000, 44_100, 48_000]))
def test_flac_gives_back_sixteen_bits_exactly(pcm: np.ndarray[tuple[int], np.dtype[np.int16]], rate: int) -> None:
    sound = pcm.astype(np.float32) / np.float32(32768)
    back, its_rate = decode(encode_flac(sound, rate))
    assert its_rate == rate
    assert np.array_equal(back, sound)


@pytest.mark.parametrize("length", [-1, 0, 0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF - 36])
def test_wav_of_any_honest_or_open_length(voice: Voice, length: int) -> None:
    pcm = (voice(0.5) * 32768).astype("<i2")
    sound, rate = decode(wav(pcm.tobytes(), length=length))
    assert rate == RATE
    assert np.array_equal(sound, pcm.astype(np.float32) / 32768)


def test_wav_of_other_kinds_agrees_with_plain(voice: Voice) -> None:
    tone = voice(0.4)
    plain, _ = decode(wav((tone * 32767).astype("<i2").tobytes()))
    floats, _ = decode(wav(tone.astype("<f4").tobytes(), bits=32, encoding=3))
    eight, _ = decode(wav((tone * 127 + 128).astype(np.uint8).tobytes(), bits=8))
    stereo, _ = decode(wav(np.repeat((tone * 32767).astype("<i2"), 2).tobytes(), channels=2))
    assert np.abs(floats - plain).max() < 1e-4
    assert np.abs(eight - plain).max() < 0.02
    assert np.array_equal(stereo, plain)


def test_wav_skips_what_else_it_holds(voice: Voice) -> None:
    pcm = (voice(0.1) * 32768).astype("<i2").tobytes()
    one = wav(pcm)
    odd = one[:36] + b"LIST\x03\0\0\0abc\0" + one[36:]
    assert np.array_equal(decode(odd)[0], decode(one)[0])


@pytest.mark.parametrize(
    ("container", "codec", "kind"),
    [("mp3", "libmp3lame", "mp3"), ("ogg", "libopus", "ogg"), ("ipod", "aac", "mp4"), ("flac", "flac", "flac")],
)
def test_what_providers_send_is_read_in_full(voice: Voice, container: str, codec: str, kind: str) -> None:
    rate = 48_000
    tone = voice(1.5, rate)
    data = packed(tone, container, codec, rate)
    assert container_of(data) == kind
    sound, its_rate = decode(data)
    assert its_rate == rate
    assert abs(len(sound) - len(tone)) < 0.06 * rate
    assert np.sqrt(np.mean(sound**2)) == pytest.approx(np.sqrt(np.mean(tone**2)), rel=0.1)


@pytest.mark.parametrize(
    "text",
    [
        b"ffconcat version 1.0\nfile 'secret.wav'\n",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 0\r\n",
        b"<?xml version='1.0'?><smil/>",
        b'{"error": {"message": "no"}}',
        b"\xff\xf1\x50\x80" + bytes(200),
        b"\0" * 400,
        b"RIFF",
    ],
)
def test_what_is_no_sound_is_refused_and_opens_nothing(
    text: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, voice: Voice
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.wav").write_bytes(wav((voice(0.2) * 32767).astype("<i2").tobytes()))
    with pytest.raises(ValueError, match="none of WAV"):
        decode(text)


SDP = b"\nv=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"


@pytest.mark.parametrize("text", [b"ffconcat version 1.0\nfile 'secret.wav'\n", SDP * 3])
@pytest.mark.parametrize("magic", [b"ID3\x04\0\0\0\0\0\0", b"\xff\xfb\x90\0", b"\0\0\0\x18ftypM4A ", b"OggS\0\x04"])
def test_magic_bytes_before_a_list_open_nothing(text: bytes, magic: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Left to guess, the library takes these for a session description and listens on the network."""
    really_open = av.open

    def spy(*arguments: Any, **options: Any) -> Any:
        container = really_open(*arguments, **options)
        if container.format.name not in {"mp3", "ogg", "mov,mp4,m4a,3gp,3g2,mj2"}:
            pytest.fail(f"opened as {container.format.name}")
        return container

    monkeypatch.setattr(av, "open", spy)
    with pytest.raises(ValueError, match=r"damaged|no sound|cut off"):
        decode(magic + text)


@pytest.mark.parametrize("kept", [0.0, 0.01, 0.3, 0.7, 0.95])
@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp4"])
def test_cut_off_sound_is_refused(voice: Voice, kind: str, kept: float) -> None:
    tone = voice(2.0, 48_000)
    data = {
        "wav": lambda: wav((tone * 32767).astype("<i2").tobytes(), rate=48_000),
        "flac": lambda: encode_flac(tone, 48_000),
        "ogg": lambda: packed(tone, "ogg", "libopus", 48_000),
        "mp4": lambda: packed(tone, "ipod", "aac", 48_000),
    }[kind]()
    decode(data)
    with pytest.raises(ValueError, match=r"cut off|no sound|none of WAV"):
        decode(data[: int(len(data) * kept)])


@pytest.mark.parametrize("place", [0.1, 0.3, 0.5, 0.505, 0.7, 0.9, 0.99])
def test_flipped_bytes_in_flac_are_noticed(voice: Voice, place: float) -> None:
    data = bytearray(encode_flac(voice(2.0), RATE))
    data[int(len(data) * place)] ^= 0x55
    with pytest.raises(ValueError, match=r"damaged|cut off"):
        decode(bytes(data))


def test_numbers_that_are_none_and_endless_sound_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="not numbers"):
        decode(wav(np.array([0, np.nan, 1], "<f4").tobytes(), bits=32, encoding=3))
    monkeypatch.setattr(clip, "MAX_SAMPLES", RATE)
    long = np.zeros(RATE + 1, np.float32)
    for data in (wav(bytes(2 * len(long))), encode_flac(long, RATE)):
        with pytest.raises(ValueError, match="longer than"):
            decode(data)


def test_nothing_is_no_clip() -> None:
    for data in (b"", wav(b"")):
        with pytest.raises(ValueError, match="no sound"):
            decode(data)
    with pytest.raises(ValueError, match="no sound"):
        encode_flac(np.zeros(0, np.float32), RATE)
