"""Running again: nothing is read twice, and a killed run ends like one that was not."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import pytest

from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.store.engine import open_catalog
from gphotos_reconcile.workflows.run import RunRequest, RunResult, run_job
from gphotos_reconcile.workflows.sample import Sample

RESULTS = (
    "SELECT path, verdict, rule, counterpart_path, reason FROM reconciliation ORDER BY 1, archive",
    "SELECT path, archive, sha256 FROM placements ORDER BY path, archive",
    "SELECT path, archive, sidecar_path, rule FROM takeout_pairs ORDER BY path, archive",
    "SELECT album, path FROM album_items ORDER BY album, path",
    "SELECT path, stage, message FROM problems GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
)


def results(catalog: Path) -> list[list[tuple[object, ...]]]:
    with closing(sqlite3.connect(catalog)) as raw:
        return [raw.execute(query).fetchall() for query in RESULTS]


def run(sample: Sample, catalog_path: Path, out: Path) -> RunResult:
    request = RunRequest(exports=sample.parts, libraries=[sample.library], out=out)
    with open_catalog(str(catalog_path), write=True) as catalog, WorkerPool(2) as pool:
        return run_job(request, catalog, pool=pool)


@pytest.fixture(scope="module")
def clean(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunResult]:
    folder = tmp_path_factory.mktemp("clean")
    return folder / "c.db", run(sample, folder / "c.db", folder / "out")


@pytest.mark.slow
def test_a_second_run_reads_no_file_and_changes_nothing(
    sample: Sample, clean: tuple[Path, RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, first = clean
    before = results(path)
    lists = {p.name: p.read_bytes() for p in first.copy_lists if p.suffix == ".nul"}

    def refuse(_pool: WorkerPool, jobs: Iterable[object], _: object = None) -> Iterator[NoReturn]:
        for job in jobs:
            raise AssertionError(f"read again: {job}")
        return iter(())

    for method in ("fingerprints", "fine_lumas", "previews"):
        monkeypatch.setattr(WorkerPool, method, refuse)
    second = run(sample, path, path.parent / "out")

    assert results(path) == before
    assert {p.name: p.read_bytes() for p in second.copy_lists if p.suffix == ".nul"} == lists
    for scan in second.scans:
        assert scan.totals.unchanged == scan.totals.saved
    assert not second.match.compared


@pytest.mark.slow
@pytest.mark.parametrize("after_s", [0.9, 1.6, 2.5])
def test_killed_in_the_middle_and_run_again_is_as_good_as_one_clean_run(
    sample: Sample, clean: tuple[Path, RunResult], tmp_path: Path, after_s: float
) -> None:
    catalog = tmp_path / "c.db"
    job = ["--quiet", "--catalog", str(catalog), "run", *map(str, sample.parts)]
    command = [sys.executable, "-m", "gphotos_reconcile", *job]
    child = subprocess.Popen(
        [*command, "--library", str(sample.library), "--out", str(tmp_path / "out")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(after_s)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()

    run(sample, catalog, tmp_path / "out")

    assert results(catalog) == results(clean[0])
