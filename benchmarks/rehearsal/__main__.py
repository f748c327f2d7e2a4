"""The rehearsal as a command: `python -m benchmarks.rehearsal --items 27000 --dir DIR`."""

import argparse
import shutil
import sys
import time
from pathlib import Path

from benchmarks.rehearsal.case import plan_case
from benchmarks.rehearsal.judge import Score, judge
from benchmarks.rehearsal.maker import World, make_world, read_truth
from benchmarks.rehearsal.pictures import Pictures
from benchmarks.rehearsal.runner import Ran, run_program

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
    done = folder / f"made-{items}-{per_scene}"
    if done.exists():
        return world
    for half_made in (world.export, world.library):
        shutil.rmtree(half_made, ignore_errors=True)
    began = time.monotonic()
    world = make_world(plan_case(items), folder, Pictures(per_scene))
    done.touch()
    print(f"made {items} items in {time.monotonic() - began:.0f} s")
    return world


def _rehearse(world: World, folder: Path, memory_mib: int) -> int:
    catalog = folder / "catalog.db"
    for old in folder.glob("catalog.db*"):
        old.unlink()
    job = ["run", str(world.export), "--library", str(world.library), "--out", str(folder / "out")]
    runs = [run_program(job, catalog, folder / "run.log")]
    first = judge(catalog, read_truth(world.truth))
    runs.append(run_program(job, catalog, folder / "again.log"))
    second = judge(catalog, read_truth(world.truth))
    _print_runs(runs)
    _print_score(first)
    faults = [*first.faults, *_broken(runs, first, memory_mib)]
    if second != first:
        faults.append("a second run on the same input says something else")
    for fault in faults:
        print(f"BROKEN: {fault}")
    return 1 if faults else 0


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
