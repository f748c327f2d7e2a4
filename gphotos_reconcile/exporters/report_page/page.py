"""From a report to its page."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import PurePosixPath
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gphotos_reconcile.core.model import SAFE_VERDICTS, Verdict
from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.core.report import FUNNEL, MissingItem, MissingMonth, Report
from gphotos_reconcile.core.sizes import size_text
from gphotos_reconcile.exporters.report_page import charts

Thumbnail = Callable[[int], bytes | None]
"""Gives a small JPEG of an item, or None where none can be had."""

Spelled = Callable[[str], str]
"""Writes a command of this program as it has to be typed."""

MOST_THUMBNAIL_BYTES: Final = 2_500_000
"""All thumbnails together; in the page they take a third more."""

_MOST_ROWS: Final = 600
_WORDS: Final = {
    "identical": "identical",
    "same_content": "same content",
    "same_picture": "same picture",
    "confirmed": "confirmed by you",
    "smaller_copy": "only a smaller copy",
    "variant": "only a relative",
    "review": "needs your eye",
    "missing": "missing",
    "unknown": "cannot be told",
    "unreadable": "damaged in the export",
}
_KIND_WORDS: Final = {
    "photo": "photos",
    "video": "videos",
    "motion": "motion photos",
    "raw": "raw files",
    "other": "other",
}
_STATE_WORDS: Final = {
    "safe": "Everything is safe",
    "unproven": "Not proven yet",
    "unsafe": "Not safe yet",
    "none_own": "Nothing of your own",
    "not_compared": "Not compared yet",
    "no_local": "Nothing to compare with",
    "empty": "Nothing read yet",
}


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """How many items were left, and how many of them this step recognised."""

    name: str
    explanation: str
    before: int
    recognised: int
    size_bytes: int
    segments: tuple[charts.Segment, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A missing item to look at."""

    item: MissingItem
    picture: str  # a data: URI, "" where there is none


def render_page(report: Report, thumbnail: Thumbnail, spelled: Spelled = str) -> str:
    """Return the whole page; under 5 MB whatever the library's size.

    Args:
        report: what it tells.
        thumbnail: gives the pictures.
        spelled: writes a command of this program as its reader has to type it.
    """
    style = (resources.files(__package__ or "") / "templates" / "report.css").read_text("utf-8")
    template = _environment().get_template("report.html")
    budget = _Budget(thumbnail)
    return template.render(
        style=Markup(style),  # noqa: S704 - our own file, not a user's text
        style_hash=_csp_hash(style),
        spelled=spelled,
        report=report,
        found=report.findings,
        state_words=_STATE_WORDS[report.state],
        closing=charts.stacked(
            [
                (line.verdict, line.items, f"{_WORDS[line.verdict]}: {line.items:,}")
                for line in report.verdicts
            ],
            report.own.items,
        ),
        funnel=_funnel(report),
        heat_maps=charts.heat_maps(report.findings.coverage),
        letters=charts.MONTH_LETTERS,
        coverage=_coverage_table(report),
        years=_years(report),
        kinds=_kinds(report),
        months=_months(report),
        largest=budget.cards(report.findings.largest_missing),
        oldest=budget.cards(report.findings.oldest_missing),
        geometry=charts,
    )


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader(__package__ or "", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.filters.update(size=size_text, count=_count, words=lambda verdict: _WORDS[verdict])
    made.filters.update(folder=_folder, kind=lambda kind: _KIND_WORDS.get(kind, kind))
    return made


def _shown(value: Any) -> Any:
    """Write out what would turn or hide the text around it; escaping comes after."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return display_text(value)
    return value


def _count(number: int) -> str:
    return f"{number:,}"


def _folder(path: str | None) -> str:
    """Return the folder a file lies in; its name is told beside it."""
    return PurePosixPath(path or "").parent.name


def _csp_hash(style: str) -> str:
    digest = hashlib.sha256(style.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


@dataclass(slots=True)
class _Budget:
    """Asks for thumbnails while there is room in the page for them."""

    thumbnail: Thumbnail
    left_bytes: int = MOST_THUMBNAIL_BYTES

    def cards(self, items: Iterable[MissingItem]) -> tuple[Card, ...]:
        return tuple(Card(item, self._picture(item)) for item in items)

    def _picture(self, item: MissingItem) -> str:
        jpeg = self.thumbnail(item.item_id) if self.left_bytes > 0 else None
        if jpeg is None or len(jpeg) > self.left_bytes:
            return ""
        self.left_bytes -= len(jpeg)
        return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"


def _funnel(report: Report) -> tuple[FunnelStep, ...]:
    sums = {line.verdict: line for line in report.verdicts}
    steps, left = [], report.own.items
    for name, explanation, verdict in FUNNEL:
        line = sums[verdict.value]
        steps.append(_step(name, explanation, (left, report.own.items), [line]))
        left -= line.items
    rest = [sums[verdict.value] for verdict in Verdict if verdict not in SAFE_VERDICTS]
    return (*steps, _step("not safe", "what is left", (left, report.own.items), rest))


def _step(name: str, explanation: str, left: tuple[int, int], lines: Sequence[Any]) -> FunnelStep:
    before, total = left
    recognised = sum(line.items for line in lines)
    bars = [(line.verdict, line.items, f"{_WORDS[line.verdict]}: {line.items:,}") for line in lines]
    bars.append(("left", before - recognised, f"left: {before - recognised:,}"))
    return FunnelStep(
        name=name,
        explanation=explanation,
        before=before,
        recognised=recognised,
        size_bytes=sum(line.size_bytes for line in lines),
        segments=charts.stacked(bars, total),
    )


def _coverage_table(report: Report) -> dict[str, Any]:
    """Return months by sources as a table: the figure's own numbers."""
    coverage = report.findings.coverage
    sources = sorted({(cell.side, cell.source) for cell in coverage})
    counts = {(cell.month, cell.side, cell.source): cell.items for cell in coverage}
    months = sorted({cell.month for cell in coverage}, reverse=True)
    rows = [
        (month, [counts.get((month, *source), 0) for source in sources])
        for month in months[:_MOST_ROWS]
    ]
    return {"sources": sources, "rows": rows, "left_out": len(months) - len(rows)}


def _years(report: Report) -> list[dict[str, Any]]:
    years = report.findings.years
    most = max((year.best_copy_bytes + year.waste_bytes for year in years), default=0)
    rows = []
    for year in years:
        kept = year.best_copy_bytes - year.to_copy_bytes
        bar = [
            ("kept", kept, f"{year.year}: {size_text(kept)} best copies on disk"),
            ("tocopy", year.to_copy_bytes, f"{year.year}: {size_text(year.to_copy_bytes)} to copy"),
            ("waste", year.waste_bytes, f"{year.year}: {size_text(year.waste_bytes)} waste"),
        ]
        rows.append({"year": year, "kept_bytes": kept, "segments": charts.stacked(bar, most)})
    return rows


def _kinds(report: Report) -> list[dict[str, Any]]:
    rows = []
    for kind in report.findings.kinds:
        unsafe = kind.cloud_items - kind.safe_items
        bar = [
            ("identical", kind.safe_items, f"safe: {kind.safe_items:,}"),
            ("missing", unsafe, f"not safe: {unsafe:,}"),
        ]
        rows.append(
            {"kind": kind, "unsafe": unsafe, "segments": charts.stacked(bar, kind.cloud_items)}
        )
    return rows


def _months(report: Report) -> list[dict[str, Any]]:
    """Return the months with gaps, the emptiest first."""

    def emptiest(month: MissingMonth) -> tuple[int, int, str]:
        return month.safe_percent, month.safe_items - month.cloud_items, month.month

    rows = []
    for month in sorted(report.findings.missing_months, key=emptiest):
        unsafe = month.cloud_items - month.safe_items
        bar = [
            ("identical", month.safe_items, f"{month.month}: {month.safe_items:,} safe"),
            ("missing", unsafe, f"{month.month}: {unsafe:,} not safe"),
        ]
        segments = charts.stacked(bar, month.cloud_items)
        rows.append({"month": month, "unsafe": unsafe, "segments": segments})
    return rows
