"""The rehearsal of a million items: python -m benchmarks.million 10000 100000 1000000.

Makes a catalogue of so many items on each side (see `benchmarks.made`; 10 GB and some minutes for
a million), and works on it with the commands' own workflows: match, match again with nothing new,
the report page, the first page of the review, the copy list, match with 1,000 new cloud files and
with 1,000 new local ones, and inside the local side with `--within`. Before that the search for
candidates alone, in the hashes without a catalogue. No file of it exists, so that decoding for a
closer look is left out: that is measured elsewhere.

Memory is the largest sum over all processes, with shared pages counted once (PSS, read from Linux
twice a second, without the pages of the catalogue's file that the system keeps for whoever asks).
CPU is that of all processes together.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.first_page import open_review
from benchmarks.made import make_cloud, make_local
from benchmarks.matching_scale import near_pairs
from benchmarks.million_rows import add_items, make_catalog
from gphotos_reconcile.core.model import Side
from gphotos_reconcile.exporters.copylist import Form
from gphotos_reconcile.matching.options import MatchOptions
from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.store.engine import Catalog, open_catalog
from gphotos_reconcile.workflows.duplicates import GroupRequest, group_duplicates
from gphotos_reconcile.workflows.export import PlanRequest, plan_from_catalog, write_list
from gphotos_reconcile.workflows.match import match_catalog
from gphotos_reconcile.workflows.report import write_report

_NEW: Final = 1000


def main() -> int:
    """Measure the sizes given."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("counts", type=int, nargs="+", help="items on each side")
    parser.add_argument("--keep", type=Path, help="where the last, matched catalogue is kept")
    parser.add_argument("--jobs", type=int, help="processes that judge; one for each processor")
    parser.add_argument("--within", action="store_true", help="look for duplicates too")
    asked = parser.parse_args()
    for count in asked.counts:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "catalog.db"
            _measure(path, count, jobs=asked.jobs, within=asked.within)
            if asked.keep and count == asked.counts[-1]:
                path.replace(asked.keep)
    return 0


def _measure(path: Path, count: int, *, jobs: int | None, within: bool) -> None:
    _search(count)
    with _told(count, "catalogue made"):
        make_catalog(path, cloud=count, local=count)
    print(f"{count:9}  the catalogue has {path.stat().st_size / 1e6:.0f} MB", flush=True)
    with open_catalog(str(path), write=True) as catalog, WorkerPool(jobs) as pool:
        _match(catalog, pool, count, "match, all")
        _match(catalog, pool, count, "match, nothing new")
        _show(catalog, path.parent, count)
        with catalog.begin() as conn:
            add_items(conn, local=count, cloud=_NEW)
        _match(catalog, pool, count, f"match, {_NEW} new cloud items")
        with catalog.begin() as conn:
            add_items(conn, local=count, home=_NEW)
        _match(catalog, pool, count, f"match, {_NEW} new local items")
        if within:
            with _told(count, "match --within local"):
                group_duplicates(catalog, GroupRequest(side=Side.LOCAL), pool=pool)


def _search(count: int) -> None:
    local = make_local(count, seed=count)
    cloud = make_cloud(local, count, seed=count + 1)
    with _told(count, "candidates within 8 bits") as tell:
        tell(f"{near_pairs(cloud, local)} pairs")


def _show(catalog: Catalog, folder: Path, count: int) -> None:
    page = folder / "report.html"
    with _told(count, "report page") as tell:
        write_report(catalog, "html", page)
        tell(f"{page.stat().st_size / 1e6:.2f} MB")
    with _told(count, "first review page, server started"):
        open_review(catalog)
    with _told(count, "copy list") as tell:
        plan = plan_from_catalog(catalog, PlanRequest())
        write_list(plan, Form.CSV, folder / "copy.csv")
        tell(f"{len(plan.actions)} files to copy")


def _match(catalog: Catalog, pool: WorkerPool, count: int, what: str) -> None:
    with _told(count, what) as tell:
        report = match_catalog(catalog, MatchOptions(), pool=pool)
        verdicts: dict[str, int] = {}
        for (verdict, _), number in report.counts.items():
            verdicts[verdict] = verdicts.get(verdict, 0) + number
        tell(f"{report.judged} judged; now {verdicts}")


@contextmanager
def _told(count: int, what: str) -> Iterator[Callable[[str], None]]:
    """Print time, CPU and memory of what is done inside."""
    more: list[str] = []
    began_s, cpu_s = time.perf_counter(), _cpu_s()
    with _Watch() as watch:
        yield more.append
    took_s, cpu_s = time.perf_counter() - began_s, _cpu_s() - cpu_s
    load = os.getloadavg()[0]
    print(
        f"{count:9} {took_s:8.1f} s {cpu_s:8.1f} s CPU {watch.peak_bytes / 2**20:7.0f} MiB"
        f"  load {load:4.1f}  {what}{': ' if more else ''}{'; '.join(more)}",
        flush=True,
    )


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@dataclass(slots=True)
class _Watch:
    """Looks at the memory of this process and its children until it is told to stop."""

    peak_bytes: int = 0
    _done: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> "_Watch":
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        assert self._thread is not None
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.5):
            self.peak_bytes = max(self.peak_bytes, sum(map(_own_bytes, _family(os.getpid()))))


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from _family(int(child))


def _own_bytes(pid: int) -> int:
    """Return the proportional share of a process without file pages; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return 1024 * (sizes["Pss_Anon"] + sizes["Pss_Shmem"])


if __name__ == "__main__":
    sys.exit(main())
