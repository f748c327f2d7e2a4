"""Results as text and as JSON documents."""

from collections.abc import Iterable
from typing import Any

from gphotos_reconcile.core.model import SAFE_VERDICTS, Verdict
from gphotos_reconcile.core.sizes import size_text
from gphotos_reconcile.exporters.report_text import report_text
from gphotos_reconcile.workflows.duplicates import GroupReport
from gphotos_reconcile.workflows.explain import Explanation
from gphotos_reconcile.workflows.match import MatchReport
from gphotos_reconcile.workflows.run import RunResult
from gphotos_reconcile.workflows.scanning import ScanReport

_COUNT_VERDICTS = "SELECT verdict, COUNT(*) FROM reconciliation GROUP BY 1"
_MEANING = {
    Verdict.IDENTICAL: "the same bytes are on your disks",
    Verdict.SAME_CONTENT: "the same picture data, other metadata",
    Verdict.SAME_PICTURE: "recompressed by Google; yours is as good or better",
    Verdict.CONFIRMED: "you said so in the review",
    Verdict.SMALLER_COPY: "you have only a smaller or worse copy",
    Verdict.VARIANT: "you have a relative: an edit, a crop, a raw, a burst neighbour",
    Verdict.REVIEW: "there are candidates; your eye decides",
    Verdict.MISSING: "nowhere on your disks",
    Verdict.UNKNOWN: "not found, but something was not read whole",
    Verdict.UNREADABLE: "damaged in the export",
}


def scans_text(reports: Iterable[ScanReport]) -> str:
    """Return one paragraph per scanned source; its sums close."""
    return "\n".join(_scan_text(report) for report in reports)


def scans_document(reports: Iterable[ScanReport]) -> dict[str, Any]:
    """Return the scans as a JSON document."""
    return {"schema": 1, "scans": list(reports)}


def match_text(result: MatchReport) -> str:
    """Return the verdicts with their counts, and why absence may prove nothing."""
    own = {said: n for (said, belongs), n in result.counts.items() if belongs == "own"}
    lines = [f"{'verdict':<13} {'items':>9}"]
    for verdict in Verdict:
        count = own.get(verdict.value, 0)
        if count:
            mark = "safe" if verdict in SAFE_VERDICTS else ""
            lines.append(f"{verdict.value:<13} {count:>9,}  {mark:<4}  {_MEANING[verdict]}")
    lines.append(f"{'sum':<13} {sum(own.values()):>9,}")
    apart = sum(result.counts.values()) - sum(own.values())
    if apart:
        lines.append(f"{apart:,} more are not your own or in the trash: counted apart.")
    if result.gaps:
        lines.append("What is not found may be there all the same, because not all was read:")
        lines += [f"  - {gap}" for gap in result.gaps]
    lines += ["", "Next: gphotos-reconcile report"]
    return "\n".join(lines)


def match_document(result: MatchReport) -> dict[str, Any]:
    """Return the verdicts' counts as a JSON document."""
    return {
        "schema": 1,
        "compared": result.compared,
        "gaps": list(result.gaps),
        "counts": [
            {"verdict": said, "belongs": belongs, "items": count}
            for (said, belongs), count in sorted(result.counts.items())
        ],
    }


def run_text(result: RunResult, catalog: str, *, dry_run: bool = False) -> str:
    """Return the summary of the main job and where everything lies."""
    lists = "\n".join(f"  {path}" for path in result.copy_lists)
    named = "The lists would be:" if dry_run else "The lists:"
    return "\n".join(
        (
            scans_text(result.scans),
            "",
            report_text(result.report),
            "",
            f"To copy: {result.copy_files:,} files, {size_text(result.copy_bytes)}. {named}",
            lists,
            f"The catalogue: {catalog}",
            f'  sqlite3 "{catalog}" "{_COUNT_VERDICTS}"',
        )
    )


def run_document(result: RunResult, catalog: str) -> dict[str, Any]:
    """Return the main job's result as a JSON document."""
    return {
        "schema": 1,
        "catalog": catalog,
        "scans": list(result.scans),
        "match": match_document(result.match),
        "report": result.report,
        "copy_lists": [str(path) for path in result.copy_lists],
        "copy": {"files": result.copy_files, "bytes": result.copy_bytes},
    }


def groups_text(result: GroupReport) -> str:
    """Return how many groups of which relation there are, and what they take."""
    lines = [f"{'relation':<14} {'groups':>8} {'beside the keeper':>18}"]
    for relation, (groups, size_bytes) in sorted(result.counts.items()):
        lines.append(f"{relation:<14} {groups:>8,} {size_text(size_bytes):>18}")
    if not result.counts:
        lines = [f"No duplicates among the {result.side.value} items."]
    lines.append("\nNext: gphotos-reconcile query similar_items")
    if result.side.value == "local" and result.counts:
        lines.append("      gphotos-reconcile export duplicates --out DIR")
    return "\n".join(lines)


def explain_text(found: Iterable[Explanation]) -> str:
    """Return everything known of the items, in words."""
    return "\n\n".join("\n".join(_explained(one)) for one in found)


def _scan_text(report: ScanReport) -> str:
    sums = report.totals
    where = "export" if report.kind.side.value == "cloud" else "library"
    text = (
        f"{where} {report.source}: {sums.seen:,} seen = {sums.saved:,} saved"
        f" ({sums.unchanged:,} known from before) + {sums.rejected:,} rejected"
    )
    if report.skipped:
        text += "; left out: " + ", ".join(f"{n:,} {why}" for why, n in report.skipped)
    for told in report.notes:
        text += f"\n  note: {told}"
    if not sums.complete:
        text += "\n  not whole: see `gphotos-reconcile query scan_health`"
    return text


def _explained(one: Explanation) -> list[str]:
    item = one.item
    size = f"{item.width}x{item.height}, " if item.width else ""
    archive = f"{item.archive}: " if item.archive else ""
    lines = [
        f"item {item.item_id} ({item.side}): {archive}{item.path}",
        f"  {item.kind}, {item.mime_type}, {size}{size_text(item.size_bytes)}",
        f"  taken {item.taken_at_utc} ({item.taken_at_basis})"
        + (f", {item.camera_model}" if item.camera_model else ""),
    ]
    if item.sha256:
        lines.append(f"  sha256 {item.sha256}")
    if item.albums:
        lines.append("  albums: " + ", ".join(item.albums))
    lines += [f"  also stored: {place}" for place in item.placements[1:]]
    if item.pair_rule:
        lines.append(f"  sidecar paired by: {item.pair_rule}")
    if item.verdict:
        lines += _verdict_lines(one)
    for other in one.relied_on_by:
        lines.append(f"  counterpart of cloud item {other.item_id} ({other.verdict}): {other.path}")
    return lines


def _verdict_lines(one: Explanation) -> list[str]:
    item = one.item
    relation = f" [{item.relation}]" if item.relation else ""
    lines = [f"  verdict: {item.verdict}{relation}, by {item.rule} ({item.strength})"]
    lines.append(f"    {item.reason}")
    path = None
    for found in one.evidence:
        if found["local_path"] != path:
            path = found["local_path"]
            chosen = " <- counterpart" if found["local_item_id"] == item.counterpart_id else ""
            lines.append(f"  against {path}{chosen}")
        lines.append(f"    {found['strength']:+4d}  {found['rule']}: {found['detail']}")
    if one.would_change:
        lines.append(f"  what would change it: {one.would_change}")
    return lines
