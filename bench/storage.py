"""What blobs cost in a folder and in a bucket (moto, on this machine), side by side: `python bench/storage.py`."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from statistics import median

from narrowcast.store.files.blobs import Blobs
from servers import ObjectStore

CLIP = os.urandom(200_000)
TIMES = 100


async def ms(work: Callable[[int], Awaitable[object]]) -> float:
    """The median of many, in milliseconds."""
    took = []
    for number in range(TIMES):
        began = time.perf_counter()
        await work(number)
        took.append((time.perf_counter() - began) * 1000)
    return median(took)


async def measure(blobs: Blobs) -> dict[str, float]:
    """Of a clip of 200 kB."""
    return {
        "put": await ms(lambda number: blobs.put(f"clips/{number}", CLIP)),
        "get": await ms(lambda number: blobs.get(f"clips/{number}")),
        "size": await ms(lambda number: blobs.size(f"clips/{number}")),
        "link": await ms(lambda number: blobs.link(f"clips/{number}", 3600, {"Content-Type": "audio/flac"})),
    }


def main() -> None:
    """Print a table."""
    server = ObjectStore()
    try:
        os.environ.update(server.env)
        with tempfile.TemporaryDirectory() as folder:
            there = asyncio.run(measure(Blobs.open(folder, "bench")))
            bucket = asyncio.run(measure(Blobs.open(f"s3://{server.bucket()}/kept", "bench")))
    finally:
        server.remove()
    for name, took in there.items():
        print(f"{name:<6} folder {took:7.3f} ms   bucket {bucket[name]:7.3f} ms   {bucket[name] / took:6.1f} times")
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
