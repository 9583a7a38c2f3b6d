"""Indexes are kept by source, and a kept one is as good as a new one or it is made anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from narrowcast.script.source import Passage
from narrowcast.sources.retrieval import postings as module
from narrowcast.sources.retrieval.postings import postings_key, stored_postings
from narrowcast.sources.retrieval.retrieve import Indexed, Retriever
from narrowcast.store.files.derived import Derived


def source(number: int, *texts: str, first: int = 1, heading: str = "Mills") -> list[Passage]:
    return [Passage(number=first + at, source=number, text=text, headings=(heading,)) for at, text in enumerate(texts)]


ONE = source(1, "The mill burned down in 1954.", "Nobody knows why, not even the miller.")
TWO = source(2, "Die Brücke steht noch.", "東京は日本の首都です。", first=3)


@pytest.fixture
def shelf(tmp_path: Path) -> Derived:
    return Derived(tmp_path / "derived", "me")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many passages were indexed, each time that an index was made."""
    sizes: list[int] = []
    build = module.postings

    def counted(passages: list[Passage], language: str) -> module.Postings:
        sizes.append(len(passages))
        return build(passages, language)

    monkeypatch.setattr(module, "postings", counted)
    return sizes


def found(shelf: Derived, *sources: list[Passage]) -> list[int]:
    indexed = [Indexed([p.number for p in texts], stored_postings(texts, "en", shelf)) for texts in sources]
    return Retriever(indexed, "en").search("Brücke mill 1954 首都", 9)


def test_a_source_is_indexed_once_and_added_to_others_without_them(shelf: Derived, made: list[int]) -> None:
    assert found(shelf, ONE) == [1]
    assert found(shelf, ONE, TWO) == found(shelf, ONE, TWO)
    assert set(found(shelf, TWO, ONE)) == {1, 3, 4}
    assert made == [len(ONE), len(TWO)]


def test_its_place_among_others_is_no_part_of_it(shelf: Derived, made: list[int]) -> None:
    found(shelf, ONE)
    moved = [passage.model_copy(update={"number": passage.number + 70, "source": 5}) for passage in ONE]
    assert found(shelf, moved) == [71]
    assert made == [len(ONE)]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:0],
        lambda data: data[:-1],
        lambda data: data[:100],
        lambda data: data + b"\0",
        lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
        lambda data: b"%PDF-1.7" + data[8:],
        lambda data: data[:20] + b"\xff" * 8 + data[28:],
        lambda data: os.urandom(len(data)),
    ],
    ids=["empty", "short", "head", "long", "bit", "foreign", "sizes", "noise"],
)
def test_a_broken_or_foreign_file_is_made_anew(
    shelf: Derived, made: list[int], change: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    right = found(shelf, ONE, TWO)
    for path in (tmp_path / "derived").glob("??/*"):
        path.write_bytes(change(path.read_bytes()))
    assert found(shelf, ONE, TWO) == right
    assert made == [len(ONE), len(TWO)] * 2
    assert found(shelf, ONE, TWO) == right
    assert len(made) == 4, "and kept again"


def test_all_that_decides_an_index_is_in_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [
        postings_key(ONE, "en"),
        postings_key(ONE, "de"),
        postings_key(ONE[:1], "en"),
        postings_key(ONE[::-1], "en"),
        postings_key(source(1, *(p.text for p in ONE), heading="Bridges"), "en"),
    ]
    monkeypatch.setattr(module, "VERSION", -1)
    keys.append(postings_key(ONE, "en"))
    assert len(set(keys)) == len(keys)


def test_a_place_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "derived").write_text("a file where the folder should be")
    assert found(Derived(tmp_path / "derived", "me"), ONE, TWO)


def test_what_a_dead_process_left_is_swept(shelf: Derived, tmp_path: Path) -> None:
    incoming = tmp_path / "derived" / "incoming"
    incoming.mkdir(parents=True)
    for name in ("dead.1", "alive.1"):
        (incoming / name).write_bytes(b"x")
    shelf.sweep(lambda token: token == "alive")
    assert [path.name for path in incoming.iterdir()] == ["alive.1"]
