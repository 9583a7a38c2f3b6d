"""The drawing on a cover: rings around a point, whose weight swells as speech does."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from narrowcast.covers.colours import Palette, srgb_bytes

STEPS_A_PIXEL = 4
"""How finely the colours along the radius are tabulated; between two steps no eye sees a difference."""

ROWS = 35
"""The picture is drawn in strips of so many rows, to need little memory."""


def draw_rings(
    rng: np.random.Generator, colours: Palette, width: int, height: int, unit: float
) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
    """A picture of `width` × `height`, from the top in strips: where each begins, and its sRGB bytes (rows, width, 3).

    `unit` is the length of a pixel on a cover of 1400.

    Everything depends on the distance from one point alone, so it is a table of colours along the radius, smoothed by
    a pixel against jagged edges, and looked up for each pixel.
    """
    centre_x = width * rng.choice((rng.uniform(0.14, 0.34), rng.uniform(0.66, 0.86)))
    centre_y = height * rng.uniform(0.25, 0.75)
    farthest = math.hypot(max(centre_x, width - centre_x), max(centre_y, height - centre_y))
    table = _table(rng, colours, farthest, unit)
    across = (np.arange(width, dtype=np.float32) - np.float32(centre_x)) ** 2
    for top in range(0, height, ROWS):
        down = (np.arange(top, min(top + ROWS, height), dtype=np.float32) - np.float32(centre_y)) ** 2
        steps = np.sqrt(across[None, :] + down[:, None]) * np.float32(STEPS_A_PIXEL)
        yield top, table[steps.astype(np.int32)]


def _table(rng: np.random.Generator, colours: Palette, farthest: float, unit: float) -> npt.NDArray[np.uint8]:
    """The colours along the radius, from the point to beyond the farthest corner, shape (n, 3)."""
    length = math.ceil((farthest + 2) * STEPS_A_PIXEL) + 2
    radius = np.arange(length, dtype=np.float32) / np.float32(STEPS_A_PIXEL) * np.float32(unit)
    cover = _rings(rng, radius)
    # From full ink beside the point to a shade of another hue where the rings run out.
    far = np.clip(radius / 1300, 0, 1)[:, None]
    colour = colours.paper + cover[:, None] * ((colours.ink + (colours.bright - colours.ink) * far) - colours.paper)
    smooth = np.ones(STEPS_A_PIXEL, np.float32) / STEPS_A_PIXEL
    colour = np.stack([np.convolve(channel, smooth, mode="same") for channel in colour.T], axis=1)
    colour[:STEPS_A_PIXEL], colour[-STEPS_A_PIXEL:] = colour[STEPS_A_PIXEL], colour[-STEPS_A_PIXEL - 1]
    return srgb_bytes(colour)


def _rings(rng: np.random.Generator, radius: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """1 where there is ink, by radius in 1/1400 of the size: a dot, then rings of different weight."""
    inked = np.zeros_like(radius)
    dot = rng.uniform(52, 84)
    inked[radius < dot] = 1
    pitch = rng.uniform(44, 58)
    swell = rng.uniform(0, 2 * math.pi, 3)
    edge = dot + pitch * 0.9
    while edge < radius[-1]:
        wave = (
            math.sin(edge / 83 + swell[0])
            + 0.7 * math.sin(edge / 191 + swell[1])
            + 0.5 * math.sin(edge / 41 + swell[2])
        )
        weight = pitch * (0.42 + 0.17 * wave) * (1 - 0.25 * min(1.0, edge / 1500))
        inked[(radius >= edge) & (radius < edge + max(2.5, weight))] = 1
        edge += pitch
    return inked
