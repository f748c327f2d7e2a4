"""What the last match knew of each item, and what has changed since: a match goes on from there.

The facts of `search_row` are opaque here: the matching packs and unpacks them. Triggers write
`touched` whenever an item comes, goes, or changes in anything that a verdict may rest on.
"""

import json
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from sqlalchemy import Connection

from gphotos_reconcile.core.model import Judgement, Side
from gphotos_reconcile.store.assets import plain_rows
from gphotos_reconcile.store.identities import chunks

_FIRST: Final = itemgetter(0)
# Asked of indexes alone, but for what they find: the rows of a million items are a gigabyte.
_NOT_JUDGED: Final = (
    "SELECT i.item_id FROM ("
    " SELECT c.item_id FROM item AS c INDEXED BY ix_item_belongs WHERE c.side = 'cloud'"
    "  AND NOT EXISTS (SELECT 1 FROM verdict AS v INDEXED BY ix_verdict_of_item"
    "   WHERE v.item_id = c.item_id)"
    " UNION ALL SELECT v.item_id FROM verdict AS v WHERE v.machine_verdict IS NULL) AS w"
    " CROSS JOIN item AS i ON i.item_id = w.item_id"
    " WHERE i.side = 'cloud' AND i.content_id IS NOT NULL ORDER BY i.item_id"
)
_SLOW_INDEXES: Final = (
    ("ix_evidence_cloud_item_id", "evidence (cloud_item_id)"),
    ("ix_evidence_local_item_id", "evidence (local_item_id)"),
    ("ix_verdict_verdict", "verdict (verdict)"),
    ("ix_verdict_counterpart_id", "verdict (counterpart_id)"),
)


class WiderRow(NamedTuple):
    """A cloud item that was looked for once more: its turned hashes, and what it resembled."""

    item_id: int
    turned: bytes | None
    correlated: tuple[int, ...]


def touched_ids(conn: Connection) -> list[int]:
    """Return, in ascending order, the items that came, changed or went since the last match."""
    return list(conn.exec_driver_sql("SELECT item_id FROM touched ORDER BY item_id").scalars())


def search_facts(conn: Connection, side: Side, ids: Sequence[int] | None = None) -> bytes:
    """Return the packed facts of one side, joined by ascending item id; of the ids if given."""
    query = "SELECT facts FROM search_row WHERE side = ?"
    if ids is None:
        rows = plain_rows(conn, f"{query} ORDER BY item_id", (side.value,))
        return b"".join(map(_FIRST, rows))
    found: list[bytes] = []
    for part in chunks(sorted(ids)):
        asked = f"{query} AND item_id IN ({','.join('?' * len(part))}) ORDER BY item_id"
        found += map(_FIRST, plain_rows(conn, asked, (side.value, *part)))
    return b"".join(found)


def has_facts(conn: Connection, side: Side) -> bool:
    """Tell whether a match has seen anything of this side."""
    query = "SELECT 1 FROM search_row WHERE side = ? LIMIT 1"
    return conn.exec_driver_sql(query, (side.value,)).scalar() is not None


def count_items(conn: Connection, side: Side) -> int:
    """Return how many items a side has."""
    query = "SELECT COUNT(*) FROM item WHERE side = ?"
    found: int = conn.exec_driver_sql(query, (side.value,)).scalar_one()
    return found


def replace_search_rows(
    conn: Connection, gone: Sequence[int], rows: Iterable[tuple[int, str, bytes]]
) -> None:
    """Write what is known now of items that came or changed; nothing is touched any more."""
    for part in chunks(gone):
        marks = ",".join("?" * len(part))
        for table in ("search_row", "wider_look"):
            conn.exec_driver_sql(f"DELETE FROM {table} WHERE item_id IN ({marks})", tuple(part))
    for some in chunks(rows):
        conn.exec_driver_sql("INSERT INTO search_row VALUES (?, ?, ?)", list(some))
    conn.exec_driver_sql("DELETE FROM touched")


def unjudged_ids(conn: Connection) -> list[int]:
    """Return the cloud items with bytes that wait for a verdict."""
    return list(conn.exec_driver_sql(_NOT_JUDGED).scalars())


def has_verdicts(conn: Connection) -> bool:
    """Tell whether anything has been judged yet."""
    return conn.exec_driver_sql("SELECT 1 FROM verdict LIMIT 1").scalar() is not None


def forget_verdicts(conn: Connection, ids: Iterable[int]) -> None:
    """Let these cloud items be judged again."""
    for part in chunks(ids):
        marks = ",".join("?" * len(part))
        for table, key in (
            ("evidence", "cloud_item_id"), ("verdict", "item_id"), ("wider_look", "item_id")
        ):  # fmt: skip
            conn.exec_driver_sql(f"DELETE FROM {table} WHERE {key} IN ({marks})", tuple(part))


def forget_all_verdicts(conn: Connection) -> None:
    """Let everything be judged again; a person's decisions stay."""
    for table in ("evidence", "verdict", "wider_look"):
        conn.exec_driver_sql(f"DELETE FROM {table}")


def say_instead(conn: Connection, before: str, now: Judgement) -> None:
    """Put the words of one judgement in the place of a rule's, where the figures are the same."""
    values = (now.verdict.value, now.rule, now.reason, before)
    for prefix in ("", "machine_"):
        conn.exec_driver_sql(
            f"UPDATE verdict SET {prefix}verdict = ?, {prefix}rule = ?, {prefix}reason = ?"
            f" WHERE {prefix}rule = ?",
            values,
        )


def save_wider_looks(conn: Connection, rows: Iterable[WiderRow]) -> None:
    """Keep what was looked for once more."""
    values = [(row.item_id, row.turned, json.dumps(row.correlated)) for row in rows]
    if values:
        conn.exec_driver_sql("INSERT OR REPLACE INTO wider_look VALUES (?, ?, ?)", values)


def wider_looks(conn: Connection) -> list[WiderRow]:
    """Return all of them, by ascending item id."""
    query = "SELECT item_id, turned, correlated FROM wider_look ORDER BY item_id"
    found = conn.exec_driver_sql(query)
    return [WiderRow(i, turned, tuple(json.loads(text or "[]"))) for i, turned, text in found]


def drop_slow_indexes(conn: Connection) -> None:
    """Take away what would slow down the writing of very many verdicts."""
    for name, _ in _SLOW_INDEXES:
        conn.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")


def make_indexes(conn: Connection) -> None:
    """Make the indexes that `drop_slow_indexes` took away, also those of a run that was killed."""
    for name, columns in _SLOW_INDEXES:
        conn.exec_driver_sql(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}")
