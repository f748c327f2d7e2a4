"""Where the shapes of each figure go; the templates draw them as inline SVG.

Colours are classes, so that the style sheet can choose them for light, dark and paper.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gphotos_reconcile.core.report import MonthSource

BAR_WIDTH: Final = 1000
"""Bars are drawn this wide and stretched to the room there is."""

CELL_PX: Final = 15
STEP_PX: Final = 17
LABEL_WIDTH_PX: Final = 36
HEADER_HEIGHT_PX: Final = 18
MONTH_LETTERS: Final = "JFMAMJJASOND"

_LEVELS: Final = 5
_SHARE_STEPS: Final = (25, 50, 75, 100)  # percent from which the next colour begins
_MOST_SOURCES: Final = 6
_MOST_YEARS: Final = 60


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of a stacked bar."""

    css: str
    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One month of a heat map."""

    x: int
    y: int
    css: str
    title: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The months of one source, a row a year."""

    name: str
    note: str
    years: tuple[tuple[str, int], ...]  # with the y of each row
    cells: tuple[HeatCell, ...]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class _Month:
    items: int = 0
    safe_items: int = 0


def stacked(values: Iterable[tuple[str, int, str]], total: int) -> tuple[Segment, ...]:
    """Return the segments of a bar from (css, value, title); zeros leave none.

    Every value over zero stays visible: it gets at least 3 of the 1000 units.
    """
    shown = [(css, value, title) for css, value, title in values if value > 0]
    if not shown or total <= 0:
        return ()
    widths = [max(BAR_WIDTH * value / total, 3.0) for _, value, _ in shown]
    excess = sum(widths) - BAR_WIDTH * min(sum(value for _, value, _ in shown) / total, 1)
    widest = widths.index(max(widths))
    widths[widest] = max(widths[widest] - max(excess, 0), 3.0)
    segments, x = [], 0.0
    for (css, _, title), width in zip(shown, widths, strict=True):
        segments.append(Segment(css, round(x, 2), round(width, 2), title))
        x += width
    return tuple(segments)


def heat_maps(coverage: Sequence[MonthSource]) -> tuple[HeatMap, ...]:
    """Return the share of each cloud month that is safe, then what each source holds."""
    cloud = [cell for cell in coverage if cell.side == "cloud"]
    years = _years(coverage)
    maps = []
    if cloud:
        title = "cloud: the share that is safe"
        maps.append(_map(title, _months(cloud), years, share=True))
    by_source: dict[tuple[str, str], list[MonthSource]] = defaultdict(list)
    for cell in coverage:
        by_source[cell.side, cell.source].append(cell)
    for (side, source), cells in _largest(by_source):
        maps.append(_map(f"{side}: {source}", _months(cells), years, share=False))
    return tuple(maps)


def _largest(
    by_source: dict[tuple[str, str], list[MonthSource]],
) -> list[tuple[tuple[str, str], list[MonthSource]]]:
    """Return the sources, cloud first; small ones beyond the sixth as one."""
    order = sorted(by_source, key=lambda k: (k[0], -sum(c.items for c in by_source[k]), k[1]))
    kept = [(key, by_source[key]) for key in order[:_MOST_SOURCES]]
    rest = order[_MOST_SOURCES:]
    if len(rest) == 1:
        kept.append((rest[0], by_source[rest[0]]))
    elif rest:
        cells = [cell for key in rest for cell in by_source[key]]
        kept.append(((rest[-1][0], f"{len(rest)} more sources"), cells))
    return kept


def _years(coverage: Sequence[MonthSource]) -> tuple[str, ...]:
    """Return the years that hold anything, the newest 60 of them; odd dates give odd years."""
    found = sorted({cell.month[:4] for cell in coverage if cell.month != "undated"})
    return tuple(found[-_MOST_YEARS:])


def _months(cells: Iterable[MonthSource]) -> dict[str, _Month]:
    months: dict[str, _Month] = defaultdict(_Month)
    for cell in cells:
        before = months[cell.month]
        safe = before.safe_items + (cell.safe_items or 0)
        months[cell.month] = _Month(before.items + cell.items, safe)
    return months


def _map(name: str, months: dict[str, _Month], years: tuple[str, ...], *, share: bool) -> HeatMap:
    most = max((month.items for key, month in months.items() if key != "undated"), default=0)
    cells = []
    for row, year in enumerate(years):
        for column in range(12):
            key = f"{year}-{column + 1:02d}"
            month = months.get(key, _Month())
            x, y = LABEL_WIDTH_PX + column * STEP_PX, HEADER_HEIGHT_PX + row * STEP_PX
            css = _share_css(month) if share else _count_css(month, most)
            cells.append(HeatCell(x, y, css, _title(key, month, share=share)))
    undated = months.get("undated", _Month()).items
    return HeatMap(
        name=name,
        note=f"{undated:,} more without a date" if undated else "",
        years=tuple((year, HEADER_HEIGHT_PX + row * STEP_PX) for row, year in enumerate(years)),
        cells=tuple(cells),
        width=LABEL_WIDTH_PX + 12 * STEP_PX,
        height=HEADER_HEIGHT_PX + len(years) * STEP_PX,
    )


def _share_css(month: _Month) -> str:
    if not month.items:
        return "none"
    percent = 100 * month.safe_items / month.items
    return f"share{sum(percent >= step for step in _SHARE_STEPS)}"


def _count_css(month: _Month, most: int) -> str:
    """Return the level of a count on a square-root scale, so that small months still show."""
    if not month.items:
        return "none"
    level = int(_LEVELS * (month.items / most) ** 0.5)
    return f"count{min(level, _LEVELS - 1)}"


def _title(key: str, month: _Month, *, share: bool) -> str:
    if not month.items:
        return f"{key}: nothing"
    if not share:
        return f"{key}: {month.items:,}"
    percent = 100 * month.safe_items // month.items
    return f"{key}: {month.safe_items:,} of {month.items:,} safe ({percent} %)"
