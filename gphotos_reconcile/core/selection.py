"""Which items go on a copy list, and why the others do not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gphotos_reconcile.core.model import SAFE_VERDICTS, Kind, Verdict
from gphotos_reconcile.core.plan import LeftOut, PlanItem

NOT_SAFE: Final = frozenset(Verdict) - SAFE_VERDICTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which items go on the list; None takes all, years are those of `taken_at`."""

    verdicts: frozenset[Verdict] = NOT_SAFE
    kinds: frozenset[Kind] | None = None
    years: frozenset[int] | None = None
    albums: frozenset[str] | None = None
    min_size_bytes: int = 0
    max_size_bytes: int | None = None
    belonging: frozenset[str] = frozenset({"own"})


def select(
    items: Iterable[PlanItem], wanted: Filter
) -> tuple[tuple[PlanItem, ...], tuple[LeftOut, ...]]:
    """Return the items that pass, and one `LeftOut` for each other."""
    chosen: list[PlanItem] = []
    left_out: list[LeftOut] = []
    for item in items:
        why = _why_not(item, wanted)
        if why is None:
            chosen.append(item)
        else:
            left_out.append(LeftOut(item_id=item.item_id, why=why, detail=item.reason))
    return tuple(chosen), tuple(left_out)


def _why_not(item: PlanItem, wanted: Filter) -> str | None:
    year = item.taken_at.year if item.taken_at else None
    too_large = wanted.max_size_bytes is not None and item.size_bytes > wanted.max_size_bytes
    checks = (
        (item.belongs_to not in wanted.belonging, f"counted apart: {item.belongs_to}"),
        (item.verdict not in wanted.verdicts, f"verdict {item.verdict}"),
        (wanted.kinds is not None and item.kind not in wanted.kinds, f"kind {item.kind}"),
        (wanted.years is not None and year not in wanted.years, "other year"),
        (wanted.albums is not None and not wanted.albums & {*item.albums}, "not in these albums"),
        (item.size_bytes < wanted.min_size_bytes, "smaller than asked for"),
        (too_large, "larger than asked for"),
    )
    return next((why for failed, why in checks if failed), None)
