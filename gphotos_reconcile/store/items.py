"""Gather stored files into items: one photo or video on one side, wherever it is stored."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from importlib import resources
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from gphotos_reconcile.core.items import TimeClues, belongs_to, capture_time
from gphotos_reconcile.core.model import CaptureTime, Kind
from gphotos_reconcile.core.names import name_stem
from gphotos_reconcile.core.times import EPOCH, parse_utc, utc_text
from gphotos_reconcile.store.concerned import find_concerned, note_albums, settle
from gphotos_reconcile.store.rows import times_of
from gphotos_reconcile.store.schema import item
from gphotos_reconcile.store.upsert import upsert

# Other bytes under one media key are the same picture only when they look alike.
_ALIKE_BITS: Final = 6

_PRIMARY_ORDER: Final = (
    "c.content_id IS NULL, COALESCE(c.width, 0) * COALESCE(c.height, 0) DESC, c.size_bytes DESC,"
    " COALESCE(d.role, '') <> 'year', f.path_text, f.file_id"
)


class _Primary(NamedTuple):
    """What is read of the file that stands for an item."""

    identity: str
    side: str
    file_id: int
    content_id: int | None
    motion_file_id: int | None
    sidecar_id: int | None
    filename: str
    modified_ns: int
    archive_form: str
    source_kind: str
    kind: str | None
    motion_offset: int | None
    times: str | None


class _Words(NamedTuple):
    """What the newest sidecar of an item says, and the folders it lies in."""

    title: str | None = None
    description: str | None = None
    taken_at_utc: str | None = None
    url: str | None = None
    media_key: str | None = None
    favorited: int = 0
    archived: int = 0
    trashed: int = 0
    locked: int = 0
    origin: str | None = None


def resolve_items(conn: Connection) -> float:
    """Work out items from the files and pairs that changed; item ids of known identities stay.

    What comes out is what working out all of them anew would give. Returns the share of all files
    that was gathered anew.
    """
    share = find_concerned(conn)
    note_albums(conn)
    _pair_local_motion(conn)
    _run_script(conn, "items.sql")
    _split_unlike(conn)
    _join_companions(conn)
    _drop_vanished(conn)
    for primary in _fresh_primaries(conn):
        _save_item(conn, primary)
    conn.exec_driver_sql(
        "UPDATE file SET role = m.role, item_id = i.item_id"
        " FROM temp.member AS m JOIN item AS i ON i.side = m.side AND i.identity = m.identity"
        " WHERE m.file_id = file.file_id"
        " AND (file.item_id IS NOT i.item_id OR file.role IS NOT m.role)"
    )
    note_albums(conn)
    _run_script(conn, "albums.sql")
    settle(conn)
    return share


def _run_script(conn: Connection, name: str) -> None:
    script = (resources.files("gphotos_reconcile.store") / name).read_text("utf-8")
    for statement in script.split(";\n"):
        if statement.strip():
            conn.exec_driver_sql(statement)


def _pair_local_motion(conn: Connection) -> None:
    """Give each local Live Photo video its still: by Apple's identifier, in the same folder."""
    conn.exec_driver_sql(
        "UPDATE file SET companion_id = found.still FROM ("
        " SELECT v.file_id, (SELECT MIN(p.file_id) FROM content AS vc"
        "   CROSS JOIN content AS pc ON pc.content_identifier = vc.content_identifier"
        "   CROSS JOIN file AS p ON p.content_id = pc.content_id"
        "   WHERE vc.content_id = v.content_id AND vc.kind = 'video' AND pc.kind = 'photo'"
        "     AND +p.folder_id = v.folder_id AND p.gone = 0) AS still"
        " FROM temp.concerned AS n CROSS JOIN file AS v ON v.file_id = n.file_id"
        " WHERE v.gone = 0 AND v.source_id IN (SELECT source_id FROM source WHERE kind = 'local')"
        ") AS found WHERE file.file_id = found.file_id AND file.companion_id IS NOT found.still"
    )


def _split_unlike(conn: Connection) -> None:
    """Give files under one media key an identity of their own where the pictures differ."""
    query = (
        "SELECT m.identity, m.file_id, c.sha256, COALESCE(c.content_digest, c.sha256), c.phash,"
        " c.width, c.height"
        " FROM temp.member AS m JOIN content AS c ON c.content_id = m.content_id"
        " JOIN file AS f ON f.file_id = m.file_id"
        " LEFT JOIN folder AS d ON d.folder_id = f.folder_id"
        " WHERE m.side = 'cloud' AND m.companion_id IS NULL AND m.identity IN ("
        "   SELECT identity FROM temp.member WHERE side = 'cloud' AND companion_id IS NULL"
        "   GROUP BY identity HAVING COUNT(DISTINCT content_id) > 1)"
        f" ORDER BY m.identity, {_PRIMARY_ORDER}"
    )
    groups: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for identity, *rest in conn.exec_driver_sql(query).fetchall():
        groups[identity].append(tuple(rest))
    for identity, members in groups.items():
        first = members[0]
        for other in members[1:]:
            if not _alike(first, other):
                conn.exec_driver_sql(
                    "UPDATE temp.member SET identity = ? WHERE file_id = ?",
                    (f"{identity}#{other[1][:16]}", other[0]),
                )


def _alike(first: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    _, _, digest, phash, width, height = first
    _, _, other_digest, other_phash, other_width, other_height = other
    if digest == other_digest:
        return True
    if not (phash and other_phash and width and other_width and height and other_height):
        return False
    distance_bits = (int(phash, 16) ^ int(other_phash, 16)).bit_count()
    same_shape = abs(width / height - other_width / other_height) <= 0.01 * (width / height)
    return distance_bits <= _ALIKE_BITS and same_shape


def _join_companions(conn: Connection) -> None:
    conn.exec_driver_sql(
        "UPDATE temp.member SET role = 'motion_video', identity = (SELECT p.identity"
        " FROM temp.member AS p WHERE p.file_id = member.companion_id)"
        " WHERE companion_id IS NOT NULL"
    )
    conn.exec_driver_sql("CREATE INDEX temp.member_identity ON member (side, identity, role)")
    conn.exec_driver_sql(
        "UPDATE temp.member SET rank = o.place FROM (SELECT m.file_id, ROW_NUMBER() OVER ("
        f"   PARTITION BY m.side, m.identity ORDER BY {_PRIMARY_ORDER}) AS place"
        "  FROM temp.member AS m JOIN file AS f ON f.file_id = m.file_id"
        "  LEFT JOIN content AS c ON c.content_id = m.content_id"
        "  LEFT JOIN folder AS d ON d.folder_id = f.folder_id"
        "  WHERE m.role <> 'motion_video') AS o WHERE o.file_id = member.file_id"
    )
    conn.exec_driver_sql("UPDATE temp.member SET role = 'primary' WHERE rank = 1")
    conn.exec_driver_sql(
        "UPDATE temp.member SET role = 'alternate' WHERE role = 'copy' AND content_id <> ("
        " SELECT p.content_id FROM temp.member AS p WHERE p.side = member.side"
        " AND p.identity = member.identity AND p.role = 'primary')"
    )


def _drop_vanished(conn: Connection) -> None:
    """Delete items of files whose identity is no more, with what was said of them."""
    conn.exec_driver_sql("DROP TABLE IF EXISTS temp.vanished")
    conn.exec_driver_sql(
        "CREATE TEMP TABLE vanished AS SELECT i.item_id FROM ("
        "  SELECT f.item_id FROM temp.concerned AS n CROSS JOIN file AS f USING (file_id)"
        "  WHERE f.item_id IS NOT NULL"
        "  UNION SELECT id FROM unsettled WHERE sort = 'item') AS before"
        " JOIN item AS i ON i.item_id = before.item_id"
        " WHERE i.file_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM temp.member AS m"
        " WHERE m.side = i.side AND m.identity = i.identity AND m.role = 'primary')"
    )
    chosen = "IN (SELECT item_id FROM temp.vanished)"
    for statement in (
        f"DELETE FROM evidence WHERE cloud_item_id {chosen} OR local_item_id {chosen}",
        f"DELETE FROM verdict WHERE item_id {chosen} OR counterpart_id {chosen}",
        f"DELETE FROM duplicate_member WHERE item_id {chosen}",
        f"DELETE FROM album_item WHERE item_id {chosen}",
        f"UPDATE copied SET item_id = NULL WHERE item_id {chosen}",
        f"UPDATE file SET item_id = NULL, role = NULL WHERE item_id {chosen}",
        f"DELETE FROM item WHERE item_id {chosen}",
    ):
        conn.exec_driver_sql(statement)


def _fresh_primaries(conn: Connection) -> Iterator[_Primary]:
    """Yield the items that are new, or of which a file or a sidecar changed."""
    sidecar = (
        "(SELECT s.sidecar_id FROM temp.member AS k JOIN sidecar AS s"
        " ON s.sidecar_id = k.sidecar_id JOIN source AS q ON q.source_id = s.source_id"
        " WHERE k.side = m.side AND k.identity = m.identity"
        " ORDER BY COALESCE(q.exported_at_utc, '') DESC, s.path_text, s.sidecar_id LIMIT 1)"
    )
    motion = (
        "(SELECT k.file_id FROM temp.member AS k JOIN content AS kc USING (content_id)"
        " WHERE k.side = m.side AND k.identity = m.identity AND k.role = 'motion_video'"
        " ORDER BY kc.size_bytes DESC, k.file_id LIMIT 1)"
    )
    query = (
        "SELECT n.* FROM (SELECT m.identity, m.side, m.file_id, m.content_id,"
        f" {motion} AS motion_file_id, {sidecar} AS sidecar_id, f.filename, f.modified_ns, a.form,"
        " r.kind AS source_kind, c.kind, c.motion_offset, c.times FROM temp.member AS m"
        " JOIN file AS f ON f.file_id = m.file_id JOIN source AS r ON r.source_id = f.source_id"
        " JOIN archive AS a ON a.archive_id = f.archive_id"
        " LEFT JOIN content AS c ON c.content_id = m.content_id WHERE m.role = 'primary') AS n"
        " LEFT JOIN item AS i ON i.side = n.side AND i.identity = n.identity"
        " WHERE i.item_id IS NULL OR i.file_id IS NOT n.file_id"
        " OR i.content_id IS NOT n.content_id OR i.motion_file_id IS NOT n.motion_file_id"
        " OR i.sidecar_id IS NOT n.sidecar_id"
        " OR EXISTS (SELECT 1 FROM temp.member AS k JOIN temp.concerned AS o USING (file_id)"
        "  WHERE k.side = n.side AND k.identity = n.identity AND o.round = 0)"
        " ORDER BY n.side, n.identity"
    )
    for row in conn.exec_driver_sql(query).fetchall():
        yield _Primary(*row)


def _save_item(conn: Connection, primary: _Primary) -> None:
    words = _words(conn, primary.sidecar_id)
    taken = _taken_at(primary, words)
    roles = conn.exec_driver_sql(
        "SELECT DISTINCT d.role FROM temp.member AS m JOIN file AS f ON f.file_id = m.file_id"
        " JOIN folder AS d ON d.folder_id = f.folder_id WHERE m.side = ? AND m.identity = ?",
        (primary.side, primary.identity),
    ).scalars()
    values = {
        "side": primary.side,
        "identity": primary.identity,
        "source_kind": primary.source_kind,
        "file_id": primary.file_id,
        "content_id": primary.content_id,
        "motion_file_id": primary.motion_file_id,
        "sidecar_id": primary.sidecar_id,
        "kind": _kind(primary),
        "name": primary.filename,
        "name_stem": name_stem(words.title or primary.filename),
        "product_url": words.url,
        "taken_at_utc": utc_text(taken.taken_at) if taken else None,
        "taken_at_basis": taken.basis.value if taken else "none",
        "taken_offset_minutes": taken.offset_minutes if taken else None,
        "belongs": belongs_to(
            origin=words.origin,
            trashed=bool(words.trashed),
            locked=bool(words.locked),
            folder_roles=frozenset(role for role in roles if role),
        ),
        **{
            name: getattr(words, name)
            for name in ("description", "media_key", "favorited", "archived", "trashed")
        },
        "locked": words.locked,
        "origin": words.origin,
    }
    upsert(conn, item, values, key=("side", "identity"), returning="item_id")


def _words(conn: Connection, sidecar_id: int | None) -> _Words:
    if sidecar_id is None:
        return _Words()
    found = conn.exec_driver_sql(
        f"SELECT {', '.join(_Words._fields)} FROM sidecar WHERE sidecar_id = ?", (sidecar_id,)
    ).fetchone()
    return _Words(*found) if found else _Words()


def _taken_at(primary: _Primary, words: _Words) -> CaptureTime | None:
    # The time of change of an archive says nothing of its members.
    own_time = primary.modified_ns if primary.archive_form == "folder" else 0
    local_file = own_time and primary.side == "local"
    return capture_time(
        TimeClues(
            readings=times_of(primary.times),
            sidecar=parse_utc(words.taken_at_utc),
            name=words.title or primary.filename,
            modified_at=EPOCH + timedelta(microseconds=own_time // 1000) if local_file else None,
        )
    )


def _kind(primary: _Primary) -> str:
    if primary.motion_file_id is not None or primary.motion_offset is not None:
        return Kind.MOTION.value
    return primary.kind or Kind.OTHER.value
