"""Text that somebody wrote to keep us busy: what is read costs time in proportion to its length."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from narrowcast.sources.blocks import Block, BlockKind, Document, settle
from narrowcast.sources.from_text import read_text
from narrowcast.sources.joining import join_lines, vocabulary
from narrowcast.sources.kinds import Kind, kind_of


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """The processor's time, so that a busy machine fails nothing."""
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"<?xml " + b"<!-- -->" * 28 + b" <p", Kind.TEXT),
        (b"<?xml version='1.0'?>\n<!-- a --> <!-- b -->\n<html>", Kind.HTML),
        (b"<!--><!-- <p> --><!DOCTYPE  html>", Kind.HTML),
        (b"<!-- " * 800, Kind.TEXT),
        (b"<p <p" * 800, Kind.TEXT),
        (b"[\n" * 2000, Kind.TEXT),
    ],
)
def test_the_kind_is_told_at_once(head: bytes, kind: Kind) -> None:
    with within(0.2):
        assert kind_of(head, "x.html") is kind


def test_a_document_of_headings_is_settled_at_once() -> None:
    headings = (Block(BlockKind.HEADING, "H", level=2), Block(BlockKind.PROSE, "text")) * 20_000
    with within(1):
        assert settle(Document("markdown", headings)).title == "H"


@pytest.mark.parametrize(
    "unit", ["=\n", "\na", "www.\n", "(/a(/a.", "https://a/\nb", "a-\n", "a\u00ad\n", "-\n", "a-", "aé1"]
)
def test_lines_are_joined_in_proportion_to_their_number(unit: str) -> None:
    lines = (unit * (40_000 // len(unit))).split("\n")
    with within(0.7):
        join_lines(lines, vocabulary(lines))
        read_text("\n".join(lines))
