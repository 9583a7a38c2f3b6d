"""Covers in other sizes: small ones for pages, in a few steps, so that few are kept of each."""

from __future__ import annotations

import io

from narrowcast.covers.draw import SIZE, quality_of

STEPS = (64, 96, 128, 192, 256, 320, 480, 640, 960, SIZE)
"""In pixels."""


def step_of(side: int) -> int:
    """The first of the steps that is as large as `side`, the largest where none is."""
    return next((step for step in STEPS if step >= side), SIZE)


def resized_jpeg(picture: bytes, side: int) -> bytes:
    """A square JPEG of `side` pixels of one of our covers; as it is where it is no larger than that."""
    from PIL import Image

    with Image.open(io.BytesIO(picture), formats=("JPEG",)) as whole:
        if whole.width <= side:
            return picture
        whole.draft("RGB", (side, side))
        small = whole.convert("RGB").resize((side, side), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    small.save(file, "JPEG", quality=quality_of(side), subsampling=2)
    return file.getvalue()
