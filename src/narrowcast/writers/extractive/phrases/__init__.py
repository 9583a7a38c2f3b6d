"""What a host, an expert and a narrator say around the source's own sentences; one module a language."""

from __future__ import annotations

from functools import cache

from narrowcast.writers.extractive.phrases.bank import Bank

CONVERSES = ("en", "de", "fr", "es")
"""The languages that are spoken in conversation, by their primary tag."""


@cache
def bank_for(language: str) -> Bank | None:
    """The phrase bank of a language (BCP 47 primary tag); none where nobody has written one yet."""
    match language.split("-", maxsplit=1)[0].lower():
        case "en":
            from narrowcast.writers.extractive.phrases.en import ENGLISH

            return ENGLISH
        case "fr":
            from narrowcast.writers.extractive.phrases.fr import FRENCH

            return FRENCH
        case "de":
            from narrowcast.writers.extractive.phrases.de import GERMAN

            return GERMAN
        case "es":
            from narrowcast.writers.extractive.phrases.es import SPANISH

            return SPANISH
        case _:
            return None
