"""What a report says, as values: every figure, the sentence above them, and what to do next."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gphotos_reconcile.core.model import SAFE_VERDICTS, Verdict

SCHEMA: Final = "gphotos-reconcile.report/1"

SAFE: Final = frozenset(verdict.value for verdict in SAFE_VERDICTS)

FUNNEL: Final = (
    ("identical", "the same bytes", Verdict.IDENTICAL),
    ("content", "the same picture data, other metadata", Verdict.SAME_CONTENT),
    ("picture", "the same picture, pixels compared", Verdict.SAME_PICTURE),
    ("person", "confirmed by a person", Verdict.CONFIRMED),
)
"""The steps by which items are recognised, the strictest proof first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """So many items and their bytes."""

    items: int = 0
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Cloud items that share all of these; the report's sums are made of them."""

    belongs: str  # own, partner, shared, trash, locked
    verdict: str
    kind: str
    year: str  # "undated" where the capture time is not known
    items: int
    size_bytes: int

    @property
    def is_safe(self) -> bool:
        """Tell whether the verdict is a claim."""
        return self.verdict in SAFE


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictSum:
    """The user's own items of one verdict."""

    verdict: str
    is_safe: bool
    items: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Items that are not the user's own, counted apart."""

    belongs: str
    items: int
    size_bytes: int
    safe_items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSum:
    """Items of one kind: the user's own in the cloud, and the local ones."""

    kind: str
    cloud_items: int
    cloud_bytes: int
    safe_items: int
    local_items: int
    local_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class YearVerdict:
    """The user's own items of one year and verdict."""

    year: str
    verdict: str
    items: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class YearStorage:
    """What one year weighs (recipe storage_by_year)."""

    year: str
    cloud_items: int
    cloud_bytes: int
    safe_items: int
    to_copy_items: int
    to_copy_bytes: int
    local_files: int
    local_bytes: int
    best_copy_bytes: int
    waste_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSource:
    """What one source holds of one month (recipe coverage_by_month)."""

    month: str
    side: str
    source: str
    items: int
    size_bytes: int
    safe_items: int | None  # None for local sources


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingMonth:
    """A month of which not everything is safe (recipe missing_months)."""

    month: str
    cloud_items: int
    safe_items: int
    safe_percent: int
    missing_items: int
    review_items: int
    to_copy_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceScan:
    """The newest scan of one source (recipe scan_health): seen = saved + rejected."""

    source: str
    kind: str
    state: str  # complete, cut short, not ended
    ended_at_utc: str | None
    seen: int
    saved: int
    rejected: int
    unaccounted: int
    problems: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemSum:
    """Problems of one stage in one source, with examples (recipe problems_by_stage)."""

    source: str
    stage: str
    problems: int
    first_path: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPart:
    """A part of an export that is not whole."""

    export: str
    name: str
    state: str  # missing, cut, unreadable, unread
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingItem:
    """An own item that is not safe (recipes largest_missing, oldest_missing)."""

    item_id: int
    filename: str
    kind: str
    taken_at_utc: str | None
    size_bytes: int | None
    verdict: str
    archive: str | None
    path: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """A command and what it is good for."""

    command: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the catalogue says, before it is put into a sentence."""

    cells: tuple[Cell, ...] = ()
    kinds: tuple[KindSum, ...] = ()
    local: Tally = Tally()
    local_only: Tally = Tally()
    years: tuple[YearStorage, ...] = ()
    coverage: tuple[MonthSource, ...] = ()
    missing_months: tuple[MissingMonth, ...] = ()
    scans: tuple[SourceScan, ...] = ()
    problems: tuple[ProblemSum, ...] = ()
    broken_parts: tuple[BrokenPart, ...] = ()
    unpaired_sidecars: int = 0
    is_matched: bool = False
    largest_missing: tuple[MissingItem, ...] = ()
    oldest_missing: tuple[MissingItem, ...] = ()

    @property
    def own(self) -> Tally:
        """Return the sum of the user's own cloud items."""
        return tally(cell for cell in self.cells if cell.belongs == "own")

    @property
    def safe(self) -> Tally:
        """Return the sum of the user's own cloud items that are safe."""
        return tally(cell for cell in self.cells if cell.belongs == "own" and cell.is_safe)

    def count(self, verdict: Verdict) -> int:
        """Return how many of the user's own items have a verdict."""
        cells = (c for c in self.cells if c.belongs == "own" and c.verdict == verdict.value)
        return tally(cells).items


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that `report` says; the same in text, JSON, CSV and HTML.

    The sums close: `verdicts` add up to `own`; `own` and `left_out` add up to `cloud`.
    """

    schema: str
    state: str  # one of core.report_words.STATES
    headline: str
    doubts: tuple[str, ...]
    as_of_utc: str | None
    cloud: Tally
    own: Tally
    safe: Tally
    to_copy: Tally
    review_pending: int
    verdicts: tuple[VerdictSum, ...]
    left_out: tuple[LeftOut, ...]
    year_verdicts: tuple[YearVerdict, ...]
    next_steps: tuple[NextStep, ...]
    findings: Findings


def tally(cells: Iterable[Cell]) -> Tally:
    """Return the sum of some cells."""
    items = size_bytes = 0
    for cell in cells:
        items += cell.items
        size_bytes += cell.size_bytes
    return Tally(items=items, size_bytes=size_bytes)
