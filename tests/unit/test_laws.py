"""The outside check sees each law broken."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.laws import LANDING_S, Disturbance, JobRow, Kept, Published, Seen, Told, all_broken

from ledger import Call
from narrowcast.audio.clip import encode_flac

SOUND = encode_flac(np.zeros(4800, dtype=np.float32), 48_000)
JOB = JobRow("11111111-2", "olga", "completed", 2, "e1")
OTHER = JobRow("22222222-2", "olga", "completed", 1, "e2")
STEPS = ("queued", "running", "queued", "running", "completed")
TOLD = tuple(Told(JOB.id, status, epoch) for status, epoch in zip(STEPS, (0, 1, 1, 2, 2), strict=True))
CLIP = Kept("k", "clip", "ready", None, "clips/k.flac", hashlib.sha256(SOUND).hexdigest(), 100)
MADE = Published("e1", "episodes/e1/11111111-2/audio.mp3", hashlib.sha256(b"audio").hexdigest())
CALL = Call(id=1, kind="tts", stage="speech", start=10, start_time=0, end=11, status="ok", text="Hello.", hash="h")
SOUND_STATE = Seen((JOB,), TOLD, (MADE,), (CLIP,), 0)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home in which everything is as it should be."""
    for key, data in ((CLIP.blob_key, SOUND), (MADE.audio_key, b"audio")):
        path = tmp_path / "blobs" / str(key)
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    (tmp_path / "run").mkdir()
    return tmp_path


def broken(
    home: Path, seen: Seen = SOUND_STATE, calls: tuple[Call, ...] = (CALL,), *disturbances: Disturbance
) -> list[str]:
    return all_broken(
        seen,
        blobs=home / "blobs",
        homes=[home],
        acknowledged={JOB.id},
        caps={"olga": 1},
        calls=calls,
        disturbances=disturbances,
    )


def test_what_is_well_breaks_no_law(home: Path) -> None:
    assert broken(home) == []


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (Seen(results=(CLIP,)), "acknowledged and is lost"),
        (replace(SOUND_STATE, jobs=(replace(JOB, status="queued"),)), "queued for ever"),
        (replace(SOUND_STATE, jobs=(JOB, OTHER)), "by nobody's wish"),
        (replace(SOUND_STATE, published=()), "completed and is not published"),
        (replace(SOUND_STATE, published=(MADE, MADE)), "published once too often"),
        (replace(SOUND_STATE, jobs=(replace(JOB, status="failed"),)), "published once too often"),
        (replace(SOUND_STATE, jobs=(replace(JOB, epoch=3),)), "epoch 3, and 2 was told last"),
        (replace(SOUND_STATE, told=(*TOLD, Told(JOB.id, "queued", 2))), "after its end"),
        (replace(SOUND_STATE, told=(*TOLD[:4], Told(JOB.id, "completed", 1))), "at epoch 1, and it was at 2"),
        (replace(SOUND_STATE, told=(*TOLD[:2], Told(OTHER.id, "running", 1), *TOLD[2:])), "ran at once"),
        (replace(SOUND_STATE, results=(replace(CLIP, sha256="x"),)), "not what its row tells"),
        (replace(SOUND_STATE, results=(replace(CLIP, blob_key="clips/z.flac"),)), "is gone"),
        (replace(SOUND_STATE, results=(replace(CLIP, ms=900),)), "lasts 100 ms, and its row says 900"),
        (replace(SOUND_STATE, results=(Kept("k", "clip", "pending", "p"),)), "clip k is held by p"),
        (replace(SOUND_STATE, results=(Kept("k", "clip", "pending"),)), "clip k is pending"),
        (replace(SOUND_STATE, jobs=(replace(JOB, lease_owner="hands"),)), "is held by hands"),
        (replace(SOUND_STATE, slots=1), "1 slots are held"),
    ],
)
def test_each_law_is_seen_broken(home: Path, seen: Seen, said: str) -> None:
    seen = replace(seen, jobs=(*seen.jobs, OTHER)) if any(told.job_id == OTHER.id for told in seen.told) else seen
    assert any(said in each for each in broken(home, seen)), broken(home, seen)


@pytest.mark.parametrize("place", ["blobs/incoming/x", "work/p.j.1/x", "run/p.alive"])
def test_a_file_that_was_left_is_seen(home: Path, place: str) -> None:
    path = home / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    assert len(broken(home)) == 1


def test_a_second_payment_needs_a_disturbance_while_the_first_was_under_way(home: Path) -> None:
    again = replace(CALL, id=2, start=40, end=41)
    assert broken(home, SOUND_STATE, (CALL, again))
    assert broken(home, SOUND_STATE, (CALL, again), Disturbance("before", 8, 9))
    assert broken(home, SOUND_STATE, (CALL, again), Disturbance("after", 12 + LANDING_S, 13 + LANDING_S))
    assert not broken(home, SOUND_STATE, (CALL, again), Disturbance("killed", 10.5, 10.5))
    assert not broken(home, SOUND_STATE, (CALL, again), Disturbance("stood still", 5, 30))
    assert not broken(home, SOUND_STATE, (CALL, replace(again, hash="other")))
    assert not broken(home, SOUND_STATE, (replace(CALL, status="fault 500"), again))
