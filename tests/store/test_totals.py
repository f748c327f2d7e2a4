"""The report's figures: sums that close, and the same answers as the recipes."""

from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from gphotos_reconcile.core.report import Findings, Tally, tally
from gphotos_reconcile.store.engine import open_catalog
from gphotos_reconcile.store.recipes import run_recipe
from gphotos_reconcile.store.settings import write_setting
from gphotos_reconcile.store.totals import read_findings
from tests.queries.seed import EXPORT, seed

YEAR = "Takeout/Google Photos/Photos from 2019"
VERDICTS = (
    "identical",
    "missing",
    "review",
    "same_picture",
    "smaller_copy",
    "unreadable",
    "unknown",
)


def _library() -> dict[str, Any]:
    belongings = ("own", "own", "own", "partner", "trash")
    cloud = [
        {
            "id": number,
            "path": f"{YEAR}/{number}.{'mp4' if number % 5 == 0 else 'jpg'}",
            "verdict": VERDICTS[number % len(VERDICTS)],
            "belongs": belongings[number % len(belongings)],
            "size_bytes": number * 10,
            "counterpart_id": 1001 if VERDICTS[number % len(VERDICTS)] == "smaller_copy" else None,
            "taken_at_utc": None
            if number % 11 == 0
            else f"20{10 + number % 4}-0{1 + number % 9}-01T00:00:00Z",
        }
        for number in range(1, 80)
    ]
    local = [
        {
            "id": 1000 + number,
            "path": f"/photos/{number}.jpg",
            "bytes": number % 7,
            "size_bytes": 50,
            "taken_at_utc": f"201{number % 3}-05-01T00:00:00Z",
        }
        for number in range(1, 12)
    ]
    run = {"source": EXPORT, "kind": "takeout", "started_at_utc": "2026-01-01T00:00:00Z", "seen": 9}
    runs = [
        {"run_id": 1, **run, "saved": 8, "rejected": 1, "complete": 0},
        {"run_id": 2, **run, "saved": 9, "complete": 1, "ended_at_utc": "2026-01-02T01:00:00Z"},
    ]
    parts = [
        {"name": "part 3", "form": "missing", "state": "missing", "part_number": 3},
        {"name": "takeout-001.zip", "part_number": 1},
        {"name": "takeout-002.zip", "part_number": 2, "state": "cut"},
    ]  # fmt: skip
    sidecars = [{"path": f"{YEAR}/gone.jpg.json", "title": "gone.jpg"}]
    problems = [{"source": EXPORT, "path": "x", "stage": "read", "message": "CRC wrong"}]
    return {
        "cloud": cloud, "local": local, "runs": runs, "parts": parts, "sidecars": sidecars,
        "problems": problems,
    }  # fmt: skip


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    location = str(tmp_path_factory.mktemp("totals") / "catalog.db")
    with open_catalog(location, write=True) as catalog:
        with catalog.begin() as writing:
            seed(writing, _library())
        with catalog.connect() as reading:
            yield reading


@pytest.fixture(scope="module")
def found(conn: Connection) -> Findings:
    return read_findings(conn, listed=5)


def test_the_cells_hold_every_cloud_item_once(conn: Connection, found: Findings) -> None:
    query = "SELECT COUNT(*), SUM(size_bytes) FROM reconciliation"
    assert astuple(tally(found.cells)) == tuple(conn.exec_driver_sql(query).one())


def test_own_items_are_those_of_the_user_alone(conn: Connection, found: Findings) -> None:
    query = "SELECT COUNT(*), SUM(size_bytes) FROM reconciliation WHERE belongs = 'own'"
    assert astuple(found.own) == tuple(conn.exec_driver_sql(query).one())


@pytest.mark.parametrize(
    ("recipe", "attribute"),
    [
        ("storage_by_year", "years"),
        ("coverage_by_month", "coverage"),
        ("missing_months", "missing_months"),
        ("problems_by_stage", "problems"),
    ],
)
def test_the_report_and_the_recipe_give_the_same_rows(
    conn: Connection, found: Findings, recipe: str, attribute: str
) -> None:
    rows = [astuple(row) for row in getattr(found, attribute)]
    assert rows == list(run_recipe(conn, recipe, {}).rows)
    assert rows


def test_the_years_add_up_to_the_cells(found: Findings) -> None:
    assert sum(year.cloud_items for year in found.years) == found.own.items
    assert sum(year.safe_items for year in found.years) == found.safe.items


def test_the_kinds_add_up_to_both_sides(found: Findings) -> None:
    cloud = Tally(
        items=sum(kind.cloud_items for kind in found.kinds),
        size_bytes=sum(kind.cloud_bytes for kind in found.kinds),
    )
    local = Tally(
        items=sum(kind.local_items for kind in found.kinds),
        size_bytes=sum(kind.local_bytes for kind in found.kinds),
    )
    assert (cloud, local) == (found.own, found.local)
    assert sum(kind.safe_items for kind in found.kinds) == found.safe.items


def test_only_the_newest_scan_of_a_source_counts(found: Findings) -> None:
    scans = [(scan.source, scan.state, scan.seen) for scan in found.scans if scan.seen]
    assert scans == [(EXPORT, "complete", 9)]


def test_parts_that_are_not_whole_are_named_in_their_order(found: Findings) -> None:
    assert [(part.name, part.state) for part in found.broken_parts] == [
        ("takeout-002.zip", "cut"),
        ("part 3", "missing"),
    ]


def test_the_lists_are_as_long_as_asked_for(found: Findings) -> None:
    assert len(found.largest_missing) == len(found.oldest_missing) == 5
    sizes = [item.size_bytes or 0 for item in found.largest_missing]
    assert sizes == sorted(sizes, reverse=True)


def test_a_sidecar_without_its_file_is_counted(found: Findings) -> None:
    assert found.unpaired_sidecars == 1


@pytest.mark.parametrize(
    ("name", "value", "matched"),
    [("changed", "1", False), ("unmatched", "1", False), ("changed", "0", True)],
)
def test_verdicts_older_than_the_items_do_not_count_as_compared(
    tmp_path: Path, name: str, value: str, *, matched: bool
) -> None:
    with open_catalog(str(tmp_path / "catalog.db"), write=True) as catalog:
        with catalog.begin() as writing:
            seed(writing, {"cloud": [{"id": 1, "path": f"{YEAR}/a.jpg", "verdict": "missing"}]})
            write_setting(writing, name, value)
        with catalog.connect() as conn:
            assert read_findings(conn, listed=1).is_matched is matched


def test_an_empty_catalogue_has_empty_findings(tmp_path: Path) -> None:
    with (
        open_catalog(str(tmp_path / "catalog.db"), write=True) as catalog,
        catalog.connect() as conn,
    ):
        assert read_findings(conn, listed=5) == Findings()
