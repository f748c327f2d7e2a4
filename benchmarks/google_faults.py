"""Run seeded fault schedules against the stand-in: `python -m benchmarks.google_faults`.

Every schedule must come to the fault-free truth in at most three runs: nothing lost, nothing
doubled, no false claim at any moment, requests bounded. A failing seed is printed and can be run
alone with `--first SEED --schedules 1`.
"""

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.google.catalog_journals import in_catalog
from tests.google.convergence import Outcome, in_memory, run_seed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--catalog", action="store_true", help="journals in SQLite, as in use")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.schedules)
    started = time.monotonic()
    with ProcessPoolExecutor(options.jobs) as pool:
        run = partial(run_seed, journals=in_catalog if options.catalog else in_memory)
        outcomes = list(pool.map(run, seeds, chunksize=8))
    wrong = [outcome for outcome in outcomes if outcome.wrong]
    for outcome in wrong:
        print(f"seed {outcome.seed}: {'; '.join(outcome.wrong)}")
    print(summary(outcomes), f"in {time.monotonic() - started:.0f} s")
    sys.exit(1 if wrong else 0)


def summary(outcomes: list[Outcome]) -> str:
    runs = Counter(outcome.runs for outcome in outcomes)
    return (
        f"{len(outcomes)} schedules, {sum(bool(o.wrong) for o in outcomes)} wrong, "
        f"{sum(o.struck for o in outcomes)} faults struck, "
        f"{sum(o.killed for o in outcomes)} kills, "
        f"{sum(o.requests for o in outcomes)} requests, runs needed: "
        + ", ".join(f"{count}x{number}" for number, count in sorted(runs.items()))
    )


if __name__ == "__main__":
    main()
