"""What the simulated language model answers: outlines and turns in the shape that the prompt asks for.

It reads our prompts and podcast-creator's, takes speakers, passages and word budgets from them, and builds its
sentences out of the prompt's own material, so that they say what the material says.
"""

from __future__ import annotations

import json
import random
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

CHARACTERS_PER_TOKEN = 4
JITTER = 0.03
DESCRIPTION_CHARACTERS = 150
_FILLERS = ("", "", "so", "now", "well", "right", "indeed", "perhaps", "actually", "certainly", "apparently")
_OPENERS = ("", "And yet, ", "Put another way, ", "To come back to it: ", "Once more, slowly: ", "As we heard, ")


@dataclass(frozen=True)
class Shape:
    """What is written where the prompt gives no word budget (`ignore_words`: even where it does)."""

    turns: int = 8
    turn_characters: int = 260
    ignore_words: bool = False
    segment_sizes: tuple[str, ...] = ("medium",)


@dataclass(frozen=True)
class Answer:
    """`text` is the whole answer; `ends` are the offsets in it behind each item, `items` the items' spoken text."""

    stage: str
    text: str
    ends: tuple[int, ...]
    items: tuple[str, ...]
    segment: int | None = None


def answer(prompt: str, shape: Shape) -> Answer:
    """The answer to `prompt`. Raises `ValueError` if it asks for neither an outline nor turns."""
    chance = random.Random(zlib.crc32(prompt.encode()))
    if '"turns":[' in prompt:
        return _turns(prompt, shape, chance)
    if '"segments":[{"name"' in prompt:
        return _outline(prompt, shape, chance)
    if '"transcript": [' in prompt:
        return _peer_transcript(prompt, shape)
    if "creating podcast outlines" in prompt:
        return _peer_outline(prompt, shape)
    raise ValueError("this prompt asks for neither an outline nor turns")


def _outline(prompt: str, shape: Shape, chance: random.Random) -> Answer:
    passages = _passages(_between(prompt, "material") or _between(prompt, "passages"))
    asked = int(_last(r"[Pp]lan exactly (\d+) segment", prompt) or 5)
    count = int(_last(r"plan only the remaining (\d+)", prompt) or asked)
    done = asked - count
    numbers = list(passages) or [1]
    entries = []
    for index in range(done, asked):
        share = numbers[index * len(numbers) // asked : max(1, (index + 1) * len(numbers) // asked)]
        share = share or [numbers[index % len(numbers)]]
        text = passages.get(share[0], "")
        entry: dict[str, object] = {
            "name": _title(text, index),
            "description": _cut(" ".join(passages.get(number, "") for number in share), DESCRIPTION_CHARACTERS),
            "size": shape.segment_sizes[index % len(shape.segment_sizes)],
            "passages": sorted(chance.sample(share, min(len(share), 6))),
        }
        if '"hand_over"' in prompt:
            entry["hand_over"] = " ".join(_words(passages.get(share[-1], "what comes next"))[:9])
        entries.append(entry)
    return _pack("outline", "segments", entries, [str(entry["name"]) for entry in entries])


def _turns(prompt: str, shape: Shape, chance: random.Random) -> Answer:
    passages = _passages(_between(prompt, "passages")) or {0: _between(prompt, "passages")}
    speakers = _speakers(prompt)
    number = _last(r"Now segment (\d+) of \d+", prompt)
    standing = _between_lines(prompt, "turns of this segment are written already", "Continue after them")
    done = len([line for line in standing if line.strip()])
    budget = re.findall(r"about (\d+) words in about (\d+) turns", prompt)
    lengths = [shape.turn_characters] * max(1, shape.turns - done)
    by_words = bool(budget) and not shape.ignore_words
    if by_words:
        words, turns = (int(figure) for figure in budget[-1])
        lengths = _spread(round(words * (1 + chance.uniform(-JITTER, JITTER))), turns, chance)
    material = _Material(passages, start=done * 47 + 13 * (int(number or 1) - 1))
    turns_said: list[dict[str, object]] = []
    said: list[str] = []
    for index, length in enumerate(lengths):
        text, cites = material.words(length) if by_words else material.characters(length)
        cited = [passage for passage in cites if passage]
        turns_said.append({speakers[(done + index) % len(speakers)]: text, "cites": cited})
        said.append(text)
    packed = _pack("transcript", "turns", turns_said, said)
    return Answer(packed.stage, packed.text, packed.ends, packed.items, int(number) if number else None)


def _peer_outline(prompt: str, shape: Shape) -> Answer:
    context = _between(prompt, "context")
    asked = int(_last(r"consist of (\d+) main segments", prompt) or 5)
    paragraphs = [part for part in context.split("\n\n") if len(part) > 80] or [context]
    entries = []
    for index in range(asked):
        text = paragraphs[index * len(paragraphs) // asked]
        entries.append(
            {
                "name": _title(text, index),
                "description": _cut(text, DESCRIPTION_CHARACTERS),
                "size": shape.segment_sizes[index % len(shape.segment_sizes)],
            }
        )
    return _pack("outline", "segments", entries, [entry["name"] for entry in entries])


def _peer_transcript(prompt: str, shape: Shape) -> Answer:
    context = _between(prompt, "context")
    names = _last(r"Use the actual speaker names \((.+?)\) to denote", prompt) or "Host"
    speakers = names.split(", ")
    material = _Material({0: context}, start=prompt.count("Dialogue(") * 47)
    lines = [
        {"speaker": speakers[index % len(speakers)], "dialogue": material.characters(shape.turn_characters)[0]}
        for index in range(shape.turns)
    ]
    return _pack("transcript", "transcript", lines, [line["dialogue"] for line in lines])


class _Material:
    """Runs through the passages' words, round and round, never saying the same twice in the same words."""

    def __init__(self, passages: Mapping[int, str], start: int) -> None:
        pairs = [(word, number) for number, text in passages.items() for word in _words(text)]
        self._pairs = pairs or [("so", 0), ("it", 0), ("goes", 0)]
        self._at = start % len(self._pairs)
        self._taken = start

    def words(self, count: int) -> tuple[str, list[int]]:
        """A turn of `count` words, and the passages that they come from."""
        opener = self._opener()
        taken = [self._take() for _ in range(max(1, count - len(opener.split())))]
        return _sentence(opener, [word for word, _ in taken]), _distinct(taken)

    def characters(self, count: int) -> tuple[str, list[int]]:
        """A turn of about `count` characters (a few less at most), and the passages that it comes from."""
        opener = self._opener()
        taken: list[tuple[str, int]] = []
        room = count - len(opener)
        while len(self._pairs[self._at][0]) < room or not taken:
            taken.append(self._take())
            room -= len(taken[-1][0]) + 1
        words = [word for word, _ in taken]
        if 2 < room < len(_FILLERS) + 1:
            words.append(_FILLERS[room - 1])
        return _sentence(opener, words), _distinct(taken)

    def _take(self) -> tuple[str, int]:
        pair = self._pairs[self._at]
        self._at = (self._at + 1) % len(self._pairs)
        self._taken += 1
        return pair

    def _opener(self) -> str:
        return _OPENERS[min(self._taken // len(self._pairs), len(_OPENERS) - 1)]


def _sentence(opener: str, words: Sequence[str]) -> str:
    text = opener + " ".join(words).rstrip(".,;:?!")
    return text[:1].upper() + text[1:] + "."


def _pack(stage: str, key: str, items: Sequence[Mapping[str, Any]], spoken: Sequence[str]) -> Answer:
    """`items` as `{"key":[…]}`, with the offset behind each."""
    text, ends = f'{{"{key}":[', []
    for index, item in enumerate(items):
        text += ("," if index else "") + json.dumps(item, ensure_ascii=False, separators=(",", ":"))
        ends.append(len(text))
    return Answer(stage, text + "]}", tuple(ends), tuple(spoken))


def _passages(text: str) -> dict[int, str]:
    """The numbered passages `[n] …` of a prompt; a line without a number belongs to the one before it."""
    found: dict[int, str] = {}
    number = None
    for line in text.splitlines():
        if match := re.match(r"\[(\d+)\] ?(.*)", line):
            number = int(match[1])
            found[number] = f"{found.get(number, '')} {match[2]}".strip()
        elif number is not None and not line.startswith("#"):
            found[number] += f" {line.strip()}"
    return found


def _speakers(prompt: str) -> list[str]:
    listed = _last(r"keyed by who speaks \((.+?)\), and `cites`", prompt)
    if listed:
        return listed.split(" or ")
    return re.findall(r"^- ([^:\n]+)", prompt, re.MULTILINE)[:4] or ["Host"]


def _spread(words: int, turns: int, chance: random.Random) -> list[int]:
    """`words` over `turns`, short and long ones mixed, their sum exact."""
    weights = [chance.uniform(0.6, 1.4) for _ in range(max(1, turns))]
    edges = [round(words * sum(weights[:index]) / sum(weights)) for index in range(len(weights) + 1)]
    return [max(1, after - before) for before, after in pairwise(edges)]


def _title(text: str, index: int) -> str:
    words = _words(text)[:5]
    return " ".join(words).strip(".,;:?!") + f" ({index + 1})" if words else f"Part {index + 1}"


def _cut(text: str, characters: int) -> str:
    """The beginning of `text`, at a word's end."""
    plain = " ".join(_words(text))
    return plain if len(plain) <= characters else plain[:characters].rsplit(" ", 1)[0] + "."


def _words(text: str) -> list[str]:
    """The words of `text` as they are spoken: without Markdown, tables' bars and quotes."""
    return [word for raw in text.split() if (word := raw.strip('*_`#|<>[]{}"\\')) and re.search(r"\w", word)]


def _distinct(taken: Sequence[tuple[str, int]]) -> list[int]:
    return list(dict.fromkeys(number for _, number in taken))


def _between(text: str, tag: str) -> str:
    start, end = text.find(f"<{tag}>"), text.rfind(f"</{tag}>")
    return text[start + len(tag) + 2 : end] if 0 <= start < end else ""


def _between_lines(text: str, first: str, last: str) -> list[str]:
    start = text.find(first)
    end = text.find(last, start)
    return text[start:end].splitlines()[1:] if 0 <= start < end else []


def _last(pattern: str, text: str) -> str | None:
    found = re.findall(pattern, text)
    return str(found[-1]) if found else None
