"""What is known of each language; one module a language (see `grammar.Grammar` for what to fill in)."""

from __future__ import annotations

from functools import cache

from narrowcast.writers.extractive.languages.grammar import Grammar


@cache
def grammar_for(language: str) -> Grammar:
    """The grammar of a language by its BCP 47 primary tag; one that knows nothing where nobody has written it yet."""
    match language.split("-", maxsplit=1)[0].lower():
        case "en":
            from narrowcast.writers.extractive.languages.en import ENGLISH

            return ENGLISH
        case "de":
            from narrowcast.writers.extractive.languages.de import GERMAN

            return GERMAN
        case "fr":
            from narrowcast.writers.extractive.languages.fr import FRENCH

            return FRENCH
        case "es":
            from narrowcast.writers.extractive.languages.es import SPANISH

            return SPANISH
        case unknown:
            return Grammar(unknown)
