"""How written forms are said, one table a language."""

from __future__ import annotations

from narrowcast.script.language import primary
from narrowcast.tts.spoken.de import GERMAN
from narrowcast.tts.spoken.en import ENGLISH
from narrowcast.tts.spoken.es import SPANISH
from narrowcast.tts.spoken.fr import FRENCH
from narrowcast.tts.spoken.table import Table

TABLES = {table.code: table for table in (ENGLISH, GERMAN, FRENCH, SPANISH)}


def table_for(language: str) -> Table | None:
    """The table for a BCP 47 tag, none where there is none: then text is only cleaned."""
    return TABLES.get(primary(language) or "")
