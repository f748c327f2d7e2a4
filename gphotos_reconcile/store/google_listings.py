"""The journal of listings: pages with the place reached, items, and pictures of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from gphotos_reconcile.core.journals import ListingPass
from gphotos_reconcile.core.listing import ListedItem, PassTotals
from gphotos_reconcile.core.model import PictureSignature, Problem, SourceKind
from gphotos_reconcile.core.names import display_text, name_stem
from gphotos_reconcile.core.times import utc_text
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.google_schema import listed_item, listed_picture, listing_pass
from gphotos_reconcile.store.runs import begin_run
from gphotos_reconcile.store.schema import item, problem, scan_run
from gphotos_reconcile.store.settings import write_setting
from gphotos_reconcile.store.upsert import upsert

LISTED: Final = "listed"
"""Whose an item is that an API names: counted apart, because it may also be in an export."""

# What should be named: the items of the last pass that ended, uploads since it began, and before
# any pass has ended what was there before our first upload.
_NOT_LISTED: Final = """
WITH before AS (
  SELECT MAX(pass_id) AS pass_id, COALESCE(MAX(begun_at_utc), '') AS begun_at_utc
  FROM listing_pass WHERE source = :source AND ended_at_utc IS NOT NULL AND pass_id < :this),
expected AS (
  SELECT l.google_id FROM listed_item AS l, before
  WHERE l.source = :source AND l.last_pass_id = before.pass_id
  UNION SELECT u.google_id FROM upload AS u, before
  WHERE :source = 'library_api' AND u.google_id IS NOT NULL
    AND u.changed_at_utc >= before.begun_at_utc
  UNION SELECT k.google_id FROM known_google_id AS k, before
  WHERE :source = 'library_api' AND before.pass_id IS NULL)
SELECT COUNT(*) FROM expected AS e WHERE NOT EXISTS (
  SELECT 1 FROM listed_item AS l WHERE l.google_id = e.google_id AND l.last_pass_id = :this)
"""


class CatalogListings:
    """A `SyncJournal` in the catalogue, and what listed items look like."""

    def __init__(self, catalog: Catalog, now: datetime) -> None:
        self._catalog = catalog
        self._now = now
        self._runs: dict[int, int] = {}

    def open_pass(self, source: str) -> ListingPass:
        """Return the unfinished pass over `source`, or begin a new one."""
        query = select(listing_pass).where(
            listing_pass.c.source == source, listing_pass.c.ended_at_utc.is_(None)
        )
        with self._catalog.begin() as conn:
            row = conn.execute(query).mappings().first()
            if row is not None:
                return ListingPass(
                    pass_id=row["pass_id"], page_token=row["page_token"], pages=row["pages"]
                )
            values = {"source": source, "begun_at_utc": utc_text(self._now)}
            made = conn.execute(
                insert(listing_pass).values(values).returning(listing_pass.c.pass_id)
            )
            return ListingPass(pass_id=made.scalar_one())

    def save_page(
        self,
        pass_id: int,
        items: Sequence[ListedItem],
        rejected: Sequence[Problem],
        next_token: str,
    ) -> int:
        """Save a page and the place after it; return how many items are new to this pass."""
        with self._catalog.begin() as conn:
            source = _source_of(conn, pass_id)
            fresh = [_save_item(conn, source, pass_id, listed) for listed in items]
            if rejected:
                self._save_problems(conn, source, pass_id, rejected)
            write_setting(conn, "unmatched", "1")
            conn.execute(
                update(listing_pass)
                .where(listing_pass.c.pass_id == pass_id)
                .values(
                    page_token=next_token,
                    pages=listing_pass.c.pages + 1,
                    repeated=listing_pass.c.repeated + fresh.count(False),
                    rejected=listing_pass.c.rejected + len(rejected),
                )
            )
            return fresh.count(True)

    def restart_pass(self, pass_id: int) -> None:
        """Forget the page token."""
        with self._catalog.begin() as conn:
            forget = update(listing_pass).where(listing_pass.c.pass_id == pass_id)
            conn.execute(forget.values(page_token=""))

    def finish_pass(self, pass_id: int) -> PassTotals:
        """Close the pass, count, and write the run that `scan_runs` shows."""
        with self._catalog.begin() as conn:
            row = (
                conn.execute(
                    update(listing_pass)
                    .where(listing_pass.c.pass_id == pass_id)
                    .values(ended_at_utc=utc_text(self._now), page_token="")
                    .returning(listing_pass)
                )
                .mappings()
                .one()
            )
            totals = PassTotals(
                pages=row["pages"],
                listed=_count(conn, "last_pass_id", pass_id),
                new=_count(conn, "first_pass_id", pass_id),
                repeated=row["repeated"],
                rejected=row["rejected"],
                not_listed=conn.exec_driver_sql(
                    _NOT_LISTED, {"source": row["source"], "this": pass_id}
                ).scalar_one(),
                complete=True,
            )
            self._end_run(conn, row["source"], pass_id, totals)
            return totals

    def save_picture(self, google_id: str, picture: PictureSignature) -> None:
        """Keep what an item looks like."""
        values = {
            "google_id": google_id,
            "luma": picture.luma,
            "chroma": picture.chroma,
            "phash": picture.phash,
            "dhash": picture.dhash,
            "luma_std": picture.luma_std,
            "picture_width": picture.source_width_px,
            "picture_height": picture.source_height_px,
        }
        with self._catalog.begin() as conn:
            write_setting(conn, "unmatched", "1")
            upsert(conn, listed_picture, values, key=("google_id",), returning="google_id")

    def without_picture(self, google_ids: Iterable[str]) -> frozenset[str]:
        """Return those of `google_ids` that have no picture yet."""
        wanted = frozenset(google_ids)
        with self._catalog.connect() as conn:
            known = conn.execute(
                select(listed_picture.c.google_id).where(listed_picture.c.google_id.in_(wanted))
            ).scalars()
            return wanted - frozenset(known)

    def _run(self, conn: Connection, source: str, pass_id: int) -> int:
        if pass_id not in self._runs:
            kind = SourceKind(source)
            self._runs[pass_id] = begin_run(conn, source_name=source, kind=kind, now=self._now)
        return self._runs[pass_id]

    def _save_problems(
        self, conn: Connection, source: str, pass_id: int, rejected: Sequence[Problem]
    ) -> None:
        run_id = self._run(conn, source, pass_id)
        rows = [
            {
                "run_id": run_id,
                "source": source,
                "path": "",
                "stage": found.stage,
                "message": display_text(found.message),
                "hint": display_text(found.hint),
            }
            for found in rejected
        ]
        conn.execute(insert(problem), rows)

    def _end_run(self, conn: Connection, source: str, pass_id: int, totals: PassTotals) -> None:
        # The API shows only what this client uploaded, or the person picked: never complete.
        values = {
            "ended_at_utc": utc_text(self._now),
            "seen": totals.listed + totals.rejected,
            "saved": totals.listed,
            "unchanged": totals.listed - totals.new,
            "rejected": totals.rejected,
            "complete": 0,
        }
        run_id = self._run(conn, source, pass_id)
        conn.execute(update(scan_run).where(scan_run.c.run_id == run_id).values(values))


def _source_of(conn: Connection, pass_id: int) -> str:
    query = select(listing_pass.c.source).where(listing_pass.c.pass_id == pass_id)
    source: str = conn.execute(query).scalar_one()
    return source


def _count(conn: Connection, column: str, pass_id: int) -> int:
    query = f"SELECT COUNT(*) FROM listed_item WHERE {column} = ?"
    count: int = conn.exec_driver_sql(query, (pass_id,)).scalar_one()
    return count


def _save_item(conn: Connection, source: str, pass_id: int, listed: ListedItem) -> bool:
    """Insert or refresh one item; return whether this pass names it for the first time."""
    known = conn.execute(
        select(listed_item.c.last_pass_id, listed_item.c.first_pass_id).where(
            listed_item.c.google_id == listed.google_id
        )
    ).first()
    facts = listed.facts
    values: dict[str, Any] = {
        "google_id": listed.google_id,
        "source": source,
        "filename": display_text(listed.filename),
        "mime_type": display_text(listed.mime_type),
        "kind": listed.kind.value,
        "created_at_utc": utc_text(listed.created_at),
        "product_url": listed.product_url,
        "description": display_text(listed.description),
        "width": facts.width_px,
        "height": facts.height_px,
        "camera_make": facts.camera_make,
        "camera_model": facts.camera_model,
        "iso": facts.iso,
        "exposure_time_s": facts.exposure_time_s,
        "f_number": facts.f_number,
        "focal_length_mm": facts.focal_length_mm,
        "frame_rate": facts.frame_rate,
        "ready": int(listed.ready),
        "app_created": int(listed.app_created),
        "first_pass_id": pass_id if known is None else known.first_pass_id,
        "last_pass_id": pass_id,
    }
    upsert(conn, listed_item, values, key=("google_id",), returning="google_id")
    _save_cloud_item(conn, source, listed)
    return known is None or known.last_pass_id != pass_id


def _save_cloud_item(conn: Connection, source: str, listed: ListedItem) -> None:
    values = {
        "side": "cloud",
        "identity": f"{source}:{listed.google_id}",
        "source_kind": source,
        "kind": listed.kind.value,
        "name": display_text(listed.filename),
        "name_stem": name_stem(listed.filename),
        "google_id": listed.google_id,
        "product_url": listed.product_url,
        "description": display_text(listed.description) or None,
        "taken_at_utc": utc_text(listed.created_at),
        "taken_at_basis": "sidecar" if listed.created_at else "none",
        "app_created": int(listed.app_created),
        "belongs": LISTED,
        "listed_mime_type": display_text(listed.mime_type),
        "listed_width": listed.facts.width_px,
        "listed_height": listed.facts.height_px,
        "listed_camera_make": listed.facts.camera_make,
        "listed_camera_model": listed.facts.camera_model,
    }
    upsert(conn, item, values, key=("side", "identity"), returning="item_id")
