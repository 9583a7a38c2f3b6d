"""Faults on order: which call fails, and how."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

LLM_FAULTS = {"html", "reset", "cutoff", "fenced", "thinking", "slow"}
EMBED_FAULTS = {"html", "reset", "slow"}
TTS_FAULTS = {"html", "reset", "truncated", "silent", "empty", "slow"}
_SPEC = re.compile(r"(llm|tts|embed):([a-z]+|[45]\d\d)(?::([\d.]+))?(?:@(\d+(?:,\d+)*))?")


@dataclass(frozen=True)
class Fault:
    """`what` happens to calls of `kind`: to the `calls`-th (from 1) of them, else with `probability` to each."""

    kind: str
    what: str
    probability: float = 1.0
    calls: tuple[int, ...] = ()


def parse_fault(text: str) -> Fault:
    """A fault from `tts:429:0.1`, `llm:500`, `tts:silent@3` or `tts:429@1,2`. Raises `ValueError`."""
    match = _SPEC.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not KIND:WHAT[:PROBABILITY][@CALL,CALL]")
    kind, what, probability, calls = match.groups()
    if not what.isdigit() and what not in {"llm": LLM_FAULTS, "tts": TTS_FAULTS, "embed": EMBED_FAULTS}[kind]:
        raise ValueError(f"{kind} cannot fail by {what!r}")
    return Fault(
        kind,
        what,
        float(probability) if probability else 1.0,
        tuple(int(number) for number in calls.split(",")) if calls else (),
    )


class Faults:
    """Decides for each call, by a seed, so that the same run fails in the same way."""

    def __init__(self, faults: Sequence[Fault], seed: int) -> None:
        self._faults = faults
        self._random = random.Random(seed)
        self._counts = {"llm": 0, "tts": 0, "embed": 0}

    def next(self, kind: str) -> str | None:
        """What happens to the next call of `kind`; none: nothing."""
        self._counts[kind] += 1
        for fault in self._faults:
            if fault.kind != kind:
                continue
            if fault.calls:
                if self._counts[kind] in fault.calls:
                    return fault.what
            elif self._random.random() < fault.probability:
                return fault.what
        return None
