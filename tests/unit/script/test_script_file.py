"""Script files: what a person may do to them, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from narrowcast.errors import ScriptError
from narrowcast.script.script_file import dump_script, parse_script


def document(**changes: Any) -> dict[str, Any]:
    turns = [{"id": "s1t1", "speaker": "Maya", "text": "Hello.", "cites": [1]}]
    return {
        "title": "T",
        "language": "en",
        "speakers": [{"name": "Maya", "voice_id": "v"}],
        "segments": [{"title": "S", "turns": turns}],
    } | changes


def parse(value: object) -> Any:
    return parse_script(json.dumps(value), "x.script.json")


def test_a_script_survives_its_file() -> None:
    script = parse(document())
    assert parse_script(dump_script(script), "x") == script


def test_a_new_turn_needs_no_id_and_a_copied_one_gets_its_own() -> None:
    turns = [
        {"id": "s1t1", "speaker": "Maya", "text": "One."},
        {"id": "s1t1", "speaker": "Maya", "text": "Copied."},
        {"speaker": "Maya", "text": "New."},
        {"id": "s1t2", "speaker": "Maya", "text": "Old."},
    ]
    script = parse(document(segments=[{"title": "S", "turns": turns}]))
    ids = [turn.id for turn in script.turns()]
    assert ids[0] == "s1t1"
    assert ids[3] == "s1t2"
    assert len(set(ids)) == 4


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (document(segments=[{"title": "S", "turns": [{"speaker": "Bob", "text": "Hi."}]}]), "Bob"),
        (document(segments=[]), "segments"),
        (document(segments=[{"title": "S", "turns": []}]), "no turns"),
        (document(speakers=[]), "speakers"),
        (document(speakers=[{"name": "A"}] * 2), "same name"),
        (document(segments=[{"title": "S", "turns": [{"speaker": "Maya", "text": "  "}]}]), "text"),
        (document(titel="x"), "titel"),
        ([], "not a script"),
        ({"segments": "x"}, "title"),
    ],
)
def test_what_is_wrong_is_named(value: object, says: str) -> None:
    with pytest.raises(ScriptError, match=says):
        parse(value)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\x00"])
def test_broken_json_is_told(text: str) -> None:
    with pytest.raises(ScriptError, match="not valid JSON"):
        parse_script(text, "x.script.json")


def test_segments_without_turns_are_left_out() -> None:
    turns = [{"id": "a", "speaker": "Maya", "text": "Hello."}]
    script = parse(document(segments=[{"title": "Empty", "turns": []}, {"title": "Full", "turns": turns}]))
    assert [segment.title for segment in script.segments] == ["Full"]


def test_thousands_of_new_turns_get_their_ids_quickly() -> None:
    turns = [{"speaker": "Maya", "text": f"Turn {n}."} for n in range(4000)]
    script = parse(document(segments=[{"title": "S", "turns": turns}]))
    assert len({turn.id for turn in script.turns()}) == 4000


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"segments": [{"title": "S", "turns": [{"speaker": "Maya", "text": "x" * 10_001}]}]}, "text"),
        ({"segments": [{"title": "S" * 301, "turns": [{"speaker": "Maya", "text": "x"}]}]}, "title"),
        ({"segments": [{"title": "S", "turns": [{"speaker": "Maya", "text": "x"}] * 5_001}]}, "5001 turns"),
    ],
)
def test_what_is_too_large_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ScriptError, match=says):
        parse(document(**changes))
