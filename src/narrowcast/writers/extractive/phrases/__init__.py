"""What a host, an expert and a narrator say around the source's own sentences; one module a language."""

from __future__ import annotations

from narrowcast.writers.extractive.phrases.bank import Bank


def bank_for(language: str) -> Bank | None:
    """The phrase bank of a language (BCP 47 primary tag); none where nobody has written one yet."""
    if language == "en":
        from narrowcast.writers.extractive.phrases.en import ENGLISH

        return ENGLISH
    return None
