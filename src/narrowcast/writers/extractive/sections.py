"""Headings as titles, and a document cut into as many contiguous groups as segments are wanted."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from narrowcast.writers.key_sentences import RankedSentence

_NUMBERING = re.compile(
    r"^\W*(?:(?:chapter|part|section|appendix|annex|lesson|unit|kapitel|teil|abschnitt|anhang|chapitre|partie|capítulo|"
    r"parte|sección)\s+(?:\d+(?:\.\d+)*|[ivxlc]+|[a-z])\b\s*[-–—:.)]*|(?:\d+|[A-Z])(?:\.\d+)+\.?(?=\s)|\d+\s*[.)](?=\s)|"
    r"[ivxlc]+[.)](?=\s)|[1-9]\d?\s+(?=[A-Z])|§+\s*\d+\w*)\s*[-–—:]*\s*",
    re.IGNORECASE,
)
_MAX_ATOMS = 200
_TITLE_CHARACTERS = 80
_ASTRIDE = 1.0  # for a slice with part of one chapter and of another
_ASTRIDE_SOURCES = 2.0


def _with_dot(titles: Sequence[str]) -> str:
    return " · ".join(titles)


def _as_it_is(title: str) -> str:
    return title


@dataclass(frozen=True)
class Naming:
    """A language's ways to make names of titles and nouns (see `phrases.bank.Bank`); as they are: for any language."""

    joiner: str = "·"
    part: str = "{number}"
    listed: Callable[[Sequence[str]], str] = _with_dot
    small: Callable[[str], str] = _as_it_is
    nouns: Callable[[str], Counter[str]] | None = None


def title_of(heading: str) -> str:
    """A heading as a short title: no numbering, no marks, no shouting; empty for a file's path or a bare number."""
    text = " ".join(re.sub(r"[¶#*`]|\(\s*\)", " ", heading).split())
    text = _NUMBERING.sub("", text).strip(" .:;,-–—|")
    if "/" in text or "\\" in text or re.search(r"\w\.\w{2,5}$|[{}<>_=]", text) or not re.search(r"[^\W\d_]{2}", text):
        return ""
    if text.isupper() and len(text) > 5:
        text = text.capitalize() if " " in text else text.title()
    if len(text) > _TITLE_CHARACTERS:
        text = text[:_TITLE_CHARACTERS].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
    return text[:1].upper() + text[1:]


def partition(sentences: Sequence[RankedSentence], groups: int) -> list[tuple[int, int]]:
    """`groups` contiguous slices of nearly equal weight, cut where a high heading begins rather than within a section.

    Exactly as many as asked where there are that many sentences, else one for each sentence. The cut minimises the
    squared deviation from the mean plus a price for each boundary, and for each slice that tells one chapter's end
    with another's beginning, by dynamic programming. Of several sources each weighs the root of its words.
    """
    border = _borders(sentences)
    cuts = _atoms(sentences, groups, border)
    count = len(cuts) - 1
    groups = max(1, min(groups, count))
    counted = Counter[str]()
    for sentence in sentences:
        counted[sentence.headings[0]] += sentence.words
    words = [0.0]
    for start, end in pairwise(cuts):
        words.append(words[-1] + sum(s.words / math.sqrt(counted[s.headings[0]]) for s in sentences[start:end]))
    mean = words[-1] / groups or 1
    price = [0.0] + [_boundary(sentences[cut - 1], sentences[cut]) for cut in cuts[1:-1]] + [0.0]
    astride = _ASTRIDE_SOURCES if len(counted) > 1 else _ASTRIDE
    edge = [True, *(cut in border for cut in cuts[1:-1]), True]
    seen = list(accumulate(edge))

    def mixed(start: int, end: int) -> float:
        return astride if seen[end - 1] > seen[start] and not (edge[start] and edge[end]) else 0.0

    best: list[list[tuple[float, int]]] = [[(0.0, 0)] + [(float("inf"), 0)] * count]
    for number in range(1, groups + 1):
        row = [(float("inf"), 0)] * (count + 1)
        for end in range(number, count + 1):
            row[end] = min(
                (
                    best[-1][start][0] + ((words[end] - words[start]) / mean - 1) ** 2 + price[end] + mixed(start, end),
                    start,
                )
                for start in range(number - 1, end)
            )
        best.append(row)
    slices: list[tuple[int, int]] = []
    end = count
    for number in range(groups, 0, -1):
        start = best[number][end][1]
        slices.append((cuts[start], cuts[end]))
        end = start
    return slices[::-1]


def names_of(
    groups: Sequence[Sequence[RankedSentence]],
    naming: Naming,
    title: str = "",
) -> list[str]:
    """A title for each group, each different: the heading that most of it stands under, else its own nouns.

    What has neither headings nor nouns takes the document's `title`, else a word or the beginning of its own; what has
    not even that is numbered.
    """
    counted = [naming.nouns(" ".join(s.text for s in group)) if naming.nouns else _words(group) for group in groups]
    everywhere = Counter(word for counts in counted for word in counts)
    shared = common([s.headings for group in groups for s in group])
    names: list[str] = []
    for number, group in enumerate(groups, 1):
        options = [
            *_heading_options(group, shared, naming),
            *([title] if len(groups) == 1 else []),
            *_noun_options(counted[number - 1], everywhere, naming),
            title,
            *_noun_options(_words(group, least=1), everywhere, naming),
            naming.part.format(number=number),
        ]
        names.append(next((o for o in options if o and o.casefold() not in {n.casefold() for n in names}), options[-1]))
    return names


def _heading_options(group: Sequence[RankedSentence], shared: int, naming: Naming) -> list[str]:
    depth = common([s.headings for s in group])
    options = [title for level in range(depth - 1, shared - 1, -1) if (title := title_of(group[0].headings[level]))]
    if len({s.headings for s in group}) == 1:
        return options
    for level in range(max(depth, 1), max(depth, 1) + 3):
        options += _weighty(group, level, naming)
    return options


def _weighty(group: Sequence[RankedSentence], level: int, naming: Naming) -> list[str]:
    """The titles of one level, heaviest first; before them the two heaviest together, where they join well."""
    weights: Counter[str] = Counter()
    for sentence in group:
        if len(sentence.headings) > level and (title := title_of(sentence.headings[level])):
            weights[title] += sentence.words
    ranked = [title for title, _ in weights.most_common()]
    if len(ranked) > 1 and weights[ranked[1]] > 0.5 * weights[ranked[0]] and len(ranked[0] + ranked[1]) < 60:
        first, second = sorted(ranked[:2], key=list(weights).index)
        if not re.search(rf" {re.escape(naming.joiner)} |,|:|–", first + second):
            both = naming.listed([first, naming.small(second)])
            ranked.insert(0, both[:1].upper() + both[1:])
    return ranked


def _noun_options(counts: Counter[str], everywhere: Counter[str], naming: Naming) -> list[str]:
    ranked = sorted(
        counts, key=lambda word: (-(counts[word] ** 2) / max(1, everywhere[word]), list(counts).index(word))
    )[:6]
    pairs = [naming.listed([a, b]) for a, b in pairwise(ranked)]
    return [option[:1].upper() + option[1:] for option in pairs + ranked]


def _words(group: Sequence[RankedSentence], least: int = 2) -> Counter[str]:
    """For languages whose nouns nobody can tell: the longer words that stand there `least` times or more."""
    counts = Counter(word for s in group for word in re.findall(r"[^\W\d_]{6,}", s.text))
    return Counter({word: count for word, count in counts.items() if count >= least})


def common(paths: Sequence[tuple[str, ...]]) -> int:
    """How many headings, from the outermost on, all paths share."""
    return sum(1 for _ in _same(paths))


def _same(paths: Sequence[tuple[str, ...]]) -> list[str]:
    same: list[str] = []
    for level in zip(*paths, strict=False):
        if len(set(level)) > 1:
            break
        same.append(level[0])
    return same


def _borders(sentences: Sequence[RankedSentence]) -> set[int]:
    """Where chapters begin, or sources where there are several: the outermost headings that differ."""
    level = common([s.headings for s in sentences])
    here = [s.headings[: level + 1] for s in sentences]
    found = {index for index in range(1, len(sentences)) if here[index] != here[index - 1]}
    return found if len(found) < _MAX_ATOMS else set()


def _atoms(sentences: Sequence[RankedSentence], groups: int, border: set[int]) -> list[int]:
    if len(sentences) <= max(_MAX_ATOMS, groups):
        return list(range(len(sentences) + 1))
    least = sum(s.words for s in sentences) / _MAX_ATOMS
    cuts, held = [0], 0
    for index in range(1, len(sentences)):
        held += sentences[index - 1].words
        new_section = sentences[index].headings != sentences[index - 1].headings
        if index in border or (held >= least and (new_section or held >= 2 * least)):
            cuts.append(index)
            held = 0
    return [*cuts, len(sentences)]


def _boundary(before: RankedSentence, after: RankedSentence) -> float:
    if before.headings != after.headings:
        return 0.1 * max(0, common([before.headings, after.headings]) - 1)
    if before.passage != after.passage or before.paragraph != after.paragraph:
        return 0.6 if after.standalone else 1.5
    return 1.6 if after.standalone else 3.0
