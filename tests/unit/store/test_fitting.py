"""What PostgreSQL has no place for."""

from __future__ import annotations

import json

import pytest

from narrowcast.errors import OutputError
from narrowcast.store.tables import job, profile
from narrowcast.store.upkeep.fitting import check_length, fitting_json, fitting_text


@pytest.mark.parametrize(
    "written", ['{"a": [1, 2.50, null]}', '"\\ud83c\\udfa7 whole"', '"no \\\\u0000 at all"', '"a\\"b"', "5", "null"]
)
def test_what_fits_means_the_same(written: str) -> None:
    assert json.loads(fitting_json(written)) == json.loads(written)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('{"a\\u0000": "b\\u0000"}', {"a�": "b�"}),
        ('["\\ud800", "x\\udc00y"]', ["�", "x�y"]),
        ('{"a": NaN, "b": [-Infinity]}', {"a": None, "b": [None]}),
        ('"a\0b"', "a�b"),
    ],
)
def test_what_does_not_is_replaced_where_it_stands(written: str, meant: object) -> None:
    assert json.loads(fitting_json(written)) == meant
    assert "\\u0000" not in fitting_json(written)


def test_texts_lose_their_nul_and_are_not_cut() -> None:
    assert fitting_text("a\0b") == "a�b"
    check_length(profile.c.name, "x" * 100)
    check_length(job.c.error_message, "x" * 100_000)
    with pytest.raises(OutputError, match="profile's name is longer than the 100 characters"):
        check_length(profile.c.name, "x" * 101)
