"""One item of the catalogue with everything that hangs on it."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

_MOST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """An item as a person reads it; the verdict fields are None for local items."""

    item_id: int
    side: str
    path: str | None
    archive: str | None
    kind: str
    mime_type: str | None
    size_bytes: int | None
    sha256: str | None
    width: int | None
    height: int | None
    taken_at_utc: str | None
    taken_at_basis: str | None
    camera_model: str | None
    media_key: str | None
    pair_rule: str | None
    verdict: str | None
    rule: str | None
    strength: int | None
    reason: str | None
    relation: str | None
    counterpart_id: int | None
    placements: tuple[str, ...]
    albums: tuple[str, ...]


_FACTS: Final = (
    "SELECT i.item_id, i.side, f.path_text AS path, NULLIF(a.name, '') AS archive, i.kind,"
    " c.mime_type, c.size_bytes, c.sha256, c.width, c.height, i.taken_at_utc, i.taken_at_basis,"
    " c.camera_model, i.media_key, f.pair_rule, v.verdict, v.rule, v.strength, v.reason,"
    " v.relation, v.counterpart_id"
    " FROM item AS i LEFT JOIN file AS f ON f.file_id = i.file_id"
    " LEFT JOIN archive AS a ON a.archive_id = f.archive_id"
    " LEFT JOIN content AS c ON c.content_id = i.content_id"
    " LEFT JOIN verdict AS v ON v.item_id = i.item_id WHERE i.item_id = ?"
)


def find_items(conn: Connection, text: str) -> list[int]:
    """Return the items that an id, a whole path or the end of a path names, at most 20.

    A whole path goes before the end of one; each stored file of an item counts.
    """
    if text.isdecimal():
        return list(
            conn.exec_driver_sql(
                "SELECT item_id FROM item WHERE item_id = ?", (int(text),)
            ).scalars()
        )
    for where, value in (("= ?", text), ("LIKE ? ESCAPE '\\'", "%/" + _escaped(text))):
        query = (
            f"SELECT DISTINCT item_id FROM file WHERE path_text {where} AND item_id IS NOT NULL"
            f" AND gone = 0 ORDER BY item_id LIMIT {_MOST}"
        )
        found = list(conn.exec_driver_sql(query, (value,)).scalars())
        if found:
            return found
    return []


def item_facts(conn: Connection, item_id: int) -> ItemFacts:
    """Return one item as a person reads it."""
    row = conn.exec_driver_sql(_FACTS, (item_id,)).mappings().one()
    placements = conn.exec_driver_sql(
        "SELECT COALESCE(archive || ': ', '') || path FROM placements WHERE item_id = ?"
        " ORDER BY role <> 'primary', archive, path",
        (item_id,),
    ).scalars()
    albums = conn.exec_driver_sql(
        "SELECT album FROM album_item WHERE item_id = ? ORDER BY album", (item_id,)
    ).scalars()
    return ItemFacts(**dict(row), placements=tuple(placements), albums=tuple(albums))


def item_evidence(conn: Connection, item_id: int) -> list[dict[str, Any]]:
    """Return the evidence for and against every counterpart of a cloud item, strongest first."""
    query = (
        "SELECT e.local_item_id, f.path_text AS local_path, e.rule, e.strength, e.detail"
        " FROM evidence AS e JOIN item AS i ON i.item_id = e.local_item_id"
        " LEFT JOIN file AS f ON f.file_id = i.file_id WHERE e.cloud_item_id = ?"
        " ORDER BY e.evidence_id"
    )
    return [dict(row) for row in conn.exec_driver_sql(query, (item_id,)).mappings()]


def items_relying_on(conn: Connection, item_id: int) -> list[int]:
    """Return the cloud items whose verdict names this local item."""
    query = "SELECT item_id FROM verdict WHERE counterpart_id = ? ORDER BY item_id LIMIT ?"
    return list(conn.exec_driver_sql(query, (item_id, _MOST)).scalars())


def _escaped(text: str) -> str:
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, "\\" + sign)
    return text
