"""What matching said, and what it could rely on when it said it."""

import json
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, delete, insert

from gphotos_reconcile.core.model import Judgement, Verdict
from gphotos_reconcile.store.schema import evidence, verdict
from gphotos_reconcile.store.upsert import upsert

_JUDGED: Final = ("verdict", "rule", "strength", "reason", "counterpart_id", "relation")


def save_judgements(conn: Connection, judgements: Iterable[Judgement]) -> int:
    """Write verdicts with their evidence in place of what was said before; return how many.

    A person's word is laid over them afterwards (`store.decisions`).
    """
    count = 0
    for judgement in judgements:
        said = _said(judgement)
        values = {"item_id": judgement.item_id, **said}
        values |= {f"machine_{name}": value for name, value in said.items()}
        upsert(conn, verdict, values, key=("item_id",), returning="item_id")
        conn.execute(delete(evidence).where(evidence.c.cloud_item_id == judgement.item_id))
        found = _evidence_rows(judgement)
        if found:
            conn.execute(insert(evidence), found)
        count += 1
    return count


def judge_without_bytes(conn: Connection) -> None:
    """Judge the cloud items that matching never sees, because there is nothing to compare.

    What could not be read from an export is `unreadable`; what only a listing or an inventory
    names is `unknown`: a name and a size prove nothing.
    """
    query = (
        "SELECT i.item_id, i.file_id, i.source_kind, u.filename AS uploaded FROM item AS i"
        " LEFT JOIN (SELECT google_id, MIN(filename) AS filename FROM upload"
        "  WHERE google_id IS NOT NULL GROUP BY google_id) AS u ON u.google_id = i.google_id"
        " WHERE i.side = 'cloud' AND i.content_id IS NULL AND NOT EXISTS ("
        "  SELECT 1 FROM listed_picture AS p WHERE p.google_id = i.google_id)"
        " ORDER BY i.item_id"
    )
    save_judgements(conn, map(_unjudged, conn.exec_driver_sql(query).mappings().fetchall()))


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


def clear_verdicts(conn: Connection) -> None:
    """Forget all verdicts and evidence; a person's decisions stay."""
    for table in (evidence, verdict):
        conn.execute(delete(table))


def _said(judgement: Judgement) -> dict[str, Any]:
    values = {name: getattr(judgement, name) for name in _JUDGED}
    values["verdict"] = judgement.verdict.value
    values["relation"] = judgement.relation.value if judgement.relation else None
    return values


def _evidence_rows(judgement: Judgement) -> list[dict[str, Any]]:
    return [
        {
            "cloud_item_id": judgement.item_id,
            "local_item_id": local_id,
            "rule": found.rule,
            "strength": found.strength,
            "detail": found.detail,
            "figures": json.dumps(dict(found.figures)) if found.figures else None,
        }
        for local_id, found in judgement.evidence
    ]
