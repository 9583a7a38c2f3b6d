"""The folder of chapters' images: what is written, what goes, what is not ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from narrowcast.errors import OutputError
from narrowcast.pipeline.chapter_images import write_chapter_images
from narrowcast.pipeline.files import EpisodeFiles, check_output
from narrowcast.script.timeline import Chapter


def chapters(count: int) -> list[Chapter]:
    return [Chapter(title=f"Part {number}", start_ms=number, end_ms=number + 1) for number in range(count)]


def test_a_later_episode_with_fewer_chapters_leaves_no_images_of_the_earlier(tmp_path: Path) -> None:
    files = EpisodeFiles(tmp_path / "été 1.mp3")
    write_chapter_images(files, "T", chapters(3))
    (files.chapter_images / "notes.txt").write_text("mine")
    links = write_chapter_images(files, "T", chapters(2))
    assert links == ("%C3%A9t%C3%A9%201.chapters/01.jpg", "%C3%A9t%C3%A9%201.chapters/02.jpg")
    assert sorted(path.name for path in files.chapter_images.iterdir()) == ["01.jpg", "02.jpg", "notes.txt"]


def test_a_folder_that_is_not_ours_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "x.chapters").mkdir()
    with pytest.raises(OutputError, match=r"x\.chapters is there already"):
        check_output(tmp_path / "x.mp3", [], script=None)


def test_where_no_folder_can_be_made_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.chapters").write_text("a file")
    with pytest.raises(OutputError, match=r"x\.chapters"):
        write_chapter_images(EpisodeFiles(tmp_path / "x.mp3"), "T", chapters(1))
