"""Listed items that were looked at: compared by their pixels, and told as one with an export's.

An API's bytes are never the original's. So such an item has no digest here, and nothing that is
said of it rests on one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, RowMapping

from gphotos_reconcile.core.model import (
    ItemRow,
    Kind,
    MatchAsset,
    MediaFacts,
    PictureSignature,
    Side,
)
from gphotos_reconcile.core.times import parse_utc
from gphotos_reconcile.store.assets import rows_by_ids
from gphotos_reconcile.store.rows import picture_of

_ALIKE_BITS: Final = 6
_SHAPE: Final = 0.01
_SECOND_CHARS: Final = 19  # of 2019-05-04T10:11:12.345Z: an API may tell fractions, a sidecar not

_SEEN: Final = (
    " FROM item AS i JOIN listed_item AS l ON l.google_id = i.google_id"
    " JOIN listed_picture AS p ON p.google_id = i.google_id"
    " WHERE i.side = 'cloud' AND i.file_id IS NULL"
)

# The same upload name and second; an edited copy shares both, so the pictures are asked as well.
_SAME_ITEM: Final = f"""
SELECT i.item_id AS listed_id, i.google_id, e.item_id AS export_id,
  p.phash, p.picture_width, p.picture_height,
  c.phash AS export_phash, c.picture_width AS export_width, c.picture_height AS export_height
FROM item AS i
JOIN listed_picture AS p ON p.google_id = i.google_id
JOIN item AS e ON e.side = 'cloud' AND e.name_stem = i.name_stem AND e.file_id IS NOT NULL
JOIN sidecar AS s ON s.sidecar_id = e.sidecar_id
  AND SUBSTR(s.taken_at_utc, 1, {_SECOND_CHARS}) = SUBSTR(i.taken_at_utc, 1, {_SECOND_CHARS})
JOIN content AS c ON c.content_id = e.content_id
WHERE i.side = 'cloud' AND i.file_id IS NULL AND LOWER(i.name) IN (LOWER(s.title), LOWER(e.name))
ORDER BY i.item_id, e.item_id
"""


def listed_rows(conn: Connection) -> Iterator[ItemRow]:
    """Yield every listed item that was looked at, in item_id order; none has a digest."""
    query = (
        "SELECT i.item_id, i.kind, p.phash, p.dhash, p.luma_std, i.taken_at_utc, i.name_stem,"
        f" i.listed_width, i.listed_height{_SEEN} ORDER BY i.item_id"
    )
    for row in conn.exec_driver_sql(query):
        taken_at = parse_utc(row[5])
        yield ItemRow(
            item_id=row[0],
            kind=row[1],
            sha256="",
            content_digest=None,
            phash=row[2],
            dhash=row[3],
            luma_std=row[4],
            taken_at_s=None,
            time_is_instant=False,
            sidecar_taken_at_s=taken_at.timestamp() if taken_at else None,
            name_stem=row[6],
            image_unique_id=None,
            content_identifier=None,
            duration_s=None,
            width_px=row[7],
            height_px=row[8],
        )


def listed_assets(conn: Connection, ids: Sequence[int]) -> Mapping[int, MatchAsset]:
    """Return these listed items as the rules see them: what the API told, and no digest."""
    query = (
        "SELECT i.item_id, i.name, i.kind AS item_kind, i.name_stem, i.taken_at_utc, l.*,"
        f" p.phash, p.dhash, p.luma_std, p.picture_width, p.picture_height{_SEEN}"
        " AND i.item_id IN "
    )
    return {row["item_id"]: _asset(row) for row in rows_by_ids(conn, query, ids)}


def listed_signatures(conn: Connection, ids: Sequence[int]) -> Mapping[int, PictureSignature]:
    """Return what these listed items look like."""
    query = f"SELECT i.item_id, p.*{_SEEN} AND i.item_id IN "
    found = {row["item_id"]: picture_of(row) for row in rows_by_ids(conn, query, ids)}
    return {item_id: picture for item_id, picture in found.items() if picture is not None}


def join_listed(conn: Connection) -> int:
    """Tell a listed item and an export's as one where they are; return how many were joined.

    That is so when upload name, second and picture agree, and no other item fits on either side.
    The export's item then carries the API's id; the listed one is no item of its own until it is
    listed again.
    """
    exports_of: defaultdict[int, list[int]] = defaultdict(list)
    listed_of: defaultdict[int, list[int]] = defaultdict(list)
    google_ids: dict[int, str] = {}
    for row in conn.exec_driver_sql(_SAME_ITEM).mappings():
        if _alike(row):
            exports_of[row["listed_id"]].append(row["export_id"])
            listed_of[row["export_id"]].append(row["listed_id"])
            google_ids[row["listed_id"]] = row["google_id"]
    joined = [
        (listed_id, exports[0])
        for listed_id, exports in exports_of.items()
        if len(exports) == 1 and len(listed_of[exports[0]]) == 1
    ]
    for listed_id, export_id in joined:
        _join(conn, listed_id, export_id, google_ids[listed_id])
    return len(joined)


def _join(conn: Connection, listed_id: int, export_id: int, google_id: str) -> None:
    conn.exec_driver_sql("UPDATE item SET google_id = ? WHERE item_id = ?", (google_id, export_id))
    for statement in (
        "DELETE FROM evidence WHERE cloud_item_id = ?",
        "DELETE FROM verdict WHERE item_id = ?",
        "DELETE FROM duplicate_member WHERE item_id = ?",
        "DELETE FROM album_item WHERE item_id = ?",
        "DELETE FROM item WHERE item_id = ?",
    ):
        conn.exec_driver_sql(statement, (listed_id,))


def _alike(row: RowMapping) -> bool:
    sizes = ("picture_width", "picture_height", "export_width", "export_height")
    if not (row["export_phash"] and all(row[name] for name in sizes)):
        return False
    distance_bits = (int(row["phash"], 16) ^ int(row["export_phash"], 16)).bit_count()
    shape = row["picture_width"] / row["picture_height"]
    export_shape = row["export_width"] / row["export_height"]
    return distance_bits <= _ALIKE_BITS and abs(shape - export_shape) <= _SHAPE * export_shape


def _asset(row: Mapping[str, Any]) -> MatchAsset:
    return MatchAsset(
        item_id=row["item_id"],
        side=Side.CLOUD,
        name=row["name"],
        name_stem=row["name_stem"],
        kind=Kind(row["item_kind"]),
        mime_type=row["mime_type"],
        size_bytes=0,
        sha256="",
        content_digest=None,
        motion_digest=None,
        facts=MediaFacts(
            width_px=row["width"],
            height_px=row["height"],
            camera_make=row["camera_make"],
            camera_model=row["camera_model"],
            iso=row["iso"],
            exposure_time_s=row["exposure_time_s"],
            f_number=row["f_number"],
            focal_length_mm=row["focal_length_mm"],
        ),
        sidecar_taken_at=parse_utc(row["taken_at_utc"]),
        phash=row["phash"],
        dhash=row["dhash"],
        luma_std=row["luma_std"],
        source_width_px=row["picture_width"],
        source_height_px=row["picture_height"],
    )
