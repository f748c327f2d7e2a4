"""Inventory rows in the catalogue, joined with what the exports hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from gphotos_reconcile.core.listing import InventoryRow
from gphotos_reconcile.core.model import Problem, SourceKind
from gphotos_reconcile.core.names import display_text, name_stem
from gphotos_reconcile.core.times import utc_text
from gphotos_reconcile.store.google_schema import inventory_item
from gphotos_reconcile.store.runs import begin_run
from gphotos_reconcile.store.schema import item, problem, scan_run
from gphotos_reconcile.store.upsert import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryTotals:
    """The sums of one import: seen = saved + rejected.

    `in_exports` joined by media key, `same_digest` only by SHA-1; `not_in_exports` are rows that
    no export holds.
    """

    seen: int
    saved: int
    rejected: int
    in_exports: int
    same_digest: int
    not_in_exports: int


def save_inventory(
    conn: Connection, name: str, values: Iterable[InventoryRow | Problem], now: datetime
) -> InventoryTotals:
    """Save an inventory's rows; each that no export holds becomes an item without bytes."""
    run_id = begin_run(conn, source_name=name, kind=SourceKind.INVENTORY, now=now)
    saved = rejected = 0
    for value in values:
        if isinstance(value, Problem):
            rejected += 1
            _save_problem(conn, run_id, name, value)
        else:
            saved += 1
            _save_row(conn, value)
    sums = {"seen": saved + rejected, "saved": saved, "rejected": rejected}
    # Another tool's list in another tool's words: told, and never taken for complete.
    ended = {**sums, "ended_at_utc": utc_text(now), "complete": 0}
    conn.execute(update(scan_run).where(scan_run.c.run_id == run_id).values(ended))
    return InventoryTotals(**sums, **_joined(conn))


def _joined(conn: Connection) -> dict[str, int]:
    row = conn.exec_driver_sql(
        "SELECT COALESCE(SUM(i.file_id IS NOT NULL), 0),"
        " COALESCE(SUM(i.file_id IS NULL AND n.sha1 IS NOT NULL AND EXISTS ("
        "   SELECT 1 FROM content AS c JOIN file AS f ON f.content_id = c.content_id AND f.gone = 0"
        "   JOIN source AS r ON r.source_id = f.source_id AND r.kind = 'takeout'"
        "   WHERE c.sha1 = n.sha1)), 0), COUNT(*)"
        " FROM inventory_item AS n"
        " JOIN item AS i ON i.side = 'cloud' AND i.identity = 'key:' || n.media_key"
    ).one()
    return {
        "in_exports": row[0],
        "same_digest": row[1],
        "not_in_exports": row[2] - row[0] - row[1],
    }


def _save_row(conn: Connection, row: InventoryRow) -> None:
    values = {
        "media_key": row.media_key,
        "dedup_key": row.dedup_key,
        "sha1": row.sha1,
        "filename": display_text(row.filename),
        "kind": row.kind.value,
        "taken_at_utc": utc_text(row.taken_at),
        "uploaded_at_utc": utc_text(row.uploaded_at),
        "width": row.width_px,
        "height": row.height_px,
        "size_bytes": row.size_bytes,
        "duration_s": row.duration_s,
        "takes_up_space": row.takes_up_space,
        "is_original_quality": row.is_original_quality,
        "is_owned": row.is_owned,
        "is_archived": row.is_archived,
        "is_favorite": row.is_favorite,
        "is_trashed": row.is_trashed,
        "album": display_text(row.album),
    }
    upsert(conn, inventory_item, values, key=("media_key",), returning="media_key")
    _save_cloud_item(conn, row)


def _save_cloud_item(conn: Connection, row: InventoryRow) -> None:
    """Make an item of a media key that no export and no earlier inventory had."""
    identity = f"key:{row.media_key}"
    known = conn.execute(
        select(item.c.item_id).where(item.c.side == "cloud", item.c.identity == identity)
    ).scalar()
    if known is not None:
        return
    values = {
        "side": "cloud",
        "identity": identity,
        "source_kind": SourceKind.INVENTORY.value,
        "kind": row.kind.value,
        "name": display_text(row.filename),
        "name_stem": name_stem(row.filename),
        "media_key": row.media_key,
        "product_url": f"https://photos.google.com/photo/{row.media_key}",
        "taken_at_utc": utc_text(row.taken_at),
        "taken_at_basis": "sidecar" if row.taken_at else "none",
        "favorited": int(bool(row.is_favorite)),
        "archived": int(bool(row.is_archived)),
        "trashed": int(bool(row.is_trashed)),
        "belongs": _belongs(row),
        "listed_width": row.width_px,
        "listed_height": row.height_px,
    }
    conn.execute(insert(item).values(values))


def _belongs(row: InventoryRow) -> str:
    if row.is_trashed:
        return "trash"
    return "shared" if row.is_owned is False else "own"


def _save_problem(conn: Connection, run_id: int, name: str, found: Problem) -> None:
    values = {
        "run_id": run_id,
        "source": name,
        "path": name,
        "stage": found.stage,
        "message": display_text(found.message),
        "hint": display_text(found.hint),
    }
    conn.execute(insert(problem).values(values))
