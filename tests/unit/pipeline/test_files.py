"""The files of an episode: names, and never writing over what is not ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.errors import OutputError
from narrowcast.pipeline.files import check_output, default_output, file_name, write_script, write_text


@given(title=st.text(max_size=400))
def test_every_title_makes_a_file_name(title: str) -> None:
    name = file_name(title)
    assert name
    assert len(name.encode()) <= 80
    assert not {"/", "\\", "\0", ".", " "} & set(name)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Night Trains: a Return", "night-trains-a-return"),
        ("../../etc/passwd", "etc-passwd"),
        ("…", "episode"),
        ("CON", "con-episode"),
    ],
)
def test_names_that_matter(title: str, name: str) -> None:
    assert file_name(title) == name


def test_a_source_is_never_written_over(tmp_path: Path) -> None:
    source = tmp_path / "notes.txt"
    source.write_text("mine")
    with pytest.raises(OutputError, match="overwrite a source"):
        check_output(tmp_path / "notes.mp3", [source], script=None)
    assert source.read_text() == "mine"


def test_the_default_name_makes_way_for_a_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert default_output("talk", "mp3", [tmp_path / "talk.md"]) == Path("talk.mp3")
    for ending in ("srt", "txt", "vtt"):
        assert default_output("talk", "mp3", [tmp_path / f"talk.{ending}"]) == Path("talk-episode.mp3")


@pytest.mark.parametrize("name", ["show.mp3", "show.chapters/01.jpg"])
def test_music_and_a_cover_are_not_either_even_where_an_episode_was_made_before(tmp_path: Path, name: str) -> None:
    (tmp_path / "show.script.json").write_text("{}")
    mine = tmp_path / name
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine")
    with pytest.raises(OutputError, match="own music or cover"):
        check_output(tmp_path / "show.mp3", [], script=None, ingredients=[mine])


def test_a_script_is_not_unless_it_is_the_episodes_own(tmp_path: Path) -> None:
    own, other = tmp_path / "show.script.json", tmp_path / "show.txt"
    own.write_text("{}")
    other.write_text("{}")
    check_output(tmp_path / "show.mp3", [], script=own)
    with pytest.raises(OutputError, match="overwrite the script"):
        check_output(tmp_path / "show.mp3", [], script=other)


def test_a_stranger_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text("someone's subtitles")
    with pytest.raises(OutputError, match="not made by Narrowcast"):
        check_output(tmp_path / "a.mp3", [], script=None)


def test_our_own_are(tmp_path: Path) -> None:
    files = check_output(tmp_path / "a.b.mp3", [], script=None)
    for path in files.all():
        path.write_text("ours")
    assert files.script == tmp_path / "a.b.script.json"
    check_output(tmp_path / "a.b.mp3", [], script=None)


@pytest.mark.parametrize("out", ["missing/a.mp3", "a.wav", "a", "."])
def test_places_that_cannot_be_are_refused(tmp_path: Path, out: str) -> None:
    with pytest.raises(OutputError):
        check_output(tmp_path / out, [], script=None)


def test_an_edited_script_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.script.json"
    write_script(path, "one")
    write_script(path, "one")
    assert not (tmp_path / "a.script.previous.json").exists()
    write_script(path, "two")
    assert (tmp_path / "a.script.previous.json").read_text() == "one"
    assert path.read_text() == "two"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="Cannot write"):
        write_text(tmp_path / "gone" / "a.txt", "text")
    write_text(tmp_path / "a.txt", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("name", ["a" * 250 + ".mp3", "a\udcff.mp3"])
def test_names_that_a_disk_or_a_file_of_ours_cannot_hold_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="name"):
        check_output(tmp_path / name, [], script=None)


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "link.mp3").symlink_to(tmp_path / "elsewhere.mp3")
    with pytest.raises(OutputError, match="link"):
        check_output(tmp_path / "link.mp3", [], script=None)
