"""What a catalogue holds, counted, without any name, place or picture: for reports of bugs."""

from typing import Any, Final

from sqlalchemy import Connection

_COUNTS: Final = {
    "sources": (
        "SELECT kind, source, started_at_utc, ended_at_utc, seen, saved, unchanged, rejected,"
        " complete FROM scan_runs ORDER BY run_id"
    ),
    "parts": (
        "SELECT a.state, LOWER(CASE WHEN INSTR(a.name, '.') THEN SUBSTR(a.name, -4) ELSE '' END)"
        " AS ending, COUNT(*) AS count FROM archive AS a GROUP BY 1, 2 ORDER BY 1, 2"
    ),
    "items": (
        "SELECT 'cloud' AS side, kind, mime_type, COUNT(*) AS count FROM cloud_items GROUP BY 2, 3"
        " UNION ALL "
        "SELECT 'local', kind, mime_type, COUNT(*) FROM local_items GROUP BY 2, 3 ORDER BY 1, 2, 3"
    ),
    "pairs": "SELECT rule, COUNT(*) AS count FROM takeout_pairs GROUP BY 1 ORDER BY 1",
    "verdicts": (
        "SELECT belongs, verdict, relation, rule, COUNT(*) AS count FROM reconciliation"
        " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
    ),
    "groups": (
        "SELECT side, relation, COUNT(*) AS count FROM duplicate_groups GROUP BY 1, 2 ORDER BY 1, 2"
    ),
    "problems": (
        "SELECT stage, message, COUNT(*) AS count FROM problems GROUP BY 1, 2 ORDER BY 1, 2"
    ),
}


def count_all(conn: Connection) -> dict[str, list[dict[str, Any]]]:
    """Return rows of counts by topic.

    `source` and `message` still hold names: whoever shows the rows takes them out.
    """
    return {
        topic: [dict(row._mapping) for row in conn.exec_driver_sql(query)]  # noqa: SLF001 - its API
        for topic, query in _COUNTS.items()
    }
