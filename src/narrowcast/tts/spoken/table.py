"""The shape of a language's table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """What the rules need to know of a language.

    `group` and `decimal` are the signs inside numbers. `units` and `currencies` give a name for one and for more;
    `cents` the same of a hundredth. `magnitudes` are the words for `k`, `m`, `bn`, `tn` behind a number.
    `abbreviations` are said anywhere, `before_number` only in front of a figure, `before_name` only in front of a
    capital. `symbols` stand between words. `date` is a template of day, month's name and year. `year_after` are the
    words behind which a figure of four digits is a year, `year_before` a pattern of what may follow it; none: the
    voices read years well. `of` stands between a million and what it counts. `decade` is the written
    ending of a decade (`s` in 1990s). `numeral_after` are the words behind which a Roman numeral is a number. `clock`
    is a template of hour and minute; none: the voices read 17:30 well. `fractions` are those that have names. `own`
    are rules of this language alone, which go before the shared ones.
    """

    code: str
    decimal: str
    group: str
    to: str
    per: str
    minus: str
    times: str
    by: str
    dot: str
    at: str
    slash: str
    squared: str
    cubed: str
    power: str
    number: str
    about: str
    date: str
    months: tuple[str, ...]
    units: Mapping[str, tuple[str, str]]
    currencies: Mapping[str, tuple[str, str]]
    cents: tuple[str, str]
    magnitudes: Mapping[str, str]
    symbols: Mapping[str, str]
    abbreviations: Mapping[str, str]
    before_number: Mapping[str, str] = field(default_factory=dict)
    before_name: Mapping[str, str] = field(default_factory=dict)
    fractions: Mapping[str, str] = field(default_factory=dict)
    numeral_after: tuple[str, ...] = ()
    year_after: tuple[str, ...] = ()
    decade: str = ""
    year_before: str = ""
    clock: str = ""
    of: str = ""
    version: str = "version"
    own: tuple[Callable[[str], str], ...] = ()
