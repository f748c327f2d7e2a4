"""The journals of uploads, quotas, staging and fidelity in the catalogue."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, func, select
from sqlalchemy.dialects.sqlite import insert

from gphotos_reconcile.core.journals import (
    FidelityRow,
    StageRecord,
    StageState,
    UploadRecord,
    UploadState,
)
from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.core.times import parse_utc, utc_text
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.google_schema import (
    fidelity,
    known_google_id,
    quota_spent,
    stage_album,
    stage_item,
    stage_plan,
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


class CatalogQuota:
    """A `QuotaLedger` in the catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def spent(self, project: str, day: date, budget: str) -> int:
        """Return how many requests were booked."""
        query = select(quota_spent.c.requests).where(
            quota_spent.c.project == project,
            quota_spent.c.day == day.isoformat(),
            quota_spent.c.budget == budget,
        )
        with self._catalog.connect() as conn:
            return conn.execute(query).scalar() or 0

    def spend(self, project: str, day: date, budget: str, count: int) -> None:
        """Book requests."""
        made = insert(quota_spent).values(
            project=project, day=day.isoformat(), budget=budget, requests=count
        )
        made = made.on_conflict_do_update(
            index_elements=["project", "day", "budget"],
            set_={"requests": quota_spent.c.requests + count},
        )
        with self._catalog.begin() as conn:
            conn.execute(made)


class CatalogStaging:
    """A `StagingJournal` in the catalogue, which also keeps the plans' requests."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def save_plan(
        self, plan: str, title: str, request: Mapping[str, object], now: datetime
    ) -> None:
        """Keep what a plan was made of, so that `apply` makes the same one."""
        values = {
            "plan": plan,
            "title": title,
            "request": json.dumps(request),
            "made_at_utc": utc_text(now),
        }
        with self._catalog.begin() as conn:
            upsert(conn, stage_plan, values, key=("plan",), returning="plan")

    def plan_request(self, plan: str = "") -> tuple[str, str, Mapping[str, object]] | None:
        """Return (id, title, request) of the plan whose id begins so, the newest one for ""."""
        query = (
            select(stage_plan)
            .where(func.substr(stage_plan.c.plan, 1, len(plan)) == plan)
            .order_by(stage_plan.c.made_at_utc.desc(), stage_plan.c.plan)
        )
        with self._catalog.connect() as conn:
            row = conn.execute(query).mappings().first()
        return None if row is None else (row["plan"], row["title"], json.loads(row["request"]))

    def albums(self, plan: str) -> Mapping[str, str]:
        """Return the plan's albums, title to id."""
        query = select(stage_album.c.title, stage_album.c.album_id)
        with self._catalog.connect() as conn:
            rows = conn.execute(query.where(stage_album.c.plan == plan))
            return {row.title: row.album_id for row in rows}

    def album_ids(self) -> frozenset[str]:
        """Return the ids of every plan's albums."""
        with self._catalog.connect() as conn:
            ids = conn.execute(select(stage_album.c.album_id)).scalars()
            return frozenset(album_id for album_id in ids if album_id)

    def save_album(self, plan: str, title: str, album_id: str) -> None:
        """Save an album's id, or "" before it is asked for."""
        values = {"plan": plan, "title": title, "album_id": album_id}
        with self._catalog.begin() as conn:
            upsert(conn, stage_album, values, key=("plan", "title"), returning="plan")

    def stages(self, plan: str) -> Mapping[int, StageRecord]:
        """Return the plan's records by item id."""
        with self._catalog.connect() as conn:
            rows = conn.execute(select(stage_item).where(stage_item.c.plan == plan)).mappings()
            return {
                row["item_id"]: StageRecord(
                    plan=plan,
                    item_id=row["item_id"],
                    state=StageState(row["state"]),
                    google_id=row["google_id"],
                    album_id=row["album_id"],
                    message=row["message"],
                )
                for row in rows
            }

    def save_stages(self, records: Iterable[StageRecord]) -> None:
        """Insert or replace records, all or none."""
        with self._catalog.begin() as conn:
            for record in records:
                values = {
                    "plan": record.plan,
                    "item_id": record.item_id,
                    "state": record.state.value,
                    "google_id": record.google_id,
                    "album_id": record.album_id,
                    "message": display_text(record.message),
                }
                upsert(conn, stage_item, values, key=("plan", "item_id"), returning="item_id")

    def bad_ids(self) -> frozenset[str]:
        """Return every id that Google has refused in any plan."""
        query = select(stage_item.c.google_id).where(
            stage_item.c.state == StageState.BAD.value, stage_item.c.google_id.is_not(None)
        )
        with self._catalog.connect() as conn:
            return frozenset(conn.execute(query).scalars())


class CatalogFidelity:
    """What was measured of Google's ways to hand bytes back, in the catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def save(self, rows: Iterable[FidelityRow]) -> None:
        """Insert or replace rows by (sha256, path)."""
        with self._catalog.begin() as conn:
            for row in rows:
                _save_fidelity(conn, row)

    def rows(self) -> tuple[FidelityRow, ...]:
        """Return everything that was measured, by path and name."""
        order = (fidelity.c.path, fidelity.c.filename, fidelity.c.sha256)
        with self._catalog.connect() as conn:
            found = conn.execute(select(fidelity).order_by(*order)).mappings()
            return tuple(_fidelity_of(row) for row in found)


def _fidelity_of(row: RowMapping) -> FidelityRow:
    measured_at = parse_utc(row["measured_at_utc"])
    assert measured_at is not None  # noqa: S101  # never saved without
    return FidelityRow(
        sha256=row["sha256"],
        filename=row["filename"],
        path=row["path"],
        measured_at=measured_at,
        original_bytes=row["original_bytes"],
        returned_bytes=row["returned_bytes"],
        same_bytes=bool(row["same_bytes"]),
        width_px=row["width"],
        height_px=row["height"],
        psnr_db=row["psnr_db"],
        ssim=row["ssim"],
        kept=tuple(row["kept"].split()),
        lost=tuple(row["lost"].split()),
    )


def _save_fidelity(conn: Connection, row: FidelityRow) -> None:
    values = {
        "sha256": row.sha256,
        "path": row.path,
        "filename": row.filename,
        "measured_at_utc": utc_text(row.measured_at),
        "original_bytes": row.original_bytes,
        "returned_bytes": row.returned_bytes,
        "same_bytes": int(row.same_bytes),
        "width": row.width_px,
        "height": row.height_px,
        "psnr_db": row.psnr_db,
        "ssim": row.ssim,
        "kept": " ".join(row.kept),
        "lost": " ".join(row.lost),
    }
    upsert(conn, fidelity, values, key=("sha256", "path"), returning="sha256")


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
