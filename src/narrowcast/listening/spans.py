"""Stretches of a line, as pairs of whole numbers: united, measured, cut. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from narrowcast.store.listening.records import Spans


def union(spans: Iterable[tuple[int, int]]) -> Spans:
    """What the stretches cover together, in order; what touches is one. Empty ones are left out."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return tuple(out)


def total(spans: Spans) -> int:
    """How long they are together."""
    return sum(end - start for start, end in spans)


def within(spans: Spans, start: int, end: int) -> Spans:
    """What of them lies between two places."""
    return tuple((max(a, start), min(b, end)) for a, b in spans if a < end and b > start)


def gaps(spans: Spans, start: int, end: int) -> Spans:
    """What they leave open between two places."""
    out = []
    at = start
    for a, b in within(spans, start, end):
        if a > at:
            out.append((at, a))
        at = b
    if end > at:
        out.append((at, end))
    return tuple(out)


def clusters(spans: Spans, silence: int) -> tuple[Spans, ...]:
    """The stretches in groups: a new one begins after `silence` or more without any."""
    out: list[list[tuple[int, int]]] = []
    for span in spans:
        if out and span[0] - out[-1][-1][1] < silence:
            out[-1].append(span)
        else:
            out.append([span])
    return tuple(tuple(group) for group in out)
