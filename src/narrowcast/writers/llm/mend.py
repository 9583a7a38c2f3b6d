"""Making turns and outline entries of what a model wrote, mending what is safely mended."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from narrowcast.script.dialogue import MAX_TURN_CHARACTERS, OutlineSegment, Size

Spoken = tuple[str, str, tuple[int, ...]]
"""Speaker, text, cited passages: a turn without its id."""

_ACTS = (
    r"(?:laugh|sigh|chuckle|giggle|smile|pause|nod|grin|gasp|whisper|exhale|inhale|shrug|snort|cough)(?:s|d|ed)?"
    r"|laughter|(?:laugh|sigh|chuckl|giggl|smil|paus|nodd|grinn|gasp|whisper|exhal|inhal|shrugg)ing"
    r"|clear(?:s|ing)\s(?:his|her|their)\sthroat|lacht|lachend|seufzt|schmunzelt|rires?|soupire|ríe|risas?|suspira"
)
_NOISES = (
    r"(?:(?:intro|outro|theme|upbeat|soft|gentle|background)\s)*(?:music|musik|musique|música|jingle|sfx|sound\seffect|applause)"
    r"(?:\s(?:plays|playing|fades|fading|starts|ends|swells|stops|continues)(?:\s(?:in|out|up|down))?)?"
    r"|intro|outro|beat|silence|excited(?:ly)?|thoughtful(?:ly)?|curious(?:ly)?|warmly|softly|playful(?:ly)?"
    r"|enthusiastic(?:ally)?|jokingly|dryly|fade\s(?:in|out)"
)
_ADVERBS = r"(?:(?:both|all|short|long|brief|slight|a|light|soft|\w+ly)\s){0,2}"
_DIRECTION = re.compile(
    rf"[(\[]\s*(?:{_ADVERBS}(?:{_ACTS})(?:\s[\w']+){{0,2}}|{_NOISES})\s*[)\]]"
    rf"|(?<!\w)[*_]{{1,2}}{_ADVERBS}(?:{_ACTS})(?:\s\w+){{0,2}}[*_]{{1,2}}(?!\w)",
    re.IGNORECASE,
)
_CITATION = re.compile(
    r"\s*(?:\[\s*(?:(?:passages?|sources?|p)\.?\s*)?\d+(?:\s*[,;–-]\s*\d+)*\s*\]"
    r"|\((?:passages?|sources?)\.?\s+\d+(?:\s*(?:,|;|–|-|and)\s*\d+)*\))",
    re.IGNORECASE,
)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^)\s]{0,2000}\)")
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,3}|_{1,3}|`{1,3}|~~)(?=\S)(.{1,500}?)(?<=\S)\1(?!\w)", re.DOTALL)
_LINE_MARK = re.compile(r"^[^\S\n]*(?:#{1,6}\s+|>\s+|[-*•]\s+|\d{1,2}[.)]\s+(?=\S))", re.MULTILINE)
_SENTENCE_END = re.compile(r"[.!?…][\"”’»)]*\s|[。！？]")
_FENCE = re.compile(r"^[^\S\n]*```\w*[^\S\n]*$", re.MULTILINE)


def clean_text(text: str) -> str:
    """What is to be spoken: without control characters, Markdown, stage directions and bracketed citations."""
    text = "".join(" " if c in "\n\r\t\u2028\u2029" else c for c in _lines_unmarked(text) if _printable(c))
    text = _LINK.sub(r"\1", re.sub(r"\s+", " ", text))
    text = _CITATION.sub("", text)
    text = _DIRECTION.sub(" ", text)
    text = _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", text))
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"\s+([,.;:!?…])(?=\s|$)", r"\1", text)


def find_speaker(name: object, speakers: Sequence[str]) -> str | None:
    """The speaker that a model meant: by name, whatever the case, or by the only name that it begins or contains."""
    if len(speakers) == 1:
        return speakers[0]
    if not isinstance(name, str):
        return None
    wanted = _folded(name)
    if not wanted:
        return None
    exact = [speaker for speaker in speakers if _folded(speaker) == wanted]
    prefix = [s for s in speakers if _folded(s).startswith(wanted) or wanted.startswith(_folded(s) + " ")]
    inside = [s for s in speakers if wanted in _folded(s).split() or _folded(s) in wanted.split()]
    for found in (exact, prefix, inside):
        if len(found) == 1:
            return found[0]
    return None


_TEXT_KEYS = ("text", "dialogue", "line", "content")


def read_turns(item: Mapping[str, Any], speakers: Sequence[str], offered: Collection[int]) -> list[Spoken] | None:
    """The turns that one item holds: none of them for silence, two or more where labels inside the text reveal them, or
    where one would be longer than a turn may be.

    None means that the item cannot be used: nobody knows who speaks. Citations of passages that were not `offered` are
    dropped.
    """
    text = next((item[key] for key in _TEXT_KEYS if isinstance(item.get(key), str)), None)
    label = item.get("speaker", item.get("name"))
    if text is None:
        # `{"Maya": "…", "cites": […]}`, as it is asked for: what is neither text nor citations is who speaks.
        label, text = next(((key, said) for key, said in item.items() if isinstance(said, str)), (None, ""))
    if not text.strip():
        return []
    speaker = find_speaker(label, speakers)
    cites = _numbers(item.get("cites", item.get("citations")), offered)
    turns: list[Spoken] = []
    for label, part in _split_at_labels(text, speakers):
        said = clean_text(part)
        who = label or speaker
        breaths = [breath for breath in _breaths(said) if any(c.isalnum() for c in breath)]
        if breaths and who is None:
            return None
        turns += [(who, breath, cites) for breath in breaths if who is not None]
    return turns


def read_entry(item: Mapping[str, Any], known: Collection[int]) -> OutlineSegment | None:
    """The outline entry that one item holds; none where it has no name."""
    name = clean_text(str(item.get("name") or item.get("title") or ""))[:300]
    if not name:
        return None
    size = str(item.get("size", "")).strip().lower()
    return OutlineSegment(
        name=re.sub(r"^(?:segment|part|section|chapter)\s+\d+\s*[:.–-]\s*", "", name, flags=re.IGNORECASE) or name,
        description=clean_text(_text(item.get("description"))),
        size=Size(size) if size in set(Size) else Size.MEDIUM,
        passages=_numbers(item.get("passages"), known),
        hand_over=clean_text(_text(item.get("hand_over"))),
    )


def _breaths(text: str) -> Iterator[str]:
    """`text` in parts that are no longer than a turn, cut between sentences, else between words, else anywhere."""
    while len(text) > MAX_TURN_CHARACTERS:
        start = text[:MAX_TURN_CHARACTERS]
        ends = [found.end() for found in _SENTENCE_END.finditer(start)]
        end = ends[-1] if ends else start.rfind(" ") + 1 or MAX_TURN_CHARACTERS
        yield text[:end].strip()
        text = text[end:].strip()
    yield text


def _split_at_labels(text: str, speakers: Sequence[str]) -> list[tuple[str | None, str]]:
    """Cut `Maya: … Daniel: …` at its labels: a speaker's whole name and a colon, where a sentence may begin."""
    names = "|".join(re.escape(name) for name in sorted(speakers, key=len, reverse=True))
    label = re.compile(
        rf"(?:^|(?<=[.!?…\"”’)\]\n]))\s*(?:\*\*|__|<|\[)?(?P<name>{names})(?:\*\*|__|>|\])?\s*(?:\([^)]{{1,30}}\)\s*)?:(?:\*\*|__)?\s+",
        re.IGNORECASE,
    )
    text = re.sub(r"\s+", lambda gap: "\n" if "\n" in gap[0] else " ", text)
    parts: list[tuple[str | None, str]] = []
    end, who = 0, None
    for found in label.finditer(text):
        parts.append((who, text[end : found.start()]))
        end, who = found.end(), find_speaker(found["name"], speakers)
    parts.append((who, text[end:]))
    return [(who, part) for who, part in parts if part.strip()]


def _text(value: object) -> str:
    if isinstance(value, list):
        return " ".join(str(part) for part in value)
    return str(value) if value is not None else ""


def _numbers(value: object, allowed: Collection[int]) -> tuple[int, ...]:
    """Passage numbers in any shape that models write them: `[1, "2", "[3]"]`, `4`, `"5, 6"`; each once, in order."""
    if isinstance(value, bool) or value is None:
        return ()
    raw = value if isinstance(value, list | tuple) else [value]
    found = (int(digits) for part in raw for digits in re.findall(r"\d{1,9}", str(part)))
    return tuple(dict.fromkeys(number for number in found if number in allowed))


def _lines_unmarked(text: str) -> str:
    return _LINE_MARK.sub("", _FENCE.sub("", text)) if "\n" in text or text[:1] in "#>-*•" else text


def _printable(character: str) -> bool:
    return character in "\n\r\t\u2028\u2029\u200c\u200d" or unicodedata.category(character) not in {
        "Cc",
        "Cs",
        "Cf",
        "Co",
        "Cn",
    }


def _folded(name: str) -> str:
    kept = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s.'-]", " ", kept)).strip(" .:-'_")
