"""Setting a title, with letters that are all half as wide as high; and colours that can be read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.covers.colours import READABLE, contrast, oklch, palette, readable
from narrowcast.covers.lettering import LARGEST, MAX_HEIGHT, SMALLEST, set_title

SIDE, ROOM = 1400.0, 1160.0


def half(text: str, size: float) -> float:
    return len(text) * size / 2


@given(title=st.text(min_size=1, max_size=400).map(lambda text: " ".join(text.split())).filter(bool))
def test_every_title_fits_and_loses_nothing_but_its_end(title: str) -> None:
    lettering = set_title(title, half, SIDE, ROOM)
    assert SMALLEST * SIDE <= lettering.size <= LARGEST * SIDE
    assert lettering.height <= MAX_HEIGHT * SIDE
    assert all(half(line, lettering.size) <= ROOM for line in lettering.lines)
    said = "".join(lettering.lines).replace(" ", "").replace("-", "").rstrip("…")
    assert title.replace(" ", "").replace("-", "").startswith(said)


def test_lines_are_about_equally_long() -> None:
    lines = set_title("The last keepers how lighthouses learned to run themselves", half, SIDE, ROOM).lines
    lengths = [len(line) for line in lines]
    assert len(lines) > 1
    assert min(lengths) > max(lengths) / 2


def test_a_short_title_is_large_and_a_long_one_smaller() -> None:
    sizes = [set_title("word " * count, half, SIDE, ROOM).size for count in (1, 10, 40)]
    assert sizes[0] == LARGEST * SIDE
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[2] < sizes[1]


def test_a_word_that_is_too_long_is_broken_and_one_that_fits_is_not() -> None:
    assert len(set_title("Rechtsschutzversicherungen", half, SIDE, ROOM).lines) == 1
    lines = set_title("x" * 100, half, SIDE, ROOM).lines
    assert len(lines) > 1
    assert lines[0].endswith("-")


def test_scripts_without_spaces_break_anywhere_but_before_a_stop() -> None:
    lines = set_title("漢字の歴史と日本語の未来について。" * 3, lambda text, size: len(text) * size, SIDE, ROOM).lines
    assert len(lines) > 1
    assert not any(line.startswith("。") for line in lines)
    assert "-" not in "".join(lines)


@pytest.mark.parametrize("seed", range(60))
def test_letters_can_be_read_on_their_paper(seed: int) -> None:
    colours = palette(np.random.default_rng(seed))
    assert contrast(colours.letters, colours.paper) >= READABLE
    assert contrast(colours.ink, colours.paper) >= 3, "a drawing is seen (WCAG 2.2, 1.4.11)"


@given(lightness=st.floats(0, 1), hue=st.floats(0, 360), paper=st.floats(0, 1))
def test_any_letters_are_moved_until_they_can_be_read(lightness: float, hue: float, paper: float) -> None:
    ground = oklch(paper, 0.05, hue)
    assert contrast(readable(oklch(lightness, 0.1, hue + 90), ground), ground) >= READABLE


def test_contrast_is_the_standards() -> None:
    black, white = np.zeros(3), np.ones(3)
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(white, white) == 1
