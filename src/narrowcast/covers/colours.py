"""A cover's colours, out of a seed: pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Colour = npt.NDArray[np.floating]
"""Linear-light sRGB, shape (3,), 0 to 1."""

READABLE = 4.5
"""The contrast that text must have at least (WCAG 2.2, 1.4.3)."""


@dataclass(frozen=True)
class Palette:
    """What a cover is painted with: `letters` can be read on `paper`; `ink` and `bright` are for the drawing."""

    paper: Colour
    letters: Colour
    ink: Colour
    bright: Colour


def palette(rng: np.random.Generator) -> Palette:
    """Warm white paper with dark ink, or the other way round; in a hue of its own."""
    hue, other = rng.uniform(0, 360), rng.choice((-32.0, 28.0, 150.0))
    white = oklch(0.955, 0.022, 85)
    if rng.random() < 0.5:
        dark = oklch(0.33, 0.085, hue)
        return Palette(white, readable(dark, white), dark, oklch(0.68, 0.13, hue + other))
    dark = oklch(0.27, 0.06, hue)
    return Palette(dark, readable(white, dark), oklch(0.8, 0.1, hue + other), oklch(0.5, 0.11, hue))


def readable(letters: Colour, paper: Colour) -> Colour:
    """`letters`, moved towards black or white until they can be read on `paper`."""
    goal = 0.0 if luminance(paper) > 0.18 else 1.0
    moved = letters
    for step in range(11):
        moved = letters + (goal - letters) * (step / 10)
        if contrast(moved, paper) >= READABLE:
            break
    return moved


def contrast(one: Colour, other: Colour) -> float:
    """The contrast of two colours by WCAG 2.2, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Colour) -> float:
    """Relative luminance (WCAG 2.2), 0 to 1."""
    return float(colour @ np.array([0.2126, 0.7152, 0.0722]))


def oklch(lightness: float, chroma: float, hue: float) -> Colour:
    """A colour of OKLCH in linear-light sRGB (Ottosson, "A perceptual color space", 2020)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    cones = np.array(
        [
            lightness + 0.3963377774 * a + 0.2158037573 * b,
            lightness - 0.1055613458 * a - 0.0638541728 * b,
            lightness - 0.0894841775 * a - 1.2914855480 * b,
        ]
    )
    to_rgb = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.7076147010],
        ]
    )
    colour: Colour = np.clip(to_rgb @ cones**3, 0, 1)
    return colour


def srgb_bytes(colour: Colour) -> npt.NDArray[np.uint8]:
    """Linear light as sRGB bytes (IEC 61966-2-1), of any shape."""
    curved = np.where(colour <= 0.0031308, 12.92 * colour, 1.055 * np.maximum(colour, 1e-9) ** (1 / 2.4) - 0.055)
    whole: npt.NDArray[np.uint8] = np.rint(curved * 255).astype(np.uint8)
    return whole
