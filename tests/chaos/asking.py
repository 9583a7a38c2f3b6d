"""People who ask for episodes over HTTP, and ask again until they are answered, as browsers and programs do."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
from tests.chaos.installation import Installation, Owner

CANCELLED = 0.03
"""The share of those who change their mind."""
PATIENCE_S = 300.0


@dataclass
class Asked:
    """What came of all requests. Seconds: `first_s` where the first attempt was answered, `all_s` with the others."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    first_s: list[float] = field(default_factory=list)
    all_s: list[float] = field(default_factory=list)
    cancelled: set[str] = field(default_factory=set)


def script(number: int, turns: int = 3) -> dict[str, Any]:
    """Some turns; the last one is the same in every tenth job, so that several jobs want the same clip."""
    texts = [f"This is job {number}, and this is what it says in turn {turn}." for turn in range(1, turns)]
    texts.append(f"This is the group of {number % 10}.")
    return {
        "title": f"Job {number}",
        "language": "en",
        "speakers": [{"name": "Ann", "tts_provider": "openai", "tts_model": "sim", "voice_id": "alloy"}],
        "segments": [
            {
                "title": "One",
                "turns": [
                    {"id": f"s1t{place}", "speaker": "Ann", "text": text} for place, text in enumerate(texts, start=1)
                ],
            }
        ],
    }


async def ask(installation: Installation, jobs: int, over_s: float, chance: random.Random, asked: Asked) -> None:
    """So many requests, evenly over so many seconds; each until it is answered."""
    async with httpx2.AsyncClient(base_url=f"{installation.url}/api/v1", timeout=30) as client:
        begun = time.monotonic()
        async with asyncio.TaskGroup() as people:
            for number in range(jobs):
                await asyncio.sleep(max(0.0, begun + number * over_s / jobs - time.monotonic()))
                owner = installation.owners[number % len(installation.owners)]
                people.create_task(_one(client, owner, number, asked, changes_mind=chance.random() < CANCELLED))


async def _one(client: httpx2.AsyncClient, owner: Owner, number: int, asked: Asked, *, changes_mind: bool) -> None:
    headers = {"Authorization": f"Bearer {owner.token}", "Idempotency-Key": str(uuid.uuid4())}
    body = {"script": script(number), "tts": "openai:sim"}
    begun = time.monotonic()
    answer, attempts = await _until(lambda: client.post("podcasts/generate", json=body, headers=headers))
    answer.raise_for_status()
    asked.all_s.append(time.monotonic() - begun)
    if attempts == 1:
        asked.first_s.append(asked.all_s[-1])
    job_id = str(answer.json()["job_id"])
    asked.acknowledged[job_id] = owner.email
    if changes_mind:
        cancelled, _ = await _until(
            lambda: client.post(f"podcasts/jobs/{job_id}/cancel", headers={"Authorization": headers["Authorization"]})
        )
        if cancelled.is_success:
            asked.cancelled.add(job_id)


async def _until(send: Callable[[], Any]) -> tuple[httpx2.Response, int]:
    """The first answer that is neither a fault of the server nor "still being done", and how often was asked."""
    until, attempts = time.monotonic() + PATIENCE_S, 0
    while True:
        attempts += 1
        try:
            answer: httpx2.Response = await send()
        except httpx2.HTTPError:
            if time.monotonic() > until:
                raise
        else:
            being_done = answer.status_code == 409 and "done" in answer.text and attempts > 1
            if answer.status_code < 500 and not being_done:
                return answer, attempts
            if time.monotonic() > until:
                raise TimeoutError(f"{answer.status_code}: {answer.text}")
        await asyncio.sleep(0.5)
