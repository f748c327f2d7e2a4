"""Cloud items with all their files, as a plan to copy them wants them."""

import json
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta, timezone
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any, Final

from sqlalchemy import Connection

from gphotos_reconcile.core.model import FileRole, Kind, Locator, Verdict
from gphotos_reconcile.core.plan import PlanFile, PlanItem
from gphotos_reconcile.core.times import parse_utc

Resolve = Callable[[Locator, str, bytes], tuple[Locator, bytes | None]]
"""From a locator, the form of its archive and the archive's path to what a `PlanFile` holds."""

# In order of items, from table to table: with nearly all verdicts asked for, an index of them would
# lead through a million rows here and there.
_CHOSEN: Final = " FROM item AS i CROSS JOIN verdict AS v ON v.item_id = i.item_id"
_ITEMS: Final = (
    "SELECT i.item_id, v.verdict, v.reason, i.kind,"
    # An edited copy has the sidecar of its original, whose title is not its own name.
    " CASE WHEN i.identity LIKE '%#edited%' THEN i.name ELSE COALESCE(s.title, i.name) END"
    " AS title,"
    " i.media_key, i.taken_at_utc, i.taken_at_basis, i.taken_offset_minutes, i.favorited,"
    " i.description, s.people, COALESCE(c.latitude, s.latitude) AS latitude,"
    " COALESCE(c.longitude, s.longitude) AS longitude, i.product_url, i.belongs,"
    " v.relation, v.counterpart_id"
    f"{_CHOSEN}"
    " LEFT JOIN content AS c ON c.content_id = i.content_id"
    " LEFT JOIN sidecar AS s ON s.sidecar_id = i.sidecar_id"
    " WHERE +i.side = 'cloud' AND i.file_id IS NOT NULL AND +v.verdict IN ({verdicts})"
    " ORDER BY i.item_id"
)
_FILES: Final = (
    "SELECT f.item_id, f.role, f.filename, r.name AS source, a.name AS archive, a.form,"
    " a.path AS archive_path, f.path AS file_path, f.ordinal, c.size_bytes, c.sha256, c.sha1"
    f"{_CHOSEN} CROSS JOIN file AS f ON f.item_id = i.item_id"
    " JOIN content AS c ON c.content_id = f.content_id"
    " JOIN source AS r ON r.source_id = f.source_id"
    " JOIN archive AS a ON a.archive_id = f.archive_id"
    " WHERE +i.side = 'cloud' AND +v.verdict IN ({verdicts}) AND f.gone = 0"
    " ORDER BY i.item_id, f.role <> 'primary', f.path_text, f.file_id"
)


def plan_items(
    conn: Connection, verdicts: Collection[Verdict], resolve: Resolve
) -> Iterator[PlanItem]:
    """Yield the cloud items with one of these verdicts, by item_id."""
    chosen = tuple(verdict.value for verdict in verdicts)
    marks = ",".join("?" * len(chosen))
    albums, leads = _albums(conn), _raw_leads(conn)
    files = groupby(
        conn.exec_driver_sql(_FILES.format(verdicts=marks), chosen).mappings(),
        key=lambda row: row["item_id"],
    )
    held: tuple[int, list[Any]] = (-1, [])
    for row in conn.exec_driver_sql(_ITEMS.format(verdicts=marks), chosen).mappings():
        while held[0] < row["item_id"]:
            item_id, group = next(files, (1 << 62, iter(())))
            held = (item_id, list(group))
        own = held[1] if held[0] == row["item_id"] else []
        found = _plan_item(row, own, albums.get(row["item_id"], ()), resolve)
        yield replace(found, together_with=leads.get(found.item_id))


def count_verdicts(conn: Connection) -> dict[tuple[str, str], int]:
    """Return how many cloud items have which verdict, by (verdict, belongs)."""
    # Of a million items their rows are a gigabyte: the two indexes hold all that is asked for.
    query = (
        "SELECT COALESCE(v.verdict, 'unknown') AS said, i.belongs, COUNT(*)"
        " FROM item AS i INDEXED BY ix_item_belongs"
        " LEFT JOIN verdict AS v INDEXED BY ix_verdict_of_item ON v.item_id = i.item_id"
        " WHERE i.side = 'cloud' GROUP BY said, i.belongs ORDER BY said, i.belongs"
    )
    return {(said, belongs): count for said, belongs, count in conn.exec_driver_sql(query)}


def folders_of_days(conn: Connection, root: bytes) -> dict[date, PurePosixPath]:
    """Return, relative to `root`, the folder in which most local pictures of each day lie."""
    query = (
        "SELECT i.taken_at_utc, i.taken_offset_minutes, f.path FROM item AS i"
        " JOIN file AS f ON f.file_id = i.file_id WHERE i.side = 'local'"
        " AND i.taken_at_basis NOT IN ('mtime', 'none') ORDER BY f.path"
    )
    head = root.rstrip(b"/") + b"/"
    counts: dict[date, Counter[bytes]] = defaultdict(Counter)
    for taken, offset, path in conn.exec_driver_sql(query):
        moment = parse_utc(taken)
        if moment is not None and path.startswith(head):
            day = (moment + timedelta(minutes=offset or 0)).date()
            counts[day][path[len(head) :].rpartition(b"/")[0]] += 1
    return {
        day: PurePosixPath(os.fsdecode(found.most_common(1)[0][0])) for day, found in counts.items()
    }


def _raw_leads(conn: Connection) -> dict[int, int]:
    """Return, for raw items, the JPEG of the same exposure: same name, same second."""
    # By the index of times, which lead to few: thousands can bear one name, half of all one side.
    query = (
        "SELECT r.item_id, MIN(j.item_id) FROM item AS r CROSS JOIN item AS j"
        " INDEXED BY ix_item_taken_at_utc"
        " ON j.taken_at_utc >= substr(r.taken_at_utc, 1, 19)"
        " AND j.taken_at_utc < substr(r.taken_at_utc, 1, 19) || '~'"
        " AND j.side = r.side AND j.name_stem = r.name_stem AND j.kind <> 'raw'"
        " WHERE +r.side = 'cloud' AND r.kind = 'raw' GROUP BY r.item_id"
    )
    return {row[0]: row[1] for row in conn.exec_driver_sql(query)}


def _albums(conn: Connection) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = defaultdict(list)
    for item_id, album in conn.exec_driver_sql(
        "SELECT item_id, album FROM album_item ORDER BY item_id, album"
    ):
        found[item_id].append(album)
    return {item_id: tuple(names) for item_id, names in found.items()}


def _plan_item(
    row: Mapping[Any, Any],
    files: list[Mapping[Any, Any]],
    albums: tuple[str, ...],
    resolve: Resolve,
) -> PlanItem:
    taken_at, offset = parse_utc(row["taken_at_utc"]), row["taken_offset_minutes"]
    if taken_at is not None and offset is not None:
        taken_at = taken_at.astimezone(timezone(timedelta(minutes=offset)))
    return PlanItem(
        item_id=row["item_id"],
        verdict=Verdict(row["verdict"]),
        reason=row["reason"],
        kind=Kind(row["kind"]),
        title=row["title"],
        files=tuple(_plan_file(file, resolve) for file in files),
        media_key=row["media_key"],
        taken_at=taken_at,
        taken_at_basis=row["taken_at_basis"] or "",
        albums=albums,
        favourite=bool(row["favorited"]),
        description=row["description"] or "",
        people=tuple(json.loads(row["people"])) if row["people"] else (),
        latitude=row["latitude"],
        longitude=row["longitude"],
        product_url=row["product_url"],
        belongs_to=row["belongs"],
    )


def _plan_file(row: Mapping[Any, Any], resolve: Resolve) -> PlanFile:
    stored = Locator(
        source=row["source"],
        archive=row["archive"],
        path=row["file_path"],
        ordinal=row["ordinal"],
    )
    locator, archive_path = resolve(stored, row["form"], row["archive_path"])
    return PlanFile(
        locator=locator,
        archive_path=archive_path,
        name=row["filename"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
        sha1=row["sha1"],
        role=FileRole(row["role"]),
    )
