"""What of the sources and of the dialogue so far goes into a prompt; everything here is bounded."""

from __future__ import annotations

from collections.abc import Sequence

from narrowcast.script.dialogue import Turn
from narrowcast.script.language import primary
from narrowcast.script.source import Passage, Source, passage_room
from narrowcast.writers.base import Plan
from narrowcast.writers.key_sentences import SectionDigest, section_digest

CHARACTERS_PER_TOKEN = 4
OUTLINE_TOKENS = 8_000
OUTLINE_TOKENS_PER_SEGMENT = 600
TAIL_CHARACTERS = 1_200

WORDS_PER_TURN = 45
WORDS_PER_TURN_ALONE = 80

LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "et": "Estonian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sv": "Swedish", "th": "Thai",
    "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


def language_name(tag: str) -> str:
    """A language as models know it best: `English` for `en`, the tag itself where we have no name."""
    name = LANGUAGES.get(primary(tag) or "")
    if name is None:
        return f"the language with the tag {tag}"
    return f"{name} ({tag})" if "-" in tag else name


def outline_material(plan: Plan) -> str:
    """The heading tree with key sentences, each after its passage's number: at most 8,000 tokens, 600 a segment."""
    tokens = min(OUTLINE_TOKENS, OUTLINE_TOKENS_PER_SEGMENT * plan.num_segments)
    budget = tokens * CHARACTERS_PER_TOKEN
    language = plan.sources[0].language if plan.sources else plan.language
    digests = section_digest(plan.sources, language, budget)
    if not any(digest.sentences for digest in digests):
        return _beginnings(plan.sources, budget)
    return _fenced(_tree(plan.sources, digests))


def passages_text(passages: Sequence[Passage], words: int, sources: Sequence[Source] = ()) -> str:
    """All of the passages with their numbers, in reading order. They were chosen to fit `words`.

    A single one may be longer than that: it is cut. Of several `sources`, each one's title stands above its passages.
    """
    room = passage_room(words)
    titles = {source.number: source.title for source in sources} if len(sources) > 1 else {}
    lines: list[str] = []
    above = 0
    for passage in sorted(passages, key=lambda passage: passage.number):
        if passage.source != above and passage.source in titles:
            lines.append(f"# {titles[passage.source]}")
        above = passage.source
        lines.append(f"[{passage.number}] {_cut(passage.text.strip(), room)}")
    return _fenced("\n".join(lines))


def dialogue_tail(turns: Sequence[Turn], characters: int = TAIL_CHARACTERS) -> str:
    """The last turns, `Name: text` each, within `characters`; at least the end of the last one."""
    lines: list[str] = []
    for turn in reversed(turns):
        line = f"{turn.speaker}: {turn.text}"
        if len(line) > characters:
            if not lines:
                lines.append(f"{turn.speaker}: … {line[-characters:].split(None, 1)[-1]}")
            break
        lines.append(line)
        characters -= len(line) + 1
    return "\n".join(reversed(lines))


def turns_for(words: int, speakers: int) -> int:
    """How many turns so many words make."""
    return max(1 if speakers == 1 else 2, round(words / (WORDS_PER_TURN_ALONE if speakers == 1 else WORDS_PER_TURN)))


def _tree(sources: Sequence[Source], digests: Sequence[SectionDigest]) -> str:
    lines: list[str] = []
    source = 0
    path: tuple[str, ...] = ()
    titles = {s.number: s.title for s in sources}
    for digest in digests:
        if digest.source != source:
            source, path = digest.source, ()
            if len(sources) > 1:
                lines.append(f"# {titles.get(source, '')}".rstrip())
        shared = 0
        for old, new in zip(path, digest.headings, strict=False):
            if old != new:
                break
            shared += 1
        lines += [f"{'#' * (depth + 2)} {digest.headings[depth]}" for depth in range(shared, len(digest.headings))]
        path = digest.headings
        number = None
        for passage, text in digest.sentences:
            lines.append(f"[{passage}] {text}") if passage != number else lines.append(text)
            number = passage
    return "\n".join(lines)


def _beginnings(sources: Sequence[Source], budget: int) -> str:
    """For material without sentences (tables, code): how each passage begins, as far as the budget goes."""
    passages = [passage for source in sources for passage in source.passages]
    share = max(80, budget // max(1, len(passages)) - 6)
    step = max(1, len(passages) * (share + 6) // max(budget, 1))
    return _fenced("\n".join(f"[{p.number}] {' '.join(p.text.split())[:share]}" for p in passages[::step]))


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[:room].rsplit(None, 1)[0] + " …"


def _fenced(text: str) -> str:
    """Text that cannot end the tags which it is put between."""
    for tag in ("material", "passages", "said"):
        text = text.replace(f"</{tag}", f"< /{tag}").replace(f"<{tag}>", f"< {tag}>")
    return text
