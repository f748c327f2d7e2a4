"""The rehearsal as a command: `python -m benchmarks.rehearsal --items 27000 --dir DIR`."""

import argparse
import hashlib
import shutil
import sys
import time
from pathlib import Path

from benchmarks.rehearsal.case import plan_case
from benchmarks.rehearsal.judge import Score, count_verdicts, judge
from benchmarks.rehearsal.maker import World, make_world, read_truth
from benchmarks.rehearsal.person import decide_all
from benchmarks.rehearsal.pictures import Pictures
from benchmarks.rehearsal.runner import Ran, run_program
from gphotos_reconcile.core.model import SAFE_VERDICTS

_SHOWN = 25


def main() -> int:
    """Make the case, run the program on it, print the table; 1 when a law is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rehearsal", description=__doc__)
    parser.add_argument("--items", type=int, default=27_000, help="how many items the export has")
    parser.add_argument("--dir", type=Path, required=True, help="where to make them; kept")
    parser.add_argument("--scenes", type=int, default=8, help="drawings of each kind of scene")
    parser.add_argument("--memory", type=int, default=1024, help="MiB that the program may take")
    parser.add_argument("--make-only", action="store_true", help="make the files and stop")
    options = parser.parse_args()
    world = _world(options.dir, options.items, options.scenes)
    if options.make_only:
        return 0
    return _rehearse(world, options.dir, options.memory)


def _world(folder: Path, items: int, per_scene: int) -> World:
    """Make the files, or take those that an earlier rehearsal left complete."""
    world = World(export=folder / "export", library=folder / "library", truth=folder / "truth.tsv")
    entries = plan_case(items)
    plan = hashlib.sha256(repr((entries, per_scene)).encode()).hexdigest()[:12]
    done = folder / f"made-{plan}"
    if done.exists():
        return world
    for half_made in (world.export, world.library):
        shutil.rmtree(half_made, ignore_errors=True)
    began = time.monotonic()
    world = make_world(entries, folder, Pictures(per_scene))
    done.touch()
    print(f"made {items} items in {time.monotonic() - began:.0f} s")
    return world


def _rehearse(world: World, folder: Path, memory_mib: int) -> int:
    catalog, copies = folder / "catalog.db", folder / "copies"
    for old in folder.glob("catalog.db*"):
        old.unlink()
    shutil.rmtree(copies, ignore_errors=True)
    truth = list(read_truth(world.truth))
    job = ["run", str(world.export), "--library", str(world.library), "--out", str(folder / "out")]
    runs = [run_program(job, catalog, folder / "1-run.log")]
    first = judge(catalog, truth)
    runs.append(run_program(job, catalog, folder / "2-again.log"))
    faults = list(first.faults)
    if judge(catalog, truth) != first:
        faults.append("a second run on the same input says something else")
    decided = decide_all(catalog, truth)
    runs.append(run_program(["copy", "--to", str(copies)], catalog, folder / "3-copy.log"))
    runs.append(run_program([*job, "--library", str(copies)], catalog, folder / "4-after.log"))
    _print_runs(runs)
    _print_score(first)
    print(f"{decided} items were decided by eye, {_files(copies)} files were copied.")
    faults += [*_broken(runs, first, memory_mib), *_not_safe(catalog)]
    for fault in faults:
        print(f"BROKEN: {fault}")
    return 1 if faults else 0


def _files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def _not_safe(catalog: Path) -> list[str]:
    """Return what is not safe, though the copy list was carried out."""
    verdicts = count_verdicts(catalog)
    return [
        f"{n} items are {v} after the copy" for v, n in verdicts.items() if v not in SAFE_VERDICTS
    ]


def _broken(runs: list[Ran], score: Score, memory_mib: int) -> list[str]:
    faults = [f"`{one.words[0]}` ended with {one.exit_code}" for one in runs if one.exit_code]
    if score.false_claims:
        faults.append(f"{score.false_claims} claims are false")
    peak = max(one.peak_mib for one in runs)
    if peak > memory_mib:
        faults.append(f"{peak} MiB were taken, more than {memory_mib}")
    return faults


def _print_runs(runs: list[Ran]) -> None:
    print(f"\n{'command':10} {'seconds':>9} {'peak MiB':>9} {'exit':>5}")
    for one in runs:
        print(f"{one.words[0]:10} {one.took_s:9.1f} {one.peak_mib:9} {one.exit_code:5}")


def _print_score(score: Score) -> None:
    print(f"\n{'label':28} {'items':>6} {'right':>6} {'false':>6} {'missed':>6}  verdicts")
    for label, tally in sorted(score.tallies.items()):
        said = ", ".join(f"{verdict} {count}" for verdict, count in tally.verdicts.most_common())
        numbers = f"{tally.items:6} {tally.right:6} {tally.false_claims:6} {tally.missed_claims:6}"
        print(f"{label:28} {numbers}  {said}")
    whole = score.tallies.values()
    sums = (sum(t.items for t in whole), sum(t.right for t in whole))
    lost = sum(t.missed_claims for t in whole)
    print(f"{'all':28} {sums[0]:6} {sums[1]:6} {score.false_claims:6} {lost:6}\n")
    for path, label, verdict, counterpart, reason in score.wrong[:_SHOWN]:
        print(f"  {label}: {path} -> {verdict} {counterpart} ({reason})")


if __name__ == "__main__":
    sys.exit(main())
