"""The shape of a language's table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """What the rules need to know of a language.

    `decimal` and `group` are the signs inside numbers. `units` and `currencies` give a name for one and for more;
    `magnitudes` the words for `k, m, bn, …` behind a number. `abbreviations` are said anywhere; `before_number` only
    in front of a figure; `before_name` only in front of a capital. `symbols` are said between or in front of words.
    `months` are twelve names and `date` puts day, month's name and year together. `years` are the words behind which
    a figure of four digits is a year, `year_lang` the language for which `num2words` can say it, if a voice would
    not. `decades` turns the figure of a decade (`1990`, `80`) into words. `numerals` are the words behind which a
    Roman numeral is a number. `time` writes hour and minute. `halves` says simple fractions.
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
    power: str
    months: tuple[str, ...]
    date: Callable[[str, str, str], str]
    units: Mapping[str, tuple[str, str]]
    currencies: Mapping[str, tuple[str, str]]
    magnitudes: Mapping[str, str]
    symbols: Mapping[str, str]
    abbreviations: Mapping[str, str]
    before_number: Mapping[str, str] = field(default_factory=dict)
    before_name: Mapping[str, str] = field(default_factory=dict)
    fractions: Mapping[str, str] = field(default_factory=dict)
    numerals: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    year_lang: str | None = None
    decade: str = ""
    time: Callable[[str, str], str] | None = None
