"""Which files have to be gathered into items anew: what changed, and all that hangs together.

Triggers write `unsettled` whenever a file, its bytes, its sidecar or its folder changes in
anything that an item may rest on. What that file was one item with, or could be one with now, is
looked up round after round until nothing more is found; `temp.concerned` then holds whole items.
"""

from typing import Final

from sqlalchemy import Connection

_WHOLE_FROM: Final = 0.2
"""Above this share of changed files it is cheaper to gather all of them anew."""

_TAKEOUT: Final = "(SELECT source_id FROM source WHERE kind = 'takeout')"
_LOCAL: Final = "(SELECT source_id FROM source WHERE kind = 'local')"

# Always from the few files that changed to the many (and by the bytes, not by a whole folder):
# left to itself SQLite may begin at the other end.
_NEW: Final = "FROM temp.concerned AS n CROSS JOIN file AS f ON f.file_id = n.file_id"
_OF_CONTENT: Final = f"{_NEW} CROSS JOIN content AS c ON c.content_id = f.content_id"
_LAST_ROUND: Final = "WHERE n.round = ?"

_LINKS: Final = (
    # one item before
    f"SELECT g.file_id, ? {_NEW} CROSS JOIN file AS g ON g.item_id = f.item_id {_LAST_ROUND}",
    # one media key, as the item had it or as the sidecar has it now
    (
        f"SELECT g.file_id, ? {_NEW} CROSS JOIN item AS i ON i.item_id = f.item_id"
        " CROSS JOIN sidecar AS s ON s.media_key = i.media_key"
        " CROSS JOIN file AS g ON g.sidecar_id = s.sidecar_id"
        f" {_LAST_ROUND}"
    ),
    (
        f"SELECT g.file_id, ? {_NEW} CROSS JOIN sidecar AS t ON t.sidecar_id = f.sidecar_id"
        " CROSS JOIN sidecar AS s ON s.media_key = t.media_key"
        " CROSS JOIN file AS g ON g.sidecar_id = s.sidecar_id"
        f" {_LAST_ROUND}"
    ),
    # one picture in the exports: equal bytes, or equal data
    (
        f"SELECT g.file_id, ? {_NEW} CROSS JOIN file AS g ON g.content_id = f.content_id"
        f" {_LAST_ROUND} AND f.source_id IN {_TAKEOUT} AND g.source_id IN {_TAKEOUT}"
    ),
    (
        f"SELECT g.file_id, ? {_OF_CONTENT} CROSS JOIN content AS d"
        " ON d.content_digest = c.content_digest"
        f" CROSS JOIN file AS g ON g.content_id = d.content_id {_LAST_ROUND}"
        f" AND f.source_id IN {_TAKEOUT} AND g.source_id IN {_TAKEOUT}"
    ),
    # a still and its moving part
    f"SELECT f.companion_id, ? {_NEW} {_LAST_ROUND} AND f.companion_id IS NOT NULL",
    f"SELECT g.file_id, ? {_NEW} CROSS JOIN file AS g ON g.companion_id = f.file_id {_LAST_ROUND}",
    (
        f"SELECT g.file_id, ? {_OF_CONTENT} CROSS JOIN content AS d"
        " ON d.content_identifier = c.content_identifier CROSS JOIN file AS g"
        f" ON g.content_id = d.content_id AND +g.folder_id = f.folder_id {_LAST_ROUND}"
        f" AND f.source_id IN {_LOCAL}"
    ),
)

_ALBUMS: Final = (
    f"SELECT d.album {_NEW} CROSS JOIN folder AS d ON d.folder_id = f.folder_id",
    f"SELECT a.album {_NEW} CROSS JOIN album_item AS a ON a.item_id = f.item_id",
    # sidecars without their photo, by its key or by its title and time
    (
        f"SELECT d.album {_NEW} CROSS JOIN item AS i ON i.item_id = f.item_id"
        " CROSS JOIN sidecar AS s ON s.media_key = i.media_key"
        " CROSS JOIN folder AS d ON d.folder_id = s.folder_id"
    ),
    (
        f"SELECT d.album {_NEW} CROSS JOIN sidecar AS t ON t.sidecar_id = f.sidecar_id"
        " CROSS JOIN sidecar AS s ON s.title = t.title AND s.taken_at_utc = t.taken_at_utc"
        " CROSS JOIN folder AS d ON d.folder_id = s.folder_id"
    ),
    (
        "SELECT d.album FROM unsettled AS u CROSS JOIN sidecar AS s ON s.sidecar_id = u.id"
        " CROSS JOIN folder AS d ON d.folder_id = s.folder_id WHERE u.sort = 'sidecar'"
    ),
)


def find_concerned(conn: Connection) -> float:
    """Fill `temp.concerned`, `round` 0 for what changed itself; return its share of all files."""
    for statement in (
        "DROP TABLE IF EXISTS temp.concerned",
        "CREATE TEMP TABLE concerned (file_id INTEGER PRIMARY KEY, round INTEGER NOT NULL)",
        "CREATE INDEX temp.concerned_round ON concerned (round)",
        "INSERT OR IGNORE INTO temp.concerned SELECT id, 0 FROM unsettled WHERE sort = 'file'",
        # What an item says of itself stands in its sidecar.
        (
            "INSERT OR IGNORE INTO temp.concerned SELECT f.file_id, 0 FROM unsettled AS u"
            " CROSS JOIN file AS f ON f.sidecar_id = u.id WHERE u.sort = 'sidecar'"
        ),
        (
            "INSERT OR IGNORE INTO temp.concerned SELECT f.file_id, 0 FROM unsettled AS u"
            " CROSS JOIN file AS f ON f.item_id = u.id WHERE u.sort = 'item'"
        ),
    ):
        conn.exec_driver_sql(statement)
    files = conn.exec_driver_sql("SELECT COUNT(*) FROM file").scalar_one()
    if _count(conn) > _WHOLE_FROM * files:
        conn.exec_driver_sql("INSERT OR IGNORE INTO temp.concerned SELECT file_id, 1 FROM file")
        return 1.0
    number = 0
    while _next_round(conn, number):
        number += 1
    share: float = _count(conn) / max(files, 1)
    return share


def _count(conn: Connection) -> int:
    found: int = conn.exec_driver_sql("SELECT COUNT(*) FROM temp.concerned").scalar_one()
    return found


def _next_round(conn: Connection, number: int) -> bool:
    """Add what hangs together with the files of a round; tell whether there was anything."""
    found = 0
    for link in _LINKS:
        found += conn.exec_driver_sql(
            f"INSERT OR IGNORE INTO temp.concerned {link}", (number + 1, number)
        ).rowcount
    return found > 0


def note_albums(conn: Connection) -> None:
    """Add to `temp.concerned_album` the albums that the concerned files are in, or were."""
    conn.exec_driver_sql(
        "CREATE TEMP TABLE IF NOT EXISTS concerned_album (album TEXT PRIMARY KEY) WITHOUT ROWID"
    )
    for albums in _ALBUMS:
        conn.exec_driver_sql(
            "INSERT OR IGNORE INTO temp.concerned_album"
            f" SELECT * FROM ({albums}) WHERE album IS NOT NULL"
        )


def settle(conn: Connection) -> None:
    """Nothing is concerned any more."""
    conn.exec_driver_sql("DELETE FROM unsettled")
    conn.exec_driver_sql("DROP TABLE IF EXISTS temp.concerned_album")
    conn.exec_driver_sql("DROP TABLE IF EXISTS temp.concerned")
