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
from narrowcast.audio.cover import cover_jpeg
from narrowcast.audio.encode import FORMATS, Encoder, Tags, finish, mix_rate
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
RATES = sorted({rate for kind in FORMATS.values() for rate in kind.rates})


def encoded(path: Path, sound: Samples, rate: int = RATE, piece: int = 10_000) -> Path:
    encoder = Encoder(path, "mp3", rate)
    for start in range(0, len(sound), piece):
        encoder.write(sound[start : start + piece])
    encoder.close()
    assert encoder.samples_written == len(sound)
    return path


def decoded(path: Path) -> Samples:
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def bursts(rate: int, at_s: tuple[float, ...], seconds: float) -> Samples:
    sound = np.zeros(int(seconds * rate), np.float32)
    for place in at_s:
        start, count = int(place * rate), rate // 5
        sound[start : start + count] = 0.5 * np.sin(2 * np.pi * 800 * np.arange(count) / rate)
    return sound


@pytest.mark.parametrize("rate", RATES)
def test_times_in_the_finished_file_are_times_of_the_mix(rate: int, tmp_path: Path, probe: Probe) -> None:
    at_s = (0.5, 2.0, 4.75)
    sound = bursts(rate, at_s, 6.123)
    out = tmp_path / "out.mp3"
    finish(encoded(tmp_path / "a.part", sound, rate), out, TAGS, [], cover_jpeg("x", 300))
    back = decoded(out)
    assert len(back) == len(sound)
    loud = np.flatnonzero(np.abs(back) > 0.1)
    onsets = [loud[0], *loud[1:][np.diff(loud) > rate // 10]]
    assert [onset / rate for onset in onsets] == pytest.approx(at_s, abs=0.005)
    shown = probe(out)
    assert float(shown["format"]["duration"]) == pytest.approx(6.123, abs=2400 / rate), "plus delay and padding"
    assert float(shown["format"]["start_time"]) < 1200 / rate


def test_other_readers_agree_on_the_first_sample(tmp_path: Path, ffmpeg: Callable[..., str]) -> None:
    sound = bursts(RATE, (0.25,), 3.0)
    out, raw = tmp_path / "out.mp3", tmp_path / "out.raw"
    finish(encoded(tmp_path / "a.part", sound), out, TAGS, [], None)
    ffmpeg("-v", "error", "-i", str(out), "-f", "f32le", str(raw))
    back = np.fromfile(raw, "<f4")
    assert len(back) == len(sound)
    assert np.flatnonzero(np.abs(back) > 0.1)[0] == pytest.approx(0.25 * RATE, abs=0.005 * RATE)


def test_level_comes_out_as_it_went_in(tmp_path: Path) -> None:
    for rate in RATES:
        sound = bursts(rate, (0.2, 1.0), 2.0)
        back = decoded(encoded(tmp_path / f"{rate}.mp3", sound, rate))
        assert np.sqrt(np.mean(back**2)) == pytest.approx(np.sqrt(np.mean(sound**2)), rel=0.01)


@pytest.mark.parametrize("piece", [1, 575, 24_001])
def test_pieces_make_no_difference_to_the_file(piece: int, voice: Voice, tmp_path: Path) -> None:
    sound = voice(0.4)
    one = encoded(tmp_path / "one.mp3", sound).read_bytes()
    assert encoded(tmp_path / "two.mp3", sound, piece=piece).read_bytes() == one


def test_finished_file_says_what_it_is(voice: Voice, tmp_path: Path, probe: Probe) -> None:
    titles = ["Über Häfen", "2. “Why & how” <now>", "A line\nbroken", "終わり"]
    chapters = [
        Chapter(title=title, start_ms=number * 1000, end_ms=(number + 1) * 1000) for number, title in enumerate(titles)
    ]
    temp, out = encoded(tmp_path / ".a.part", voice(4.0)), tmp_path / "out.mp3"
    out.write_bytes(b"an older one")
    finish(temp, out, TAGS, chapters, cover_jpeg("Hello"))
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp3"]
    shown = probe(out)
    assert [
        (chapter["tags"]["title"], float(chapter["start_time"]), float(chapter["end_time"]))
        for chapter in shown["chapters"]
    ] == [(title.replace("\n", " "), number, number + 1) for number, title in enumerate(titles)]
    tags = shown["format"]["tags"]
    assert {name: tags[name] for name in ("title", "artist", "album", "date", "comment", "language")} == {
        "title": TAGS.title,
        "artist": "Ann, Ben",
        "album": "Narrowcast",
        "date": "2026-11-21",
        "comment": "Made from two sources",
        "language": "deu",
    }
    sound, picture = shown["streams"]
    assert (sound["codec_name"], sound["sample_rate"], sound["channels"]) == ("mp3", "24000", 1)
    assert (picture["codec_name"], picture["width"], picture["disposition"]["attached_pic"]) == ("mjpeg", 1400, 1)
    table = out.read_bytes()
    order = table[table.index(b"CTOC") :][:80]
    assert order.index(b"ch0") < order.index(b"ch1") < order.index(b"ch2") < order.index(b"ch3")


def test_failing_to_finish_leaves_the_older_file(voice: Voice, tmp_path: Path) -> None:
    out, temp = tmp_path / "out.mp3", tmp_path / "a.part"
    out.write_bytes(b"an older one")
    temp.write_bytes(b"no sound at all" * 100)
    with pytest.raises(EpisodeError, match=r"a\.part"):
        finish(temp, out, TAGS, [], None)
    good = encoded(tmp_path / "b.part", voice(1.0))
    with pytest.raises(OutputError, match="nowhere"):
        finish(good, tmp_path / "nowhere" / "out.mp3", TAGS, [], None)
    assert good.exists()
    assert out.read_bytes() == b"an older one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.part", "b.part", "out.mp3"]


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from narrowcast.audio.encode import Encoder, Tags, finish
from narrowcast.errors import OutputError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder, bytes_allowed, step = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
sound = np.random.default_rng(0).normal(0, 0.1, 24_000 * 20).astype(np.float32)
def limit(): resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_allowed, bytes_allowed))
encoder = Encoder(folder / "a.part", "mp3", 24_000)
try:
    if step == "encode":
        limit()
    for second in range(20):
        encoder.write(sound[second * 24_000 : (second + 1) * 24_000])
    encoder.close()
    limit()
    finish(folder / "a.part", folder / "out.mp3", Tags("T"), [], None)
except OutputError as error:
    print("OutputError", error.message, encoder.samples_written)
    encoder.abandon()
    encoder.abandon()
"""


@pytest.mark.parametrize("step", ["encode", "finish"])
def test_full_disk_is_said_and_leaves_nothing(step: str, tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk: writing fails in the same call, with another number."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path), "65536", step], capture_output=True, text=True, check=False
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


def test_unknown_formats_and_rates_are_refused_before_a_file_is_made(tmp_path: Path) -> None:
    for name, rate in (("wma", RATE), ("mp3", 23_999)):
        with pytest.raises(ValueError, match="cannot encode"):
            Encoder(tmp_path / "x", name, rate)
    assert not (tmp_path / "x").exists()
    with pytest.raises(OutputError, match="nowhere"):
        Encoder(tmp_path / "nowhere" / "x", "mp3", RATE)


def test_cover_is_the_titles_own() -> None:
    one, same, other = cover_jpeg("On  Rain", 400), cover_jpeg("on rain", 400), cover_jpeg("On snow", 400)
    assert one == same != other
    assert len(cover_jpeg("On rain")) < 350_000
