"""A cover drawn from the title: rings around a point, in a hue of its own."""

from __future__ import annotations

import hashlib
import io
import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from av.video.plane import VideoPlane

Bytes = npt.NDArray[np.uint8]

Colours = npt.NDArray[np.floating]
"""Linear-light sRGB, shape (n, 3), 0 to 1."""

STEPS_A_PIXEL = 4
"""How finely the colours along the radius are tabulated; between two steps no eye sees a difference."""

ROWS = 35
"""The picture is drawn in strips of so many rows, to need little memory."""


def cover_jpeg(title: str, size: int = 1400) -> bytes:
    """A square JPEG of `size` pixels for `title`; the same title always looks the same.

    Everything depends on the distance from one point alone, so the picture is a table of colours along the radius,
    smoothed by a pixel against jagged edges, and looked up for each pixel.
    """
    import av

    seed = hashlib.sha256(" ".join(title.split()).casefold().encode()).digest()
    rng = np.random.default_rng(int.from_bytes(seed, "big"))
    angle, away = rng.uniform(0, 2 * math.pi), rng.uniform(0.16, 0.42)
    centre_x, centre_y = size * (0.5 + away * math.cos(angle)), size * (0.5 + away * math.sin(angle))
    light, blue, red = _as_jpeg(_table(rng, size))
    frame = av.VideoFrame(size, size, "yuvj420p")
    _draw(frame.planes[0], light, size, centre_x, centre_y, 1)
    _draw(frame.planes[1], blue, size, centre_x, centre_y, 2)
    _draw(frame.planes[2], red, size, centre_x, centre_y, 2)
    file = io.BytesIO()
    with av.open(file, "w", format="mjpeg") as container:
        # One thread, and the standard's own code tables: what finds better ones holds the whole picture once more.
        stream = container.add_stream("mjpeg", rate=1, options={"qmin": "6", "qmax": "6", "huffman": "default"})
        stream.codec_context.thread_count = 1
        stream.width = stream.height = size
        stream.pix_fmt = "yuvj420p"
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def _draw(plane: VideoPlane, table: Bytes, size: int, centre_x: float, centre_y: float, step: int) -> None:
    """Look every point of one plane up, which has one for each square of `step` by `step` pixels."""
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
    middles = np.arange(0, size, step, dtype=np.float32) + np.float32((step - 1) / 2)
    across = (middles - np.float32(centre_x)) ** 2
    for top in range(0, plane.height, ROWS):
        down = (middles[top : top + ROWS] - np.float32(centre_y)) ** 2
        steps = np.sqrt(across[None, :] + down[:, None]) * np.float32(STEPS_A_PIXEL)
        rows[top : top + ROWS] = table.take(steps.astype(np.int32))


def _as_jpeg(colours: Bytes) -> tuple[Bytes, Bytes, Bytes]:
    """Light, blueness and redness of sRGB colours of shape (n, 3), by ITU-T T.871; those of two pixels are mixed."""
    to_parts = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
    light, blue, red = to_parts @ colours.T.astype(np.float64)
    pair = np.ones(2 * STEPS_A_PIXEL) / (2 * STEPS_A_PIXEL)
    blue, red = (np.convolve(np.pad(part, STEPS_A_PIXEL, "edge"), pair, "valid")[:-1] + 128 for part in (blue, red))
    return _bytes(light), _bytes(blue), _bytes(red)


def _bytes(values: npt.NDArray[np.floating]) -> Bytes:
    whole: Bytes = np.rint(values).clip(0, 255).astype(np.uint8)
    return whole


def _table(rng: np.random.Generator, size: int) -> npt.NDArray[np.uint8]:
    """The colours along the radius, from the point to beyond the farthest corner, shape (n, 3)."""
    unit = size / 1400
    length = math.ceil(size * 1.42 * STEPS_A_PIXEL) + 2
    radius = np.arange(length, dtype=np.float32) / np.float32(STEPS_A_PIXEL * unit)
    hue = rng.uniform(0, 360)
    paper = _oklch(0.955, 0.022, 85)
    ink = _oklch(0.34, 0.085, hue)
    bright = _oklch(0.66, 0.125, hue + rng.choice((-28.0, 28.0)))
    cover = _rings(rng, radius)
    # From full ink beside the point to a lighter shade of the hue where the rings run out.
    far = np.clip(radius / 1500, 0, 1)[:, None]
    colour = paper + cover[:, None] * ((ink + (bright - ink) * far) - paper)
    smooth = np.ones(STEPS_A_PIXEL, np.float32) / STEPS_A_PIXEL
    colour = np.stack([np.convolve(channel, smooth, mode="same") for channel in colour.T], axis=1)
    colour[:STEPS_A_PIXEL], colour[-STEPS_A_PIXEL:] = colour[STEPS_A_PIXEL], colour[-STEPS_A_PIXEL - 1]
    return _srgb_bytes(colour)


def _rings(rng: np.random.Generator, radius: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """1 where there is ink, by radius in 1/1400 of the size: a dot, then rings whose weight swells as speech does."""
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


def _oklch(lightness: float, chroma: float, hue: float) -> Colours:
    """A colour of OKLCH in linear-light sRGB, shape (3,) (Ottosson, "A perceptual color space", 2020)."""
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
    colour: Colours = np.clip(to_rgb @ cones**3, 0, 1)
    return colour


def _srgb_bytes(colour: Colours) -> npt.NDArray[np.uint8]:
    """Linear light as sRGB bytes (IEC 61966-2-1)."""
    curved = np.where(colour <= 0.0031308, 12.92 * colour, 1.055 * np.maximum(colour, 1e-9) ** (1 / 2.4) - 0.055)
    whole: npt.NDArray[np.uint8] = np.rint(curved * 255).astype(np.uint8)
    return whole
