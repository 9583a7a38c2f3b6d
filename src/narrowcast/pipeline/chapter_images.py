"""A picture for each chapter, in a folder beside the audio."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from narrowcast.covers.draw import chapter_jpeg
from narrowcast.errors import OutputError
from narrowcast.pipeline.files import IMAGE_NAME, EpisodeFiles, write_bytes
from narrowcast.script.timeline import Chapter


def write_chapter_images(files: EpisodeFiles, title: str, chapters: Sequence[Chapter]) -> tuple[str, ...]:
    """Draw and write `01.jpg` and so on; an earlier episode's further ones go. Raises `OutputError`.

    Gives each one's address, relative to the audio's own, as the chapters' file wants it.
    """
    folder = files.chapter_images
    try:
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            if (ours := IMAGE_NAME.fullmatch(old.name)) and int(ours[1]) > len(chapters):
                old.unlink()
    except OSError as error:
        raise OutputError(
            f"Cannot write the chapters' images to {folder}: {error.strerror}.",
            hint="Make room or choose another place; then run it again.",
        ) from error
    names = [f"{number:02}.jpg" for number in range(1, len(chapters) + 1)]
    for number, (name, chapter) in enumerate(zip(names, chapters, strict=True), start=1):
        write_bytes(folder / name, chapter_jpeg(title, chapter.title, number, len(chapters)))
    return tuple(f"{quote(folder.name)}/{name}" for name in names)
