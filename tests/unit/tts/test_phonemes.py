"""espeak's answer as clauses, and clauses as what piper and Kokoro read."""

from __future__ import annotations

import pytest

from narrowcast.tts.kokoro.symbols import MOST, NUMBERS, numbers, spelled
from narrowcast.tts.local.phonemes import Clause, read_clauses, sentences


@pytest.mark.parametrize(
    ("text", "answered", "expected"),
    [
        ("Hello, world.", [("a", 8), ("b", 13)], [Clause("a", ","), Clause("b", ".")]),
        ("Really? “Yes!” he", [("a", 9), ("b", 16), ("c", 17)], [Clause("a", "?"), Clause("b", "!"), Clause("c", "")]),
        ("one … (two)", [("a", 7), ("b", 11)], [Clause("a", "."), Clause("b", "")]),
        ("3.5 metres", [("a", 10)], [Clause("a", "")]),
        ("fine — but", [("a", 8), ("b", 10)], [Clause("a", ","), Clause("b", "")]),
        ("你好。再见！", [("a", 4), ("b", 6)], [Clause("a", "."), Clause("b", "!")]),
        ("a (en)b(fr) c", [("a (en)b(fr) c", 13)], [Clause("a b c", "")]),
        ("…", [("", 1)], []),
        ("", [("", 0)], []),
    ],
)
def test_a_clause_ends_with_the_sign_that_ended_it(
    text: str, answered: list[tuple[str, int]], expected: list[Clause]
) -> None:
    assert list(read_clauses(text, answered)) == expected


def test_sentences_are_whole() -> None:
    clauses = [Clause("a", ","), Clause("b", "."), Clause("c", "!"), Clause("d")]
    assert list(sentences(clauses)) == [tuple(clauses[:2]), (clauses[2],), (clauses[3],)]


def test_kokoros_symbols_have_the_models_numbers() -> None:
    assert len(NUMBERS) == 114
    assert len(set(NUMBERS.values())) == 114
    known = {
        ";": 1,
        "?": 6,
        "—": 9,
        '"': 11,
        " ": 16,
        "ʣ": 18,
        "\uab67": 23,
        "A": 24,
        "I": 25,
        "Y": 41,
        "a": 43,
        "f": 48,
    }
    known |= {"h": 50, "z": 68, "æ": 72, "ç": 78, "ʤ": 82, "ɡ": 92, "ŋ": 112, "ɹ": 123, "ʧ": 133, "ː": 158}
    known |= {"ˈ": 156, "→": 171, "ᵻ": 177}
    assert {symbol: NUMBERS[symbol] for symbol in known} == known


@pytest.mark.parametrize(
    ("kind", "espeak", "kokoro"),
    [
        ("a", "d^ʒˈɔ^ɪn t^ʃˈɛɹ", "ʤˈYn ʧˈɛɹ"),
        ("a", "a^ɪ ɡˌo^ʊ nˈa^ʊ", "I ɡˌO nˈW"),
        ("a", "wˈɜːld fˈe^ɪs bˈɛɾɚ", "wˈɜɹld fˈAs bˈɛTəɹ"),
        ("a", "bˈʌʔn̩ lˈɪɾə^l", "bˈʌtᵊn lˈɪTᵊl"),
        ("b", "ɡˌə^ʊ ðe^ə nˈi^ə", "ɡˌQ ðɛː nˈɪə"),
        ("f", "bɔ̃ʒˈuʁ", "bɔ̃ʒˈuʁ"),
        ("i", "t^ʃˈa^ʊ d^zˈero", "ʧˈW ʣˈero"),
    ],
)
def test_espeaks_ipa_is_spelled_as_kokoro_learned_it(kind: str, espeak: str, kokoro: str) -> None:
    assert spelled(espeak, kind) == kokoro


def test_a_short_text_is_one_call_with_its_signs() -> None:
    calls = numbers([Clause("həlˈo^ʊ", ","), Clause("wˈɜːld", "!")], "a")
    assert calls == [[NUMBERS[symbol] for symbol in "həlˈO, wˈɜɹld!"]]


def test_a_long_text_is_cut_between_sentences_else_clauses_else_words_and_never_too_long() -> None:
    sentence = [Clause("bˈa" * 40, ","), Clause("dˈa" * 40, ".")]
    calls = numbers(sentence * 6, "i")
    assert all(len(call) <= MOST for call in calls)
    assert len(calls) == 6 // 2 + 6 % 2
    assert all(call[-1] == NUMBERS["."] for call in calls)
    endless = numbers([Clause(" ".join(["bˈa"] * 1000), ".")], "i")
    assert all(0 < len(call) <= MOST for call in endless)
    assert sum(call.count(NUMBERS["b"]) for call in endless) == 1000
    assert all(len(call) <= MOST for call in numbers([Clause("b" * 2000, ".")], "i"))


def test_what_holds_no_known_phoneme_is_no_call() -> None:
    assert numbers([Clause("123", "."), Clause("⟨⟩", "")], "a") == []
