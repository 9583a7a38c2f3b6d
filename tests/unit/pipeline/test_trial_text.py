"""What a voice is tried on before the length is planned."""

from __future__ import annotations

from narrowcast.pipeline.plan import prose
from narrowcast.script.source import Passage, PassageKind


def passage(number: int, text: str) -> Passage:
    return Passage(number=number, source=1, text=text, kind=PassageKind.PROSE, headings=())


def test_a_voice_is_tried_on_sentences_and_not_on_a_title_page() -> None:
    page = passage(1, "Version 12.11+edu0, 2025-05-17, https://example.org/a/b/c_d.html ISBN 978-3-16-148410-0.")
    body = [passage(n, f"The old keeper lit the lamp in the evening and {n} ships came home.") for n in range(2, 8)]
    text = prose([page, *body], 200, "en")
    assert "lit the lamp" in text
    assert "978" not in text
    assert len(text) <= 200


def test_where_no_sentence_can_be_said_the_text_is_taken_as_it_is() -> None:
    assert prose([passage(1, "A 1; B 2"), passage(2, "C 3")], 100, "en") == "A 1; B 2\nC 3"
