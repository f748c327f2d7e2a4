"""The names of a folder for pairing, and the pairs as they were decided."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from gphotos_reconcile.core.model import TimeBasis
from gphotos_reconcile.core.times import parse_utc
from gphotos_reconcile.store.rows import times_of
from gphotos_reconcile.store.schema import content, file, folder, sidecar


@dataclass(frozen=True, slots=True)
class MediaRow:
    """A media member of a folder, as far as pairing asks; `taken_at` is told by the bytes."""

    file_id: int
    name: str
    content_identifier: str | None
    is_video: bool
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class SidecarName:
    """A sidecar of a folder, as far as pairing asks."""

    sidecar_id: int
    name: str
    title: str | None
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class PairRow:
    """What pairing decided for one media member."""

    file_id: int
    sidecar_id: int | None
    rule: str
    companion_id: int | None = None
    edited_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder of an export; `titles` are those of the album JSON files in it."""

    folder_id: int
    path_text: str
    titles: tuple[str, ...]


def folders_to_pair(conn: Connection, source_id: int) -> list[int]:
    """Return the folders of a source in which something is new."""
    found = select(folder.c.folder_id).where(folder.c.source_id == source_id, folder.c.paired == 0)
    return list(conn.execute(found.order_by(folder.c.path_text)).scalars())


def media_of(conn: Connection, folder_id: int) -> list[MediaRow]:
    """Return the media members of a folder over all parts, in a stable order."""
    query = (
        select(
            file.c.file_id,
            file.c.filename,
            content.c.content_identifier,
            content.c.kind,
            content.c.times,
        )
        .outerjoin(content, content.c.content_id == file.c.content_id)
        .where(file.c.folder_id == folder_id, file.c.gone == 0)
        .order_by(file.c.filename, file.c.file_id)
    )
    return [
        MediaRow(file_id, name, identifier, kind == "video", _instant_of(times))
        for file_id, name, identifier, kind, times in conn.execute(query)
    ]


def sidecars_of(conn: Connection, folder_id: int) -> list[SidecarName]:
    """Return the item sidecars of a folder over all parts, in a stable order."""
    query = (
        select(sidecar.c.sidecar_id, sidecar.c.filename, sidecar.c.title, sidecar.c.taken_at_utc)
        .where(sidecar.c.folder_id == folder_id, sidecar.c.gone == 0, sidecar.c.sort == "item")
        .order_by(sidecar.c.filename, sidecar.c.sidecar_id)
    )
    return [
        SidecarName(sidecar_id, name, title, parse_utc(taken))
        for sidecar_id, name, title, taken in conn.execute(query)
    ]


def save_pairs(conn: Connection, folder_id: int, pairs: Iterable[PairRow]) -> None:
    """Write the pairs of one folder and note that it is done."""
    for pair in pairs:
        conn.execute(
            update(file)
            .where(file.c.file_id == pair.file_id)
            .values(
                sidecar_id=pair.sidecar_id,
                pair_rule=pair.rule,
                companion_id=pair.companion_id,
                edited_id=pair.edited_id,
                pair_note=pair.note or None,
            )
        )
    conn.execute(update(folder).where(folder.c.folder_id == folder_id).values(paired=1))


def folders_of(conn: Connection, source_id: int) -> Iterator[FolderRow]:
    """Yield the folders of a source with what tells an album from a year, by path."""
    albums = (
        "SELECT f.folder_id, f.path_text,"
        " (SELECT json_group_array(title) FROM (SELECT s.title FROM sidecar AS s"
        "   WHERE s.folder_id = f.folder_id AND s.sort = 'album' AND s.gone = 0"
        "   ORDER BY s.filename))"
        " FROM folder AS f WHERE f.source_id = ? ORDER BY f.path_text"
    )
    for folder_id, path_text, titles in conn.exec_driver_sql(albums, (source_id,)):
        yield FolderRow(folder_id, path_text, _texts(titles))


def save_folder_role(conn: Connection, folder_id: int, role: str, album: str | None) -> None:
    """Write what a folder is, and the title of its album."""
    conn.execute(
        update(folder).where(folder.c.folder_id == folder_id).values(role=role, album=album)
    )


def _texts(text: str) -> tuple[str, ...]:
    return tuple(str(title or "") for title in json.loads(text))


def _instant_of(times: str | None) -> datetime | None:
    readings = [t for t in times_of(times) if t.basis is not TimeBasis.EXIF_LOCAL]
    return readings[0].taken_at if readings else None
