"""All figures in one table: `python -m benchmarks [--sizes 10000 100000] [--only photos growth]`.

Ratios come from turns taken in one run; absolute times are those of this machine as it is loaded.
Each row calls the benchmark of its own name in this folder, where more is to be had.
"""

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

from benchmarks.fingerprint_cost import synthetic
from benchmarks.peers import FLOOR, cost_per_photo
from benchmarks.rehearsal.case import plan_case
from benchmarks.rehearsal.maker import make_world
from benchmarks.rehearsal.pictures import Pictures
from benchmarks.rehearsal.runner import run_program
from benchmarks.takeout_archives import cpu_of, inflate, scan, written_forms
from gphotos_reconcile import __version__
from gphotos_reconcile.workflows.sample import make_sample

_ROW: Final = re.compile(
    r"^ *\d+ +([\d.]+) s +[\d.]+ s CPU +(\d+) MiB +load +[\d.]+  ([^:\n]+)", re.MULTILINE
)
_MEMORY: Final = "memory of all processes (MiB)"
_BAR_CHARS: Final = 40
_PARTS: Final = ("photos", "archives", "program", "growth")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--photos", type=Path, help="JPEGs to use instead of made ones")
    parser.add_argument("--count", type=int, default=6, help="photos in each turn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--items", type=int, default=300, help="items of the small rehearsal")
    parser.add_argument("--only", choices=_PARTS, nargs="+", default=_PARTS)
    asked = parser.parse_args()
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"gphotos-reconcile {__version__}, {datetime.now(UTC):%Y-%m-%d}, Python"
          f" {platform.python_version()}, {platform.platform()}, {os.cpu_count()} processors,"
          f" load {load}\n")  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts: dict[str, Callable[[], None]] = {
            "photos": lambda: _tell_photos(
                _photos(asked.photos, asked.count, folder), asked.rounds
            ),
            "archives": lambda: _tell_archives(folder / "archives", asked.rounds),
            "program": lambda: _tell_program(folder / "rehearsal", asked.items),
            "growth": lambda: _tell_growth(asked.sizes),
        }
        for part in _PARTS:
            if part in asked.only:
                parts[part]()


def _photos(given: Path | None, count: int, folder: Path) -> list[Path]:
    if given is not None:
        found = sorted(p for p in given.rglob("*") if p.suffix.lower() in {".jpg", ".jpeg"})
        return found[:count]
    made = [folder / f"{seed}.jpg" for seed in range(count)]
    for seed, path in enumerate(made):
        path.write_bytes(synthetic(seed))
    return made


def _tell_photos(photos: Sequence[Path], rounds: int) -> None:
    costs, absent = cost_per_photo(photos, rounds)
    megabytes = sum(path.stat().st_size for path in photos) / len(photos) / 1e6
    print(f"{f'CPU of one photo ({megabytes:.1f} MB)':<75} {'ms':>7} {'of floor':>9}")
    for name, cost_ms in costs.items():
        print(f"{name:<75} {cost_ms:7.1f} {cost_ms / costs[FLOOR]:9.2f}")
    for name, why in absent.items():
        print(f"{name:<75} not measured: {why}")


def _tell_archives(folder: Path, rounds: int) -> None:
    folder.mkdir()
    parts = [path for path in make_sample(folder / "sample").parts if path.suffix == ".zip"]
    forms = written_forms(list(parts), folder)
    spent: dict[str, list[float]] = {name: [] for name in (*forms, "inflating")}
    for _ in range(rounds):
        for name, path in forms.items():
            spent[name].append(cpu_of(lambda path=path: scan(path)))  # type: ignore[misc]
        spent["inflating"].append(cpu_of(lambda: inflate(forms["tgz"])))
    medians = {name: statistics.median(values) for name, values in spent.items()}
    print(f"\n{'CPU of importing the sample':<75} {'s':>7} {'of folder':>9}")
    for name, seconds in medians.items():
        print(f"{name:<75} {seconds:7.2f} {seconds / medians['folder']:9.2f}")


def _tell_program(folder: Path, items: int) -> None:
    folder.mkdir()
    world = make_world(plan_case(items), folder, Pictures(8))
    catalog = folder / "catalog.db"
    job = ["run", str(world.export), "--library", str(world.library), "--out", str(folder / "out")]
    runs = [run_program(job, catalog, folder / f"{turn}.log") for turn in range(2)]
    print(f"\n{f'The program on {items:,} items, all processes':<75} {'s':>7} {'peak MiB':>9}")
    for what, ran in zip(("run", "run again with nothing new"), runs, strict=True):
        print(f"{what:<75} {ran.took_s:7.1f} {ran.peak_mib:9}")


def _tell_growth(sizes: Sequence[int]) -> None:
    rows: dict[str, list[float]] = {}
    for size in sizes:
        for what, seconds in _million(size):
            rows.setdefault(what, []).append(seconds)
    heads = "".join(f"{size:>12,}" for size in sizes)
    print(f"\n{'Seconds by number of items on each side':<40}{heads}   growth from size to size")
    for what, seconds_by_size in rows.items():
        cells = "".join(f"{seconds:12.2f}" for seconds in seconds_by_size)
        pairs = pairwise(seconds_by_size)
        growth = ", ".join(f"x{later / max(first, 0.01):.1f}" for first, later in pairs)
        print(f"{what:<40}{cells}   {growth}")
    if len(sizes) > 1:
        print("\nSeconds for 1,000 items, drawn: bars of one length are growth in proportion")
        for line in drawn(sizes, {w: s for w, s in rows.items() if w != _MEMORY}):
            print(line)


def drawn(sizes: Sequence[int], rows: Mapping[str, Sequence[float]]) -> Iterator[str]:
    """Yield a bar for each size of each row: what 1,000 items cost there, in seconds."""
    for what, seconds_by_size in rows.items():
        costs = [taken * 1000 / n for n, taken in zip(sizes, seconds_by_size, strict=True)]
        largest = max(*costs, 1e-9)
        for size, cost in zip(sizes, costs, strict=True):
            bar = "#" * max(1, round(_BAR_CHARS * cost / largest))
            yield f"{what:<36} {size:>10,}  {bar:<{_BAR_CHARS}} {cost:.3f}"


def _million(size: int) -> Iterator[tuple[str, float]]:
    """Yield times of a process of its own, so that the peaks of sizes do not mix."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.million", str(size)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    yield from growth_rows(done.stdout)


def growth_rows(told: str) -> Iterator[tuple[str, float]]:
    """Yield what `million` told of one size: seconds, and the largest memory in MiB."""
    rows = _ROW.findall(told)
    for seconds, _, what in rows:
        yield what, float(seconds)
    yield _MEMORY, max(float(peak) for _, peak, _ in rows)


if __name__ == "__main__":
    main()
