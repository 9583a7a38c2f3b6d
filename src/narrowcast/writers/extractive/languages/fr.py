"""French: how its sentences hang together."""

from __future__ import annotations

import re

from narrowcast.writers.extractive.languages.grammar import Grammar

FRENCH = Grammar(
    "fr",
    dangling=re.compile(
        r"^[\"«(\s]*(?:ce\w*|cette|il|elle|ils|elles|son|sa|ses|leurs?|mais|et|donc|or|ainsi|cependant|toutefois|ensuite|"
        r"enfin|puis|aussi|de plus|par exemple|en effet|ici|là|ceci|cela)\b",
        re.IGNORECASE,
    ),
)
