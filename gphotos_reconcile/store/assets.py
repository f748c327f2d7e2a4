"""Items as the matching rules want them: columns of a whole side, and facts and pixels by id."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Connection

from gphotos_reconcile.core.model import (
    FileStamp,
    ItemRow,
    Kind,
    Locator,
    MatchAsset,
    PictureSignature,
    Side,
    VideoFrame,
)
from gphotos_reconcile.core.times import parse_utc
from gphotos_reconcile.store.rows import (
    STAMP_COLUMNS,
    facts_of,
    picture_of,
    stamp_of,
    times_of,
    unpack_frames,
)

_BATCH: Final = 500  # SQLite's limit on bound parameters was 999 for long


class StoredBytes(NamedTuple):
    """Where the bytes of an item's primary file lie, to be opened again."""

    item_id: int
    locator: Locator
    form: str
    archive_path: bytes
    stamp: FileStamp


def item_rows(conn: Connection, side: Side) -> Iterator[ItemRow]:
    """Yield every item of a side that has bytes, in item_id order."""
    query = (
        "SELECT i.item_id, i.kind, c.sha256, c.content_digest, c.phash, c.dhash, c.luma_std,"
        " c.times, s.taken_at_utc, i.name_stem, c.image_unique_id, c.content_identifier,"
        " c.duration_s, c.width, c.height"
        " FROM item AS i JOIN content AS c ON c.content_id = i.content_id"
        " LEFT JOIN sidecar AS s ON s.sidecar_id = i.sidecar_id"
        " WHERE i.side = ? ORDER BY i.item_id"
    )
    for row in conn.exec_driver_sql(query, (side.value,)):
        readings = times_of(row[7])
        first = readings[0] if readings else None
        told = parse_utc(row[8])
        times = (
            first.taken_at.timestamp() if first else None,
            first.basis.is_instant if first else False,
            told.timestamp() if told else None,
        )
        yield ItemRow._make((*row[:7], *times, *row[9:]))


def assets(conn: Connection, ids: Sequence[int]) -> Mapping[int, MatchAsset]:
    """Return the items with these ids as the rules see them; items without bytes are left out."""
    query = (
        "SELECT i.item_id, i.side, i.name, i.kind AS item_kind, i.name_stem,"
        " s.taken_at_utc AS sidecar_taken, d.path_text AS folder, c.*,"
        " mc.sha256 AS motion_sha256, mc.content_digest AS motion_content_digest"
        " FROM item AS i JOIN content AS c ON c.content_id = i.content_id"
        " JOIN file AS f ON f.file_id = i.file_id JOIN folder AS d ON d.folder_id = f.folder_id"
        " LEFT JOIN sidecar AS s ON s.sidecar_id = i.sidecar_id"
        " LEFT JOIN file AS mf ON mf.file_id = i.motion_file_id"
        " LEFT JOIN content AS mc ON mc.content_id = mf.content_id WHERE i.item_id IN "
    )
    return {row["item_id"]: _asset(row) for row in rows_by_ids(conn, query, ids)}


def signatures(conn: Connection, ids: Sequence[int]) -> Mapping[int, PictureSignature]:
    """Return the pixels kept of these items; items without any are left out."""
    query = (
        "SELECT i.item_id, g.luma, g.chroma, c.phash, c.dhash, c.luma_std, c.picture_width,"
        " c.picture_height FROM item AS i JOIN content AS c ON c.content_id = i.content_id"
        " JOIN signature AS g ON g.content_id = c.content_id"
        " WHERE g.luma IS NOT NULL AND i.item_id IN "
    )
    found = {row["item_id"]: picture_of(row) for row in rows_by_ids(conn, query, ids)}
    return {item_id: picture for item_id, picture in found.items() if picture is not None}


def frames(conn: Connection, ids: Sequence[int]) -> Mapping[int, tuple[VideoFrame, ...]]:
    """Return the sampled frames of these items; items without any are left out."""
    query = (
        "SELECT i.item_id, g.frames FROM item AS i"
        " JOIN signature AS g ON g.content_id = i.content_id"
        " WHERE g.frames IS NOT NULL AND i.item_id IN "
    )
    return {row["item_id"]: unpack_frames(row["frames"]) for row in rows_by_ids(conn, query, ids)}


def stored_bytes(conn: Connection, ids: Sequence[int]) -> Mapping[int, StoredBytes]:
    """Return where the primary files of these items lie."""
    stamp = ", ".join(f'f."{name}"' for name in STAMP_COLUMNS)
    query = (
        f"SELECT i.item_id, r.name AS source, a.name AS archive, a.form, a.path AS archive_path,"
        f" f.path AS file_path, f.ordinal, {stamp}"
        " FROM item AS i JOIN file AS f ON f.file_id = i.file_id"
        " JOIN source AS r ON r.source_id = f.source_id"
        " JOIN archive AS a ON a.archive_id = f.archive_id WHERE i.item_id IN "
    )
    found = {}
    for row in rows_by_ids(conn, query, ids):
        locator = Locator(
            source=row["source"],
            archive=row["archive"],
            path=row["file_path"],
            ordinal=row["ordinal"],
        )
        stamp_values = tuple(row[name] for name in STAMP_COLUMNS)
        found[row["item_id"]] = StoredBytes(
            row["item_id"], locator, row["form"], row["archive_path"], stamp_of(stamp_values)
        )
    return found


def rows_by_ids(conn: Connection, query: str, ids: Sequence[int]) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a query that ends in `IN `, for some ids at a time."""
    for start in range(0, len(ids), _BATCH):
        chosen = tuple(ids[start : start + _BATCH])
        marks = ",".join("?" * len(chosen))
        for row in conn.exec_driver_sql(f"{query}({marks})", chosen).mappings():
            yield cast("Mapping[str, Any]", row)


def _asset(row: Mapping[str, Any]) -> MatchAsset:
    return MatchAsset(
        item_id=row["item_id"],
        side=Side(row["side"]),
        name=row["name"],
        name_stem=row["name_stem"],
        kind=Kind(row["item_kind"]),
        mime_type=row["mime_type"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
        content_digest=row["content_digest"],
        motion_digest=row["motion_digest"],
        facts=facts_of(row),
        sidecar_taken_at=parse_utc(row["sidecar_taken"]),
        phash=row["phash"],
        dhash=row["dhash"],
        luma_std=row["luma_std"],
        source_width_px=row["picture_width"],
        source_height_px=row["picture_height"],
        motion_video_sha256=row["motion_sha256"],
        motion_video_digest=row["motion_content_digest"],
        album_folder=row["folder"],
    )
