"""What the catalogue holds already, so that it is not read or decoded again."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection

from gphotos_reconcile.core.model import FINGERPRINT_VERSION, FileStamp, Locator
from gphotos_reconcile.core.ports import KnownBytes, KnownStamps
from gphotos_reconcile.store import rows

_MAX_OF_A_SIZE: Final = 256  # pictures without compression are of few sizes; then decode again
_SAME_READ: Final = f"c.content_id = t.content_id AND c.version = {FINGERPRINT_VERSION}"


def known_stamps(conn: Connection, archive_ids: Mapping[str, int]) -> KnownStamps:
    """Return a look-up of the stamps under which entries were read with this program's version.

    An empty path asks for a whole part: it is known when it was read to its proven end.
    """
    stamp = ", ".join(f't."{name}"' for name in rows.STAMP_COLUMNS)
    where = "WHERE t.archive_id = ? AND t.path = ? AND t.ordinal = ? AND t.gone = 0"
    read = f"AND EXISTS (SELECT 1 FROM content AS c WHERE {_SAME_READ})"
    queries = (
        f"SELECT {stamp} FROM file AS t {where} {read}",
        f"SELECT {stamp} FROM sidecar AS t {where}",
    )
    # A part that holds something unreadable is read again: it may be a better download by now.
    whole = (
        f"SELECT {stamp} FROM archive AS t JOIN source AS s ON s.source_id = t.source_id"
        " WHERE t.archive_id = ? AND t.state = 'whole' AND NOT EXISTS ("
        " SELECT 1 FROM problem AS p WHERE p.source = s.name AND p.archive = t.name"
        " AND p.stage <> 'sidecar')"
    )

    def look_up(locator: Locator) -> FileStamp | None:
        archive_id = archive_ids.get(locator.archive)
        if archive_id is None:
            return None
        if not locator.path:
            found = conn.exec_driver_sql(whole, (archive_id,)).fetchone()
            return rows.stamp_of(tuple(found)) if found else None
        for query in queries:
            parameters = (archive_id, locator.path, locator.ordinal)
            found = conn.exec_driver_sql(query, parameters).fetchone()
            if found:
                return rows.stamp_of(tuple(found))
        return None

    return look_up


def known_bytes(conn: Connection) -> KnownBytes:
    """Return a look-up of what this program's version has fingerprinted, by size."""
    query = "SELECT sha256 FROM content WHERE size_bytes = ? AND version = ? LIMIT ?"

    def look_up(size_bytes: int) -> frozenset[str]:
        asked = (size_bytes, FINGERPRINT_VERSION, _MAX_OF_A_SIZE)
        return frozenset(row[0] for row in conn.exec_driver_sql(query, asked).fetchall())

    return look_up
