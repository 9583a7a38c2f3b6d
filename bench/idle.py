"""How soon `narrowcast serve` is there, and what it costs while nobody asks anything.

Usage: python bench/idle.py [--rounds 3]: over a new home, then over the same one.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from serving import Server, processor_s

SETTLED_S = 5.0
WATCHED_S = 5.0


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(f"load at start {os.getloadavg()[0]:.1f}")
    began, resident, idle = list[float](), list[float](), list[float]()
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(asked.rounds):
            server = Server(Path(folder) / "home", {})
            try:
                began.append(server.began_s)
                # Until its hands have imported what they need.
                time.sleep(SETTLED_S)
                before, since = processor_s(server), time.monotonic()
                time.sleep(WATCHED_S)
                idle.append((processor_s(server) - before) / (time.monotonic() - since))
                resident.append(server.resident_mb)
            finally:
                server.stop()
    print(f"from its start to its address: median {statistics.median(began):.2f} s, worst {max(began):.2f} s")
    print(f"idle: {statistics.median(resident):.0f} MB resident, {statistics.median(idle):.1%} of one processor")


if __name__ == "__main__":
    main()
