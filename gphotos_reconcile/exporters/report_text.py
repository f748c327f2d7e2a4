"""The report as text: the sentence, the closing sum, and what stands out."""

from collections.abc import Iterator, Sequence
from typing import Final

from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.core.report import MissingItem, Report
from gphotos_reconcile.core.sizes import size_text

_MONTHS_SHOWN: Final = 12
_ITEMS_SHOWN: Final = 5
_LEFT: Final = frozenset({"verdict", "year", "month", "source", "state", "file", "problem", ""})

Table = tuple[Sequence[str], Sequence[Sequence[str]]]


def report_text(report: Report) -> str:
    """Return the whole report as plain text, for a terminal, a mail or a log."""
    blocks = [report.headline]
    blocks += [f"Because not all is known:\n{_dashes(report.doubts)}"] if report.doubts else []
    blocks += [block for block in _blocks(report) if block]
    steps = "\n".join(f"  {step.command}\n    {step.why}" for step in report.next_steps)
    blocks.append(f"Next:\n{steps}")
    lines = "\n\n".join(blocks).split("\n")
    return "\n".join(display_text(line) for line in lines)


def _blocks(report: Report) -> Iterator[str]:
    found = report.findings
    if report.cloud.items:
        yield _table(*_closing_sum(report))
        yield _left_out(report)
    if found.local.items:
        yield (
            f"On your disks: {found.local.items:,} items, {size_text(found.local.size_bytes)};"
            f" {found.local_only.items:,} of them are not in the cloud"
            f" ({size_text(found.local_only.size_bytes)})."
        )
    if found.years:
        yield _table(*_years(report))
    yield _months(report)
    yield _items("The largest that are not safe:", found.largest_missing)
    yield _items("The oldest that are not safe:", found.oldest_missing)
    if found.scans:
        yield _table(*_scans(report))
    if found.problems:
        yield _table(*_problems(report))


def _closing_sum(report: Report) -> Table:
    rows = [
        (
            line.verdict,
            f"{line.items:,}",
            size_text(line.size_bytes),
            "safe" if line.is_safe else "",
        )
        for line in report.verdicts
        if line.items
    ]
    total = ("sum", f"{report.own.items:,}", size_text(report.own.size_bytes), "")
    return ("verdict", "items", "size", ""), [*rows, total]


def _left_out(report: Report) -> str:
    if not report.left_out:
        return ""
    told = ", ".join(f"{line.items:,} {line.belongs}" for line in report.left_out)
    return (
        f"Counted apart: {told}. With {report.own.items:,} of your own that makes"
        f" {report.cloud.items:,} cloud items."
    )


def _years(report: Report) -> Table:
    header = ("year", "cloud", "safe", "to copy", "size", "on disk", "size ", "waste")
    rows = [
        (
            year.year, f"{year.cloud_items:,}", f"{year.safe_items:,}", f"{year.to_copy_items:,}",
            size_text(year.to_copy_bytes), f"{year.local_files:,}", size_text(year.local_bytes),
            size_text(year.waste_bytes),
        )
        for year in report.findings.years
    ]  # fmt: skip
    return header, rows


def _months(report: Report) -> str:
    months = [month for month in report.findings.missing_months if month.safe_items == 0]
    if not months:
        return ""
    shown = ", ".join(f"{month.month} ({month.cloud_items:,})" for month in months[:_MONTHS_SHOWN])
    more = len(months) - _MONTHS_SHOWN
    rest = f" and {more:,} more: gphotos-reconcile query missing_months" if more > 0 else ""
    return f"Months of which nothing is safe: {shown}{rest}"


def _items(title: str, items: Sequence[MissingItem]) -> str:
    if not items:
        return ""
    header = ("file", "taken", "size ", "verdict")
    rows = [
        (
            item.path or item.filename,
            (item.taken_at_utc or "")[:10],
            size_text(item.size_bytes),
            item.verdict,
        )
        for item in items[:_ITEMS_SHOWN]
    ]
    return f"{title}\n{_table(header, rows)}"


def _scans(report: Report) -> Table:
    header = ("source", "state", "seen", "= saved", "+ rejected")
    rows = [
        (scan.source, scan.state, f"{scan.seen:,}", f"{scan.saved:,}", f"{scan.rejected:,}")
        for scan in report.findings.scans
    ]
    return header, rows


def _problems(report: Report) -> Table:
    header = ("source", "problem", "count")
    rows = [
        (line.source, f"{line.stage}: {line.message}", f"{line.problems:,}")
        for line in report.findings.problems
    ]
    return header, rows


def _dashes(lines: Sequence[str]) -> str:
    return "\n".join(f"  - {line}" for line in lines)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = []
    for row in (header, *rows):
        cells = [
            cell.ljust(width) if name in _LEFT else cell.rjust(width)
            for name, cell, width in zip(header, row, widths, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
