"""Sources and their numbered passages."""

from __future__ import annotations

import hashlib
from enum import StrEnum

from narrowcast.script.value import Value

CHARACTERS_A_WORD_SAID = 12
"""A word is about six characters: a segment may draw on twice as much text as it says."""
LEAST_CHARACTERS = 3_000


def passage_room(words: int) -> int:
    """How many characters of passages a language model is given to write so many words from."""
    return max(LEAST_CHARACTERS, words * CHARACTERS_A_WORD_SAID)


class PassageKind(StrEnum):
    """What a passage is; only prose and lists are ever read out, the rest informs a language model.

    A note is a foot- or endnote.
    """

    PROSE = "prose"
    LIST = "list"
    TABLE = "table"
    CODE = "code"
    NOTE = "note"


class Passage(Value):
    """A piece of a source, the unit that is retrieved and cited.

    `number` counts from 1 over all sources of an episode; `source` is the number of its source, from 1.
    `headings` is the path of headings that it stands under, outermost first. `page` counts from 1 where the
    format has pages; `start_ms` is where it begins to be said in a recording.
    """

    number: int
    source: int
    text: str
    kind: PassageKind = PassageKind.PROSE
    headings: tuple[str, ...] = ()
    page: int | None = None
    start_ms: int | None = None


class Source(Value):
    """One document: what is known of it, and its passages in reading order.

    `language` is a BCP 47 primary tag (`en`), declared by the format or detected. `published` is an ISO date.
    `origin` is the path or URL as the person gave it (`-` for standard input); `format` is one of
    `text, markdown, html, pdf, epub, docx, subtitles, youtube`.
    """

    number: int
    title: str
    origin: str
    format: str
    language: str
    author: str | None = None
    published: str | None = None
    passages: tuple[Passage, ...] = ()

    @property
    def digest(self) -> str:
        """The SHA-256 of all that is drawn on: its title, its language, its passages with their numbers."""
        digest = hashlib.sha256(f"{self.title}\0{self.language}".encode())
        for passage in self.passages:
            digest.update(f"\0{passage.number}\0{passage.kind}\0{'/'.join(passage.headings)}\0{passage.text}".encode())
        return digest.hexdigest()

    @property
    def reference(self) -> SourceReference:
        """How a script names it."""
        return SourceReference(number=self.number, title=self.title, origin=self.origin, digest=self.digest)

    def renumbered(self, number: int, first_passage: int) -> Source:
        """The same as source `number` of an episode, its passages counted from `first_passage`."""
        passages = tuple(
            passage.model_copy(update={"number": own, "source": number})
            for own, passage in enumerate(self.passages, start=first_passage)
        )
        return self.model_copy(update={"number": number, "passages": passages})


class SourceReference(Value):
    """A source as a script remembers it; `digest` finds what was read (`Source.digest`)."""

    number: int
    title: str
    origin: str
    digest: str
