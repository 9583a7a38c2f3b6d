"""Music with the voices: real files through the real decoder."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrowcast.audio.clip import Samples, encode_flac
from narrowcast.audio.encode import Encoder
from narrowcast.audio.loop import Loop
from narrowcast.audio.loudness import Meter
from narrowcast.audio.mix import Mixer
from narrowcast.audio.music import CEILING_DB, Accompaniment, Score, open_score
from narrowcast.audio.music_file import check_music
from narrowcast.errors import ProfileError
from narrowcast.script.music import Music

Voice = Callable[..., Samples]
RATE = 24_000


def tune(seconds: float, rate: int = 44_100, notes: tuple[float, ...] = (110.0, 164.8, 220.0)) -> Samples:
    """Chords that are struck twice a second."""
    time = np.arange(int(seconds * rate)) / rate
    struck = np.exp(-((time * 2) % 1) * 2)
    whole = sum(np.sin(2 * np.pi * note * time + number) for number, note in enumerate(notes)) * struck * 0.2
    sound: Samples = np.asarray(whole, np.float32)
    return sound


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`intro.flac` of 6 s, `outro.flac` of 20 s, `bed.flac` of 5 s, stereo MP3 of the same as `bed.mp3`."""
    place = tmp_path_factory.mktemp("music")
    for name, seconds in (("intro", 6.0), ("outro", 20.0), ("bed", 5.0)):
        (place / f"{name}.flac").write_bytes(encode_flac(tune(seconds), 44_100))
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as target:
        stream = target.add_stream("libmp3lame", rate=44_100, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(np.stack([tune(5.0)] * 2), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = 44_100, 0
        target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    (place / "bed.mp3").write_bytes(file.getvalue())
    return place


def score(folder: Path, **wanted: object) -> Score:
    files = {part: str(folder / f"{part}.flac") for part in ("intro", "outro", "bed")}
    return open_score(Music.model_validate({**files, **wanted}))


@pytest.fixture(scope="module")
def full(folder: Path) -> Score:
    """Intro, outro and bed."""
    return score(folder)


def mixed(voice: Voice, music: Score | None, turns: int, gaps: tuple[int, ...] = (380,)) -> tuple[Samples, list[int]]:
    """What was given out after so many turns, and where the words start."""
    accompaniment = Accompaniment(music, RATE) if music else None
    mixer, parts, starts = Mixer(RATE, accompaniment), [np.zeros(0, np.float32)], []
    for number in range(turns):
        sound, start, _ = mixer.push(
            voice(1.0 + 0.7 * number, RATE, seed=number), RATE, "AB"[number % 2], gaps[number % len(gaps)]
        )
        parts.append(sound)
        starts.append(start)
    if accompaniment:
        accompaniment.close()
    return np.concatenate(parts), starts


@settings(max_examples=5, deadline=None)
@given(cut=st.integers(0, 5), gap=st.sampled_from([0, 380, 1500]))
def test_every_prefix_of_the_mix_with_music_is_the_mixs_prefix(voice: Voice, full: Score, cut: int, gap: int) -> None:
    prefix, _ = mixed(voice, full, cut, (gap, 1000))
    whole, _ = mixed(voice, full, 5, (gap, 1000))
    assert np.array_equal(prefix, whole[: len(prefix)])


def test_words_begin_over_the_intros_tail_and_stand_out_of_it(voice: Voice, full: Score) -> None:
    """The music under each turn is at least 18 dB below it; in time all is as without, but later by the intro."""
    accompaniment, again = Accompaniment(full, RATE), Accompaniment(full, RATE)
    mixer, bare, shifts, position = Mixer(RATE, accompaniment), Mixer(RATE), set(), 0
    for number in range(5):
        turn = (voice(1.0 + 0.7 * number, RATE, seed=number), RATE, "AB"[number % 2], 380)
        sound, start, end = mixer.push(*turn)
        shifts.add(start - bare.push(*turn)[1])
        music = again.under(start - position, end - start)[start - position :]
        words = sound[start - position :] - music
        assert Meter(RATE).feed(words) - Meter(RATE).feed(music) >= 18
        assert np.abs(music).max() <= accompaniment.most_under_voices
        if not number:
            assert start == pytest.approx((6 - 3) * RATE, abs=0.1 * RATE)
            assert -20 < 10 * np.log10(np.mean(sound[: start - 2 * RATE] ** 2)) < -12, "the intro is heard"
        position = end
    assert len(shifts) == 1
    accompaniment.close()
    again.close()


def test_the_bed_comes_up_between_segments_only(voice: Voice, folder: Path) -> None:
    bed = open_score(Music(bed=str(folder / "bed.mp3")))
    accompaniment = Accompaniment(bed, RATE)
    accompaniment.under(RATE, 4 * RATE)
    short = accompaniment.under(int(0.4 * RATE), 3 * RATE)
    long = accompaniment.under(2 * RATE, 3 * RATE)
    after = accompaniment.ending()
    accompaniment.close()

    def level(sound: Samples) -> float:
        return float(10 * np.log10(np.mean(sound**2)))

    spoken = level(np.concatenate([short, long[2 * RATE :]]))
    assert level(short[: int(0.4 * RATE)]) < spoken + 3
    assert level(long[RATE // 2 : 3 * RATE // 2]) > spoken + 3.5
    assert abs(after[-1]) < 1e-6


def test_the_outro_follows_the_last_word_and_fades(voice: Voice, full: Score) -> None:
    accompaniment = Accompaniment(full, RATE)
    mixer = Mixer(RATE, accompaniment)
    mixer.push(voice(2.0), RATE, "Ann", 300)
    closing = mixer.flush()
    accompaniment.close()
    assert len(closing) == pytest.approx((15 + 0.6) * RATE, abs=RATE // 100), "20 s are there, 15 were asked"
    assert np.abs(closing[2 * RATE : 10 * RATE]).max() > 0.1
    assert np.abs(closing[-RATE // 10 :]).max() < 0.01


@pytest.mark.parametrize("cuts", [(1,), (3, 1000, 77_777), (24_000,)])
def test_a_loop_goes_on_without_a_gap_and_pieces_make_no_difference(folder: Path, cuts: tuple[int, ...]) -> None:
    file = check_music(folder / "bed.mp3")
    whole, pieces = Loop(file, RATE, 0.5), Loop(file, RATE, 0.5)
    length = 20 * RATE
    expected = whole.take(length)
    if cuts == (1,):
        cuts = (1, 2, 3, 5, 8, 13_000)
    taken, number = [np.zeros(0, np.float32)], 0
    while sum(map(len, taken)) < length:
        taken.append(pieces.take(cuts[number % len(cuts)]))
        number += 1
    assert np.array_equal(np.concatenate(taken)[:length], expected)
    blocks = np.sqrt(np.mean(expected.reshape(-1, RATE // 2) ** 2, axis=1))
    assert blocks.min() > blocks.max() / 3, "no hole at the seams"
    assert np.abs(expected).max() <= whole.peak
    whole.close()
    pieces.close()


@pytest.mark.parametrize("name", ["mp3", "m4a", "opus"])
def test_an_episode_with_music_is_as_loud_as_without(
    voice: Voice, full: Score, name: str, tmp_path: Path, judged: Callable[[Path], tuple[float, float]]
) -> None:
    rate = 48_000 if name == "opus" else 44_100
    accompaniment = Accompaniment(full, rate)
    mixer, path = Mixer(rate, accompaniment), tmp_path / f"episode.{name}"
    encoder = Encoder(path, name, rate)
    for number in range(12):
        sound, _, _ = mixer.push(voice(2.0 + number % 3, RATE, seed=number), RATE, "AB"[number % 2], 380)
        assert np.abs(sound).max() <= 10 ** (CEILING_DB / 20) + 1e-4
        encoder.write(sound)
    encoder.write(mixer.flush())
    encoder.close()
    accompaniment.close()
    loudness, peak = judged(path)
    assert loudness == pytest.approx(-16, abs=1)
    assert peak <= -1


def broken_files(folder: Path, place: Path) -> dict[str, tuple[Path, str]]:
    flac = (folder / "bed.flac").read_bytes()
    contents = {
        "empty": (b"", "no sound"),
        "text": (b"just words " * 100, "none of WAV"),
        "cut.flac": (flac[:30], "cannot be used"),
        "list.mp3": (b"ID3\x04\0\0\0\0\0\0ffconcat version 1.0\nfile 'bed.flac'\n", "cannot be used"),
        "silent.flac": (encode_flac(np.zeros(RATE * 2, np.float32), RATE), "silent"),
        "short.flac": (encode_flac(tune(0.2), 44_100), "shorter"),
    }
    for name, (data, _) in contents.items():
        (place / name).write_bytes(data)
    (place / "folder").mkdir()
    os.mkfifo(place / "pipe")
    return {
        **{name: (place / name, said) for name, (_, said) in contents.items()},
        "folder": (place / "folder", "not a file"),
        "pipe": (place / "pipe", "not a file"),
        "missing": (place / "nowhere.mp3", "cannot be read"),
    }


def test_music_that_cannot_be_used_is_refused_by_name(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, said in broken_files(folder, tmp_path).values():
        with pytest.raises(ProfileError, match=said) as caught:
            open_score(Music(bed=str(path)))
        assert str(path) in caught.value.message
        assert caught.value.hint
    monkeypatch.setattr("narrowcast.audio.music_file.MAX_SECONDS", 3)
    with pytest.raises(ProfileError, match="longer"):
        check_music(folder / "bed.flac")
    assert check_music(folder / "bed.flac", 2.0).seconds == pytest.approx(2)
    monkeypatch.setattr("narrowcast.audio.music_file.MAX_BYTES", 1000)
    with pytest.raises(ProfileError, match="larger"):
        check_music(folder / "bed.flac")
