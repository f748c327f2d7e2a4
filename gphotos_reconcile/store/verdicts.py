"""What matching said, and what it could rely on when it said it."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy import Connection, RowMapping

from gphotos_reconcile.core.model import Judgement, Verdict

_JUDGED: Final = ("verdict", "rule", "strength", "reason", "counterpart_id", "relation")
_VERDICT_COLUMNS: Final = ", ".join(("item_id", *_JUDGED, *(f"machine_{n}" for n in _JUDGED)))
_EVIDENCE_COLUMNS: Final = "cloud_item_id, local_item_id, rule, strength, detail, figures"


def save_fresh(conn: Connection, judgements: Iterable[Judgement]) -> int:
    """Write verdicts of items that have none, and their evidence; return how many.

    They come in any order, and are put where they belong by `settle_fresh`.
    """
    said = list(judgements)
    if said:
        conn.exec_driver_sql(
            f"INSERT INTO fresh_verdict VALUES ({', '.join('?' * (1 + len(_JUDGED)))})",
            [(judgement.item_id, *_said(judgement)) for judgement in said],
        )
        _save_evidence(conn, said)
    return len(said)


def settle_fresh(conn: Connection) -> None:
    """Let fresh verdicts hold, also those of a match that was killed.

    A million of them come in order of capture time: written one by one where they belong, they
    would touch every page of the table again and again. What rests on an item that has gone
    meanwhile is dropped, and judged again.
    """
    own = ", ".join(_JUDGED)
    there = "IN (SELECT item_id FROM item)"
    conn.exec_driver_sql(
        f"INSERT OR REPLACE INTO verdict ({_VERDICT_COLUMNS}) SELECT item_id, {own}, {own}"
        f" FROM fresh_verdict WHERE item_id {there}"
        f" AND (counterpart_id IS NULL OR counterpart_id {there}) ORDER BY item_id"
    )
    conn.exec_driver_sql("DELETE FROM fresh_verdict")


def save_judgements(conn: Connection, judgements: Iterable[Judgement]) -> int:
    """Write verdicts with their evidence in place of what was said before; return how many.

    A person's word is laid over them afterwards (`store.decisions`).
    """
    said = list(judgements)
    if not said:
        return 0
    ids = [(judgement.item_id,) for judgement in said]
    conn.exec_driver_sql("DELETE FROM evidence WHERE cloud_item_id = ?", ids)
    conn.exec_driver_sql(
        f"INSERT OR REPLACE INTO verdict ({_VERDICT_COLUMNS}) VALUES ({_marks(_VERDICT_COLUMNS)})",
        [(judgement.item_id, *(2 * _said(judgement))) for judgement in said],
    )
    _save_evidence(conn, said)
    return len(said)


def _save_evidence(conn: Connection, said: Iterable[Judgement]) -> None:
    found = [row for judgement in said for row in _evidence_rows(judgement)]
    if found:
        conn.exec_driver_sql(
            f"INSERT INTO evidence ({_EVIDENCE_COLUMNS}) VALUES ({_marks(_EVIDENCE_COLUMNS)})",
            found,
        )


def judge_without_bytes(conn: Connection) -> None:
    """Judge the cloud items that matching never sees, because there is nothing to compare.

    What could not be read from an export is `unreadable`; what only a listing or an inventory
    names is `unknown`: a name and a size prove nothing.
    """
    query = (
        "SELECT i.item_id, i.file_id, i.source_kind, u.filename AS uploaded,"
        " v.machine_reason AS said FROM item AS i LEFT JOIN verdict AS v ON v.item_id = i.item_id"
        " LEFT JOIN (SELECT google_id, MIN(filename) AS filename FROM upload"
        "  WHERE google_id IS NOT NULL GROUP BY google_id) AS u ON u.google_id = i.google_id"
        " WHERE i.side = 'cloud' AND i.content_id IS NULL AND NOT EXISTS ("
        "  SELECT 1 FROM listed_picture AS p WHERE p.google_id = i.google_id)"
        " ORDER BY i.item_id"
    )
    judged = [
        (_unjudged(row), row["said"]) for row in conn.exec_driver_sql(query).mappings().fetchall()
    ]
    save_judgements(conn, (judgement for judgement, said in judged if judgement.reason != said))


_ONLY_LISTED: Final = {
    "library_api": "Only the Library API lists it, which shows no original bytes.",
    "picker": "Only your pick names it; `sync picker --fingerprint` also looks at its picture.",
    "inventory": "Only an inventory names it; no export here holds its file.",
}


def _unjudged(row: RowMapping) -> Judgement:
    if row["file_id"] is not None:
        return Judgement(
            item_id=row["item_id"],
            verdict=Verdict.UNREADABLE,
            rule="not_read",
            strength=100,
            reason="Its bytes could not be read from the export; see the problems.",
        )
    reason = _ONLY_LISTED.get(row["source_kind"], "Only a listing names it.")
    if row["uploaded"]:
        reason = f"This program uploaded it from {row['uploaded']}. {reason}"
    return Judgement(
        item_id=row["item_id"],
        verdict=Verdict.UNKNOWN,
        rule="only_listed",
        strength=1,
        reason=reason,
    )


def coverage_gaps(conn: Connection) -> list[str]:
    """Return in words why a missing counterpart proves nothing; empty when all was read whole."""
    gaps = [
        f"{name}: the last scan was cut short or could not read everything"
        for (name,) in conn.exec_driver_sql(
            "SELECT s.source FROM scan_run AS s WHERE s.complete = 0 AND s.run_id = ("
            " SELECT MAX(t.run_id) FROM scan_run AS t WHERE t.source = s.source"
            " AND t.kind = s.kind) AND s.kind IN ('takeout', 'local') ORDER BY s.source"
        )
    ]
    gaps += [
        f"{export}: {part or 'the folder'} is {state}"
        for export, part, state in conn.exec_driver_sql(
            "SELECT r.name, a.name, a.state FROM archive AS a"
            " JOIN source AS r ON r.source_id = a.source_id AND r.kind = 'takeout'"
            " WHERE a.state <> 'whole' ORDER BY r.name, a.name"
        )
    ]
    if not conn.exec_driver_sql("SELECT 1 FROM source WHERE kind = 'local'").scalar():
        gaps.append("no local library has been indexed yet")
    return gaps


def _said(judgement: Judgement) -> tuple[Any, ...]:
    return (
        judgement.verdict.value,
        judgement.rule,
        judgement.strength,
        judgement.reason,
        judgement.counterpart_id,
        judgement.relation.value if judgement.relation else None,
    )


def _evidence_rows(judgement: Judgement) -> Iterator[tuple[Any, ...]]:
    for local_id, found in judgement.evidence:
        figures = json.dumps(dict(found.figures)) if found.figures else None
        yield judgement.item_id, local_id, found.rule, found.strength, found.detail, figures


def _marks(columns: str) -> str:
    return ", ".join("?" * (columns.count(",") + 1))
