"""Compares what the program says of each item with the truth."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gphotos_reconcile.core.model import SAFE_VERDICTS


@dataclass(slots=True)
class Tally:
    """What was said of the items of one label."""

    items: int = 0
    right: int = 0
    false_claims: int = 0
    missed_claims: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The whole comparison.

    `wrong` lists false claims first, then everything else that is not right, each as path,
    label, verdict, what it was taken for, and the reason given. `faults` are broken sums.
    """

    tallies: Mapping[str, Tally]
    wrong: tuple[tuple[str, str, str, str, str], ...]
    faults: tuple[str, ...]

    @property
    def false_claims(self) -> int:
        """Return how many claims are false: the worst that can happen."""
        return sum(tally.false_claims for tally in self.tallies.values())


def judge(catalog: Path, truth: Iterable[Mapping[str, str]]) -> Score:
    """Return how the catalogue's verdicts compare with the truth."""
    with sqlite3.connect(f"file:{catalog}?mode=ro", uri=True) as conn:
        rows = conn.execute(
            "SELECT path, verdict, COALESCE(counterpart_path, ''), reason FROM reconciliation"
        ).fetchall()
        faults = list(_open_sums(conn))
    said = {path: rest for path, *rest in rows}
    if len(said) != len(rows):
        faults.append(f"{len(rows) - len(said)} items are reconciled more than once")
    tallies: dict[str, Tally] = {}
    false: list[tuple[str, str, str, str, str]] = []
    wrong: list[tuple[str, str, str, str, str]] = []
    for line in truth:
        verdict, counterpart, reason = said.pop(line["path"], ("(not told)", "", ""))
        tally = tallies.setdefault(line["label"], Tally())
        told = (line["path"], line["label"], verdict, counterpart, reason)
        if _is_false(line, verdict, counterpart):
            tally.false_claims += 1
            false.append(told)
        elif verdict not in line["verdicts"].split(","):
            wrong.append(told)
        _count(tally, line, verdict)
    faults += [f"{path} is reconciled and was never made" for path in sorted(said)]
    return Score(tallies=tallies, wrong=(*false, *wrong), faults=tuple(faults))


def count_verdicts(catalog: Path) -> dict[str, int]:
    """Return how many items have each verdict."""
    with sqlite3.connect(f"file:{catalog}?mode=ro", uri=True) as conn:
        rows = conn.execute("SELECT verdict, COUNT(*) FROM reconciliation GROUP BY verdict")
        return dict(rows.fetchall())


def _is_false(line: Mapping[str, str], verdict: str, counterpart: str) -> bool:
    if verdict not in SAFE_VERDICTS:
        return False
    may_claim = any(right in SAFE_VERDICTS for right in line["verdicts"].split(","))
    return not may_claim or counterpart != line["counterpart"]


def _count(tally: Tally, line: Mapping[str, str], verdict: str) -> None:
    right = line["verdicts"].split(",")
    tally.items += 1
    tally.right += verdict in right
    tally.verdicts[verdict] += 1
    claimable = any(one in SAFE_VERDICTS for one in right)
    tally.missed_claims += claimable and verdict not in SAFE_VERDICTS


def _open_sums(conn: sqlite3.Connection) -> Iterable[str]:
    """Yield every sum of the scans that does not close."""
    runs = conn.execute("SELECT source, seen, saved, rejected, complete FROM scan_runs")
    for source, seen, saved, rejected, complete in runs:
        if seen != saved + rejected:
            yield f"{source}: {seen} seen, but {saved} saved and {rejected} rejected"
        if not complete:
            yield f"{source}: the scan was cut short"
