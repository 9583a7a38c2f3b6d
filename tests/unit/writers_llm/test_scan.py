"""Items are found wherever chunks are cut, and come as soon as they are closed."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.writers.llm.scan import Item, ItemScanner, read_object


def scan(chunks: list[str]) -> tuple[list[Item], ItemScanner]:
    scanner = ItemScanner("speaker", "text")
    items = [item for chunk in chunks for item in scanner.feed(chunk)]
    return items + scanner.close(), scanner


A, B = {"speaker": "A", "text": "hi"}, {"speaker": "B", "text": "ho"}
PLAIN = json.dumps({"turns": [A, B]})

SHAPES: dict[str, tuple[str, list[Item]]] = {
    "plain": (PLAIN, [A, B]),
    "byte order mark": ("\ufeff" + PLAIN, [A, B]),
    "fence amid prose": (f'Sure! Here "it is:\n```json\n{PLAIN}\n```\nEnjoy.', [A, B]),
    "prose with braces": (f"As {{asked}} for: {PLAIN}", [A, B]),
    "thought with a draft": (f'<think>say {{"speaker":"Z","text":"draft"}}</think>\n{PLAIN}', [A, B]),
    "thought without its beginning": (f'so I {{"speaker</think>{PLAIN}', [A, B]),
    "thought never closed": (f'<think>hmm "{{ well. {PLAIN}', [A, B]),
    "thought cut off": ('<think>I could say {"speaker":"Z","text":"draft"}', []),
    "bare list": ('[{"speaker":"A","text":"hi"},\n{"text":"ho","speaker":"B"}]', [A, B]),
    "lines": (f"{json.dumps(A)}\n{json.dumps(B)}\n", [A, B]),
    "trailing commas": ('{"turns":[{"speaker":"A","text":"hi",},{"speaker":"B","text":"ho"},]}', [A, B]),
    "Python quotes": ("{'turns':[{'speaker':'A','text':'hi'},{'speaker':'B','text':'ho'}]}", [A, B]),
    "line break in a string": ('[{"speaker":"A","text":"hi\nyou"}]', [{"speaker": "A", "text": "hi\nyou"}]),
    "escapes": (
        r'[{"speaker":"A","text":"caf\u00e9 \ud83d\ude00 \"x\" \\"}]',
        [{"speaker": "A", "text": 'café 😀 "x" \\'}],
    ),
    "braces in a string": ('[{"speaker":"A","text":"a } b { c"}]', [{"speaker": "A", "text": "a } b { c"}]),
    "quotes not escaped": (
        '{"turns":[{"speaker":"A","text":"He said "no" to it."},{"speaker":"B","text":"ho"}]}',
        [{"speaker": "A", "text": 'He said "no" to it.'}, B],
    ),
    "an odd quote not escaped": (
        '{"turns":[{"speaker":"A","text":"A 12" disc."},{"speaker":"B","text":"ho"}]}',
        [{"speaker": "A", "text": 'A 12" disc.'}, B],
    ),
    "an item that is no JSON": ('{"turns":[{"speaker":"A","text":hi there},{"speaker":"B","text":"ho"}]}', [None, B]),
    "second thoughts after the end": (f'{PLAIN}\nOr rather: {{"speaker":"Z","text":"no"}}', [A, B]),
    "cut off in an item": (PLAIN[:-12], [A]),
    "an object within an item": (
        '{"speaker":"A","text":"hi","meta":{"mood":"x"}}',
        [{"speaker": "A", "text": "hi", "meta": {"mood": "x"}}],
    ),
    "a web page": ("<html><style>b { color: red }</style><body>503</body></html>", []),
    "nothing": ("", []),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
def test_items_of_every_shape_are_found_however_it_is_cut(shape: str, size: int) -> None:
    text, expected = SHAPES[shape]
    items, _ = scan([text[i : i + size] for i in range(0, len(text), size)])
    assert items == expected


@given(st.data())
def test_cuts_make_no_difference(data: st.DataObject) -> None:
    text, expected = data.draw(st.sampled_from(list(SHAPES.values())))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=20)))
    chunks = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert scan(chunks)[0] == expected


turns = st.lists(st.fixed_dictionaries({"speaker": st.text(max_size=8), "text": st.text(max_size=60)}), max_size=6)


@given(turns, st.integers(1, 9), st.booleans())
def test_whatever_is_valid_comes_back_unchanged(wanted: list[dict[str, Any]], size: int, ascii_only: bool) -> None:
    text = json.dumps({"turns": wanted}, ensure_ascii=ascii_only)
    items, scanner = scan([text[i : i + size] for i in range(0, len(text), size)])
    assert items == wanted
    assert not scanner.open


@given(st.text(alphabet='{}"\\[],:<>/think speaker', max_size=80), st.integers(1, 5))
def test_garbage_is_survived(text: str, size: int) -> None:
    scan([text[i : i + size] for i in range(0, len(text), size)])


def test_an_item_comes_with_its_last_character() -> None:
    scanner = ItemScanner("speaker", "text")
    end = PLAIN.index("}") + 1
    assert scanner.feed(PLAIN[: end - 1]) == []
    assert scanner.feed(PLAIN[end - 1 : end]) == [A]
    assert scanner.open
    assert not scanner.done


def test_work_grows_with_the_answer_not_with_its_square() -> None:
    scanner = ItemScanner("speaker", "text")
    text = json.dumps({"turns": [A] * 2_000})
    seen = 0
    for i in range(0, len(text), 4):
        seen += len(scanner.feed(text[i : i + 4]))
        assert len(scanner._text) < 200, "what was looked at is let go"
    assert seen == 2_000


@pytest.mark.parametrize("text", ["[1, 2]", "null", "{", '{"a": }', "{1: 2}", "{'a': open('x')}"])
def test_what_is_no_object_is_none(text: str) -> None:
    assert read_object(text) is None


def test_a_long_thought_costs_no_more_for_being_long() -> None:
    def seconds(size: int) -> float:
        scanner = ItemScanner("speaker", "text")
        started = time.process_time()
        scanner.feed("<think>")
        for _ in range(size // 4):
            scanner.feed("hmm ")
        taken = time.process_time() - started
        assert scanner.feed(f"</think>{PLAIN}") == [A, B]
        return taken

    seconds(1_000)
    assert seconds(400_000) < 10 * 3 * min(seconds(40_000) for _ in range(3))
