"""Staging in the catalogue: what it needs to know of items, its plans, and how far they are."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select

from gphotos_reconcile.core.journals import StageRecord, StageState
from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.core.staging import StageItem, chunks
from gphotos_reconcile.core.times import parse_utc, utc_text
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.google_schema import stage_album, stage_item, stage_plan
from gphotos_reconcile.store.upsert import upsert

_BATCH: Final = 500

# An original is known to be stored as it is when an inventory names Google's own digest of it.
_QUERY: Final = """
SELECT i.item_id, i.name, i.google_id, i.app_created, i.media_key, i.product_url, i.taken_at_utc,
  COALESCE(c.size_bytes, 0) AS size_bytes, COALESCE(c.sha256, '') AS sha256,
  COALESCE(c.sha1, '') AS sha1, i.file_id IS NOT NULL AS has_file,
  EXISTS (SELECT 1 FROM inventory_item AS n WHERE n.media_key = i.media_key AND n.sha1 = c.sha1)
    AS is_stored,
  (SELECT group_concat(b.album, char(31)) FROM album_item AS b WHERE b.item_id = i.item_id)
    AS albums,
  (SELECT MIN(u.google_id) FROM upload AS u WHERE u.sha256 = c.sha256 AND u.google_id IS NOT NULL)
    AS uploaded_id
FROM item AS i LEFT JOIN content AS c ON c.content_id = i.content_id
WHERE i.side = 'cloud' AND i.item_id IN
"""


def stage_items(conn: Connection, item_ids: Sequence[int]) -> Iterator[StageItem]:
    """Yield these cloud items as staging wants them; ids of no cloud item are left out."""
    for chosen in chunks(sorted(set(item_ids)), _BATCH):
        marks = ",".join("?" * len(chosen))
        for row in conn.exec_driver_sql(
            f"{_QUERY} ({marks}) ORDER BY i.item_id", chosen
        ).mappings():
            ours = row["google_id"] if row["app_created"] else row["uploaded_id"]
            yield StageItem(
                item_id=row["item_id"],
                filename=row["name"],
                google_id=ours,
                media_key=row["media_key"],
                product_url=row["product_url"],
                taken_at=parse_utc(row["taken_at_utc"]),
                size_bytes=row["size_bytes"],
                sha256=row["sha256"],
                sha1=row["sha1"],
                original_path=row["name"] if row["has_file"] else None,
                original_is_stored=bool(row["is_stored"]),
                albums=tuple(sorted((row["albums"] or "").split("\x1f"))) if row["albums"] else (),
            )


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
