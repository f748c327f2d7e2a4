"""The figures of the report, read from the catalogue.

Where a recipe answers the question, the recipe is run, so that anybody can ask it again; what
no recipe answers is one pass over the cloud items and one over the local ones.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from gphotos_reconcile.core.report import (
    SAFE,
    BrokenPart,
    Cell,
    Findings,
    KindSum,
    MissingItem,
    MissingMonth,
    MonthSource,
    ProblemSum,
    SourceScan,
    Tally,
    YearStorage,
)
from gphotos_reconcile.store.recipes import run_recipe
from gphotos_reconcile.store.settings import read_setting

_Row = TypeVar("_Row")

_CELLS: Final = """
SELECT belongs, verdict, kind, COALESCE(SUBSTR(taken_at_utc, 1, 4), 'undated') AS year,
  COUNT(*) AS items, COALESCE(SUM(size_bytes), 0) AS size_bytes
FROM reconciliation
GROUP BY belongs, verdict, kind, year
ORDER BY belongs, verdict, kind, year
"""
_LOCAL_KINDS: Final = """
SELECT kind, COUNT(*), COALESCE(SUM(size_bytes), 0) FROM local_items GROUP BY kind ORDER BY kind
"""
_LOCAL_ONLY: Final = "SELECT COUNT(*), COALESCE(SUM(size_bytes), 0) FROM local_only"
_BROKEN_PARTS: Final = """
SELECT r.name AS export, a.name, a.state, COALESCE(a.reason, '') AS reason
FROM archive AS a
JOIN source AS r ON r.source_id = a.source_id AND r.kind = 'takeout'
WHERE a.state <> 'whole'
ORDER BY r.name, a.part_number, a.name
"""


def read_findings(conn: Connection, *, listed: int) -> Findings:
    """Return every figure of the report; `listed` missing items of each list."""
    cells = tuple(Cell(**row) for row in _rows(conn, _CELLS))
    local_kinds = [tuple(row) for row in conn.exec_driver_sql(_LOCAL_KINDS)]
    items, size_bytes = conn.exec_driver_sql(_LOCAL_ONLY).one()
    limit = {"limit": listed}
    return Findings(
        cells=cells,
        kinds=_kinds(cells, local_kinds),
        local=Tally(
            items=sum(row[1] for row in local_kinds), size_bytes=sum(row[2] for row in local_kinds)
        ),
        local_only=Tally(items=items, size_bytes=size_bytes),
        years=_recipe(conn, "storage_by_year", YearStorage),
        coverage=_recipe(conn, "coverage_by_month", MonthSource),
        missing_months=_recipe(conn, "missing_months", MissingMonth),
        scans=_scans(conn),
        problems=_recipe(conn, "problems_by_stage", ProblemSum),
        broken_parts=tuple(BrokenPart(**row) for row in _rows(conn, _BROKEN_PARTS)),
        unpaired_sidecars=conn.exec_driver_sql(
            "SELECT COUNT(*) FROM unpaired_sidecars"
        ).scalar_one(),
        is_matched=_is_matched(conn),
        largest_missing=_recipe(conn, "largest_missing", MissingItem, limit),
        oldest_missing=_recipe(conn, "oldest_missing", MissingItem, limit),
    )


def _rows(conn: Connection, query: str) -> Iterator[dict[str, Any]]:
    return (dict(row) for row in conn.exec_driver_sql(query).mappings())


def _recipe(
    conn: Connection, name: str, kind: type[_Row], params: dict[str, int] | None = None
) -> tuple[_Row, ...]:
    result = run_recipe(conn, name, params or {})
    return tuple(kind(**dict(zip(result.columns, row, strict=True))) for row in result.rows)


def _scans(conn: Connection) -> tuple[SourceScan, ...]:
    result = run_recipe(conn, "scan_health", {})
    rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
    kept = SourceScan.__dataclass_fields__
    scans = [
        SourceScan(**{name: row[name] for name in kept}) for row in rows if row["is_latest"] == 1
    ]
    return tuple(sorted(scans, key=lambda scan: (scan.kind == "local", scan.kind, scan.source)))


def _is_matched(conn: Connection) -> bool:
    """Tell whether the verdicts are those of what is in the catalogue now."""
    if read_setting(conn, "changed") == "1" or read_setting(conn, "unmatched") == "1":
        return False
    return bool(conn.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM verdict)").scalar_one())


def _kinds(cells: tuple[Cell, ...], local_kinds: list[tuple[Any, ...]]) -> tuple[KindSum, ...]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    for cell in cells:
        if cell.belongs == "own":
            found = sums[cell.kind]
            found[0] += cell.items
            found[1] += cell.size_bytes
            found[2] += cell.items if cell.verdict in SAFE else 0
    for kind, items, size_bytes in local_kinds:
        sums[kind][3:] = [items, size_bytes]
    return tuple(
        KindSum(
            kind=kind,
            cloud_items=found[0],
            cloud_bytes=found[1],
            safe_items=found[2],
            local_items=found[3],
            local_bytes=found[4],
        )
        for kind, found in sorted(sums.items())
    )
