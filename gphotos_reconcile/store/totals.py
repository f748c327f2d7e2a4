"""The figures of the report, read from the catalogue.

One pass over the cloud items and one over the local ones count them by month, source and kind;
most figures are sums of these cells. They are the same that the recipes give one by one, and the
tests hold them to it. Where one pass is not enough, the recipe itself is run.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple, TypeVar

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
_Key = TypeVar("_Key", bound=tuple[str, ...])

_CLOUD: Final = """
SELECT belongs, verdict, kind, COALESCE(SUBSTR(taken_at_utc, 1, 7), 'undated') AS month, source,
  COUNT(*) AS items, COALESCE(SUM(size_bytes), 0) AS size_bytes
FROM reconciliation
GROUP BY month, source, belongs, verdict, kind
ORDER BY month, source, belongs, verdict, kind
"""
_LOCAL: Final = """
SELECT kind, COALESCE(SUBSTR(taken_at_utc, 1, 7), 'undated') AS month, source,
  COUNT(*) AS items, COALESCE(SUM(size_bytes), 0) AS size_bytes
FROM local_items
GROUP BY month, source, kind
ORDER BY month, source, kind
"""
_LOCAL_ONLY: Final = "SELECT COUNT(*), COALESCE(SUM(size_bytes), 0) FROM local_only"
_UNPAIRED: Final = "SELECT COUNT(*) FROM unpaired_sidecars"
_BROKEN_PARTS: Final = """
SELECT r.name AS export, a.name, a.state, COALESCE(a.reason, '') AS reason
FROM archive AS a
JOIN source AS r ON r.source_id = a.source_id AND r.kind = 'takeout'
WHERE a.state <> 'whole'
ORDER BY r.name, a.part_number, a.name
"""


class _Count(NamedTuple):
    """Items of one month, source and kind that are of one mind."""

    items: int
    size_bytes: int
    month: str
    source: str
    kind: str
    belongs: str = ""  # "" for local items
    verdict: str = ""

    @property
    def year(self) -> str:
        return self.month if self.month == "undated" else self.month[:4]

    @property
    def safe_items(self) -> int:
        return self.items if self.verdict in SAFE else 0


def read_findings(conn: Connection, *, listed: int) -> Findings:
    """Return every figure of the report; `listed` missing items of each list."""
    cloud = [_Count(**row) for row in _rows(conn, _CLOUD)]
    local = [_Count(**row) for row in _rows(conn, _LOCAL)]
    own = [count for count in cloud if count.belongs == "own"]
    items, size_bytes = conn.exec_driver_sql(_LOCAL_ONLY).one()
    limit = {"limit": listed}
    return Findings(
        cells=_cells(cloud),
        kinds=_kinds(own, local),
        local=_tally(local),
        local_only=Tally(items=items, size_bytes=size_bytes),
        years=_recipe(conn, "storage_by_year", YearStorage),
        coverage=_coverage(own, local),
        missing_months=_missing_months(own),
        scans=_scans(conn),
        problems=_recipe(conn, "problems_by_stage", ProblemSum),
        broken_parts=tuple(BrokenPart(**row) for row in _rows(conn, _BROKEN_PARTS)),
        unpaired_sidecars=conn.exec_driver_sql(_UNPAIRED).scalar_one(),
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


def _tally(counts: Iterable[_Count]) -> Tally:
    items = size_bytes = 0
    for count in counts:
        items += count.items
        size_bytes += count.size_bytes
    return Tally(items=items, size_bytes=size_bytes)


def _safe(counts: Iterable[_Count]) -> int:
    return sum(count.safe_items for count in counts)


def _grouped(
    counts: Iterable[_Count], key: Callable[[_Count], _Key]
) -> Iterator[tuple[_Key, list[_Count]]]:
    """Yield the groups of one key, sorted by it."""
    groups: dict[_Key, list[_Count]] = defaultdict(list)
    for count in counts:
        groups[key(count)].append(count)
    return iter(sorted(groups.items()))


def _cells(cloud: list[_Count]) -> tuple[Cell, ...]:
    groups = _grouped(cloud, lambda c: (c.belongs, c.verdict, c.kind, c.year))
    return tuple(
        Cell(
            belongs=belongs, verdict=verdict, kind=kind, year=year,
            items=_tally(counts).items, size_bytes=_tally(counts).size_bytes,
        )
        for (belongs, verdict, kind, year), counts in groups
    )  # fmt: skip


def _kinds(own: list[_Count], local: list[_Count]) -> tuple[KindSum, ...]:
    groups = _grouped([*own, *local], lambda c: (c.kind,))
    return tuple(_kind(kind, counts) for (kind,), counts in groups)


def _kind(kind: str, counts: list[_Count]) -> KindSum:
    cloud = _tally(count for count in counts if count.belongs)
    local = _tally(count for count in counts if not count.belongs)
    return KindSum(
        kind=kind,
        cloud_items=cloud.items,
        cloud_bytes=cloud.size_bytes,
        safe_items=_safe(counts),
        local_items=local.items,
        local_bytes=local.size_bytes,
    )


def _coverage(own: list[_Count], local: list[_Count]) -> tuple[MonthSource, ...]:
    def key(count: _Count) -> tuple[str, ...]:
        return count.month, "cloud" if count.belongs else "local", count.source

    return tuple(
        MonthSource(
            month=month, side=side, source=source,
            items=_tally(counts).items, size_bytes=_tally(counts).size_bytes,
            safe_items=_safe(counts) if side == "cloud" else None,
        )
        for (month, side, source), counts in _grouped([*own, *local], key)
    )  # fmt: skip


def _missing_months(own: list[_Count]) -> tuple[MissingMonth, ...]:
    months = (_month(month, counts) for (month,), counts in _grouped(own, lambda c: (c.month,)))
    return tuple(month for month in months if month.safe_items < month.cloud_items)


def _month(month: str, counts: list[_Count]) -> MissingMonth:
    items, safe = _tally(counts).items, _safe(counts)
    return MissingMonth(
        month=month,
        cloud_items=items,
        safe_items=safe,
        safe_percent=100 * safe // items,
        missing_items=_tally(c for c in counts if c.verdict == "missing").items,
        review_items=_tally(c for c in counts if c.verdict == "review").items,
        to_copy_bytes=_tally(c for c in counts if c.verdict not in SAFE).size_bytes,
    )
