"""Small named values that the catalogue keeps beside its rows."""

from sqlalchemy import Connection, select

from gphotos_reconcile.store.schema import setting
from gphotos_reconcile.store.upsert import upsert


def mark_changed(conn: Connection) -> None:
    """Note that items and verdicts have to be worked out again."""
    write_setting(conn, "changed", "1")


def write_setting(conn: Connection, name: str, value: str) -> None:
    """Keep one named value."""
    upsert(conn, setting, {"name": name, "value": value}, key=("name",), returning="name")


def read_setting(conn: Connection, name: str) -> str | None:
    """Return a named value, None where it was never kept."""
    return conn.execute(select(setting.c.value).where(setting.c.name == name)).scalar()
