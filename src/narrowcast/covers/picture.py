"""A person's own picture as a cover: checked, made square and small enough, and nothing else of its file kept."""

from __future__ import annotations

import io
import stat
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from narrowcast.errors import InputError

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_FILE_BYTES = 40_000_000
MAX_PIXELS = 60_000_000
"""As many as the best phones' cameras give; decoded they take four bytes each."""

LEAST_SIDE = 300
"""A smaller picture is only a blur where players show it large."""

SIDES = (1400, 3000)
"""What podcast directories take, in pixels."""

MAX_JPEG_BYTES = 1_000_000
"""A cover lies in front of the sound, where a player waits for it."""

FORMATS = ("JPEG", "PNG", "WEBP")


def picture_jpeg(path: Path) -> bytes:
    """The picture as a square baseline JPEG in RGB, of 1,400 to 3,000 pixels; what is beyond a square is cut off.

    Turned as its EXIF says, which is then dropped with all else that is not picture; what is transparent becomes
    white. Raises `InputError` for what is missing, no JPEG, PNG or WebP, damaged, too small, or too large in bytes or
    in pixels, which are counted before any is decoded.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    _check_file(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(path, formats=FORMATS)
        with picture:
            _check_size(path, picture)
            picture.draft("RGB", (SIDES[1], SIDES[1]))
            turned = ImageOps.exif_transpose(picture)
            side = min(SIDES[1], max(SIDES[0], min(turned.size)))
            square = ImageOps.fit(_opaque(turned), (side, side), Image.Resampling.LANCZOS)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(path) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise InputError(
            f"The cover {path} is no whole JPEG, PNG or WebP picture.", hint="Save it again as JPEG or PNG."
        ) from error
    return _small_enough(square)


def _check_file(path: Path) -> None:
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is not usable"
        raise InputError(f"The cover {path} cannot be read: {reason}.", hint="Check the path.") from error
    if not stat.S_ISREG(found.st_mode):
        raise InputError(f"The cover {path} is not a file.", hint="Name a JPEG, PNG or WebP picture.")
    if found.st_size > MAX_FILE_BYTES:
        raise InputError(f"The cover {path} is larger than {MAX_FILE_BYTES // 1_000_000} MB.", hint="Save it smaller.")


def _check_size(path: Path, picture: Image) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(path)
    if min(width, height) < LEAST_SIDE:
        raise InputError(
            f"The cover {path} is only {width} × {height} pixels.",
            hint=f"It should be {SIDES[0]} × {SIDES[0]} or more.",
        )


def _too_many_pixels(path: Path) -> InputError:
    return InputError(
        f"The cover {path} has more than {MAX_PIXELS // 1_000_000} million pixels.", hint="Save it smaller."
    )


def _opaque(picture: Image) -> Image:
    from PIL import Image

    if not picture.has_transparency_data:
        return picture.convert("RGB")
    whole = picture.convert("RGBA")
    paper = Image.new("RGBA", whole.size, "white")
    return Image.alpha_composite(paper, whole).convert("RGB")


def _small_enough(square: Image) -> bytes:
    data = b""
    for quality in (88, 80, 70, 60, 45, 30):
        file = io.BytesIO()
        square.save(file, "JPEG", quality=quality, subsampling=2)
        data = file.getvalue()
        if len(data) <= MAX_JPEG_BYTES:
            break
    return data
