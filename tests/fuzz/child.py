"""The process that reads mutated files: tells on standard output which case it is at, and what went wrong with it.

Started by `run.py` as `python -m tests.fuzz.child JOB`; the job is JSON: `cases`, and the bounds `seconds`
and `room` (bytes).
"""

from __future__ import annotations

import contextlib
import json
import logging
import resource
import sys
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

from tests.fuzz.mutations import mutate
from tests.fuzz.readers import reader_of, seeds_of

from narrowcast.errors import InputError


def case_bytes(case: str) -> bytes:
    """The file of a case `READER:SEED:NUMBER`."""
    name = case.partition(":")[0]
    return mutate(seeds_of(name), reader_of(name).words, case)


def _tell(**what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _peak() -> int:
    """The most memory that this process had; `ru_maxrss` would count in what its parent had when it began."""
    status = Path("/proc/self/status").read_text("ascii", errors="replace")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def _address_space() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()


def main() -> None:
    """Read case after case."""
    job = json.loads(sys.argv[1])
    logging.disable()
    warnings.simplefilter("ignore")
    for name in dict.fromkeys(case.partition(":")[0] for case in job["cases"]):
        for seed in seeds_of(name):
            with contextlib.suppress(InputError):
                reader_of(name).read(seed)  # what is imported and cached once is no case's fault
    start = _peak()
    if sys.platform == "linux":
        most = _address_space() + 2 * job["room"]
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    for case in job["cases"]:
        _tell(case=case)
        data = case_bytes(case)
        began = time.process_time()
        fault = ""
        try:
            reader_of(case).read(data)
        except InputError as error:
            fault = "" if error.message else "an error without a message"
        except Exception:  # noqa: BLE001 - whatever it is, it is what we look for
            fault = traceback.format_exc()
        took = time.process_time() - began
        if not fault and took > job["seconds"]:
            fault = f"took {took:.1f} s"
        if not fault and _peak() - start > job["room"]:
            fault = f"took {(_peak() - start) / 1e6:,.0f} MB"
            start = _peak()
        if fault:
            _tell(case=case, fault=fault)
    _tell(done=True)


if __name__ == "__main__":
    main()
