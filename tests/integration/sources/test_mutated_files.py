"""Every reader against real files that were changed by chance: it reads them or says why not, within bounds.

Here the cases are always the same ones; `make fuzz` goes on with new ones.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.fuzz import run as fuzz
from tests.fuzz.mutations import mutate
from tests.fuzz.readers import READERS, seeds_of

from narrowcast.errors import InputError
from narrowcast.sources.read import Reading

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux counts it")
CASES = {"html": 15, "pdf": 30, "epub": 30, "docx": 30}


@pytest.mark.parametrize("name", sorted(READERS))
def test_what_cases_start_from_is_read(name: str) -> None:
    refused = []
    for seed in seeds_of(name):
        try:
            result = READERS[name].read(seed)
        except InputError as error:
            refused.append(error.message)
        else:
            assert not isinstance(result, Reading) or result.sources[0].passages
    assert len(refused) == (name in {"pdf", "youtube"}), refused
    assert all("scanned" in message or "adults" in message for message in refused)


def test_a_case_is_always_the_same_and_hardly_ever_the_file_it_starts_from() -> None:
    seeds = seeds_of("epub")
    made = [mutate(seeds, "xml", f"epub:1:{number}") for number in range(50)]
    assert made == [mutate(seeds, "xml", f"epub:1:{number}") for number in range(50)]
    assert len(set(made) - set(seeds)) > 40


@pytest.mark.parametrize("names", [["pdf", "html"], sorted(set(READERS) - {"pdf", "html"})], ids=["slow", "quick"])
def test_mutated_files(names: Sequence[str]) -> None:
    cases = [case for name in names for case in fuzz.cases_of([name], 1, range(CASES.get(name, 40)))]
    faults = fuzz.run(cases)
    assert not faults, "\n\n".join(map(str, faults))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("raises", "ValueError"),
        ("dies", "ended with 7"),
        ("grows", r"\d{3} MB"),
        ("sleeps", "nothing came of it"),
        ("spins", r"took 1\.\d s"),
    ],
)
def test_faults_are_found(name: str, says: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fuzz, "HANG_S", 5.0 if name == "sleeps" else 60.0)
    monkeypatch.setattr(fuzz, "SECONDS", 0.9 if name == "spins" else 60.0)
    monkeypatch.setattr(fuzz, "ROOM", 200_000_000)
    monkeypatch.setattr(fuzz, "FAULTS", tmp_path / "faults")
    (case,) = fuzz.cases_of([name], 1, range(1))
    (fault,) = fuzz.run([case])
    assert re.search(says, fault.what)
    assert (tmp_path / "faults" / f"{name}-1-0.bin").read_bytes()
    assert f"--case {name}:1:0" in str(fault)


def test_a_member_without_a_name_is_no_member() -> None:
    nameless = seeds_of("epub")[0].replace(b"OPS/c2.xhtml", b"\0" * 12)
    reading = READERS["epub"].read(nameless)
    assert isinstance(reading, Reading)
    assert "river rose" in reading.sources[0].passages[0].text
