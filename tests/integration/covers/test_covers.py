"""Covers with the real font, and real pictures through Pillow."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from narrowcast.covers import picture
from narrowcast.covers.draw import chapter_jpeg, cover_jpeg
from narrowcast.covers.fonts import drawable, shipped_font
from narrowcast.covers.picture import picture_jpeg
from narrowcast.errors import InputError


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert "progressive" not in image.info
    assert not image.getexif()
    return image


def test_cover_is_the_titles_own() -> None:
    one, same, other = cover_jpeg("On  Rain", 400), cover_jpeg("on rain", 400), cover_jpeg("On snow", 400)
    assert opened(one).size == (400, 400)
    assert one != other
    colours = {tuple(np.asarray(opened(data))[1, 1]) for data in (one, same)}
    assert len(colours) == 1, "case and spaces make no other picture"
    assert cover_jpeg("On Rain", 400) == one
    assert len(cover_jpeg("On rain")) < 500_000


def test_a_chapters_image_is_in_its_covers_colours_and_has_its_number() -> None:
    one, two = (chapter_jpeg("On rain", "Clouds", number, 3, 400) for number in (1, 2))
    assert one == chapter_jpeg("On rain", "Clouds", 1, 3, 400)
    assert one != two
    cover, image = (np.asarray(opened(data)).reshape(400, 1200) for data in (cover_jpeg("On rain", 400), one))
    # The row with the least colours is paper from edge to edge.
    paper = [rows[rows.reshape(400, 400, 3).std(axis=1).max(axis=1).argmin()][:3] for rows in (cover, image)]
    assert paper[0] == pytest.approx(paper[1], abs=4)
    assert opened(chapter_jpeg("x", "🚀", 2, 3, 400)).size == (400, 400)


TITLES = [
    "",
    "R",
    "🚀🎉",
    "\0\u202e",
    "Преступление",
    "Η Οδύσσεια",
    "漢字の歴史",
    "تاريخ البحر",
    "\ud800 x",
    "wort" * 80,
]


@pytest.mark.parametrize("title", TITLES)
def test_every_title_has_a_cover(title: str) -> None:
    assert opened(cover_jpeg(title, 300)).size == (300, 300)


def test_the_shipped_font_has_latin_greek_and_cyrillic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    for title in ("Straße, Œuvre, Żółć, İstanbul", "Η Οδύσσεια", "Преступление и наказание", "“What?” – 50 % …"):
        assert drawable(title) == (title, shipped_font())
    assert shipped_font().lacks("a漢") == "漢"
    assert drawable("漢字") is None, "no empty boxes"
    assert drawable("🚀 Launch  day 🎉") == ("Launch day", shipped_font())
    assert drawable("Brief 🚆 ☕: what's new🎧today 👍🏽?") == ("Brief: what's new today?", shipped_font())
    assert drawable("🚀🎉 …") is None


def test_words_are_written_inside_the_margins() -> None:
    """The panel's outer tenth is paper alone, and there are letters within."""
    for title in ("Night trains", "The canal that climbed a hill and what came of it", "Wälder " * 40):
        image = np.asarray(opened(cover_jpeg(title, 700))).astype(int)
        strips = [image[:, 8:40].std(axis=1).max(axis=1) < 3, image[:, -40:-8].std(axis=1).max(axis=1) < 3]
        paper = strips[0] & strips[1]
        assert paper.sum() > 100
        assert (image[paper].std(axis=1).max(axis=1) > 20).sum() > 20


def saved(path: Path, image: Image.Image, **options: Any) -> Path:
    image.save(path, **options)
    return path


@pytest.mark.parametrize(
    ("size", "side"), [((2000, 1600), 1600), ((500, 300), 1400), ((4000, 3500), 3000), ((1400, 1400), 1400)]
)
def test_a_picture_becomes_a_square_of_the_right_size(size: tuple[int, int], side: int, tmp_path: Path) -> None:
    path = saved(tmp_path / "own.jpg", Image.new("RGB", size, (200, 30, 40)))
    image = opened(picture_jpeg(path))
    assert image.size == (side, side)
    assert np.asarray(image)[side // 2, side // 2] == pytest.approx([200, 30, 40], abs=6)


def test_kinds_of_pictures(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    for path in (saved(tmp_path / "a.png", clear), saved(tmp_path / "a.webp", clear, lossless=True)):
        assert np.asarray(opened(picture_jpeg(path))).min() > 250, "what is transparent becomes white"
    for mode in ("L", "P", "1", "I;16", "CMYK"):
        ending = "jpg" if mode == "CMYK" else "png"
        opened(picture_jpeg(saved(tmp_path / f"{mode[0]}.{ending}", Image.new(mode, (400, 400)))))


def test_it_is_turned_as_it_says_and_says_nothing_more(tmp_path: Path) -> None:
    image = Image.new("RGB", (800, 800), "white")
    image.paste("black", (0, 0, 800, 200))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 3, "where it was taken"
    data = picture_jpeg(saved(tmp_path / "turned.jpg", image, exif=exif))
    assert b"where it was" not in data
    turned = np.asarray(opened(data))
    assert turned[100].mean() > 250
    assert turned[-100].mean() < 5


def test_a_noisy_picture_is_made_small_enough(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (1500, 1500, 3), np.uint8)
    assert len(picture_jpeg(saved(tmp_path / "noise.png", Image.fromarray(noise), compress_level=1))) <= 1_000_000


def bomb(side: int) -> bytes:
    """A PNG that says it is so large, and is a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")


def test_what_is_no_fit_picture_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (400, 400, 3), np.uint8)).save(good, "PNG")
    contents = {
        "empty.jpg": (b"", "no whole"),
        "text.png": (b"GIF89a no picture", "no whole"),
        "cut.png": (good.getvalue()[:-5000], "no whole"),
        "drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no whole"),
        "large.png": (bomb(9_000), "million pixels"),
        "huge.png": (bomb(12_000), "million pixels"),
        "vast.png": (bomb(60_000), "million pixels"),
    }
    for name, (data, _) in contents.items():
        (tmp_path / name).write_bytes(data)
    saved(tmp_path / "small.png", Image.new("RGB", (1000, 200)))
    saved(tmp_path / "other.bmp", Image.new("RGB", (400, 400)))
    os.mkfifo(tmp_path / "pipe")
    said = {name: words for name, (_, words) in contents.items()}
    said |= {"small.png": "1000 × 200", "other.bmp": "no whole", "pipe": "not a file", "nowhere.jpg": "cannot be read"}
    for name, words in said.items():
        with pytest.raises(InputError, match=words) as caught:
            picture_jpeg(tmp_path / name)
        assert name in caught.value.message
        assert caught.value.hint
    monkeypatch.setattr(picture, "MAX_FILE_BYTES", 100)
    with pytest.raises(InputError, match="larger than"):
        picture_jpeg(tmp_path / "small.png")
