"""What a scan yields, as rows: files with their fingerprints, sidecars, problems."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, select, update
from sqlalchemy.dialects.sqlite import insert

from gphotos_reconcile.core.model import (
    AlbumFacts,
    Fingerprint,
    Locator,
    Observation,
    Rejection,
    Repeated,
    Sidecar,
    SidecarSeen,
    Unchanged,
)
from gphotos_reconcile.core.names import display_path, display_text
from gphotos_reconcile.store import rows
from gphotos_reconcile.store.schema import (
    content,
    file,
    folder,
    problem,
    sidecar,
    signature,
)
from gphotos_reconcile.store.settings import mark_changed
from gphotos_reconcile.store.upsert import upsert

Seen = Observation | SidecarSeen | Unchanged | Rejection


@dataclass(slots=True)
class ScanWriter:
    """Writes what a scan yields; the caller owns the transactions.

    `keep_unread` makes a row also for a media entry whose bytes could not be read, so that it is
    an item with the verdict `unreadable` and not only a line among the problems.
    """

    source_id: int
    source_name: str
    run_id: int
    archive_ids: Mapping[str, int]
    keep_unread: bool = False
    seen: int = 0
    saved: int = 0
    unchanged: int = 0
    rejected: int = 0
    _folders: dict[str, int] = field(default_factory=dict)

    def save(self, conn: Connection, values: Iterable[Seen]) -> None:
        """Save a batch; every value is counted once as saved or rejected."""
        known = self.saved - self.unchanged
        for value in values:
            self._save_one(conn, value)
        if self.saved - self.unchanged != known:
            mark_changed(conn)

    def _save_one(self, conn: Connection, value: Seen) -> None:
        match value:
            case Rejection():
                self.seen += 1
                self.rejected += 1
                self._save_rejection(conn, value)
            case Unchanged():
                self._touch_json(conn, value)
            case SidecarSeen():
                self._save_sidecar(conn, value)
                self._count(saved=1)
            case Observation(fingerprint=None):
                self._touch(conn, file, value.locator)
                self._count(saved=1, unchanged=1)
            case Observation():
                self._save_file(conn, value)
                self._count(saved=1)

    def _count(self, *, saved: int, unchanged: int = 0) -> None:
        self.seen += saved
        self.saved += saved
        self.unchanged += unchanged

    def _touch_json(self, conn: Connection, value: Unchanged) -> None:
        if value.locator.path:
            self._touch(conn, sidecar, value.locator)
            self._count(saved=1, unchanged=1)
            return
        archive_id = self.archive_ids[value.locator.archive]
        count = 0
        for table in (file, sidecar):
            touched = update(table).where(table.c.archive_id == archive_id)
            count += conn.execute(touched.values(run_id=self.run_id)).rowcount
        self._count(saved=count, unchanged=count)

    def _touch(self, conn: Connection, table: Table, locator: Locator) -> None:
        conn.execute(
            update(table)
            .where(
                table.c.archive_id == self.archive_ids[locator.archive],
                table.c.path == locator.path,
                table.c.ordinal == locator.ordinal,
            )
            .values(run_id=self.run_id)
        )

    def _save_file(self, conn: Connection, value: Observation) -> None:
        if value.fingerprint is None:
            raise ValueError("nothing was read")
        values = {
            **self._place(conn, value.locator, value.name),
            **rows.stamp_row(value.stamp),
            "content_id": save_content(conn, value.fingerprint),
            "gone": 0,
        }
        upsert(conn, file, values, key=("archive_id", "path", "ordinal"), returning="file_id")

    def _save_sidecar(self, conn: Connection, value: SidecarSeen) -> None:
        place = self._place(conn, value.locator, value.name)
        values: dict[str, Any] = {**place, **rows.stamp_row(value.stamp), "gone": 0}
        match value.sidecar:
            case Sidecar():
                values |= {"sort": "item", **rows.sidecar_row(value.sidecar)}
            case AlbumFacts(title=title, description=description):
                values |= {"sort": "album", "title": title, "description": description}
            case None:
                values |= {"sort": "other"}
        key = ("archive_id", "path", "ordinal")
        upsert(conn, sidecar, values, key=key, returning="sidecar_id")

    def _save_rejection(self, conn: Connection, value: Rejection) -> None:
        conn.execute(
            insert(problem).values(
                run_id=self.run_id,
                source=self.source_name,
                archive=value.locator.archive or None,
                path=display_path(value.locator.path),
                stage=value.problem.stage,
                message=display_text(value.problem.message),
                hint=display_text(value.problem.hint),
            )
        )
        if not self.keep_unread:
            self._forget(conn, value.locator)
        elif value.problem.stage == "read":
            name = display_path(value.locator.path.rpartition(b"/")[2])
            values = {**self._place(conn, value.locator, name), "content_id": None, "gone": 0}
            key = ("archive_id", "path", "ordinal")
            upsert(conn, file, values, key=key, returning="file_id")

    def _forget(self, conn: Connection, locator: Locator) -> None:
        """Let no claim rest on what was read of a file before it could not be read any more."""
        known = update(file).where(
            file.c.archive_id == self.archive_ids[locator.archive],
            file.c.path == locator.path,
            file.c.ordinal == locator.ordinal,
            file.c.gone == 0,
        )
        if conn.execute(known.values(gone=1)).rowcount:
            mark_changed(conn)

    def _place(self, conn: Connection, locator: Locator, name: str) -> dict[str, Any]:
        text = display_path(locator.path)
        return {
            "source_id": self.source_id,
            "archive_id": self.archive_ids[locator.archive],
            "folder_id": self._folder(conn, text.rpartition("/")[0]),
            "path": locator.path,
            "ordinal": locator.ordinal,
            "path_text": text,
            "filename": display_text(name),
            "run_id": self.run_id,
        }

    def _folder(self, conn: Connection, path_text: str) -> int:
        known = self._folders.get(path_text)
        if known is not None:
            return known
        values = {"source_id": self.source_id, "path_text": path_text, "paired": 0}
        found = upsert(conn, folder, values, key=("source_id", "path_text"), returning="folder_id")
        self._folders[path_text] = found
        return found


def save_content(conn: Connection, fingerprint: Fingerprint | Repeated) -> int:
    """Insert what is known of some bytes, or refresh it; return the content id."""
    if isinstance(fingerprint, Repeated):
        query = select(content.c.content_id).where(content.c.sha256 == fingerprint.sha256)
        known: int = conn.execute(query).scalar_one()
        return known
    values = rows.content_row(fingerprint)
    content_id = upsert(conn, content, values, key=("sha256",), returning="content_id")
    values = rows.signature_row(content_id, fingerprint)
    upsert(conn, signature, values, key=("content_id",), returning="content_id")
    return content_id


def forget_absent(conn: Connection, run_id: int, archive_ids: Iterable[int]) -> int:
    """Mark entries that a whole scan of their archive did not see again; return how many."""
    count = 0
    for archive_id in archive_ids:
        for table in (file, sidecar):
            absent = update(table).where(
                table.c.archive_id == archive_id, table.c.run_id != run_id, table.c.gone == 0
            )
            count += conn.execute(absent.values(gone=1)).rowcount
    if count:
        mark_changed(conn)
    return count
