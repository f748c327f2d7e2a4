"""What staging needs to know of items: ids, links, digests, albums, and where bytes lie."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection

from gphotos_reconcile.core.staging import StageItem, chunks
from gphotos_reconcile.core.times import parse_utc

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
