"""The catalogue's memory of copies that are on disk for certain."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy import Connection, Row, select

from gphotos_reconcile.core.copies import CopyRecord
from gphotos_reconcile.store.schema import copied
from gphotos_reconcile.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class CatalogCopyJournal:
    """A `core.copies.CopyJournal` for one target folder.

    `begin` gives a connection in a transaction that is durable when it ends.
    """

    target_root: bytes
    begin: Callable[[], AbstractContextManager[Connection]]

    def known(self, item_id: int, sha256: str) -> CopyRecord | None:
        """Return the record of these bytes' copy; the item's id may have changed since."""
        query = (
            select(copied)
            .where(copied.c.target_root == self.target_root, copied.c.sha256 == sha256)
            .order_by(copied.c.item_id != item_id, copied.c.target)
        )
        with self.begin() as conn:
            row = conn.execute(query).first()
        return _record(row) if row else None

    def record(self, rows: Sequence[CopyRecord]) -> None:
        """Keep these records."""
        with self.begin() as conn:
            for row in rows:
                values = {
                    "target_root": self.target_root,
                    "target": os.fsencode(row.target),
                    "item_id": row.item_id,
                    "sha256": row.sha256,
                    "size_bytes": row.size_bytes,
                    "modified_ns": row.modified_ns,
                }
                upsert(conn, copied, values, key=("target_root", "target"), returning="size_bytes")


def copies_under(conn: Connection, target_root: bytes) -> Iterator[CopyRecord]:
    """Yield every copy recorded for a target folder, by path."""
    query = select(copied).where(copied.c.target_root == target_root).order_by(copied.c.target)
    for row in conn.execute(query):
        yield _record(row)


def target_roots(conn: Connection) -> list[bytes]:
    """Return the folders that copies were made into."""
    query = select(copied.c.target_root).distinct().order_by(copied.c.target_root)
    return list(conn.execute(query).scalars())


def _record(row: "Row[tuple[object, ...]]") -> CopyRecord:
    return CopyRecord(
        item_id=row.item_id or 0,  # the item may be gone from the catalogue
        target=PurePosixPath(os.fsdecode(row.target)),
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        modified_ns=row.modified_ns,
    )
