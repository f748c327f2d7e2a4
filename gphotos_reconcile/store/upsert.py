"""Insert a row, or refresh the one that has its key."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table


def upsert(
    conn: Connection,
    table: Table,
    values: Mapping[str, Any],
    *,
    key: tuple[str, ...],
    returning: str,
) -> int:
    """Insert `values`, or refresh the row with the same `key`; return its column `returning`."""
    statement = _statement(table.name, tuple(values), key, returning)
    found: int = conn.exec_driver_sql(statement, tuple(values.values())).scalar_one()
    return found


@lru_cache(maxsize=256)
def _statement(table: str, names: tuple[str, ...], key: tuple[str, ...], returning: str) -> str:
    # Written once for each shape: to have it made anew for every row takes longer than the row.
    fresh = [name for name in names if name not in key] or list(key[:1])
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET"
        f" {', '.join(f'{name} = excluded.{name}' for name in fresh)} RETURNING {returning}"
    )
