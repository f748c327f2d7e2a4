"""Turn a short JSON description of a library into rows of a catalogue.

Each item names only what a test is about; the rest has a dull default. Keys are those of the
views (`taken_at_utc`, `belongs`, ...); see `_item` for the few that are not.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Connection, Table, insert

from gphotos_reconcile.core.names import name_stem
from gphotos_reconcile.store import schema

EXPORT = "20260110T090000Z-1"
ROOT = "/photos"

_CONTENT = (
    "size_bytes", "mime_type", "width", "height", "duration_s", "camera_make", "camera_model",
    "lens_model", "iso", "exposure_time_s", "f_number", "focal_length_mm", "latitude", "longitude",
    "problem_stage", "problem_message", "problem_hint",
)  # fmt: skip
_ITEM = (
    "media_key", "google_id", "product_url", "description", "taken_at_utc", "taken_at_basis",
    "taken_offset_minutes", "favorited", "archived", "trashed", "locked", "app_created", "origin",
    "belongs",
)  # fmt: skip
_MIME = {
    ".jpg": ("photo", "image/jpeg"),
    ".png": ("photo", "image/png"),
    ".heic": ("photo", "image/heic"),
    ".dng": ("raw", "image/x-adobe-dng"),
    ".cr2": ("raw", "image/x-canon-cr2"),
    ".mp4": ("video", "video/mp4"),
}


@dataclass(slots=True)
class _Seeder:
    conn: Connection
    made: dict[tuple[str, ...], int] = field(default_factory=dict)

    def row(self, table: Table, values: Mapping[str, Any]) -> int:
        made: int = self.conn.execute(insert(table).inline().values(**values)).lastrowid
        return made

    def once(self, table: Table, key: tuple[str, ...], values: Mapping[str, Any]) -> int:
        whole = (table.name, *key)
        if whole not in self.made:
            self.made[whole] = self.row(table, values)
        return self.made[whole]

    def source(self, kind: str, name: str) -> int:
        return self.once(schema.source, (kind, name), {"kind": kind, "name": name, "complete": 1})

    def archive(self, source: int, part: Mapping[str, Any]) -> int:
        values = {"form": "zip" if part["name"] else "folder", "state": "whole", **part}
        key = (str(source), part["name"])
        return self.once(schema.archive, key, {"source_id": source, **values})

    def folder(self, source: int, path: str) -> int:
        return self.once(
            schema.folder, (str(source), path), {"source_id": source, "path_text": path}
        )

    def run(self) -> int:
        key = {"source": "seed", "kind": "takeout", "started_at_utc": "2026-01-01T00:00:00Z"}
        return self.once(schema.scan_run, ("seed",), key)

    def content(self, given: Mapping[str, Any], path: str) -> int:
        kind, mime_type = _MIME.get(PurePosixPath(path).suffix.lower(), ("photo", "image/jpeg"))
        sha256 = hashlib.sha256(str(given.get("bytes", path)).encode()).hexdigest()
        values = {
            "sha256": sha256,
            "sha1": sha256[:40],
            "kind": given.get("kind", kind),
            "version": 1,
            "mime_type": mime_type,
            "size_bytes": 1000,
            **{name: given[name] for name in _CONTENT if name in given},
        }
        return self.once(schema.content, (sha256,), values)

    def place(self, kind: str, path: str, given: Mapping[str, Any]) -> dict[str, Any]:
        source = self.source(kind, given.get("source", EXPORT if kind == "takeout" else ROOT))
        return {
            "source_id": source,
            "archive_id": self.archive(source, {"name": given.get("archive", "")}),
            "folder_id": self.folder(source, str(PurePosixPath(path).parent)),
            "path": path.encode(),
            "path_text": path,
            "filename": PurePosixPath(path).name,
            "run_id": given.get("run_id") or self.run(),
        }

    def file(self, kind: str, path: str, given: Mapping[str, Any]) -> int:
        values = self.place(kind, path, given)
        unread = given.get("unread", False)
        content_id = None if unread else self.content(given, path)
        size_bytes = given.get("size_bytes", 1000)
        return self.row(
            schema.file,
            {**values, "content_id": content_id, "size_bytes": size_bytes, "role": "primary"},
        )


def seed(conn: Connection, library: Mapping[str, Any]) -> None:
    """Write a described library into an empty catalogue, all views included."""
    seeder = _Seeder(conn)
    for run in library.get("runs", ()):
        seeder.row(schema.scan_run, run)
    for part in library.get("parts", ()):
        seeder.archive(seeder.source("takeout", EXPORT), part)
    for side in ("local", "cloud"):
        for given in library.get(side, ()):
            _item(seeder, side, given)
    for given in library.get("sidecars", ()):
        values = seeder.place("takeout", given["path"], given)
        title = {"sort": "item", "title": given.get("title"), "url": given.get("url")}
        seeder.row(schema.sidecar, {**values, **title})
    _links(seeder, library)


def _item(seeder: _Seeder, side: str, given: Mapping[str, Any]) -> None:
    """Add an item: `id`, `path` or `name`, `also` (more placements), verdict and sidecar words."""
    kind = given.get("source_kind", "takeout" if side == "cloud" else "local")
    path = given.get("path")
    file_id = seeder.file(kind, path, given) if path else None
    sidecar_id = None
    if "people" in given and path:
        values = seeder.place(kind, f"{path}.json", given)
        words = {"sort": "item", "people": given["people"]}
        sidecar_id = seeder.row(schema.sidecar, {**values, **words})
        seeder.conn.execute(
            schema.file.update().where(schema.file.c.file_id == file_id), {"sidecar_id": sidecar_id}
        )
    name = PurePosixPath(path or given["name"]).name
    default_kind = _MIME.get(PurePosixPath(name).suffix.lower(), ("photo", ""))[0]
    item_id = given["id"]
    seeder.row(
        schema.item,
        {
            "item_id": item_id,
            "side": side,
            "identity": str(item_id),
            "source_kind": kind,
            "file_id": file_id,
            "sidecar_id": sidecar_id,
            "kind": given.get("kind", default_kind),
            "name": name,
            "name_stem": name_stem(name),
            "belongs": "own",
            **{key: given[key] for key in _ITEM if key in given},
        },
    )
    also = [seeder.file(kind, place["path"], {**given, **place}) for place in given.get("also", ())]
    files = schema.file.update().where(schema.file.c.file_id.in_([file_id, *also]))
    seeder.conn.execute(files, {"item_id": item_id})
    for copy_id in also:
        copies = schema.file.update().where(schema.file.c.file_id == copy_id)
        seeder.conn.execute(copies, {"role": "copy"})
    if "verdict" in given:
        words = {"rule": "sha256", "strength": 100, "reason": f"because {given['verdict']}"}
        keys = ("verdict", "rule", "strength", "reason", "counterpart_id", "relation")
        words |= {key: given[key] for key in keys if key in given}
        seeder.row(schema.verdict, {"item_id": item_id, **words})


def _links(seeder: _Seeder, library: Mapping[str, Any]) -> None:
    for album, members in library.get("albums", {}).items():
        for item_id in members:
            seeder.row(schema.album_item, {"album": album, "item_id": item_id})
    for cloud_id, local_id, strength in library.get("evidence", ()):
        pair = {"cloud_item_id": cloud_id, "local_item_id": local_id, "strength": strength}
        seeder.row(schema.evidence, {**pair, "rule": "pixels", "detail": "close"})
    for group_id, side, relation, members in library.get("groups", ()):
        for place, item_id in enumerate(members):  # the first one is kept
            keeper = place == 0
            reason = "kept: largest" if keeper else f"{relation} of {members[0]}"
            member = {"group_id": group_id, "side": side, "item_id": item_id, "relation": relation}
            seeder.row(
                schema.duplicate_member, {**member, "is_keeper": int(keeper), "reason": reason}
            )
    for given in library.get("problems", ()):
        seeder.row(schema.problem, {"run_id": seeder.run(), "hint": "Look at it.", **given})


def read_library(path: Path) -> dict[str, Any]:
    """Return a description kept as JSON."""
    library: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return library
