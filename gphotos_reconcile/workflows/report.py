"""Put the report together from the catalogue's figures, and write it in the form asked for."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from gphotos_reconcile.core.model import Verdict
from gphotos_reconcile.core.report import (
    SCHEMA,
    Cell,
    Findings,
    LeftOut,
    Report,
    Tally,
    VerdictSum,
    YearVerdict,
    tally,
)
from gphotos_reconcile.core.report_words import (
    export_doubts,
    headline,
    local_doubts,
    next_steps,
    state_of,
)
from gphotos_reconcile.exporters.report_data import report_csv, report_json
from gphotos_reconcile.exporters.report_page import Spelled, render_page
from gphotos_reconcile.exporters.report_text import report_text
from gphotos_reconcile.exporters.whole import write_whole
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.totals import read_findings
from gphotos_reconcile.workflows.thumbnails import thumbnails

LISTED: Final = 18
"""Items in each of the lists of the largest and the oldest missing ones."""


PAGE_NAME: Final = "report.html"
"""What the page is called when only a folder is named."""

_THUMBNAILS_S: Final = 8.0
_WRITERS: Final[dict[str, Callable[[Report], str]]] = {
    "text": lambda report: report_text(report) + "\n",
    "json": report_json,
    "csv": report_csv,
}


def write_report(
    catalog: Catalog,
    form: str,
    out: Path | None,
    *,
    spelled: Spelled = str,
    dry_run: bool = False,
) -> str | Path:
    """Write the report as text, json, csv or html; return it where no file is named, else the file.

    A page goes to `report.html` where `out` is a folder or has no `.html` at its end; its commands
    are written as `spelled` has them.
    """
    report = report_of(catalog)
    if form == "html":
        ids = _pictured(report.findings)
        with thumbnails(catalog, ids, seconds=_THUMBNAILS_S) as thumbnail:
            page = render_page(report, thumbnail, spelled)
        out = _page_path(out or Path())
    else:
        page = _WRITERS[form](report)
    if out is None:
        return page
    return write_whole(out, page.encode("utf-8"), dry_run=dry_run)


def _page_path(out: Path) -> Path:
    if out.is_dir() or out.suffix.lower() not in {".html", ".htm"}:
        return out / PAGE_NAME
    return out


def _pictured(found: Findings) -> list[int]:
    # The largest are often videos that take long: take turns with the oldest.
    turns = zip_longest(found.oldest_missing, found.largest_missing)
    return [item.item_id for pair in turns for item in pair if item]


def report_of(catalog: Catalog) -> Report:
    """Return the report of an open catalogue."""
    with catalog.connect() as conn:
        return build_report(conn)


def build_report(conn: Connection) -> Report:
    """Return the report; the same catalogue gives the same one, byte for byte."""
    found = read_findings(conn, listed=LISTED)
    own = [cell for cell in found.cells if cell.belongs == "own"]
    ended = [scan.ended_at_utc for scan in found.scans if scan.ended_at_utc]
    return Report(
        schema=SCHEMA,
        state=state_of(found),
        headline=headline(found),
        doubts=(*export_doubts(found), *local_doubts(found)),
        as_of_utc=max(ended, default=None),
        cloud=tally(found.cells),
        own=found.own,
        safe=found.safe,
        to_copy=tally(cell for cell in own if not cell.is_safe),
        review_pending=found.count(Verdict.REVIEW),
        verdicts=tuple(_verdicts(own)),
        left_out=tuple(_left_out(found)),
        year_verdicts=tuple(_year_verdicts(own)),
        next_steps=next_steps(found),
        findings=found,
    )


def _verdicts(own: list[Cell]) -> Iterator[VerdictSum]:
    for verdict in Verdict:
        found = tally(cell for cell in own if cell.verdict == verdict.value)
        yield VerdictSum(
            verdict=verdict.value,
            is_safe=verdict.is_claim,
            items=found.items,
            size_bytes=found.size_bytes,
        )


def _left_out(found: Findings) -> Iterator[LeftOut]:
    groups: dict[str, list[Cell]] = defaultdict(list)
    for cell in found.cells:
        if cell.belongs != "own":
            groups[cell.belongs].append(cell)
    for belongs, cells in sorted(groups.items()):
        found_sum = tally(cells)
        yield LeftOut(
            belongs=belongs,
            items=found_sum.items,
            size_bytes=found_sum.size_bytes,
            safe_items=tally(cell for cell in cells if cell.is_safe).items,
        )


def _year_verdicts(own: list[Cell]) -> Iterator[YearVerdict]:
    sums: dict[tuple[str, str], Tally] = {}
    for cell in own:
        before = sums.get((cell.year, cell.verdict), Tally())
        sums[cell.year, cell.verdict] = Tally(
            items=before.items + cell.items, size_bytes=before.size_bytes + cell.size_bytes
        )
    for (year, verdict), found in sorted(sums.items()):
        yield YearVerdict(
            year=year, verdict=verdict, items=found.items, size_bytes=found.size_bytes
        )
