# ruff: noqa: S608 - all that goes into these statements is constants and numbers of this module
"""A catalogue of any size made by SQL alone: no photo, only rows with the spread of a real one."""

from pathlib import Path

from sqlalchemy import Connection

from gphotos_reconcile.store.engine import open_catalog

_EXPORTS = ("20250110T090000Z-1", "20260110T090000Z-1")
_ROOTS = ("/photos", "/home/ann/Pictures", "/mnt/disk2/phone", "/mnt/disk2/old")
_PARTS = 25
_DAYS = 8900  # from 2001-08 on: more and more photos each year

# Numbers 0..99 that look random and are the same each time, from the item's own number.
_CHANCE = "((n * 7919 + n / 97 * 104729) % 1000003) % 100"
_TAKEN = (
    "strftime('%Y-%m-%dT%H:%M:%SZ', 996624000 + CAST("
    f"{_DAYS} * 86400.0 * sqrt(((n * 48271) % 1000003) / 1000003.0) AS INTEGER), 'unixepoch')"
)


def make_catalog(path: Path, *, cloud: int, local: int) -> None:
    """Make a catalogue with so many items on each side."""
    with open_catalog(str(path), write=True) as catalog, catalog.connect() as conn:
        for pragma in ("foreign_keys=OFF", "synchronous=OFF", "journal_mode=OFF"):
            conn.exec_driver_sql(f"PRAGMA {pragma}")
        conn.exec_driver_sql("BEGIN")
        _sources(conn)
        _side(conn, "local", first=1, count=local)
        _side(conn, "cloud", first=local + 1, count=cloud)
        _verdicts(conn, cloud=cloud, local=local)
        _rest(conn, cloud=cloud, local=local)
        conn.exec_driver_sql("COMMIT")
        conn.exec_driver_sql("PRAGMA analysis_limit=1000")
        conn.exec_driver_sql("ANALYZE")


def _sources(conn: Connection) -> None:
    sources = [("takeout", name) for name in _EXPORTS] + [("local", name) for name in _ROOTS]
    for number, (kind, name) in enumerate(sources, 1):
        conn.exec_driver_sql(
            "INSERT INTO source (source_id, kind, name, complete) VALUES (?, ?, ?, 1)",
            (number, kind, name),
        )
        run = (number, name, kind, "2026-01-11T08:00:00Z", "2026-01-11T09:30:00Z")
        conn.exec_driver_sql(
            "INSERT INTO scan_run (run_id, source, kind, started_at_utc, ended_at_utc, seen, saved,"
            " rejected, complete) VALUES (?, ?, ?, ?, ?, 500000, 499990, 10, 1)",
            run,
        )
        parts = range(_PARTS) if kind == "takeout" else range(1)
        for part in parts:
            part_name = f"takeout-{number}-{part + 1:03d}.zip" if kind == "takeout" else ""
            form = "zip" if part_name else "folder"
            state = "missing" if (number, part) == (2, 2) else "whole"
            conn.exec_driver_sql(
                "INSERT INTO archive (archive_id, source_id, name, path, form, part_number, state)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (number * 100 + part, number, part_name, b"/nowhere", form, part + 1, state),
            )  # fmt: skip
        for year in range(2001, 2027):
            folder = (number * 10000 + year, number, f"Photos from {year}")
            conn.exec_driver_sql(
                "INSERT INTO folder (folder_id, source_id, path_text) VALUES (?, ?, ?)", folder
            )


def _side(conn: Connection, side: str, *, first: int, count: int) -> None:
    cloud = side == "cloud"
    source = f"1 + n % {len(_EXPORTS)}" if cloud else f"{len(_EXPORTS) + 1} + n % {len(_ROOTS)}"
    archive = f"({source}) * 100 + n / 7 % {_PARTS}" if cloud else f"({source}) * 100"
    number = f"n - {first}"
    key, rule = ("'AF' || i.n", "'exact'") if cloud else ("NULL", "NULL")
    year = "CAST(substr(t, 1, 4) AS INTEGER)"
    prefix = "'Takeout/Google Photos/Photos from '" if cloud else "'/photos/library/'"
    numbers = (
        f"WITH RECURSIVE series(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM series"
        f" WHERE n < {first + count - 1}), item_of AS (SELECT n, {_CHANCE} AS chance, {_TAKEN} AS t"
        " FROM series) "
    )
    conn.exec_driver_sql(
        "INSERT INTO content (content_id, sha256, sha1, size_bytes, kind, mime_type, width, height,"
        f" camera_make, camera_model, iso, exposure_time_s, phash, dhash, version) {numbers}"
        " SELECT n, printf('%064x', n * 2654435761), printf('%040x', n * 40503),"
        " CASE WHEN chance < 8 THEN 60000000 + n % 900 * 100000 ELSE 1500000 + n % 4000 * 900 END,"
        " CASE WHEN chance < 8 THEN 'video' WHEN chance < 10 THEN 'raw' WHEN chance < 25"
        " THEN 'motion' ELSE 'photo' END,"
        " CASE WHEN chance < 8 THEN 'video/mp4' WHEN chance < 10 THEN 'image/x-adobe-dng'"
        " WHEN chance < 50 THEN 'image/heic' ELSE 'image/jpeg' END, 4000, 3000,"
        " CASE WHEN chance > 3 THEN 'Maker ' || (n % 5) END,"
        " CASE WHEN chance > 3 THEN 'Camera ' || (n % 23) END, 100 + n % 32 * 50,"
        " 0.001 * (1 + n % 77), printf('%016x', n * 11400714819323), printf('%016x', n * 7), 1"
        " FROM item_of"
    )
    conn.exec_driver_sql(
        "INSERT INTO file (file_id, source_id, archive_id, folder_id, path, path_text, filename,"
        f" size_bytes, content_id, run_id, item_id, role, sidecar_id, pair_rule) {numbers}"
        f" SELECT i.n, {source}, {archive}, ({source}) * 10000 + {year},"
        f" CAST(printf('%s/%s', substr(t, 1, 4), i.n) AS BLOB),"
        f" {prefix} || substr(t, 1, 4) || printf('/IMG_%07d.jpg', {number}),"
        f" printf('IMG_%07d.jpg', {number}), c.size_bytes, i.n, {source}, i.n, 'primary',"
        f" {'i.n' if cloud else 'NULL'}, {rule}"
        " FROM item_of AS i CROSS JOIN content AS c ON c.content_id = i.n"
    )
    conn.exec_driver_sql(
        "INSERT INTO item (item_id, side, identity, source_kind, file_id, content_id, sidecar_id,"
        " kind, name, name_stem, media_key, product_url, taken_at_utc, taken_at_basis, favorited,"
        f" belongs) {numbers}"
        f" SELECT i.n, '{side}', 'key:' || i.n, '{'takeout' if cloud else 'local'}', i.n, i.n,"
        f" {'i.n' if cloud else 'NULL'}, c.kind, printf('IMG_%07d.jpg', {number}),"
        f" printf('img_%07d', {number}), {key},"
        " NULL, CASE WHEN i.n % 211 = 0 THEN NULL ELSE t END, 'sidecar', i.n % 50 = 0,"
        " CASE WHEN i.n % 40 = 0 THEN 'partner' WHEN i.n % 41 = 0 THEN 'shared' WHEN i.n % 90 = 0"
        " THEN 'trash' ELSE 'own' END"
        " FROM item_of AS i CROSS JOIN content AS c ON c.content_id = i.n"
    )
    if cloud:
        conn.exec_driver_sql(
            "INSERT INTO sidecar (sidecar_id, source_id, archive_id, folder_id, path, path_text,"
            f" filename, sort, title, media_key, run_id) {numbers}"
            f" SELECT n, {source}, {archive}, ({source}) * 10000 + {year},"
            f" CAST(n || '.json' AS BLOB), {prefix} || n || '.json', n || '.json', 'item',"
            f" printf('IMG_%07d.jpg', {number}), 'AF' || n, 1 FROM item_of"
        )


def _verdicts(conn: Connection, *, cloud: int, local: int) -> None:
    conn.exec_driver_sql(
        "INSERT INTO verdict (item_id, verdict, rule, strength, reason, counterpart_id)"
        " WITH RECURSIVE series(n) AS ("
        f"SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n < {cloud - 1}),"
        f" chances AS (SELECT n, {_CHANCE} AS chance FROM series),"
        " said AS (SELECT n, CASE WHEN chance < 45 THEN 'identical' WHEN chance < 60 THEN"
        " 'same_content' WHEN chance < 75 THEN 'same_picture' WHEN chance < 78 THEN 'confirmed'"
        " WHEN chance < 82 THEN 'smaller_copy' WHEN chance < 84 THEN 'variant' WHEN chance < 87"
        " THEN 'review' WHEN chance < 99 THEN 'missing' ELSE 'unreadable' END AS word FROM chances)"
        f" SELECT n + {local + 1}, word, CASE word WHEN 'identical' THEN 'sha256' WHEN 'missing'"
        " THEN 'nothing_near' ELSE 'pixels' END, CASE word WHEN 'missing' THEN 0 ELSE 90 END,"
        " 'made up', CASE WHEN word IN ('missing', 'unreadable') THEN NULL"
        f" ELSE 1 + n % {local} END"
        " FROM said"
    )


def _rest(conn: Connection, *, cloud: int, local: int) -> None:
    conn.exec_driver_sql(
        "INSERT INTO evidence (cloud_item_id, local_item_id, rule, strength, detail)"
        " SELECT item_id, counterpart_id, rule, strength, 'made up' FROM verdict"
        " WHERE counterpart_id IS NOT NULL"
    )
    conn.exec_driver_sql(
        "INSERT INTO album_item (album, item_id) SELECT 'Album ' || (item_id % 400), item_id"
        " FROM item WHERE side = 'cloud' AND item_id % 5 = 0"
    )
    conn.exec_driver_sql(
        "INSERT INTO duplicate_member (group_id, side, item_id, relation, is_keeper, reason)"
        " SELECT item_id / 10, 'local', item_id, CASE item_id % 20 / 10 WHEN 0 THEN 'thumbnail'"
        " ELSE 'burst' END, item_id % 10 = 0, 'made up' FROM item"
        f" WHERE side = 'local' AND item_id % 10 < 2 AND item_id < {local}"
    )
    conn.exec_driver_sql(
        "INSERT INTO problem (run_id, source, archive, path, stage, message, hint)"
        f" SELECT 1, '{_EXPORTS[0]}', 'takeout-1-001.zip', 'bad/' || item_id, 'read', 'CRC wrong',"
        f" 'Download the part again.' FROM item WHERE item_id % {max(cloud // 500, 1)} = 0"
    )
