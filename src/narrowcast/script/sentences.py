"""Cutting text into sentences, in any language."""

from __future__ import annotations


def split_sentences(text: str, language: str) -> list[str]:
    """The sentences of `text`, stripped, in order. Unknown languages are cut by the rules for English.

    Rules: the `sentencex` library (Wikimedia's sentence segmenter).
    """
    from sentencex import segment

    return [sentence for raw in segment(language, text) if (sentence := raw.strip())]
