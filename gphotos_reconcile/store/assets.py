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
from gphotos_reconcile.store.identities import chunks
from gphotos_reconcile.store.rows import (
    FACT_COLUMNS,
    STAMP_COLUMNS,
    facts_of,
    first_reading,
    stamp_of,
    unpack_frames,
)


class StoredBytes(NamedTuple):
    """Where the bytes of an item's primary file lie, to be opened again."""

    item_id: int
    locator: Locator
    form: str
    archive_path: bytes
    stamp: FileStamp


def item_rows(conn: Connection, side: Side, ids: Sequence[int] | None = None) -> Iterator[ItemRow]:
    """Yield the items of a side that have bytes, in item_id order: all, or those of the ids."""
    query = (
        "SELECT i.item_id, i.kind, c.sha256, c.content_digest, c.phash, c.dhash, c.luma_std,"
        " c.times, s.taken_at_utc, i.name_stem, c.image_unique_id, c.content_identifier,"
        " c.duration_s, c.width, c.height, i.identity"
        " FROM item AS i CROSS JOIN content AS c ON c.content_id = i.content_id"
        " LEFT JOIN sidecar AS s ON s.sidecar_id = i.sidecar_id WHERE i.side = ?"
    )
    order = "ORDER BY i.item_id"
    if ids is None:
        yield from map(_item_row, plain_rows(conn, f"{query} {order}", (side.value,)))
        return
    for part in chunks(sorted(ids)):
        marks = ",".join("?" * len(part))
        asked = f"{query} AND i.item_id IN ({marks}) {order}"
        yield from map(_item_row, list(plain_rows(conn, asked, (side.value, *part))))


def plain_rows(
    conn: Connection, query: str, values: Sequence[Any] = ()
) -> Iterator[tuple[Any, ...]]:
    """Yield rows as plain tuples; of a million, rows with names would cost more than they hold."""
    raw = conn.connection.driver_connection
    assert raw is not None  # noqa: S101  # the connection is open
    found: Iterator[tuple[Any, ...]] = raw.execute(query, tuple(values))
    return found


def _item_row(row: Sequence[Any]) -> ItemRow:
    item_id, kind, sha256, content, phash, dhash, std, readings, told, *rest = row
    taken_at_s, is_instant = first_reading(readings)
    told_at = parse_utc(told)
    told_at_s = told_at.timestamp() if told_at else None
    times = (taken_at_s, is_instant, told_at_s)
    return ItemRow(item_id, kind, sha256, content, phash, dhash, std, *times, *rest)


def assets(conn: Connection, ids: Sequence[int]) -> Mapping[int, MatchAsset]:
    """Return the items with these ids as the rules see them; items without bytes are left out."""
    return {row[0]: _asset(row) for row in _by_ids(conn, _ASSETS, ids)}


def signatures(conn: Connection, ids: Sequence[int]) -> Mapping[int, PictureSignature]:
    """Return the pixels kept of these items; items without any are left out."""
    query = (
        "SELECT i.item_id, g.luma, g.chroma, c.phash, c.dhash, c.luma_std, c.picture_width,"
        " c.picture_height FROM item AS i JOIN content AS c ON c.content_id = i.content_id"
        " JOIN signature AS g ON g.content_id = c.content_id"
        " WHERE g.luma IS NOT NULL AND i.item_id IN "
    )
    return {
        item_id: PictureSignature(
            luma=luma,
            chroma=chroma,
            phash=phash,
            dhash=dhash,
            luma_std=luma_std,
            source_width_px=width,
            source_height_px=height,
        )
        for item_id, luma, chroma, phash, dhash, luma_std, width, height in _by_ids(
            conn, query, ids
        )
    }


def frames(conn: Connection, ids: Sequence[int]) -> Mapping[int, tuple[VideoFrame, ...]]:
    """Return the sampled frames of these items; items without any are left out."""
    query = (
        "SELECT i.item_id, g.frames FROM item AS i"
        " JOIN signature AS g ON g.content_id = i.content_id"
        " WHERE g.frames IS NOT NULL AND i.item_id IN "
    )
    return {item_id: unpack_frames(packed) for item_id, packed in _by_ids(conn, query, ids)}


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
    for item_id, name, archive, form, archive_path, path, ordinal, *rest in _by_ids(
        conn, query, ids
    ):
        locator = Locator(source=name, archive=archive, path=path, ordinal=ordinal)
        found[item_id] = StoredBytes(item_id, locator, form, archive_path, stamp_of(tuple(rest)))
    return found


def rows_by_ids(conn: Connection, query: str, ids: Sequence[int]) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a query that ends in `IN `, for some ids at a time."""
    for part in chunks(ids):
        marks = ",".join("?" * len(part))
        found = conn.exec_driver_sql(f"{query}({marks})", tuple(part))
        yield from cast("Iterator[Mapping[str, Any]]", found.mappings().fetchall())


def _by_ids(conn: Connection, query: str, ids: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    for part in chunks(ids):
        marks = ",".join("?" * len(part))
        yield from list(plain_rows(conn, f"{query}({marks})", tuple(part)))


_OF_ASSET: Final = (
    "i.item_id, i.side, i.name, i.kind, i.name_stem, s.taken_at_utc, d.path_text, c.mime_type,"
    " c.size_bytes, c.sha256, c.content_digest, c.motion_digest, c.phash, c.dhash, c.luma_std,"
    " c.picture_width, c.picture_height, mc.sha256, mc.content_digest, c.times"
)
_ASSETS: Final = (
    f"SELECT {_OF_ASSET}, {', '.join(f'c.{column}' for column in FACT_COLUMNS.values())}"
    " FROM item AS i JOIN content AS c ON c.content_id = i.content_id"
    " JOIN file AS f ON f.file_id = i.file_id JOIN folder AS d ON d.folder_id = f.folder_id"
    " LEFT JOIN sidecar AS s ON s.sidecar_id = i.sidecar_id"
    " LEFT JOIN file AS mf ON mf.file_id = i.motion_file_id"
    " LEFT JOIN content AS mc ON mc.content_id = mf.content_id WHERE i.item_id IN "
)
_FACTS_FROM: Final = _OF_ASSET.count(",") + 1


def _asset(row: Sequence[Any]) -> MatchAsset:
    (
        item_id, side, name, kind, stem, told, folder, mime_type, size_bytes, sha256, content,
        motion, phash, dhash, std, width, height, video_sha256, video_content, times,
    ) = row[:_FACTS_FROM]  # fmt: skip
    return MatchAsset(
        item_id=item_id,
        side=Side(side),
        name=name,
        name_stem=stem,
        kind=Kind(kind),
        mime_type=mime_type,
        size_bytes=size_bytes,
        sha256=sha256,
        content_digest=content,
        motion_digest=motion,
        facts=facts_of(row[_FACTS_FROM:], times),
        sidecar_taken_at=parse_utc(told),
        phash=phash,
        dhash=dhash,
        luma_std=std,
        source_width_px=width,
        source_height_px=height,
        motion_video_sha256=video_sha256,
        motion_video_digest=video_content,
        album_folder=folder,
    )
