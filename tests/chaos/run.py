"""Chaos: an installation of several machines' processes works while they are killed, frozen and cut off; then the laws.

By hand: `make chaos CHAOS="--minutes=10"` (a new seed each time), `--seed=N` to draw the same faults again.
The seed draws faults, moments and who changes their mind; what meets what is up to the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import create_engine, func, select
from sqlalchemy.pool import NullPool
from tests.chaos.asking import Asked, ask
from tests.chaos.faults import Faults, traces
from tests.chaos.figures import Happened, claims, share, waits_s, windows
from tests.chaos.installation import AT_ONCE, Installation
from tests.laws import ENDED, all_broken, look

from narrowcast.store.tables import job, job_event

PAUSE_S = (2.0, 10.0)
"""Between two faults."""
REST_S = 420.0
"""How long the last jobs may take to end: leases of a minute, delays of one, two and four minutes after failures."""
FAILED = 0.01
FOLDERS = Path(__file__).parents[2] / "build" / "chaos"


async def chaos(installation: Installation, faults: Faults, chance: random.Random, jobs: int, seconds: float) -> Asked:
    """Requests and faults for so long."""
    asked = Asked()
    minds = random.Random(chance.random())  # noqa: S311 - chance that can be repeated, no secret
    asking = asyncio.create_task(ask(installation, jobs, seconds * 0.9, minds, asked))
    end = time.monotonic() + seconds
    kinds: list[str] = []
    with ThreadPoolExecutor(1) as hands:
        while time.monotonic() < end:
            await asyncio.sleep(chance.uniform(*PAUSE_S))
            # Each once, in any order, before any comes again.
            kinds = kinds or chance.sample(sorted(faults.kinds), len(faults.kinds))
            said = await asyncio.get_running_loop().run_in_executor(hands, faults.one, kinds.pop())
            _say(f"{seconds - (end - time.monotonic()):6.0f} s  {said}; {len(asked.acknowledged)} asked for")
    await asking
    return asked


def rest(installation: Installation) -> float:
    """Wait until nothing is left to do, or that takes too long; the seconds that it took."""
    begun = time.monotonic()
    engine = create_engine(installation.database_url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
    left = select(func.count()).select_from(job).where(job.c.status.not_in(ENDED))
    while time.monotonic() < begun + REST_S:
        with engine.connect() as connection:
            if not connection.scalar(left):
                break
        time.sleep(1)
    return time.monotonic() - begun


def happened(url: str) -> list[Happened]:
    """What happened, in order."""
    query = select(job_event.c.job_id, job_event.c.kind, job_event.c.at).order_by(job_event.c.at, job_event.c.id)
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
    with engine.connect() as connection:
        return [Happened(*row) for row in connection.execute(query)]


def judge(installation: Installation, asked: Asked, faults: Faults) -> list[str]:
    """Everything that is not as it should be, with the figures told on the way."""
    told = happened(installation.database_url)
    seen = look(installation.database_url)
    calls = installation.simulator.calls()
    broken = all_broken(
        seen,
        blobs=installation.blobs,
        homes=[each.home for each in installation.processes],
        acknowledged=asked.acknowledged,
        caps={each.owner_id: AT_ONCE for each in seen.jobs},
        calls=calls,
        disturbances=faults.disturbances,
    )
    statuses = Counter(each.status for each in seen.jobs)
    waits, good = waits_s(told), windows(told)
    first, everything = sorted(asked.first_s), sorted(asked.all_s)
    speech = [call for call in calls if call.stage == "speech"]
    paid = Counter(call.hash for call in speech if call.ok)
    mean = statistics.fmean(waits) if waits else 0.0
    _say(f"jobs: {dict(statuses)}; claimed so often: {dict(sorted(claims(told).items()))}")
    _say(f"faults: {dict(Counter(faults.done))}")
    _say(f"calls for speech: {len(speech)}, of which {sum(not call.ok for call in speech)} failed; {len(paid)} clips, ")
    _say(f"  {sum(times - 1 for times in paid.values())} calls paid again, each of them under way at a disturbance")
    _say(f"available: {good[0]} of {good[1]} windows of 5 s ({100 * good[0] / max(1, good[1]):.1f} %; wanted 99)")
    _say(
        f"acknowledged, first attempt: p50 {share(first, 0.5):.2f} s, p95 {share(first, 0.95):.2f} s (wanted < 1), "
        f"n={len(first)}; with later attempts: p95 {share(everything, 0.95):.2f} s, slowest {everything[-1]:.1f} s"
    )
    _say(f"waited: mean {mean:.1f} s (wanted < 180), p95 {share(waits, 0.95):.1f} s")
    failed = statuses["failed"] / max(1, len(seen.jobs))
    _say(f"failed: {100 * failed:.2f} % (wanted < 1)")
    if found := traces(installation):
        _say(f"traces of faults of ours in logs: {found}")
    if failed >= FAILED:
        broken.append(f"{statuses['failed']} of {len(seen.jobs)} jobs failed")
    if mean >= 180:
        broken.append(f"jobs waited {mean:.0f} s")
    return broken


def run(seed: int, minutes: float, jobs: int, folder: Path) -> list[str]:
    """All of it, and what broke. The installation's processes are ended in order before their files are looked at."""
    chance = random.Random(seed)  # noqa: S311 - the same
    seconds = minutes * 60
    with Installation(folder) as installation:
        faults = Faults(installation, chance, longest_freeze_s=90.0 if minutes >= 5 else 15.0)
        asked = asyncio.run(chaos(installation, faults, chance, jobs, seconds))
        _say(f"rest: {rest(installation):.0f} s after the last fault")
        codes = {each.name: each.drain() for each in installation.processes}
        if any(codes.values()):
            _say(f"exit codes: {codes}")
        installation.clear_up()
        return judge(installation, asked, faults)


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--minutes", type=float, default=10.0, help="how long faults come")
    parser.add_argument("--keep", action="store_true", help="keep logs and files though no law was broken")
    parser.add_argument("--jobs", type=int, help="300 in ten minutes, as many less in less")
    options = parser.parse_args()
    jobs = options.jobs or round(30 * options.minutes)
    _say(f"seed {options.seed}, {options.minutes:g} min, {jobs} jobs, load {os.getloadavg()[0]:.1f}")
    FOLDERS.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{options.seed}-", dir=FOLDERS))
    broken = run(options.seed, options.minutes, jobs, folder)
    for each in broken:
        _say(f"BROKEN: {each}")
    _say(
        f"seed {options.seed}: {len(broken)} laws broken"
        + (f"; logs and files: {folder}" if broken or options.keep else "")
    )
    if not broken and not options.keep:
        shutil.rmtree(folder)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
