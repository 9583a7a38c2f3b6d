"""A home that looks lived in: episodes of the examples, a recording, sources, notes, and two months of listening."""

from __future__ import annotations

import io
import math
import random
import uuid
import wave
from array import array
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.browser.conftest import Person, finished

EXAMPLES = Path(__file__).parents[2] / "examples"
WELL = {"llm": "none", "tts": "espeak"}
DAYS = 59
PIECE_S = 60
NOTES = (
    (21.0, "Read this part aloud at dinner."),
    (64.0, "Is this the lens that stands in the museum?"),
    (118.0, ""),
)


@dataclass(frozen=True)
class Furnished:
    """What is there, by what it is good for."""

    listen: str
    script_ready: str
    failed: str
    making: str
    source: str
    notebook: str


def furnish(person: Person) -> Furnished:
    """Furnish an empty home of a server with a slow simulated provider; what is being made is left to go on."""
    sources = {name: _given(person, name) for name in ("lighthouses.md", "night-trains.html", "the-metre.txt")}
    notebook = person.api("POST", "notebooks", json={"name": "Things that keep time"})["id"]
    for source in list(sources.values())[:2]:
        person.api("PUT", f"notebooks/{notebook}/sources/{source}")
    made = [
        _made(person, sources["the-metre.txt"], "How long is a metre?", 4, ["measure"]),
        _made(person, sources["night-trains.html"], "The night trains come back", 5, ["travel", "week"]),
        _made(person, sources["lighthouses.md"], "The last keepers", 6, ["sea", "week"], 5),
    ]
    tape = person.api(
        "POST", "podcasts", data={"title": "Harbour walk, Sunday"}, files={"audio_file": ("walk.wav", _hum(40 * 60))}
    )["episode_id"]
    for position, note in NOTES:
        person.api("POST", f"podcasts/{made[-1]}/bookmarks", json={"position": position, "note": note})
    _listened(person, [*made, tape])
    failed = _asked(person, sources["the-metre.txt"], "Letters about measures", llm="openai:no-model", tts="espeak")
    finished(person, failed[1])
    script = _asked(
        person, sources["night-trains.html"], "Sleeping over borders", **WELL, stop_after="script", minutes=3
    )
    finished(person, script[1])
    tonight = (datetime.now(UTC) + timedelta(hours=9)).isoformat()
    _asked(person, sources["the-metre.txt"], "Weights and other measures", **WELL, run_at=tonight)
    making = _asked(
        person,
        sources["lighthouses.md"],
        "What keepers did all night",
        llm="none",
        tts="openai:gpt-4o-mini-tts",
        minutes=9,
    )
    return Furnished(made[-1], script[0], failed[0], making[0], sources["lighthouses.md"], notebook)


def _given(person: Person, name: str) -> str:
    file = {"file": (name, (EXAMPLES / name).read_bytes())}
    return str(person.api("POST", "sources", files=file)["id"])


def _asked(person: Person, source: str, title: str, **wish: Any) -> tuple[str, str]:
    asked = person.api("POST", "podcasts/generate", json={"source_ids": [source], "episode_name": title, **wish})
    return str(asked["episode_id"]), str(asked["job_id"])


def _made(person: Person, source: str, title: str, minutes: int, tags: list[str], parts: int = 3) -> str:
    episode, job = _asked(person, source, title, **WELL, minutes=minutes, num_segments=parts)
    ended = finished(person, job, timeout_s=300)
    assert ended["status"] == "completed", ended
    person.api("PATCH", f"podcasts/{episode}", json={"tags": tags})
    return episode


def _hum(seconds: int) -> bytes:
    """A quiet tone: a recording that is small and long."""
    rate = 8_000
    second = array("h", (round(300 * math.sin(2 * math.pi * 220 * n / rate)) for n in range(rate)))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(second.tobytes() * seconds)
    return out.getvalue()


def _listened(person: Person, episodes: list[str]) -> None:
    """Some listening on most days, on two devices, at several speeds; the last episode was left in the middle."""
    chance = random.Random(7)  # noqa: S311 - it is to look alike each time
    lengths = {one: person.api("GET", f"podcasts/{one}")["duration"] for one in episodes}
    told: dict[str, list[dict[str, Any]]] = {one: [] for one in episodes}
    now = datetime.now(UTC)
    for day in reversed(range(DAYS)):
        if day > 9 and chance.random() < 0.2:
            continue
        at = now - timedelta(days=day, minutes=chance.randint(90, 240))
        rate = chance.choice((1.0, 1.0, 1.25, 1.5))
        for one in chance.sample(episodes[:-1], chance.randint(1, 2)) + episodes[-1:] * chance.randint(0, 1):
            place = chance.uniform(0, lengths[one] / 3)
            end = chance.uniform(place, lengths[one])
            while place < end:
                to = min(place + PIECE_S, end)
                later = at + timedelta(seconds=(to - place) / rate)
                told[one].append(_interval(place, to, rate, at, later, "phone-1" if day % 3 else "desk-1"))
                place, at = to, later
    for one, intervals in told.items():
        for begin in range(0, len(intervals), 500):
            answer = person.api("POST", f"podcasts/{one}/sessions", json={"intervals": intervals[begin : begin + 500]})
            assert all(each["status"] != "refused" for each in answer["results"]), answer
        if lengths[one]:
            person.api(
                "PATCH", f"podcasts/{one}/progress", json={"current_position": lengths[one] * chance.uniform(0.2, 0.8)}
            )


def _interval(place: float, to: float, rate: float, at: datetime, later: datetime, device: str) -> dict[str, Any]:
    return {
        "event_id": str(uuid.uuid4()),
        "revision": 1,
        "from": place,
        "to": to,
        "rate": rate,
        "wall_start": at.isoformat(),
        "wall_end": later.isoformat(),
        "tz": "Europe/Berlin",
        "device": device,
    }
