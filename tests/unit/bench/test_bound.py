"""The bound, on ledgers small enough to be reckoned by hand."""

from pathlib import Path

import pytest

from bound import bound
from ledger import Call, Ledger, read_ledger


def outline(*ends: float) -> Call:
    return Call(
        1, "llm", "outline", 100.0, 0.0, 100.0 + ends[-1], status="ok", item_ends=ends, items=("a",) * len(ends)
    )


def segment(number: int, seconds: float, **turns: float) -> Call:
    texts = tuple(name.replace("_", " ") for name in turns)
    ends = tuple(turns.values())
    return Call(
        number + 1, "llm", "transcript", 0.0, 0.0, seconds, status="ok", segment=number, item_ends=ends, items=texts
    )


def clip(text: str, seconds: float, *, wait: float = 0.0) -> Call:
    return Call(99, "tts", "speech", 50.0, 0.0, 50.0 + seconds + wait, status="ok", slot_wait=wait, text=text)


def test_a_segment_waits_for_its_entry_and_in_order_for_the_one_before() -> None:
    calls = [outline(1.0, 2.0), segment(1, 4.0, one_two_three=4.0), segment(2, 4.0, four_five_six=4.0)]
    calls += [clip("One two three.", 2.0), clip("Four five six!", 3.0)]
    assert bound(calls) == pytest.approx(1 + 4 + 4 + 3)
    assert bound(calls, parallel=True) == pytest.approx(2 + 4 + 3)


def test_only_eight_clips_are_made_at_once() -> None:
    names = [f"turn_number_{word}" for word in "abcdefghi"]
    calls = [outline(1.0), segment(1, 1.0, **dict.fromkeys(names, 1.0))]
    calls += [clip(name.replace("_", " "), 5.0) for name in names]
    assert bound(calls) == pytest.approx(1 + 1 + 5 + 5)
    assert bound(calls[:-1]) == pytest.approx(1 + 1 + 5)


def test_waiting_for_a_slot_is_not_work() -> None:
    calls = [outline(1.0), segment(1, 1.0, a_b_c=1.0), clip("a b c", 2.0, wait=7.0)]
    assert bound(calls) == pytest.approx(4.0)


def test_a_second_call_for_the_same_segment_comes_after_the_first() -> None:
    calls = [outline(1.0), segment(1, 3.0, a_b_c=2.0), segment(1, 2.0, d_e_f=2.0)]
    calls += [clip("a b c", 1.0), clip("d e f", 1.0)]
    assert bound(calls) == pytest.approx(1 + 3 + 2 + 1)


def test_a_line_that_is_still_being_written_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path)
    ledger.write("start", 1, kind="tts", stage="speech", text="Hello.")
    with path.open("a") as file:
        file.write('{"event": "end", "id": 1, "sta')
    (call,) = read_ledger(path)
    assert (call.status, call.end, call.text) == ("open", None, "Hello.")
