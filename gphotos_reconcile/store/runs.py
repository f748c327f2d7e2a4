"""Sources, their archives, and the runs that read them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from gphotos_reconcile.core.model import FileStamp, ScanTotals, SourceKind
from gphotos_reconcile.core.times import utc_text
from gphotos_reconcile.store import rows
from gphotos_reconcile.store.schema import archive, scan_run, source
from gphotos_reconcile.store.upsert import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveRow:
    """One part of an export, or the folder that a source is read from."""

    name: str
    path: bytes
    form: str
    state: str
    part_number: int | None = None
    stamp: FileStamp = field(
        default_factory=lambda: FileStamp(size_bytes=0, modified_ns=0, inode=0)
    )
    reason: str | None = None


def save_source(
    conn: Connection,
    kind: SourceKind,
    name: str,
    *,
    root: bytes | None = None,
    exported_at: datetime | None = None,
) -> int:
    """Insert a source or find it again by (kind, name); return its id."""
    values = {
        "kind": kind.value,
        "name": name,
        "root": root,
        "exported_at_utc": utc_text(exported_at),
    }
    return upsert(conn, source, values, key=("kind", "name"), returning="source_id")


def save_archives(
    conn: Connection, source_id: int, archives: Iterable[ArchiveRow]
) -> dict[str, int]:
    """Insert or refresh the parts of a source; return their ids by name."""
    ids = {}
    for part in archives:
        values = {
            "source_id": source_id,
            "name": part.name,
            "path": part.path,
            "form": part.form,
            "part_number": part.part_number,
            "state": part.state,
            "reason": part.reason,
            **rows.stamp_row(part.stamp),
        }
        ids[part.name] = upsert(
            conn, archive, values, key=("source_id", "name"), returning="archive_id"
        )
    return ids


def archives_of(conn: Connection, source_id: int) -> dict[str, int]:
    """Return the ids of a source's archives by name."""
    query = select(archive.c.name, archive.c.archive_id).where(archive.c.source_id == source_id)
    return {row.name: row.archive_id for row in conn.execute(query)}


def begin_run(conn: Connection, *, source_name: str, kind: SourceKind, now: datetime) -> int:
    """Record that a scan has begun; return its run id."""
    values = {"source": source_name, "kind": kind.value, "started_at_utc": utc_text(now)}
    made: int = conn.execute(
        insert(scan_run).values(values).returning(scan_run.c.run_id)
    ).scalar_one()
    return made


def end_run(
    conn: Connection, run_id: int, totals: ScanTotals, *, skipped: int, now: datetime
) -> None:
    """Record the sums of a scan and that it has ended."""
    values = {
        "ended_at_utc": utc_text(now),
        "seen": totals.seen,
        "saved": totals.saved,
        "unchanged": totals.unchanged,
        "rejected": totals.rejected,
        "skipped": skipped,
        "complete": int(totals.complete),
    }
    conn.execute(update(scan_run).where(scan_run.c.run_id == run_id).values(values))


def count_problems(conn: Connection, run_id: int) -> int:
    """Return how many entries that a run saw could not be read or decoded."""
    query = "SELECT COUNT(*) FROM problems WHERE run_id = ?"
    return int(conn.exec_driver_sql(query, (run_id,)).scalar_one())
