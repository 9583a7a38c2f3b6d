"""Spanish: how its sentences hang together."""

from __future__ import annotations

import re

from narrowcast.writers.extractive.languages.grammar import Grammar

SPANISH = Grammar(
    "es",
    dangling=re.compile(
        r"^[\"«¿¡(]*(?:est[aeo]s?|es[aeo]s?|aquel\w*|él|ella|ellos|ellas|su|sus|pero|y|así|sin embargo|además|entonces|"
        r"luego|por eso|por tanto|también|por ejemplo|aquí|tal(?:es)?)\b",
        re.IGNORECASE,
    ),
)
