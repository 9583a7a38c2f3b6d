"""How much of everything 10, 1,000 and 100,000 episodes a day take: the model's figures, and simulated days.

`python bench/sizing.py [--jobs N …]` prints the tables of docs/scaling.md. A day of 100,000 takes about half a minute.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from genai_prices import Usage, calc_price

from narrowcast.tts.elevenlabs.models import MODELS
from simulated_day import Day, simulated
from sizing_model import Ceilings, Costs, Load, Prices, Promise, Size, expected_wait_s, limits, size

TEXT = "gpt-6-luna"
VOICE = "eleven_flash_v2_5"
SIZES = (10, 1_000, 100_000)
JOBS_AT_LEAST = 10_000
"""So many are simulated where a day has fewer."""


def prices() -> Prices:
    """Today's, of one model and one voice."""
    read = float(calc_price(Usage(input_tokens=1_000_000), TEXT, provider_id="openai").total_price)
    written = float(calc_price(Usage(output_tokens=1_000_000), TEXT, provider_id="openai").total_price)
    return Prices(read / 1e6, written / 1e6, MODELS[VOICE].usd_per_character)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """As Markdown."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def sized(sizes: Sequence[tuple[Load, Size]]) -> str:
    """What each takes."""
    rows: list[tuple[str, Callable[[Load, Size], str]]] = [
        ("minutes of sound a day", lambda load, _: f"{load.minutes:,.0f}"),
        ("hands (jobs at once)", lambda _, one: f"{one.hands:,}"),
        ("their processors, in the busiest hour", lambda _, one: f"{one.cores:,.1f}"),
        ("their memory", lambda _, one: f"{one.memory_bytes / 1e9:,.1f} GB"),
        ("web servers", lambda _, one: f"{one.web_servers:,}"),
        ("requests a second, most", lambda _, one: f"{one.requests_a_s:,.2f}"),
        ("who watches at once, most", lambda _, one: f"{one.watchers:,.0f}"),
        ("database: transactions a second, most", lambda _, one: f"{one.writes_a_s:,.1f}"),
        ("of these, that tell events", lambda _, one: f"{one.telling_a_s:,.1f}"),
        ("database: connections, at most", lambda _, one: f"{one.connections:,}"),
        ("database: after a year", lambda _, one: f"{one.database_bytes / 1e9:,.1f} GB"),
        ("Redis: wake-ups a second, most", lambda _, one: f"{one.wakeups_a_s:,.3f}"),
        ("storage: a month, clips kept", lambda _, one: f"{one.stored_bytes_a_month / 1e9:,.1f} GB"),
        ("storage: a month, episodes alone", lambda _, one: f"{one.sound_bytes_a_month / 1e9:,.1f} GB"),
        ("network to listeners, most", lambda _, one: f"{one.network_bits_a_s / 1e6:,.2f} Mbit/s"),
        ("provider calls a second, most", lambda _, one: f"{one.calls_a_s:,.2f}"),
        ("provider calls at once, most", lambda _, one: f"{one.calls_open:,.1f}"),
        ("`NARROWCAST_QUEUE_LIMIT`", lambda _, one: f"{one.queue_limit:,}"),
        (f"USD a day ({TEXT}, {VOICE})", lambda _, one: f"{one.usd_a_day:,.2f}"),
    ]
    head = ["a day", *(f"{load.jobs:,}" for load, _ in sizes)]
    return table(head, [[name, *(tell(load, one) for load, one in sizes)] for name, tell in rows])


def compared(days: Sequence[tuple[str, Size, Day, float]]) -> str:
    """The model beside the simulation."""
    head = ["a day", "hands", "mean wait", "p95", "longest", "≤ 3 min", "busy, day", "busy, hour"]
    head += ["most waiting", "failed", "refused", "foreseen, off by", "simulated in"]
    rows = [
        [
            name,
            f"{one.hands:,}",
            f"{day.mean_wait_s:.1f} s (model {one.wait_s:.1f})",
            f"{day.p95_wait_s:.0f} s",
            f"{day.longest_wait_s:.0f} s",
            f"{day.waited_3_min:.1%}",
            f"{day.busy:.2f} ({one.busy_day:.2f})",
            f"{day.busiest_hour:.2f} ({one.busy:.2f})",
            f"{day.longest_line:,}",
            f"{day.failed / max(1, day.completed + day.failed):.2%}",
            f"{day.refused / day.asked:.2%}",
            f"{day.foreseen_off_s:.0f} s",
            f"{took:.0f} s",
        ]
        for name, one, day, took in days
    ]
    return table(head, rows)


def main() -> None:
    """The command line above."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, nargs="+", default=SIZES)
    asked = parser.parse_args()
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False, cwd=Path(__file__).parent
    ).stdout.strip()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {commit}, load at start {os.getloadavg()[0]:.1f}\n")
    costs, promise, usd = Costs(), Promise(), prices()
    loads = [Load(jobs) for jobs in asked.jobs]
    sizes = [(load, size(load, costs, usd, promise)) for load in loads]
    print(sized(sizes), "\n")
    days = []
    for load, one in sizes:
        days.append(_day(f"{load.jobs:,}", load, one, costs))
    load, one = sizes[-1]
    days.append(_day(f"{load.jobs:,}, half by Celery", load, one, costs, celery_share=50))
    less = round(one.hands * 0.87)
    more = one.hands / less
    fewer = replace(one, hands=less, busy=one.busy * more, busy_day=one.busy_day * more)
    days.append(_day(f"{load.jobs:,}, an eighth fewer hands", load, fewer, costs))
    sharp = replace(load, morning_s=0.0)
    days.append(_day(f"{load.jobs:,}, briefs all at six", sharp, size(sharp, costs, usd, promise), costs))
    days.append(_day(f"{load.jobs:,}, the same, hands as above", sharp, one, costs))
    few = one.calls_open * 0.8
    days.append(_day(f"{load.jobs:,}, {few:,.0f} calls at once", load, one, costs, provider_calls=few))
    print(compared(days), "\n")
    head = ["what", "bears", "jobs a day", "then"]
    print(table(head, [[x.what, x.measured, f"{x.jobs_a_day:,.0f}", x.then] for x in limits(load, costs, Ceilings())]))


def _day(name: str, load: Load, one: Size, costs: Costs, **more: float) -> tuple[str, Size, Day, float]:
    began = time.perf_counter()
    days = max(1, JOBS_AT_LEAST // load.jobs)
    calls = one.calls_open / max(1e-9, one.busy * one.hands)
    day = simulated(load, costs, one.hands, days=days, queue_limit=one.queue_limit, calls_a_job=calls, **more)
    foreseen = replace(one, wait_s=expected_wait_s(load, costs, one.hands))
    return name, foreseen, day, time.perf_counter() - began


if __name__ == "__main__":
    main()
