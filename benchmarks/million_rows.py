# ruff: noqa: S608 - all that goes into these statements is constants and numbers of this module
"""A catalogue of any size, made without a photo: rows and grids with the spread of real ones."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from benchmarks.made import How, Made, make_cloud, make_local
from gphotos_reconcile.core.model import CHROMA_PX, FRAME_GRID_PX, VideoFrame
from gphotos_reconcile.core.times import EPOCH, utc_text
from gphotos_reconcile.store.engine import open_catalog
from gphotos_reconcile.store.rows import pack_frames
from gphotos_reconcile.store.settings import mark_changed

_EXPORTS = ("20250110T090000Z-1", "20260110T090000Z-1")
_ROOTS = ("/photos", "/home/ann/Pictures", "/mnt/disk2/phone", "/mnt/disk2/old")
_PARTS = 25
_BEGAN_S: Final = 1_126_000_000  # 2005-09
_BATCH: Final = 2048
_CHROMA: Final = bytes([140] * CHROMA_PX**2 + [118] * CHROMA_PX**2)
_CONTENT: Final = (
    "content_id, sha256, sha1, size_bytes, content_digest, motion_digest, kind, mime_type, width,"
    " height, duration_s, times, camera_make, camera_model, iso, exposure_time_s, f_number, phash,"
    " dhash, luma_std, picture_width, picture_height, version"
)
_PATH: Final = "CAST(printf('%s/%s', substr(t, 1, 4), n) AS BLOB)"
_LATER_INDEXES: Final = (
    ("ix_content_phash", "content (phash)"),
    ("ix_content_sha1", "content (sha1)"),
    ("ix_content_content_digest", "content (content_digest)"),
    ("ix_file_content_id", "file (content_id)"),
    ("ix_item_content_id", "item (content_id)"),
    ("ix_item_name_stem", "item (name_stem)"),
    ("ix_item_taken_at_utc", "item (taken_at_utc)"),
)


def make_catalog(path: Path, *, cloud: int, local: int, said: bool = False) -> None:
    """Make a catalogue with so many items on each side.

    `said` fills in made-up verdicts and duplicates in place of the pixels; without, it waits for
    `match`.
    """
    with open_catalog(str(path), write=True) as catalog, catalog.connect() as conn:
        for pragma in (
            "foreign_keys=OFF", "synchronous=OFF", "journal_mode=OFF", "cache_size=-1000000"
        ):  # fmt: skip
            conn.exec_driver_sql(f"PRAGMA {pragma}")
        conn.exec_driver_sql("BEGIN")
        for name, _ in _LATER_INDEXES:
            conn.exec_driver_sql(f"DROP INDEX {name}")
        _sources(conn)
        here = make_local(local, seed=local)
        _side(conn, "local", here, first=1, pixels=not said)
        there = make_cloud(here, cloud, seed=cloud + 1)
        _side(conn, "cloud", there, first=local + 1, pixels=not said)
        for name, columns in _LATER_INDEXES:
            conn.exec_driver_sql(f"CREATE INDEX {name} ON {columns}")
        if said:
            _verdicts(conn, cloud=cloud, local=local)
        _rest(conn, cloud=cloud)
        conn.exec_driver_sql("DELETE FROM unsettled")  # the items are made as well
        conn.exec_driver_sql("COMMIT")
        conn.exec_driver_sql("PRAGMA analysis_limit=1000")
        conn.exec_driver_sql("ANALYZE")


def add_items(conn: Connection, *, local: int, cloud: int = 0, home: int = 0) -> None:
    """Add new files to a catalogue made with `local` local ones, as a scan leaves them behind.

    They wait for being gathered into items.
    """
    newest = conn.exec_driver_sql("SELECT MAX(file_id) FROM file").scalar_one()
    if cloud:
        made = make_cloud(make_local(local, seed=local), cloud, seed=newest)
        _side(conn, "cloud", made, first=newest + 1, items=False)
    if home:
        made = make_local(home, seed=newest)
        made.scene[:] += newest
        _side(conn, "local", made, first=newest + cloud + 1, items=False)
    mark_changed(conn)


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


def _side(  # noqa: PLR0913  # what is left out is told by name
    conn: Connection,
    side: str,
    made: Made,
    *,
    first: int,
    pixels: bool = True,
    items: bool = True,
) -> None:
    conn.exec_driver_sql(
        "CREATE TEMP TABLE IF NOT EXISTS made (n INTEGER PRIMARY KEY, content_id INTEGER,"
        " kind TEXT, t TEXT, stem TEXT)"
    )
    conn.exec_driver_sql("DELETE FROM temp.made")
    for low in range(0, len(made), _BATCH):
        rows = slice(low, min(low + _BATCH, len(made)))
        facts = list(_items(made, rows, first, is_cloud=side == "cloud"))
        conn.exec_driver_sql(
            "INSERT INTO temp.made VALUES (?, ?, ?, ?, ?)", [one[:5] for one in facts]
        )
        own = [place for place, one in enumerate(facts) if one[5] is not None]
        if not own:
            continue
        marks = ", ".join("?" * (_CONTENT.count(",") + 1))
        conn.exec_driver_sql(
            f"INSERT INTO content ({_CONTENT}) VALUES ({marks})", [facts[p][5] for p in own]
        )
        if not pixels:
            continue
        grids = made.grids(rows)
        conn.exec_driver_sql(
            "INSERT INTO signature (content_id, luma, chroma, frames) VALUES (?, ?, ?, ?)",
            [_signature(facts[place], grids[place]) for place in own],
        )
    _files_of(conn, side)
    if items:
        _items_of(conn, side)


def _items(made: Made, rows: slice, first: int, *, is_cloud: bool) -> Iterator[tuple[Any, ...]]:
    """Yield (item id, content id, kind, taken at, name stem, own content) of some items."""
    columns = (made.phash, made.dhash, made.std, made.second, made.origin, made.how, made.scene)
    values = zip(*(column[rows].tolist() for column in columns), strict=True)
    for number, (phash, dhash, std, second, origin, how, scene) in enumerate(values, rows.start):
        item_id = first + number
        kind, mime_type = _sort(scene)
        taken = EPOCH + timedelta(seconds=_BEGAN_S + second, milliseconds=scene % 997)
        stem = f"img_{scene % 10_000:04d}" if scene % 2 else f"pxl_{second:09d}_{scene % 997:03d}"
        shares = is_cloud and how == How.BYTES
        content_id = origin + 1 if shares else item_id
        own: tuple[Any, ...] | None = None
        if not shares:
            times = _times(taken, scene)
            digest = f"{kind}:{origin + 1 if is_cloud and how == How.CONTENT else item_id:x}"
            size_bytes = 1_500_000 + scene % 4000 * 900
            own = (
                item_id, f"{item_id * 0x9E3779B97F4A7C15 % 2**64:016x}{item_id:048x}",
                f"{item_id * 40503:040x}",
                size_bytes * (20 if kind == "video" else 1) * (1 + (not is_cloud)),
                digest, f"mp4:{scene:x}" if kind == "motion" else None,
                "photo" if kind == "motion" else kind, mime_type, 4000, 3000,
                10.0 + scene % 300 if kind == "video" else None, times,
                f"Maker {scene % 5}", f"Camera {scene % 23}", 100 + scene % 32 * 50,
                0.001 * (1 + scene % 77), 1.8, f"{phash:016x}", f"{dhash:016x}", std, 4000, 3000, 1,
            )  # fmt: skip
            if kind == "video":
                own = (*own[:17], None, None, None, None, None, 1)
        yield item_id, content_id, kind, utc_text(taken), stem, own, scene


def _sort(scene: int) -> tuple[str, str]:
    """Return the kind and the type of a picture: of 100, 6 videos, 2 raws and 10 with motion."""
    chance = scene // 4 * 7919 % 100  # the frames of a burst are of one kind
    if chance < 6:
        return "video", "video/mp4"
    if chance < 8:
        return "raw", "image/x-adobe-dng"
    return "motion" if chance < 18 else "photo", "image/heic" if chance < 50 else "image/jpeg"


def _times(taken: Any, scene: int) -> str | None:
    """Return what the file says: of 20 pictures, 14 a fraction, 5 a second, one nothing."""
    chance = scene * 31 % 20
    if not chance:
        return None
    digits = 3 if chance < 15 else 0
    told = taken if digits else taken.replace(microsecond=0)
    return json.dumps([[utc_text(told), "exif_local", None, digits]])


def _signature(item: tuple[Any, ...], grid: Any) -> tuple[Any, ...]:
    item_id, _, kind, *_, scene = item
    if kind != "video":
        return (item_id, grid.tobytes(), _CHROMA, None)
    cells = FRAME_GRID_PX * FRAME_GRID_PX
    luma = grid.tobytes()
    frames = tuple(
        VideoFrame(at_s=2.0 * n, phash=f"{scene + n:016x}", luma=luma[n * cells : (n + 1) * cells])
        for n in range(5 + scene % 10)
    )
    return (item_id, None, None, pack_frames(frames))


def _files_of(conn: Connection, side: str) -> None:
    """Make files and sidecars of what `temp.made` holds."""
    cloud = side == "cloud"
    source = f"1 + n % {len(_EXPORTS)}" if cloud else f"{len(_EXPORTS) + 1} + n % {len(_ROOTS)}"
    archive = f"({source}) * 100 + n / 7 % {_PARTS}" if cloud else f"({source}) * 100"
    rule = "'exact'" if cloud else "NULL"
    year = "CAST(substr(t, 1, 4) AS INTEGER)"
    prefix = "'Takeout/Google Photos/Photos from '" if cloud else "'/photos/library/'"
    sidecar = "n" if cloud else "NULL"
    if cloud:
        conn.exec_driver_sql(
            "INSERT INTO sidecar (sidecar_id, source_id, archive_id, folder_id, path, path_text,"
            " filename, sort, title, taken_at_utc, media_key, run_id)"
            f" SELECT n, {source}, {archive}, ({source}) * 10000 + {year},"
            f" CAST(n || '.json' AS BLOB), {prefix} || n || '.json', n || '.json', 'item',"
            " stem || '.jpg', t, 'AF' || n, 1 FROM temp.made"
        )
    conn.exec_driver_sql(
        "INSERT INTO file (file_id, source_id, archive_id, folder_id, path, path_text, filename,"
        " size_bytes, content_id, run_id, sidecar_id, pair_rule)"
        f" SELECT n, {source}, {archive}, ({source}) * 10000 + {year},"
        f" {_PATH},"
        f" {prefix} || substr(t, 1, 4) || '/' || n || '_' || stem || '.jpg', stem || '.jpg',"
        f" 2000000, content_id, {source}, {sidecar}, {rule} FROM temp.made"
    )


def _items_of(conn: Connection, side: str) -> None:
    """Make each of those files an item of its own, of the same number."""
    cloud = side == "cloud"
    key, sidecar = ("'AF' || n", "n") if cloud else ("NULL", "NULL")
    identity = f"'key:' || {key}" if cloud else f"'path:' || hex({_PATH})"
    conn.exec_driver_sql(
        "INSERT INTO item (item_id, side, identity, source_kind, file_id, content_id, sidecar_id,"
        " kind, name, name_stem, media_key, taken_at_utc, taken_at_basis, favorited, belongs)"
        f" SELECT n, '{side}', {identity}, '{'takeout' if cloud else 'local'}', n, content_id,"
        f" {sidecar}, kind, stem || '.jpg', stem, {key}, CASE WHEN n % 211 = 0 THEN NULL ELSE t"
        " END, 'sidecar', n % 50 = 0, CASE WHEN n % 40 = 0 THEN 'partner' WHEN n % 41 = 0 THEN"
        " 'shared' WHEN n % 90 = 0 THEN 'trash' ELSE 'own' END FROM temp.made"
    )
    conn.exec_driver_sql(
        "UPDATE file SET item_id = n, role = 'primary' FROM temp.made WHERE file_id = n"
    )


def _verdicts(conn: Connection, *, cloud: int, local: int) -> None:
    chance = "((n * 7919 + n / 97 * 104729) % 1000003) % 100"
    conn.exec_driver_sql(
        "INSERT INTO verdict (item_id, verdict, rule, strength, reason, counterpart_id)"
        " WITH RECURSIVE series(n) AS ("
        f"SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n < {cloud - 1}),"
        f" chances AS (SELECT n, {chance} AS chance FROM series),"
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
    conn.exec_driver_sql(
        "INSERT INTO evidence (cloud_item_id, local_item_id, rule, strength, detail)"
        " SELECT item_id, counterpart_id, rule, strength, 'made up' FROM verdict"
        " WHERE counterpart_id IS NOT NULL"
    )
    conn.exec_driver_sql(
        "INSERT INTO duplicate_member (group_id, side, item_id, relation, is_keeper, reason)"
        " SELECT item_id / 10, 'local', item_id, CASE item_id % 20 / 10 WHEN 0 THEN 'thumbnail'"
        " ELSE 'burst' END, item_id % 10 = 0, 'made up' FROM item"
        f" WHERE side = 'local' AND item_id % 10 < 2 AND item_id < {local}"
    )


def _rest(conn: Connection, *, cloud: int) -> None:
    conn.exec_driver_sql(
        "INSERT INTO album_item (album, item_id) SELECT 'Album ' || (item_id % 400), item_id"
        " FROM item WHERE side = 'cloud' AND item_id % 5 = 0"
    )
    conn.exec_driver_sql(
        "INSERT INTO problem (run_id, source, archive, path, stage, message, hint)"
        f" SELECT 1, '{_EXPORTS[0]}', 'takeout-1-001.zip', 'bad/' || item_id, 'read', 'CRC wrong',"
        f" 'Download the part again.' FROM item WHERE item_id % {max(cloud // 500, 1)} = 0"
    )
