"""A cover drawn from a title: its words on paper, a drawing above or below, in colours of its own."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from narrowcast.covers.art import draw_rings
from narrowcast.covers.colours import Colour, Palette, palette, srgb_bytes
from narrowcast.covers.fonts import Font, drawable, shipped_font
from narrowcast.covers.lettering import LINE, Lettering, set_title

if TYPE_CHECKING:
    from PIL.Image import Image

SIZE = 1400
"""The smallest side that podcast directories take, in pixels."""

CHAPTER_SIZE = 1000
"""Of a chapter's image, in pixels: there are many, and players show them for a while only."""

MARGIN = 0.085
QUALITY = 86
SMALL, SMALL_QUALITY = 480, 70
"""Of those for pages, whose pixels are smaller than an eye's: their rings weigh much, and a page has many covers."""
RULE = (0.11, 0.012)
"""The bar beside the title: its length and weight, as parts of the side."""

NOTE = 0.034
"""The size of a chapter's number, as a part of the side."""


def cover_jpeg(title: str, size: int = SIZE) -> bytes:
    """A square JPEG of `size` pixels for `title`; on one machine the same title always looks the same.

    Where no font has the title's letters there is the drawing alone.
    """
    return _jpeg(title, title, "", size)


def chapter_jpeg(title: str, chapter: str, number: int, count: int, size: int = CHAPTER_SIZE) -> bytes:
    """The same for a chapter of the episode `title`, in the colours and with the rings of its cover."""
    return _jpeg(title, chapter, f"{number} / {count}", size)


def _jpeg(seed: str, words: str, place: str, size: int) -> bytes:
    from PIL import Image

    digest = hashlib.sha256(" ".join(seed.split()).casefold().encode("utf-8", "replace")).digest()
    rng = np.random.default_rng(int.from_bytes(digest, "big"))
    colours = palette(rng)
    words_first = bool(rng.random() < 0.4)
    unit = SIZE / size
    picture = Image.new("RGB", (size, size), _rgb(colours.paper))
    drawing_top, height = 0, size
    if found := drawable(words) or drawable(place):
        text, font = found
        lettering = set_title(text, font.width, size, size * (1 - 2 * MARGIN))
        panel = round(lettering.height + size * (2 * MARGIN + 3.5 * RULE[1]))
        drawing_top, height = (panel if words_first else 0), size - panel
        _write(picture, lettering, font, colours, place, top=0 if words_first else height)
    for top, strip in draw_rings(rng, colours, size, height, unit):
        picture.paste(Image.fromarray(strip), (0, drawing_top + top))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality_of(size), subsampling=2)
    return file.getvalue()


def quality_of(side: int) -> int:
    """How much of the detail a cover of `side` pixels keeps, as JPEG counts it."""
    return SMALL_QUALITY if side <= SMALL else QUALITY


def _write(picture: Image, lettering: Lettering, font: Font, colours: Palette, note: str, *, top: int) -> None:
    """Set the title into the panel that begins at `top`, below a bar with a small note beside it."""
    from PIL import ImageDraw

    pen = ImageDraw.Draw(picture)
    side = picture.width
    left, place = side * MARGIN, top + side * MARGIN
    right_to_left = _right_to_left(lettering.lines[0])
    length, weight = side * RULE[0], side * RULE[1]
    start = side - left - length if right_to_left else left
    pen.rectangle((start, place, start + length, place + weight), fill=_rgb(colours.ink))
    if note:
        beside, side_of = (start - 2 * weight, "rm") if right_to_left else (start + length + 2 * weight, "lm")
        small = shipped_font().at(side * NOTE)
        pen.text((beside, place + weight / 2), note, font=small, fill=_rgb(colours.letters), anchor=side_of)
    place += 3.5 * weight
    for line in lettering.lines:
        # From the baseline: accents and descenders then need no room of their own.
        baseline = place + lettering.size * 0.86
        edge, anchor = (side - left, "rs") if right_to_left else (left, "ls")
        pen.text((edge, baseline), line, font=font.at(lettering.size), fill=_rgb(colours.letters), anchor=anchor)
        place += lettering.size * LINE


def _right_to_left(text: str) -> bool:
    """Whether its first letter is of a script that runs to the left (Unicode TR9, P2)."""
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L") != "L"


def _rgb(colour: Colour) -> tuple[int, int, int]:
    red, green, blue = (int(part) for part in srgb_bytes(colour))
    return red, green, blue
