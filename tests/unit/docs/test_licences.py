"""Whatever is installed with Narrowcast has a line in the table of licences, and the lock files name no host."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def locked(name: str) -> set[str]:
    text = (ROOT / "requirements" / name).read_text("utf-8")
    return set(re.findall(r"^([a-z0-9][\w.-]*)==", text, re.MULTILINE))


def test_every_runtime_package_has_its_licence_listed() -> None:
    listed = set(re.findall(r"^\| ([\w.-]+) \|", (ROOT / "docs" / "licences.md").read_text("utf-8"), re.MULTILINE))
    assert listed - {"package", "---"} == locked("runtime.txt")


def test_what_runs_is_what_is_tested() -> None:
    runtime, dev = ((ROOT / "requirements" / name).read_text("utf-8") for name in ("runtime.txt", "dev.txt"))
    pins = re.findall(r"^[a-z0-9][\w.-]*==[^\s;]+", runtime, re.MULTILINE)
    assert pins
    assert [pin for pin in pins if f"{pin} " not in dev] == []


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: str(path.name))
def test_lock_files_hold_hashes_and_no_host(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "://" not in text
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in entry, f"{entry.splitlines()[0]} has no hash"
