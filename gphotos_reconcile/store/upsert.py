"""Insert a row, or refresh the one that has its key."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.sqlite import insert


def upsert(
    conn: Connection,
    table: Table,
    values: Mapping[str, Any],
    *,
    key: tuple[str, ...],
    returning: str,
) -> int:
    """Insert `values`, or refresh the row with the same `key`; return its column `returning`."""
    statement = insert(table).values(**values)
    fresh = {name: statement.excluded[name] for name in values if name not in key}
    statement = statement.on_conflict_do_update(
        index_elements=list(key), set_=fresh or {key[0]: statement.excluded[key[0]]}
    )
    found: int = conn.execute(statement.returning(table.c[returning])).scalar_one()
    return found
