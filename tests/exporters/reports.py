"""A report by hand, every text of it chosen by the test."""

from gphotos_reconcile.core.model import Verdict
from gphotos_reconcile.core.report import (
    SCHEMA,
    BrokenPart,
    Findings,
    MissingItem,
    MissingMonth,
    MonthSource,
    NextStep,
    ProblemSum,
    Report,
    SourceScan,
    Tally,
    VerdictSum,
    YearStorage,
)


def _item(number: int, name: str = "a.jpg") -> MissingItem:
    return MissingItem(
        item_id=number, filename=name, kind="photo", taken_at_utc="2019-01-01T10:00:00Z",
        size_bytes=1000, verdict="missing", archive="takeout-001.zip", path=f"Takeout/{name}",
    )  # fmt: skip


def month_source(month: str, side: str, source: str, items: int) -> MonthSource:
    safe = items // 2 if side == "cloud" else None
    return MonthSource(
        month=month, side=side, source=source, items=items, size_bytes=items, safe_items=safe
    )


def sample_report(name: str = "a.jpg") -> Report:
    """Return a report whose every text field holds `name`."""
    year = YearStorage(
        year="2019", cloud_items=4, cloud_bytes=400, safe_items=1, to_copy_items=3,
        to_copy_bytes=300, local_files=2, local_bytes=150, best_copy_bytes=400, waste_bytes=50,
    )  # fmt: skip
    month = MissingMonth(
        month="2019-01", cloud_items=4, safe_items=1, safe_percent=25, missing_items=3,
        review_items=0, to_copy_bytes=300,
    )  # fmt: skip
    scan = SourceScan(
        source=name, kind="takeout", state="complete", ended_at_utc="2026-01-11T09:30:00Z", seen=5,
        saved=4, rejected=1, unaccounted=0, problems=1,
    )  # fmt: skip
    found = Findings(
        local=Tally(items=2, size_bytes=150),
        years=(year,),
        coverage=(
            month_source("2019-01", "cloud", "takeout", 4),
            month_source("undated", "local", name, 2),
        ),
        missing_months=(month,),
        scans=(scan,),
        problems=(
            ProblemSum(
                source=name, stage="read", problems=1, first_path=name, message=name, hint=name
            ),
        ),
        broken_parts=(BrokenPart(export=name, name=name, state="cut", reason=name),),
        is_matched=True,
        largest_missing=(_item(1, name), _item(2, name)),
        oldest_missing=(_item(3, name),),
    )
    counts = {"identical": 1, "missing": 3}
    return Report(
        schema=SCHEMA,
        state="unsafe",
        headline=f"1 of 4 cloud items is safe ({name}).",
        doubts=(f"{name} is cut short",),
        as_of_utc="2026-01-11T09:30:00Z",
        cloud=Tally(items=4, size_bytes=400),
        own=Tally(items=4, size_bytes=400),
        safe=Tally(items=1, size_bytes=100),
        to_copy=Tally(items=3, size_bytes=300),
        review_pending=0,
        verdicts=tuple(
            VerdictSum(
                verdict=verdict.value,
                is_safe=verdict.is_claim,
                items=counts.get(verdict.value, 0),
                size_bytes=100 * counts.get(verdict.value, 0),
            )
            for verdict in Verdict
        ),
        left_out=(),
        year_verdicts=(),
        next_steps=(NextStep(command="gphotos-reconcile review", why="look"),),
        findings=found,
    )
