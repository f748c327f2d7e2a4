"""Groups of duplicates inside one side."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert

from gphotos_reconcile.core.model import Side
from gphotos_reconcile.store.schema import duplicate_member


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One member of a group; the keeper has the relation of the group's first other member."""

    group_id: int
    item_id: int
    relation: str
    is_keeper: bool
    reason: str


@dataclass(frozen=True, slots=True)
class GroupedFile:
    """A member with the file that stands for it."""

    group_id: int
    item_id: int
    path: bytes
    relation: str
    is_keeper: bool
    reason: str
    size_bytes: int


def save_groups(conn: Connection, side: Side, rows: Iterable[GroupRow]) -> int:
    """Write the groups of a side in place of those before; return how many rows."""
    conn.execute(delete(duplicate_member).where(duplicate_member.c.side == side.value))
    values = [
        {
            "group_id": row.group_id,
            "side": side.value,
            "item_id": row.item_id,
            "relation": row.relation,
            "is_keeper": int(row.is_keeper),
            "reason": row.reason,
        }
        for row in rows
    ]
    if values:
        conn.execute(insert(duplicate_member), values)
    return len(values)


def count_groups(conn: Connection, side: Side) -> dict[str, tuple[int, int]]:
    """Return (groups, bytes of the members not kept) by relation."""
    query = (
        "SELECT m.relation, COUNT(DISTINCT m.group_id), SUM(c.size_bytes)"
        " FROM duplicate_member AS m JOIN item AS i ON i.item_id = m.item_id"
        " JOIN content AS c ON c.content_id = i.content_id"
        " WHERE m.side = ? AND m.is_keeper = 0 GROUP BY m.relation ORDER BY m.relation"
    )
    found = conn.exec_driver_sql(query, (side.value,))
    return {relation: (groups, size_bytes) for relation, groups, size_bytes in found}


def away_by_keeper(conn: Connection, side: Side) -> dict[int, list[int]]:
    """Return, by the one that is kept, the copies of it that are not; series are no copies."""
    query = (
        "SELECT k.item_id, m.item_id FROM duplicate_member AS k"
        " JOIN duplicate_member AS m ON m.side = k.side AND m.group_id = k.group_id"
        " WHERE k.side = ? AND k.is_keeper = 1 AND m.is_keeper = 0"
        " AND m.relation NOT IN ('burst', 'near', 'raw_jpeg', 'edited')"
        " ORDER BY k.item_id, m.item_id"
    )
    found: dict[int, list[int]] = {}
    for keeper_id, item_id in conn.exec_driver_sql(query, (side.value,)):
        found.setdefault(keeper_id, []).append(item_id)
    return found


def grouped_files(conn: Connection, side: Side) -> Iterator[GroupedFile]:
    """Yield the members of all groups of a side with their files, group by group."""
    query = (
        "SELECT m.group_id, m.item_id, f.path, m.relation, m.is_keeper, m.reason, f.size_bytes"
        " FROM duplicate_member AS m JOIN item AS i ON i.item_id = m.item_id"
        " JOIN file AS f ON f.file_id = i.file_id WHERE m.side = ?"
        " ORDER BY m.group_id, m.is_keeper DESC, f.path"
    )
    for group_id, item_id, path, relation, is_keeper, reason, size in conn.exec_driver_sql(
        query, (side.value,)
    ):
        yield GroupedFile(
            group_id, item_id, os.fsencode(path), relation, bool(is_keeper), reason, size
        )
