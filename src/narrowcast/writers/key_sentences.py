"""The sentences that carry a document: ranked, sayable, spread over all its sections by weight.

Ranking is centroid scoring (Radev et al. 2004, MEAD): a sentence counts by the cosine of its TF-IDF vector to those of
its section and of the whole, plus a prior for its place. Redundancy is held down as in MMR (Carbonell & Goldstein 1998):
what is too like something already taken is passed over.
"""

# ruff: noqa: SIM905, E501 — word classes and patterns are read as running text, not as columns of strings

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from narrowcast.script.sentences import split_sentences
from narrowcast.script.shares import fair_shares
from narrowcast.script.source import Passage, PassageKind, Source
from narrowcast.writers.extractive.languages import grammar_for
from narrowcast.writers.extractive.languages.grammar import Grammar
from narrowcast.writers.extractive.leaning import without_opener
from narrowcast.writers.extractive.speakable import (
    clean,
    count_words,
    is_aside,
    is_speakable,
    is_unspaced,
    pieces,
    standalone,
)

TOO_ALIKE = 0.6
"""Cosine from which on two sentences say the same."""

_BOILERPLATE = re.compile(
    r"^(?:\W*(?:\d+|[ivxlc]+|appendix|[a-z])[.):\s]\s*)*(?:(?:table of )?contents|copyright\b.*|licen[cs]e\b.*|index|"
    r"copying(?: information)?|(?:(?:gnu|mit|bsd|apache|mozilla|creative|free|documentation|general|public) )+licen[cs]e\b.*|"
    r"addendum\b.*\blicen[cs]e\b.*|(?:concept|function|variable|data|subject|general|function and data) index|"
    r"upgrad\w+ checklist|release notes|version history|references?|bibliograph\w*|works cited|further reading|acknowledge?ments?|credits|thanks|about (?:this|the) "
    r"(?:document|book|manual|guide|author|authors|page|site)|(?:revision|document|version|change) history|change ?log|"
    r"colophon|(?:historique|historia) (?:des|de las) versions?(?:iones)?\b.*|informations? historiques? sur les versions\b.*|información histórica sobre (?:las )?versiones\b.*|"
    r"(?:versions|veröffentlichungs)geschichte\b.*|legal notice\w*|imprint|footnotes|endnotes|see also|external links|related (?:articles|links|pages|posts)|"
    r"list of (?:figures|tables)|navigation|comments?|share this|impressum|inhalt(?:sverzeichnis)?|"
    r"literatur(?:verzeichnis)?|danksagung|quellen|einzelnachweise|weblinks|table des matières|sommaire|remerciements|"
    r"bibliographie|références|índice|bibliografía|agradecimientos|referencias)\W*$",
    re.IGNORECASE,
)
_SAID_BY = re.compile(r"[^\W\d_][\w.'’ -]{1,38}:\s+(?=[^\W\d_a-zà-ÿ]|\d)")
"""Who speaks, as subtitles put it before their words; the hosts do not read it out."""
_BULLET = re.compile(r"^\s*(?:[-*•–·‣◦]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_COMMON = frozenset(
    "the a an of to in and or for is are was were be been it its this that these those with as by on at from which who "
    "not can may will would should must have has had do does did you your we our they their he she his her i if when "
    "but so than then there also more most other some any all one such into out up about der die das und ist im den dem "
    "des ein eine zu mit von auf für nicht sich auch es sie wird werden le la les de du des et en un une que qui dans "
    "est pour par sur au aux ne pas il elle el los las y en un una que es por con para del se no su al lo como".split()
)
LINE = 120
"""Characters of a usual sentence with its number."""
Vector = Mapping[str, float]


@dataclass(frozen=True)
class RankedSentence:
    """One sayable sentence. `position` counts all sentences in reading order, the unsayable ones too, so that
    neighbours differ by one; `passage` is its passage's number; `paragraph` counts paragraphs and list items over all
    passages; `score` is higher for what matters more."""

    text: str
    passage: int
    position: int
    score: float
    words: int
    standalone: bool
    headings: tuple[str, ...]
    vector: Vector
    paragraph: int = 0


@dataclass(frozen=True)
class SectionDigest:
    """One section: its heading path, its source's number, its share of all (by its length, and between
    sources by `fair_shares`), its key sentences in
    reading order, each with the number of its passage."""

    headings: tuple[str, ...]
    source: int
    weight: float
    sentences: tuple[tuple[int, str], ...]


_Part = tuple[tuple[str, ...], int, list[RankedSentence]]
"""A section while the digest is made: its heading path, its source's number, its sentences."""


def is_boilerplate(headings: Sequence[str]) -> bool:
    """Whether a section is there for order's sake only: copyright, contents, index, references, thanks."""
    return any(_BOILERPLATE.match(heading.strip()) for heading in headings)


def rank_sentences(passages: Sequence[Passage], language: str) -> list[RankedSentence]:
    """The sayable sentences of prose and lists, each once, in reading order, with their scores."""
    found: list[RankedSentence] = []
    seen: dict[str, int] = {}
    position = paragraph = 0
    for passage in passages:
        position += 1
        for starts, raw in _sentences(passage, language):
            position += 1
            paragraph += starts
            aside = is_aside(raw, language)
            if not (aside or is_speakable(raw, language)):
                continue
            text = raw if standalone(raw, language) else _freed(raw, language)
            key = normalised(text)
            seen[key] = seen.get(key, 0) + 1
            if seen[key] == 1:
                found.append(
                    RankedSentence(
                        text,
                        passage.number,
                        position,
                        0.0,
                        count_words(text),
                        not aside and standalone(text, language),
                        (str(passage.source), *passage.headings),
                        {},
                        paragraph,
                    )
                )
    # what stands three times over is a running header or a refrain of the site, not a sentence of the text
    return _scored([sentence for sentence in found if seen[normalised(sentence.text)] < 3], grammar_for(language))


def normalised(text: str) -> str:
    """Letters and figures only, lower case: equal for sentences that sound the same."""
    return " ".join(_WORD.findall(text.casefold()))


def alike(left: Vector, right: Vector) -> float:
    """Cosine of two unit vectors."""
    if len(right) < len(left):
        left, right = right, left
    return sum(weight * right.get(term, 0.0) for term, weight in left.items())


def section_digest(sources: Sequence[Source], language: str, budget_characters: int) -> list[SectionDigest]:
    """All sections with their key sentences, together at most `budget_characters` long, headings counted in.

    Boilerplate is left out. Every section has a line at least; the rest is shared by weight. Where there are more sections
    than lines, or the headings would take more than half, deeper levels are folded into upper ones, then neighbours
    into each other; so a long book costs no more than a short one, and each of its chapters is there.
    """
    parts = _folded(_sections(sources, language), budget_characters)
    room = budget_characters - sum(_heading_cost(path) for path, _, _ in parts)
    weights = _weights(parts)
    floors = [_shortest(sentences) for _, _, sentences in parts]
    free = max(0, room - sum(floors))
    digests: list[SectionDigest] = []
    carried = 0.0
    for (path, number, sentences), weight, floor in zip(parts, weights, floors, strict=True):
        share = floor + free * weight + carried
        chosen = spread(sentences, max(floor, int(share))) if room > 0 else []
        carried = share - sum(len(s.text) + 8 for s in chosen)
        digests.append(SectionDigest(path, number, weight, tuple((s.passage, s.text) for s in chosen)))
    return digests


def _sections(sources: Sequence[Source], language: str) -> list[_Part]:
    """The sections that say something, in order; what an earlier source says word for word is left out."""
    parts: list[_Part] = []
    said: set[str] = set()
    for source in sources:
        ranked = rank_sentences([p for p in source.passages if not is_boilerplate(p.headings)], language)
        new = [sentence for sentence in ranked if normalised(sentence.text) not in said]
        said.update(normalised(sentence.text) for sentence in new)
        for sentence in new:
            path = sentence.headings[1:]
            if parts and parts[-1][1] == source.number and parts[-1][0] == path:
                parts[-1][2].append(sentence)
            else:
                parts.append((path, source.number, [sentence]))
    return parts


def _weights(parts: Sequence[_Part]) -> list[float]:
    """Each section's share of all: by its words within its source, and a source's by `fair_shares`."""
    words: Counter[int] = Counter()
    for _, number, sentences in parts:
        words[number] += sum(s.words for s in sentences)
    shares = fair_shares(words)
    return [sum(s.words for s in own) / words[number] * shares[number] for _, number, own in parts]


def _shortest(sentences: Sequence[RankedSentence]) -> int:
    """What one line of a section takes: its best sentence, or a short one where that is long."""
    best = max(sentences, key=lambda s: (s.standalone, s.score, -s.position))
    return max(40, min(len(best.text), LINE) + 8)


def spread(sentences: Sequence[RankedSentence], budget_characters: int) -> list[RankedSentence]:
    """The best sentences, one from each of as many equal stretches as the budget allows, in reading order."""
    if not sentences or budget_characters < 40:
        return []
    typical = sum(len(s.text) + 8 for s in sentences) / len(sentences)
    bins = max(1, min(len(sentences), int(budget_characters / typical)))
    chosen: list[RankedSentence] = []
    left = budget_characters
    for number in range(bins):
        stretch = sentences[number * len(sentences) // bins : (number + 1) * len(sentences) // bins]
        for best in sorted(stretch, key=lambda s: (not s.standalone, -s.score, s.position))[:5]:
            near = chosen[-60:]
            if len(best.text) + 8 <= left and all(alike(best.vector, other.vector) < TOO_ALIKE for other in near):
                chosen.append(best)
                left -= len(best.text) + 8
                break
    return chosen


def _sentences(passage: Passage, language: str) -> list[tuple[bool, str]]:
    """The passage's sentences, each with whether it begins a paragraph or a list item."""
    if passage.kind not in {PassageKind.PROSE, PassageKind.LIST}:
        return []
    if passage.kind is PassageKind.LIST:
        blocks = [_BULLET.sub("", line) for line in passage.text.splitlines()]
    else:
        blocks = re.split(r"\n\s*\n", passage.text)
        if passage.start_ms is not None:
            blocks = [_SAID_BY.sub("", block.strip()) for block in blocks]
    found: list[tuple[bool, str]] = []
    for block in blocks:
        cut = [piece for s in _whole(block, language) for piece in pieces(clean(s)) if piece] if block.strip() else []
        found += [(place == 0, piece) for place, piece in enumerate(cut)]
    return found


def _whole(block: str, language: str) -> list[str]:
    """The block's sentences; what was cut inside a word (`NEWS.Debian`) is joined again."""
    whole: list[str] = []
    end = 0
    for sentence in split_sentences(block, language):
        start = block.find(sentence, end)
        if whole and start == end and not is_unspaced(block):
            whole[-1] += sentence
        else:
            whole.append(sentence)
        end = max(start, 0) + len(sentence)
    return whole


def _freed(text: str, language: str) -> str:
    shorter = without_opener(text, language)
    return shorter if shorter != text and standalone(shorter, language) else text


def _terms(text: str) -> list[str]:
    if is_unspaced(text):
        solid = "".join(_WORD.findall(text))
        return [solid[i : i + 2] for i in range(len(solid) - 1)]
    words = (word.casefold() for word in _WORD.findall(text))
    return [w[:-1] if len(w) > 4 and w.endswith("s") and not w.endswith("ss") else w for w in words if w not in _COMMON]


def _scored(sentences: list[RankedSentence], grammar: Grammar) -> list[RankedSentence]:
    counts = [Counter(_terms(sentence.text)) for sentence in sentences]
    frequency = Counter(term for count in counts for term in count)
    total = len(sentences)
    vectors = [_unit({t: n * math.log(1 + total / frequency[t]) for t, n in count.items()}) for count in counts]
    whole = _centroid(vectors)
    by_section: dict[tuple[str, ...], list[int]] = {}
    for index, sentence in enumerate(sentences):
        by_section.setdefault(sentence.headings, []).append(index)
    scored: dict[int, RankedSentence] = {}
    for members in by_section.values():
        centre = _centroid([vectors[i] for i in members])
        for rank, index in enumerate(members):
            likeness = 0.5 * alike(vectors[index], centre) + 0.3 * alike(vectors[index], whole)
            sentence = sentences[index]
            value = (likeness + 0.15 / (1 + rank)) * _prior(sentence, grammar)
            scored[index] = replace(sentence, score=round(value, 9), vector=vectors[index])
    return [scored[index] for index in range(total)]


def _prior(sentence: RankedSentence, grammar: Grammar) -> float:
    length = 0.7 if sentence.words < 8 else 1.0 if sentence.words <= 28 else 0.85
    back = 0.8 if grammar.points_back.search(sentence.text) else 1.0
    slash = 0.6 if re.search(r"/|\w-\w+-\w+-", sentence.text) else 1.0
    bare = 0.8 if grammar.bare_subject.match(sentence.text) else 1.0
    return length * back * slash * bare


def _unit(vector: dict[str, float]) -> dict[str, float]:
    norm = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
    return {term: weight / norm for term, weight in vector.items()}


def _centroid(vectors: Sequence[Vector]) -> dict[str, float]:
    total: dict[str, float] = {}
    for vector in vectors:
        for term, weight in vector.items():
            total[term] = total.get(term, 0.0) + weight
    return _unit(total)


def _heading_cost(path: tuple[str, ...]) -> int:
    return (len(path[-1]) if path else 0) + 8


def _folded(parts: list[_Part], budget: int) -> list[_Part]:
    def too_many() -> bool:
        headings = sum(_heading_cost(path) for path, _, _ in parts)
        return headings > budget // 2 or headings + len(parts) * LINE > budget

    depth = max((len(path) for path, _, _ in parts), default=0)
    while too_many() and depth > 1:
        depth -= 1
        parts = _joined(parts, depth)
    while too_many() and len(parts) > 1:
        fewer = [
            (pair[0][0], pair[0][1], [s for part in pair for s in part[2]])
            for _, own in groupby(parts, key=lambda part: part[1])
            for pair in _pairs(list(own))
        ]
        if len(fewer) == len(parts):
            break
        parts = fewer
    return parts


def _pairs(parts: Sequence[_Part]) -> list[Sequence[_Part]]:
    return [parts[at : at + 2] for at in range(0, len(parts), 2)]


def _joined(parts: list[_Part], depth: int) -> list[_Part]:
    joined: list[_Part] = []
    for path, number, sentences in parts:
        if joined and joined[-1][1] == number and joined[-1][0] == path[:depth]:
            joined[-1][2].extend(sentences)
        else:
            joined.append((path[:depth], number, list(sentences)))
    return joined
