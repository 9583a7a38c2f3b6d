"""A thousand jobs through the queue with local hands, while the simulated provider fails now and then.

`python bench/jobs.py [--jobs 1000] [--hands 4] [--fault-rate 0.05]` prints one line of JSON: how many jobs ended how,
how often providers were asked, and whether any clip was paid for twice (from the provider's own ledger).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
import uuid
from collections import Counter
from pathlib import Path

from narrowcast.logs import set_up_logs
from narrowcast.profiles.catalogue import find_episode_profile
from narrowcast.queue.limits import OwnerLimits, QueueLimits
from narrowcast.queue.queue import NewJob
from narrowcast.script.dialogue import Script, Segment, Turn
from narrowcast.script.profile import Speaker
from narrowcast.script.script_file import dump_script
from narrowcast.settings import read_settings
from narrowcast.store.episodes.new_episode import NewEpisode
from narrowcast.studio.jobs import EPISODE
from narrowcast.studio.request import EpisodeRequest
from narrowcast.studio.studio import Studio
from narrowcast.workers.local import LocalEngine, Pace
from running import Simulator

TURNS = 3
PACE = Pace(poll_s=0.2, report_s=0.5, sweep_s=0.5)


def script(number: int) -> Script:
    """Three short turns; the last one is the same in every tenth job."""
    texts = [f"This is job {number}.", f"It has number {number}, and nothing else.", f"Goodbye, group {number % 10}."]
    turns = tuple(Turn(id=f"s1t{place}", speaker="Ann", text=text) for place, text in enumerate(texts, start=1))
    speakers = (Speaker(name="Ann", tts_provider="openai", tts_model="sim", voice_id="alloy"),)
    return Script(
        title=f"Job {number}", language="en", speakers=speakers, segments=(Segment(title="One", turns=turns),)
    )


async def submit(studio: Studio, owner_id: str, number: int) -> str:
    """Hand in a job that voices a script; its id."""
    key = f"contents/script-{number}.json"
    await studio.store.blobs.put(key, dump_script(script(number)).encode())
    asked = EpisodeRequest(profile=find_episode_profile("solo_expert"), script_key=key, tts="openai:sim")
    episode = NewEpisode(id=str(uuid.uuid4()), owner_id=owner_id, title=f"Job {number}", language="en")
    new = NewJob(owner_id=owner_id, kind=EPISODE, params=asked.model_dump(mode="json"), episode_id=episode.id)
    return (await studio.queue.enqueue(new, episode)).job.id


async def run(home: Path, simulator: Simulator, jobs: int, hands: int) -> dict[str, object]:
    """Everything, and what came of it."""
    async with Studio.open(read_settings({"NARROWCAST_HOME": str(home), **simulator.env})) as studio:
        everything = OwnerLimits(running=hands, waiting=jobs)
        studio.queue.limits = QueueLimits(owner=everything, backoff_s=0.5, hands=hands)
        user = await studio.store.accounts.add(email="b@example.org", name="B", role="owner", tier="premium")
        ids = [await submit(studio, user.id, number) for number in range(jobs)]
        began = time.monotonic()
        engine = LocalEngine(studio, home=home, hands=hands, pace=PACE)
        engine.start()
        while (live := sum((await studio.queue._jobs.line.live()).values())) > 0:  # noqa: SLF001 - exact, not cached
            sys.stderr.write(f"\r{live} left ")
            await asyncio.sleep(2)
        wall_s = time.monotonic() - began
        await engine.drain()
        found = [await studio.queue.get(user.id, job_id) for job_id in ids]
        published = [await studio.store.revisions.all(user.id, str(job.episode_id)) for job in found if job]
    speech = simulator.calls("speech")
    paid = Counter(call.hash for call in speech if call.ok)
    return {
        "jobs": jobs,
        "ended": Counter(str(job.status) if job else "lost" for job in found),
        "failures": sum(job.failures for job in found if job),
        "one_revision_each": all(len(each) == 1 for each in published),
        "clips": len(paid),
        "calls": len(speech),
        "faults": sum(1 for call in speech if not call.ok),
        "clips_paid_twice": sum(1 for times in paid.values() if times > 1),
        "left_behind": len(list((home / "work").glob("*"))),
        "wall_s": round(wall_s, 1),
        "jobs_per_s": round(jobs / wall_s, 2),
    }


def main() -> None:
    """The command line above."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--hands", type=int, default=4)
    parser.add_argument("--fault-rate", type=float, default=0.05)
    given = parser.parse_args()
    random.seed(4)
    set_up_logs("error")
    with tempfile.TemporaryDirectory() as folder:
        each = given.fault_rate / 2
        faults = [f"--fault=tts:500:{each}", f"--fault=tts:reset:{each}"]
        simulator = Simulator(Path(folder) / "ledger.jsonl", "--speed=200", *faults)
        try:
            figures = asyncio.run(run(Path(folder) / "home", simulator, given.jobs, given.hands))
        finally:
            simulator.stop()
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
