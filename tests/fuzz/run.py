"""Reading mutated files in processes of their own: no crash, no hang, no more memory than the bounds say.

By hand: `python -m tests.fuzz.run --seconds 600` (a new seed each time), `python -m tests.fuzz.run --case pdf:7:123`.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.fuzz.child import case_bytes
from tests.fuzz.readers import READERS, ROOT

SECONDS = 5.0
"""Processor time that a case may take; the files are small."""

HANG_S = 90.0
"""Time on the clock after which a silent process is given up."""

ROOM = 500_000_000
"""Bytes that reading may take beyond what the process had before."""

FAULTS = ROOT / "build" / "fuzz"


@dataclass(frozen=True)
class Fault:
    """A case that went wrong, and how."""

    case: str
    what: str

    def __str__(self) -> str:
        path = FAULTS / f"{self.case.replace(':', '-')}.bin"
        return f"{self.case}: {self.what}\nsaved as {path}; again: python -m tests.fuzz.run --case {self.case}"


def cases_of(readers: Sequence[str], seed: int, numbers: range) -> list[str]:
    """The names of cases, reader after reader."""
    return [f"{reader}:{seed}:{number}" for reader in readers for number in numbers]


def run(cases: Sequence[str]) -> list[Fault]:
    """The faults of the cases; each one's file is kept in `FAULTS`."""
    faults: list[Fault] = []
    left = list(cases)
    while left:
        at = ""
        for told in _child(left):
            at = str(told.get("case", at))
            if "fault" in told:
                faults.append(_kept(Fault(at, str(told["fault"]))))
            if "done" in told:
                at, left = "", []
        if left:
            if not at:
                raise RuntimeError("the child ended before its first case; see what it says on standard error")
            left = left[left.index(at) + 1 :]
    return faults


def _kept(fault: Fault) -> Fault:
    FAULTS.mkdir(parents=True, exist_ok=True)
    (FAULTS / f"{fault.case.replace(':', '-')}.bin").write_bytes(case_bytes(fault.case))
    return fault


def _child(cases: Sequence[str]) -> Iterator[dict[str, object]]:
    """What one child tells, and last how it ended if it did not end well."""
    job = json.dumps({"cases": cases, "seconds": SECONDS, "room": ROOM})
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(("src", "bench", "."))}
    command = [sys.executable, "-m", "tests.fuzz.child", job]
    at = ""
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as child:
        assert child.stdout
        while True:
            ready, _, _ = select.select([child.stdout], [], [], HANG_S)
            if not ready:
                child.kill()
                yield {"case": at, "fault": f"nothing came of it in {HANG_S:.0f} s"}
                return
            line = child.stdout.readline()
            if not line:
                break
            told = json.loads(line)
            at = told.get("case", at)
            yield told
            if "done" in told:
                break
    if child.returncode and at:
        yield {"case": at, "fault": f"the process ended with {child.returncode}"}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", help="run one case again")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to go on")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--readers", nargs="*", default=list(READERS), choices=list(READERS))
    options = parser.parse_args()
    faults: list[Fault] = []
    count = 0
    if options.case:
        faults = run([options.case])
        count = 1
    end = time.monotonic() + options.seconds
    while not options.case and time.monotonic() < end:
        for reader in options.readers:
            cases = cases_of([reader], options.seed, range(count, count + 300))
            faults += run(cases)
        count += 300
    for fault in faults:
        sys.stdout.write(f"{fault}\n\n")
    sys.stdout.write(f"seed {options.seed}: {len(faults)} faults\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
