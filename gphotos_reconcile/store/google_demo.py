"""What the trial of the Google commands asks the catalogue."""

from sqlalchemy import Connection


def exported_photos(conn: Connection, count: int) -> list[tuple[int, str, str]]:
    """Return (item, upload name, time) of some JPEG photos of the exports, by id."""
    query = (
        "SELECT i.item_id, s.title, s.taken_at_utc FROM item AS i"
        " JOIN content AS c ON c.content_id = i.content_id"
        " JOIN sidecar AS s ON s.sidecar_id = i.sidecar_id"
        " WHERE i.side = 'cloud' AND i.belongs = 'own' AND c.mime_type = 'image/jpeg'"
        " AND i.motion_file_id IS NULL AND i.kind = 'photo' AND c.phash IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM item AS o WHERE o.side = 'cloud'"
        "  AND o.name_stem = i.name_stem AND o.item_id <> i.item_id)"
        " ORDER BY i.item_id LIMIT ?"
    )
    found = conn.exec_driver_sql(query, (count,))
    return [(item_id, title, taken) for item_id, title, taken in found]


def listed_ids(conn: Connection) -> list[int]:
    """Return the items that the Library API listed."""
    query = "SELECT item_id FROM item WHERE source_kind = 'library_api' ORDER BY item_id"
    return list(conn.exec_driver_sql(query).scalars())


def picked_verdicts(conn: Connection) -> tuple[int, list[tuple[str, int]]]:
    """Return how many picks an export holds too, and the verdicts of the others."""
    joined = conn.exec_driver_sql(
        "SELECT COUNT(*) FROM item AS i JOIN listed_item AS l ON l.google_id = i.google_id"
        " WHERE l.source = 'picker' AND i.file_id IS NOT NULL"
    ).scalar_one()
    apart = conn.exec_driver_sql(
        "SELECT v.verdict, COUNT(*) FROM item AS i JOIN verdict AS v ON v.item_id = i.item_id"
        " WHERE i.source_kind = 'picker' GROUP BY v.verdict ORDER BY v.verdict"
    )
    return joined, [(verdict, count) for verdict, count in apart]
