"""The figures: Narrowcast and podcast-creator side by side on the same document against the same simulated provider.

`python bench/compare.py --peer PYTHON [--runs N] [--only a,b] [--write FILE]` prints a Markdown table of ratios with
their targets and writes it to `build/bench/`, and with a word on how it came about to FILE. Times are from process
start to exit. Groups: peer, memory, long, minutes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import material
from bound import bound
from ledger import Call
from measure import BENCH, Cost, Failed, run
from running import Simulator

ROOT = BENCH.parent
DOCUMENT = ROOT / "examples" / "lighthouses.md"
OURS_BIT_RATE, OURS_LEVEL = "64000", "7"
PEER_BIT_RATE = "128k"
CHARACTERS_PER_MINUTE = 900.0
"""The simulator's rate of speech."""

RETRIEVAL = "## Retrieval"
"""The section of the figures that `bench/retrieval.py` measures; it is kept."""
ABOUT = """# Figures

Written by `make bench BENCH="--write docs/figures.md"`: Narrowcast and podcast-creator side by side, in one run, on the
same document against the same simulated provider (`bench/`). What does not hold stands here as not holding. CPU is that
of a program with all its children, user and system; a bare encode is that of the finished file's own samples, with the
encoder, the settings and the libraries of the program that made it. Where the load was high at the start, other work
shared the processors, and times and CPU seconds are too long for both.
"""


@dataclass(frozen=True)
class Figure:
    """One line of the table: it holds when `value` is at most `target`."""

    name: str
    value: float
    target: float
    unit: str = ""
    detail: str = ""

    @property
    def holds(self) -> bool:
        """Whether the target is met."""
        return self.value <= self.target


@dataclass(frozen=True)
class Episode:
    """One measured run: what it cost, what the simulator says of it, what the program printed."""

    cost: Cost
    calls: Sequence[Call]
    said: dict[str, Any]
    path: Path

    @property
    def prompt_tokens(self) -> int:
        """By the simulator's ledger."""
        return sum(call.prompt_tokens for call in self.calls)


class Bench:
    """Runs the programs; everything that they write is below `folder`."""

    def __init__(self, folder: Path, peer: Path) -> None:
        self._folder = folder
        self._peer = peer
        self._runs = 0

    def place(self, name: str) -> Path:
        """An empty folder for the next run or input."""
        self._runs += 1
        place = self._folder / f"{self._runs:02d}-{name}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        return place

    def ours(self, name: str, source: Sequence[str | Path], *options: str, simulated: Sequence[str] = ()) -> Episode:
        """One `narrowcast make`, with a home of its own."""
        place = self.place(name)
        out = place / "episode.mp3"
        command: list[str | Path] = [Path(sys.executable).with_name("narrowcast"), "make", *source, "-o", out]
        command += ["--tts", "openai:sim", "--json", *options]
        cost, calls = _simulated(command, place, *simulated)
        return Episode(cost, calls, json.loads(cost.stdout.splitlines()[-1]), out)

    def written(self, name: str, document: Path, *options: str, simulated: Sequence[str] = ()) -> Episode:
        """One `narrowcast make` of a document, with the bench's profile and the simulated model."""
        profile = ["--profile", str(BENCH / "episodes.json"), "--speakers", str(BENCH / "speakers.json")]
        return self.ours(name, [document], *profile, "--llm", "openai:sim", *options, simulated=simulated)

    def peer(self, name: str) -> Episode:
        """One run of podcast-creator."""
        place = self.place(name)
        cost, calls = _simulated([self._peer, BENCH / "run_peer.py", DOCUMENT, place / "out"], place, "--ignore-words")
        said = json.loads(cost.stdout.splitlines()[-1])
        return Episode(cost, calls, said, Path(said["path"]))

    def bare_of_peer(self, path: Path) -> float:
        """The CPU seconds of one bare encode of what podcast-creator made, by its own ffmpeg as it calls it."""
        place = self.place("bare")
        ask: list[str | Path] = [self._peer, "-c", "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())"]
        ffmpeg = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
        quiet: list[str | Path] = [ffmpeg, "-v", "error", "-nostdin", "-nostats"]
        subprocess.run([*quiet, "-i", path, place / "samples.wav"], check=True)
        encode: list[str | Path] = ["-c:a", "libmp3lame", "-b:a", PEER_BIT_RATE, "-f", "mp3", place / "again.mp3"]
        return run([*quiet, "-i", place / "samples.wav", *encode], {}, place).cpu_s


def side_by_side(bench: Bench, runs: int) -> Iterator[Figure]:
    """Both programs in turn, `runs` times; the figures are medians."""
    peers, orders, parallels = [], [], []
    fixed = ["--ignore-words"]
    for _ in range(runs):
        peers.append(bench.peer("peer"))
        orders.append(bench.written("in-order", DOCUMENT, "--segments", "5", simulated=fixed))
        parallels.append(bench.written("parallel", DOCUMENT, "--segments", "5", "--parallel", simulated=fixed))
    peer_wall, wall, parallel_wall = (median(e.cost.wall_s for e in group) for group in (peers, orders, parallels))
    yield Figure("Wall, in order / peer", wall / peer_wall, 0.55, detail=f"{wall:.1f} s / {peer_wall:.1f} s")
    yield Figure(
        "Wall, parallel / peer", parallel_wall / peer_wall, 0.35, detail=f"{parallel_wall:.1f} s / {peer_wall:.1f} s"
    )
    for name, group, parallel in (("in order", orders, False), ("parallel", parallels, True)):
        least = median(bound(episode.calls, parallel=parallel) for episode in group)
        own = median(episode.cost.wall_s for episode in group)
        share = own / (1.10 * least + 2)
        yield Figure(f"Wall / (1.10 × bound + 2 s), {name}", share, 1.0, detail=f"{own:.1f} s, bound {least:.1f} s")
    first = median(episode.said["first_audio_s"] for episode in orders)
    yield Figure(
        "First mixed frame / peer's wall", first / peer_wall, 0.12, detail=f"{first:.1f} s / {peer_wall:.1f} s"
    )
    tokens, peer_tokens = orders[0].prompt_tokens, peers[0].prompt_tokens
    yield Figure("Prompt tokens / peer", tokens / peer_tokens, 0.5, detail=f"{tokens:,} / {peer_tokens:,}")
    yield _cpu_beyond(
        [(episode.cost.cpu_s, _bare(episode.path)) for episode in orders],
        [(episode.cost.cpu_s, bench.bare_of_peer(episode.path)) for episode in peers],
    )
    largest, tree = (max(values) for values in zip(*((e.cost.largest_mb, e.cost.tree_mb) for e in orders), strict=True))
    peer_tree = max(episode.cost.tree_mb for episode in peers)
    yield Figure("Peak memory", tree, 220, "MB", f"largest process {largest:.0f} MB; peer {peer_tree:.0f} MB")


def _cpu_beyond(ours: Sequence[tuple[float, float]], peers: Sequence[tuple[float, float]]) -> Figure:
    """Both sides' CPU without what a bare encode takes, from pairs of these two in seconds."""
    (whole, bare), (peer_whole, peer_bare) = (
        tuple(median(values) for values in zip(*pairs, strict=True)) for pairs in (ours, peers)
    )
    detail = f"({whole:.2f} − {bare:.2f}) s / ({peer_whole:.2f} − {peer_bare:.2f}) s"
    return Figure("CPU beyond bare encode / peer", (whole - bare) / (peer_whole - peer_bare), 0.6, detail=detail)


def memory(bench: Bench, long: int = 1_200, short: int = 40) -> Iterator[Figure]:
    """Peak memory of voicing a long script and a short one."""
    peaks, seconds = [], 0.0
    for turns in (short, long):
        script = bench.place(f"script-{turns}") / "long.script.json"
        script.write_text(material.script(turns), "utf-8")
        episode = bench.ours(f"clips-{turns}", [], "--script", str(script), simulated=["--speed", "50"])
        peaks.append(episode.cost.tree_mb)
        seconds = episode.said["seconds"]
    detail = f"{peaks[1]:.0f} MB for {seconds / 3600:.1f} h / {peaks[0]:.0f} MB"
    yield Figure(f"Peak memory, {long:,} clips / {short}", peaks[1] / peaks[0], 1.15, detail=detail)


def long_source(bench: Bench, folder: Path) -> Iterator[Figure]:
    """Prompt tokens for each minute made, from a book ten times as long: eleven chapters without tables and code."""
    book = folder / "book.md"
    book.write_text(material.longer(DOCUMENT.read_text("utf-8"), 11), "utf-8")
    per_minute = []
    for name, document in (("document", DOCUMENT), ("book", book)):
        episode = bench.written(name, document, "--stop-after", "script", simulated=["--speed", "20"])
        characters = sum(len(item) for call in episode.calls if call.stage == "transcript" for item in call.items)
        per_minute.append(episode.prompt_tokens / (characters / CHARACTERS_PER_MINUTE))
    times = book.stat().st_size / DOCUMENT.stat().st_size
    detail = f"{per_minute[1]:,.0f} / {per_minute[0]:,.0f} a minute, source × {times:.1f}"
    yield Figure("Prompt tokens per minute, 10 × longer source", per_minute[1] / per_minute[0], 1.2, detail=detail)


def minutes(bench: Bench) -> Iterator[Figure]:
    """A quarter of an hour at the simulator's real speed."""
    episode = bench.written("minutes", DOCUMENT, "--minutes", "15")
    made = episode.said["seconds"] / 60
    yield Figure("A 15-minute episode", episode.cost.wall_s, 120, "s", f"{made:.1f} min made")
    yield Figure("Its length, off by", abs(made - 15) / 15, 0.10)


def _simulated(command: Sequence[str | Path], place: Path, *options: str) -> tuple[Cost, Sequence[Call]]:
    """Run a program against a simulator of its own, with a home of its own."""
    simulator = Simulator(place / "ledger.jsonl", *options)
    try:
        cost = run(command, {**simulator.env, "NARROWCAST_HOME": str(place / "home")}, place)
    finally:
        simulator.stop()
    return cost, simulator.calls()


def _bare(path: Path) -> float:
    """The CPU seconds of one bare encode of what Narrowcast made, by its own libraries."""
    command = [sys.executable, str(BENCH / "bare_encode.py"), str(path), OURS_BIT_RATE, OURS_LEVEL]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def table(figures: Sequence[Figure]) -> str:
    """All figures as Markdown."""
    lines = ["| figure | value | target | holds | measured |", "| --- | ---: | ---: | --- | --- |"]
    for figure in figures:
        value, target = (f"{number:.3g} {figure.unit}".strip() for number in (figure.value, figure.target))
        lines.append(f"| {figure.name} | {value} | ≤ {target} | {'yes' if figure.holds else 'NO'} | {figure.detail} |")
    return "\n".join(lines)


def _heading() -> str:
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    when = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
    load = f"load at start {os.getloadavg()[0]:.1f}"
    machine = f"{os.cpu_count()} × {_processor()}, {load}, Python {platform.python_version()}"
    return f"## {when}, {commit.stdout.strip() or 'no commit'}, {machine}"


def _processor() -> str:
    """The model's name where Linux tells it, else the architecture."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text("utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def main() -> None:
    """Measure what was asked for; exit 1 if a figure does not hold."""
    parser = argparse.ArgumentParser(description="Narrowcast and podcast-creator, side by side")
    parser.add_argument("--peer", type=Path, default=ROOT / "build" / "peer" / "bin" / "python")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--only", default="peer,memory,long,minutes")
    parser.add_argument("--write", type=Path, help="a file for the table, such as docs/figures.md")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench")
    given = parser.parse_args()
    folder = given.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(folder, given.peer.absolute())
    groups = {
        "peer": lambda: side_by_side(bench, given.runs),
        "memory": lambda: memory(bench),
        "long": lambda: long_source(bench, folder),
        "minutes": lambda: minutes(bench),
    }
    heading = _heading()
    figures: list[Figure] = []
    for name in given.only.split(","):
        print(f"Measuring: {name} …", file=sys.stderr)
        figures += groups[name]()
    text = f"{heading}\n\n{table(figures)}\n"
    print(text)
    (folder / "figures.md").write_text(text, "utf-8")
    if given.write:
        kept = given.write.read_text("utf-8").partition(RETRIEVAL) if given.write.is_file() else ("", "", "")
        given.write.write_text(f"{ABOUT}\n{text}" + "".join(("\n", *kept[1:]) if kept[1] else ()), "utf-8")
    if not all(figure.holds for figure in figures):
        sys.exit("Not all figures hold.")


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(str(failure))
