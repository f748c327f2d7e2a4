"""Bytes that the catalogue holds already are read whole, and decoded only once."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gphotos_reconcile.core.model import Fingerprint, Problem, Repeated
from gphotos_reconcile.core.ports import ByteSource, Key, KnownBytes
from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.store.engine import open_catalog
from gphotos_reconcile.workflows.index import index_libraries
from tests.media.pictures import jpeg


class Counting:
    """Workers that note what came of each entry."""

    def __init__(self, pool: WorkerPool) -> None:
        self.pool = pool
        self.decoded: list[str] = []
        self.repeated = 0

    def fingerprints(
        self, jobs: Iterable[tuple[Key, ByteSource]], known: KnownBytes | None = None
    ) -> Iterator[tuple[Key, Fingerprint | Repeated | Problem]]:
        for key, found in self.pool.fingerprints(jobs, known):
            if isinstance(found, Fingerprint):
                self.decoded.append(found.sha256)
            self.repeated += isinstance(found, Repeated)
            yield key, found


def library(folder: Path, seeds: Iterable[int]) -> Path:
    folder.mkdir()
    for seed in seeds:
        (folder / f"{seed}.jpg").write_bytes(jpeg(seed=seed))
    return folder


@pytest.fixture
def workers() -> Iterator[Counting]:
    with WorkerPool(1) as pool:
        yield Counting(pool)


def test_a_second_copy_is_not_decoded_and_has_all_that_the_first_has(
    workers: Counting, tmp_path: Path
) -> None:
    roots = [library(tmp_path / "one", range(4)), library(tmp_path / "two", range(2, 6))]

    with open_catalog(str(tmp_path / "c.db"), write=True) as catalog:
        reports = index_libraries(roots, catalog=catalog, fingerprinter=workers)

    assert [report.totals.saved for report in reports] == [4, 4]
    assert len(workers.decoded) == len(set(workers.decoded)) == 6
    assert workers.repeated == 2
    with closing(sqlite3.connect(tmp_path / "c.db")) as raw:
        rows = raw.execute("SELECT width, sha256 FROM local_items").fetchall()
        places = raw.execute("SELECT COUNT(*) FROM placements").fetchone()
    assert {width for width, _ in rows} == {320}
    assert len({sha256 for _, sha256 in rows}) == 6
    assert places == (8,)


def test_what_an_older_version_made_is_made_anew(workers: Counting, tmp_path: Path) -> None:
    first, second = library(tmp_path / "one", [1]), library(tmp_path / "two", [1])
    with open_catalog(str(tmp_path / "c.db"), write=True) as catalog:
        index_libraries([first], catalog=catalog, fingerprinter=workers)
        with catalog.begin() as conn:
            conn.exec_driver_sql("UPDATE content SET version = version - 1")

        index_libraries([second], catalog=catalog, fingerprinter=workers)

    assert len(workers.decoded) == 2
