from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from narrowcast.audio.clip import Samples
from narrowcast.audio.encode import Encoder, Tags, finish
from narrowcast.audio.formats import FORMATS, mix_rate
from narrowcast.audio.resample import resample
from narrowcast.covers.draw import cover_jpeg
from narrowcast.errors import EpisodeError, OutputError
from narrowcast.script.timeline import Chapter

Voice = Callable[..., Samples]
Probe = Callable[[Path], dict[str, Any]]
RATE = 24_000
TAGS = Tags(
    title="Übers Ätherband — 日本",
    artist="Ann, Ben",
    album="Narrowcast",
    date="2026-11-21",
    comment="Made from\ntwo sources",
    language="de-AT",
)
RATES = [(name, rate) for name, kind in FORMATS.items() for rate in (kind.rates[0], 24_000, kind.rates[-1])]


def encoded(path: Path, sound: Samples, rate: int = RATE, piece: int = 10_000, name: str = "mp3") -> Path:
    encoder = Encoder(path, name, rate)
    for start in range(0, len(sound), piece):
        encoder.write(sound[start : start + piece])
    encoder.close()
    assert 0 <= encoder.samples_written - len(sound) < FORMATS[name].frame
    assert encoder.samples_written % FORMATS[name].frame == 0
    return path


def decoded(path: Path, rate: int = RATE) -> Samples:
    """Its samples; Opus is always decoded at 48 kHz, so at `rate` again."""
    with av.open(str(path), format=FORMATS[path.suffix[1:]].demuxer) as container:
        sound = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
        return resample(sound, container.streams.audio[0].rate, rate)


def bursts(rate: int, at_s: tuple[float, ...], seconds: float) -> Samples:
    sound = np.zeros(int(seconds * rate), np.float32)
    for place in at_s:
        start, count = int(place * rate), rate // 5
        sound[start : start + count] = 0.5 * np.sin(2 * np.pi * 800 * np.arange(count) / rate)
    return sound


@pytest.mark.parametrize(("name", "rate"), RATES)
def test_times_in_the_finished_file_are_times_of_the_mix(name: str, rate: int, tmp_path: Path, probe: Probe) -> None:
    """A click is heard where it was put, within a millisecond, and nothing is lost or added at either end."""
    at_s = (0.5, 2.0, 4.75)
    sound = np.zeros(int(6.123 * rate), np.float32)
    sound[[int(place * rate) for place in at_s]] = 0.9
    out = tmp_path / f"out.{name}"
    temp = encoded(tmp_path / f"a.{name}", sound, rate, name=name)
    finish(temp, out, TAGS, [Chapter(title="One", start_ms=0, end_ms=6123)], cover_jpeg("x"))
    back = decoded(out, rate)
    assert 0 <= len(back) - len(sound) < FORMATS[name].frame
    for place in at_s:
        around = np.abs(back[int((place - 0.1) * rate) : int((place + 0.1) * rate)])
        assert (around.argmax() / rate - 0.1) == pytest.approx(0, abs=0.001)
    shown = probe(out)
    assert float(shown["format"]["duration"]) == pytest.approx(6.123, abs=2400 / rate), "plus delay and padding"
    assert float(shown["format"]["start_time"]) < 1200 / rate


@pytest.mark.parametrize("name", FORMATS)
def test_other_readers_agree_on_the_first_sample(name: str, tmp_path: Path, ffmpeg: Callable[..., str]) -> None:
    sound = bursts(RATE, (0.25,), 3.072)
    out, raw = tmp_path / f"out.{name}", tmp_path / "out.raw"
    finish(encoded(tmp_path / "a.part", sound, name=name), out, TAGS, [], None)
    ffmpeg("-v", "error", "-i", str(out), "-f", "f32le", "-ar", str(RATE), str(raw))
    back = np.fromfile(raw, "<f4")
    assert len(back) == len(sound)
    assert np.flatnonzero(np.abs(back) > 0.1)[0] == pytest.approx(0.25 * RATE, abs=0.005 * RATE)


@pytest.mark.parametrize(("name", "rate"), RATES)
def test_level_comes_out_as_it_went_in(name: str, rate: int, tmp_path: Path) -> None:
    sound = bursts(rate, (0.2, 1.0), 2.0)
    back = decoded(encoded(tmp_path / f"x.{name}", sound, rate, name=name), rate)
    assert np.sqrt(np.mean(back**2)) == pytest.approx(np.sqrt(np.mean(sound**2)), rel=0.02)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("piece", [1, 575, 24_001])
def test_pieces_make_no_difference_to_the_sound(name: str, piece: int, voice: Voice, tmp_path: Path) -> None:
    sound = voice(0.4)
    one = decoded(encoded(tmp_path / f"one.{name}", sound, name=name))
    assert np.array_equal(decoded(encoded(tmp_path / f"two.{name}", sound, piece=piece, name=name)), one)


@pytest.mark.parametrize("name", FORMATS)
def test_finished_file_says_what_it_is(name: str, voice: Voice, tmp_path: Path, probe: Probe) -> None:
    titles = ["Über Häfen", "2. “Why & how” <now>", "A line\nbroken", "終わり"]
    # Above and below half a second: ffmpeg's own writer of Ogg chapters rounds the one up and then adds it.
    starts = [0, 921, 2_499, 3_500]
    chapters = [
        Chapter(title=title, start_ms=start, end_ms=end)
        for title, start, end in zip(titles, starts, [*starts[1:], 4_000], strict=True)
    ]
    temp, out = encoded(tmp_path / ".a.part", voice(4.0), name=name), tmp_path / f"out.{name}"
    out.write_bytes(b"an older one")
    finish(temp, out, TAGS, chapters, cover_jpeg("Hello"))
    assert [path.name for path in tmp_path.iterdir()] == [out.name]
    shown = probe(out)
    assert [chapter["tags"]["title"] for chapter in shown["chapters"]] == [t.replace("\n", " ") for t in titles]
    seen = [float(chapter["start_time"]) for chapter in shown["chapters"]]
    assert seen == pytest.approx([start / 1000 for start in starts], abs=0.001)
    ends = [float(chapter["end_time"]) for chapter in shown["chapters"]]
    assert ends == pytest.approx([0.921, 2.499, 3.5, 4], abs=0.025)
    sound, picture = (stream for stream in shown["streams"] if stream["codec_type"] != "data")
    tags = {**sound.get("tags", {}), **shown["format"].get("tags", {})}
    tags = {tag.lower(): text for tag, text in tags.items()}
    assert {tag: tags[tag] for tag in ("title", "artist", "album", "date", "comment", "language")} == {
        "title": TAGS.title,
        "artist": "Ann, Ben",
        "album": "Narrowcast",
        "date": "2026-11-21",
        "comment": "Made from two sources",
        "language": "deu",
    }
    codec, rate = {"mp3": ("mp3", "24000"), "m4a": ("aac", "24000"), "opus": ("opus", "48000")}[name]
    assert (sound["codec_name"], sound["sample_rate"], sound["channels"]) == (codec, rate, 1)
    assert (picture["codec_name"], picture["width"], picture["disposition"]["attached_pic"]) == ("mjpeg", 1400, 1)


def test_chapters_in_an_mp3_are_in_order(voice: Voice, tmp_path: Path) -> None:
    chapters = [Chapter(title=str(number), start_ms=number * 500, end_ms=number * 500 + 500) for number in range(4)]
    out = tmp_path / "out.mp3"
    finish(encoded(tmp_path / "a.part", voice(2.0)), out, TAGS, chapters, None)
    table = out.read_bytes()
    order = table[table.index(b"CTOC") :][:80]
    assert order.index(b"ch0") < order.index(b"ch1") < order.index(b"ch2") < order.index(b"ch3")


def test_an_m4a_has_its_index_before_its_sound(voice: Voice, tmp_path: Path) -> None:
    out = tmp_path / "out.m4a"
    finish(encoded(tmp_path / "a.part", voice(3.0), name="m4a"), out, TAGS, [], cover_jpeg("Hello"))
    data = out.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("name", FORMATS)
def test_failing_to_finish_leaves_the_older_file(name: str, voice: Voice, tmp_path: Path) -> None:
    out, temp = tmp_path / f"out.{name}", tmp_path / "a.part"
    out.write_bytes(b"an older one")
    temp.write_bytes(b"no sound at all" * 100)
    with pytest.raises(EpisodeError, match=r"a\.part"):
        finish(temp, out, TAGS, [], None)
    good = encoded(tmp_path / "b.part", voice(1.0), name=name)
    with pytest.raises(OutputError, match="nowhere"):
        finish(good, tmp_path / "nowhere" / out.name, TAGS, [], None)
    assert good.exists()
    assert out.read_bytes() == b"an older one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.part", "b.part", out.name]


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from narrowcast.audio.encode import Encoder, Tags, finish
from narrowcast.audio.resample import resample
from narrowcast.errors import OutputError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder, bytes_allowed, step = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
sound = np.random.default_rng(0).normal(0, 0.1, 24_000 * 20).astype(np.float32)
def limit(): resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_allowed, bytes_allowed))
encoder = Encoder(folder / "a.part", sys.argv[4], 24_000)
try:
    if step == "encode":
        limit()
    for second in range(20):
        encoder.write(sound[second * 24_000 : (second + 1) * 24_000])
    encoder.close()
    limit()
    finish(folder / "a.part", folder / ("out." + sys.argv[4]), Tags("T"), [], None)
except OutputError as error:
    print("OutputError", error.message, encoder.samples_written)
    encoder.abandon()
    encoder.abandon()
"""


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("step", ["encode", "finish"])
def test_full_disk_is_said_and_leaves_nothing(step: str, name: str, tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk: writing fails in the same call, with another number."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path), "65536", step, name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("OutputError Cannot write")
    assert done.stderr == ""
    if step == "encode":
        assert int(done.stdout.split()[-1]) < 20 * RATE, "it is said while it is mixed, not at the end"
    assert list(tmp_path.iterdir()) == []


def test_mix_rate_loses_nothing_of_the_voices() -> None:
    assert mix_rate("mp3", [22_050, 24_000]) == 24_000
    assert mix_rate("mp3", [8_000]) == 16_000
    assert mix_rate("mp3", [44_100, 22_050]) == 44_100
    assert mix_rate("mp3", [96_000]) == 48_000
    assert mix_rate("mp3", []) == 24_000
    assert mix_rate("opus", [22_050]) == 24_000
    assert mix_rate("opus", [24_000, 44_100]) == 48_000


def test_unknown_formats_and_rates_are_refused_before_a_file_is_made(tmp_path: Path) -> None:
    for name, rate in (("wma", RATE), ("mp3", 23_999)):
        with pytest.raises(ValueError, match="cannot encode"):
            Encoder(tmp_path / "x", name, rate)
    assert not (tmp_path / "x").exists()
    with pytest.raises(OutputError, match="nowhere"):
        Encoder(tmp_path / "nowhere" / "x", "mp3", RATE)
