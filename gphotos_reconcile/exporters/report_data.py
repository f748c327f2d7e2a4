"""The report for programs: one JSON document, or one CSV of tidy rows."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from gphotos_reconcile.core.report import Findings, Report
from gphotos_reconcile.exporters.copylist import csv_cell

CSV_COLUMNS: Final = ("section", "key", "detail", "items", "size_bytes")

_CsvRow = tuple[str, str, str, int | None, int | None]


def report_document(report: Report) -> dict[str, Any]:
    """Return the report as plain values; `schema` names their version."""
    document = asdict(report)
    findings = document.pop("findings")
    del findings["cells"]  # what they add up to is in the document
    return {**document, **findings}


def report_json(report: Report) -> str:
    """Return the report as one JSON document."""
    return json.dumps(report_document(report), ensure_ascii=False, indent=2) + "\n"


def report_csv(report: Report) -> str:
    """Return the report's figures as CSV, one figure a row, safe to open in a spreadsheet."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for row in (*_sums(report), *_times(report.findings), *_sources(report.findings)):
        writer.writerow([csv_cell(value) for value in row])
    return stream.getvalue()


def _sums(report: Report) -> Iterator[_CsvRow]:
    found = report.findings
    yield "report", "schema", report.schema, None, None
    yield "report", report.state, report.headline, None, None
    for name, tally in (
        ("cloud", report.cloud),
        ("own", report.own),
        ("safe", report.safe),
        ("to_copy", report.to_copy),
        ("local", found.local),
        ("local_only", found.local_only),
    ):
        yield "sum", name, "", tally.items, tally.size_bytes
    for line in report.verdicts:
        yield "verdict", line.verdict, "safe" if line.is_safe else "", line.items, line.size_bytes
    for out in report.left_out:
        yield "left_out", out.belongs, f"{out.safe_items} safe", out.items, out.size_bytes
    for kind in found.kinds:
        yield "kind_cloud", kind.kind, f"{kind.safe_items} safe", kind.cloud_items, kind.cloud_bytes
        yield "kind_local", kind.kind, "", kind.local_items, kind.local_bytes


def _times(found: Findings) -> Iterator[_CsvRow]:
    for year in found.years:
        yield "year_cloud", year.year, f"{year.safe_items} safe", year.cloud_items, year.cloud_bytes
        yield "year_to_copy", year.year, "", year.to_copy_items, year.to_copy_bytes
        yield "year_local", year.year, "", year.local_files, year.local_bytes
        yield "year_best_copy", year.year, "", None, year.best_copy_bytes
        yield "year_waste", year.year, "", None, year.waste_bytes
    for cell in found.coverage:
        place = f"{cell.side}: {cell.source}"
        yield "month", cell.month, place, cell.items, cell.size_bytes
    for month in found.missing_months:
        unsafe = month.cloud_items - month.safe_items
        yield (
            "missing_month",
            month.month,
            f"{month.safe_percent} % safe",
            unsafe,
            (month.to_copy_bytes),
        )


def _sources(found: Findings) -> Iterator[_CsvRow]:
    for scan in found.scans:
        for name in ("seen", "saved", "rejected"):
            yield f"scan_{name}", scan.source, scan.state, getattr(scan, name), None
    for line in found.problems:
        yield "problem", line.source, f"{line.stage}: {line.message}", line.problems, None
    for part in found.broken_parts:
        yield "broken_part", part.export, f"{part.name}: {part.state}", None, None
    yield "unpaired_sidecars", "", "", found.unpaired_sidecars, None
    for name, items in (("largest", found.largest_missing), ("oldest", found.oldest_missing)):
        for item in items:
            where = item.path or item.filename
            yield f"{name}_missing", where, item.verdict, 1, item.size_bytes
