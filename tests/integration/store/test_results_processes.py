"""Never paying twice, across processes: racing, killed, frozen."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable

Start = Callable[..., subprocess.Popen[str]]
Ledger = Callable[[], list[str]]
KEY = "ab" * 32


def read_until(process: subprocess.Popen[str], word: str) -> str:
    """The first line that begins with `word`; those before it are dropped."""
    assert process.stdout
    for line in process.stdout:
        if line.startswith(word):
            return line.strip()
    raise AssertionError(f"the worker ended without saying {word!r}")


def test_of_processes_that_race_for_one_result_one_works(start: Start, ledger: Ledger) -> None:
    racers = [start(KEY, "--hold", "0.3") for _ in range(3)]
    outputs = [racer.communicate(timeout=120)[0] for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0, 0], outputs
    assert ledger().count("begin") == 1
    assert ledger().count("part") == 3
    assert sum("finished [0, 1, 2]" in output for output in outputs) == 1
    assert sum("found [0, 1, 2]" in output for output in outputs) == 2


def test_a_killed_holder_is_taken_over_from_at_once_and_its_partial_gone_on_from(start: Start, ledger: Ledger) -> None:
    holder = start(KEY, "--parts", "2", "--hold", "60")
    read_until(holder, "saved 2")
    heir = start(KEY, "--parts", "3")
    read_until(heir, "open")
    time.sleep(0.5)
    assert ledger().count("begin") == 1, "the heir did not wait for a live holder"
    holder.send_signal(signal.SIGKILL)
    killed_at = time.monotonic()
    assert read_until(heir, "holding") == "holding 2"
    assert time.monotonic() - killed_at < 10
    assert read_until(heir, "finished") == "finished [0, 1, 2]"
    assert ledger().count("part") == 3


def test_after_a_kill_a_new_run_does_not_wait_for_the_lease(start: Start) -> None:
    holder = start(KEY, "--hold", "60")
    read_until(holder, "saved 3")
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    # The holder's lease would have lasted longer than this waits.
    assert start(KEY).wait(timeout=120) == 0


def test_a_frozen_holder_loses_its_lease_and_then_writes_over_nothing(start: Start, ledger: Ledger) -> None:
    holder = start(KEY, "--parts", "2", "--hold", "1", "--lease", "1")
    read_until(holder, "saved 2")
    holder.send_signal(signal.SIGSTOP)
    frozen_at = time.monotonic()
    heir = start(KEY, "--parts", "3", "--lease", "1")
    assert read_until(heir, "finished") == "finished [0, 1, 2]"
    assert time.monotonic() - frozen_at > 0.5, "the heir did not wait for the lease"
    holder.send_signal(signal.SIGCONT)
    assert read_until(holder, "finished") == "finished [0, 1, 2]"
    assert holder.wait(timeout=120) == 0
    assert ledger().count("begin") == 2
    late = start(KEY)
    assert read_until(late, "found") == "found [0, 1, 2]"
