"""Inputs that the figures need: a book ten times as long as the document, a script with as many turns as asked."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

BENCH = Path(__file__).parent
CLIP_CHARACTERS = 135
"""Nine seconds at the simulator's rate: 1,200 of them are three hours."""


def longer(document: str, times: int) -> str:
    """A Markdown document `times` as long: chapters of the same sections, their sentences in another order each."""
    chance = random.Random(times)
    title, *sections = re.split(r"^## ", document, flags=re.MULTILINE)
    chapters = [title]
    for number in range(1, times + 1):
        for section in sections:
            heading, _, body = section.partition("\n")
            prose = [part for part in body.split("\n\n") if part.strip() and not part.startswith(("|", "```"))]
            sentences = re.split(r"(?<=[.!?])\s+", " ".join(prose).strip())
            chance.shuffle(sentences)
            groups = [" ".join(sentences[at : at + 5]) for at in range(0, len(sentences), 5)]
            chapters.append(f"## Part {number}: {heading}\n\n" + "\n\n".join(groups) + "\n\n")
    return "".join(chapters)


def script(turns: int) -> str:
    """A script file of so many turns, no two alike, in segments of twenty."""
    speakers = json.loads((BENCH / "speakers.json").read_text("utf-8"))["profiles"]["bench"]["speakers"]
    chance = random.Random(turns)
    words = re.findall(r"[a-z]{3,}", (BENCH.parent / "examples" / "lighthouses.md").read_text("utf-8"))
    lines = []
    for number in range(turns):
        text = f"Turn {number}"
        while len(text) < CLIP_CHARACTERS - 8:
            text += f" {chance.choice(words)}"
        lines.append({"id": f"t{number}", "speaker": speakers[number % 2]["name"], "text": text + ".", "cites": []})
    segments = [{"title": f"Part {at // 20 + 1}", "turns": lines[at : at + 20]} for at in range(0, turns, 20)]
    return json.dumps({"title": "Long", "language": "en", "speakers": speakers, "segments": segments})
