"""The journal of uploads in the catalogue."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import RowMapping, select

from gphotos_reconcile.core.journals import (
    UploadRecord,
    UploadState,
)
from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.core.times import utc_text
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.google_schema import (
    known_google_id,
    upload,
)
from gphotos_reconcile.store.schema import content
from gphotos_reconcile.store.settings import read_setting, write_setting
from gphotos_reconcile.store.upsert import upsert

_BASELINE = "google_baseline"


class CatalogUploads:
    """An `UploadJournal` in the catalogue."""

    def __init__(self, catalog: Catalog, now: datetime) -> None:
        self._catalog = catalog
        self._now = now

    def record(self, sha256: str) -> UploadRecord | None:
        """Return what is known of the bytes with this digest."""
        with self._catalog.connect() as conn:
            row = conn.execute(select(upload).where(upload.c.sha256 == sha256)).mappings().first()
        return None if row is None else _upload_of(row)

    def records(self, state: UploadState) -> Sequence[UploadRecord]:
        """Return the records in one state, by digest."""
        query = select(upload).where(upload.c.state == state.value).order_by(upload.c.sha256)
        with self._catalog.connect() as conn:
            return [_upload_of(row) for row in conn.execute(query).mappings()]

    def save(self, records: Iterable[UploadRecord]) -> None:
        """Insert or replace records by digest, all or none."""
        with self._catalog.begin() as conn:
            for record in records:
                values = {
                    "sha256": record.sha256,
                    "filename": record.filename,
                    "size_bytes": record.size_bytes,
                    "state": record.state.value,
                    "google_id": record.google_id,
                    "message": display_text(record.message),
                    "width": record.width_px,
                    "height": record.height_px,
                    "changed_at_utc": utc_text(self._now),
                }
                upsert(conn, upload, values, key=("sha256",), returning="sha256")

    def picture_size(self, sha256: str) -> tuple[int | None, int | None]:
        """Return width and height of indexed bytes, None and None of others."""
        query = select(content.c.width, content.c.height).where(content.c.sha256 == sha256)
        with self._catalog.connect() as conn:
            row = conn.execute(query).first()
        return (None, None) if row is None else (row.width, row.height)

    def known_ids(self) -> frozenset[str]:
        """Return the ids that cannot be an upload of ours in doubt."""
        ours = select(upload.c.google_id).where(upload.c.google_id.is_not(None))
        with self._catalog.connect() as conn:
            rows = conn.execute(ours.union(select(known_google_id.c.google_id)))
            return frozenset(rows.scalars())

    def baseline_taken(self) -> bool:
        """Tell whether what was there before our first upload was once listed whole."""
        with self._catalog.connect() as conn:
            return read_setting(conn, _BASELINE) is not None

    def save_baseline(self, google_ids: Iterable[str], *, complete: bool) -> None:
        """Add ids that are not ours; `complete` ends the baseline."""
        with self._catalog.begin() as conn:
            for google_id in google_ids:
                values = {"google_id": google_id}
                key = ("google_id",)
                upsert(conn, known_google_id, values, key=key, returning="google_id")
            if complete:
                write_setting(conn, _BASELINE, str(utc_text(self._now)))


def _upload_of(row: RowMapping) -> UploadRecord:
    def number(name: str) -> int | None:
        value = row[name]
        return value if isinstance(value, int) else None

    google_id = row["google_id"]
    return UploadRecord(
        sha256=str(row["sha256"]),
        filename=str(row["filename"]),
        size_bytes=number("size_bytes") or 0,
        state=UploadState(str(row["state"])),
        google_id=None if google_id is None else str(google_id),
        message=str(row["message"]),
        width_px=number("width"),
        height_px=number("height"),
    )
