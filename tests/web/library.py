"""Small catalogues made by hand: items, candidates, groups, with real previews where asked for."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import Connection, Table, insert

from gphotos_reconcile.core.names import name_stem
from gphotos_reconcile.store.schema import (
    album_item,
    archive,
    content,
    duplicate_member,
    evidence,
    file,
    folder,
    item,
    scan_run,
    source,
    verdict,
)

EXPORT = "20260110T090000Z-1"


def digest(text: str) -> str:
    """Return 64 hex digits that stand for `text`."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass
class Shelf:
    """Puts rows into a catalogue; every local library has a root of its own."""

    conn: Connection
    complete: bool = True
    _sources: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    _folders: dict[tuple[int, str], int] = field(default_factory=dict)
    _next_group: int = 1

    def add(self, table: Table, **values: Any) -> int:
        """Insert one row; return its id."""
        key = list(table.primary_key.columns)
        statement = insert(table).values(**values)
        if len(key) != 1:
            self.conn.execute(statement)
            return 0
        made: int = self.conn.execute(statement.returning(key[0])).scalar_one()
        return made

    def source(self, kind: str, name: str) -> tuple[int, int, int]:
        """Return the ids of a source, its archive and its run."""
        if name not in self._sources:
            root = name.encode("utf-8", "surrogateescape")
            source_id = self.add(
                source, kind=kind, name=name, root=root, complete=int(self.complete)
            )
            archive_id = self.add(
                archive,
                source_id=source_id,
                name="" if kind == "local" else "takeout-001.zip",
                path=root,
                form="folder",
                state="whole",
            )
            run_id = self.add(
                scan_run,
                source=name,
                kind=kind,
                started_at_utc="2026-01-10T09:00:00Z",
                complete=int(self.complete),
            )
            self._sources[name] = (source_id, archive_id, run_id)
        return self._sources[name]

    def item(
        self,
        path: str,
        *,
        side: str,
        picture: str = "",
        root: str = "/photos",
        albums: tuple[str, ...] = (),
        facts: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> int:
        """Add one item with its file; `picture` names its bytes, so that copies can be made."""
        kind = "takeout" if side == "cloud" else "local"
        source_id, archive_id, run_id = self.source(kind, EXPORT if side == "cloud" else root)
        full = path if side == "cloud" else f"{root}/{path}"
        above, _, name = full.rpartition("/")
        if (source_id, above) not in self._folders:
            self._folders[source_id, above] = self.add(folder, source_id=source_id, path_text=above)
        content_id = self._content(picture or full, facts or {})
        stored = full.encode("utf-8", "surrogateescape")
        file_id = self.add(
            file,
            source_id=source_id,
            archive_id=archive_id,
            folder_id=self._folders[source_id, above],
            path=stored,
            path_text=full,
            filename=name,
            content_id=content_id,
            run_id=run_id,
            role="primary",
        )
        values: dict[str, Any] = {
            "kind": "photo",
            "taken_at_utc": "2019-05-04T10:11:12Z",
            "taken_at_basis": "exif_local",
            "belongs": "own",
            **more,
        }
        item_id = self.add(
            item,
            side=side,
            identity=f"path:{full}",
            source_kind=kind,
            file_id=file_id,
            content_id=content_id,
            name=name,
            name_stem=name_stem(name),
            **values,
        )
        self.conn.execute(file.update().where(file.c.file_id == file_id).values(item_id=item_id))
        for album in albums:
            self.add(album_item, album=album, item_id=item_id)
        return item_id

    def _content(self, picture: str, facts: Mapping[str, Any]) -> int:
        known = self.conn.execute(
            content.select().where(content.c.sha256 == digest(picture))
        ).first()
        if known:
            return int(known.content_id)
        values: dict[str, Any] = {
            "size_bytes": 4_200_000,
            "kind": "photo",
            "mime_type": "image/jpeg",
            "width": 4000,
            "height": 3000,
            "camera_make": "Google",
            "camera_model": "Pixel 3",
            "iso": 120,
            **facts,
        }
        return self.add(
            content,
            sha256=digest(picture),
            sha1=digest(picture)[:40],
            content_digest=f"jpeg:{digest('data ' + picture)}",
            version=1,
            **values,
        )

    def reason(self, cloud: int, local: int, rule: str, strength: int, detail: str = "") -> None:
        """Add one piece of evidence."""
        self.add(
            evidence,
            cloud_item_id=cloud,
            local_item_id=local,
            rule=rule,
            strength=strength,
            detail=detail or f"{rule} speaks with {strength}.",
            figures=None,
        )

    def judge(self, cloud: int, word: str, **more: Any) -> None:
        """Add the machine's verdict."""
        values = {"rule": "perceptual", "strength": 60, "reason": "The evidence does not decide."}
        judged = {"verdict": word, "counterpart_id": None, "relation": None, **values, **more}
        machine = {f"machine_{name}": value for name, value in judged.items()}
        self.add(verdict, item_id=cloud, **judged, **machine)

    def group(self, side: str, members: Mapping[int, str], keeper: int) -> int:
        """Add a group of duplicates, item id -> relation."""
        group_id, self._next_group = self._next_group, self._next_group + 1
        for item_id, relation in members.items():
            self.add(
                duplicate_member,
                group_id=group_id,
                side=side,
                item_id=item_id,
                relation=relation,
                is_keeper=int(item_id == keeper),
                reason="The largest one." if item_id == keeper else "Smaller.",
            )
        return group_id

    def undecided(self, number: int, **cloud: Any) -> tuple[int, int, int]:
        """Add a cloud item with two candidates, the first the likelier; return the three ids."""
        name = f"IMG_{number:04d}"
        day = f"2019-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
        second = f"{day}T10:{number // 60 % 60:02d}:{number % 60:02d}Z"
        given: dict[str, Any] = {"taken_at_utc": second, **cloud}
        mine = self.item(
            f"Takeout/Google Photos/Photos from 2019/{name}.jpg",
            side="cloud",
            albums=("Holiday",) if number % 3 == 0 else (),
            facts={"width": 2000, "height": 1500, "size_bytes": 900_000},
            **given,
        )
        taken = given["taken_at_utc"]
        first = self.item(f"2019/{name}.jpg", side="local", taken_at_utc=taken)
        other = self.item(f"2019/burst/{name}_1.jpg", side="local", taken_at_utc=taken)
        self.reason(mine, first, "same_name", 55, "Both are named the same.")
        self.reason(mine, first, "pixels", 70, "The largest residual of a tile is 6.1 grey levels.")
        self.reason(mine, other, "perceptual", 40, "The hashes differ in 5 of 64 bits.")
        self.reason(mine, other, "burst", -30, "The frame numbers of the burst differ.")
        self.judge(mine, "review", counterpart_id=first)
        return mine, first, other


def many_undecided(shelf: Shelf, count: int) -> None:
    """Add items as `undecided` does, one candidate each, by the thousand."""
    shelf.undecided(1)  # the sources, folders and first rows to build on
    conn = shelf.conn
    first = {
        table: conn.execute(table.select().order_by(*table.primary_key)).mappings().all()
        for table in (content, file, item)
    }
    ids = {table: len(rows) for table, rows in first.items()}
    rows: dict[Table, list[dict[str, Any]]] = {t: [] for t in (content, file, item)}
    reasons, verdicts = [], []
    for number in range(2, count + 1):
        pair = []
        for kept, side in ((0, "cloud"), (1, "local")):
            key = {table: ids[table] + 2 * number + kept for table in ids}
            name = f"IMG_{number:04d}.jpg"
            path = f"{first[file][kept]['path_text'].rpartition('/')[0]}/{name}"
            unique = digest(f"{number} {side}")
            rows[content].append(
                {
                    **first[content][kept],
                    "content_id": key[content],
                    "sha256": unique,
                    "sha1": unique[:40],
                    "content_digest": f"jpeg:{unique}",
                }
            )
            rows[file].append(
                {
                    **first[file][kept],
                    "file_id": key[file],
                    "path": path.encode(),
                    "path_text": path,
                    "filename": name,
                    "content_id": key[content],
                    "item_id": key[item],
                }
            )
            rows[item].append(
                {
                    **first[item][kept],
                    "item_id": key[item],
                    "identity": f"path:{path}",
                    "file_id": None,
                    "content_id": key[content],
                    "name": name,
                    "name_stem": name_stem(name),
                    "taken_at_utc": f"2019-05-04T{number // 3600:02d}:{number // 60 % 60:02d}"
                    f":{number % 60:02d}Z",
                }
            )
            pair.append(key[item])
        reasons.append(
            {
                "cloud_item_id": pair[0],
                "local_item_id": pair[1],
                "rule": "pixels",
                "strength": 70,
                "detail": "The largest residual of a tile is 6.1 grey levels.",
                "figures": '{"tile": 6.1, "rmse": 2.0}',
            }
        )
        judged = {"verdict": "review", "rule": "pixels", "strength": 70, "reason": "Look."}
        judged |= {"counterpart_id": pair[1], "relation": None}
        machine = {f"machine_{name}": value for name, value in judged.items()}
        verdicts.append({"item_id": pair[0], **judged, **machine})
    for table in (content, item, file):
        conn.execute(insert(table), rows[table])
    conn.exec_driver_sql(
        "UPDATE item SET file_id = (SELECT f.file_id FROM file AS f WHERE f.item_id = item.item_id)"
        " WHERE file_id IS NULL"
    )
    conn.execute(insert(evidence), reasons)
    conn.execute(insert(verdict), verdicts)


def picture(number: int, width_px: int = 1200, height_px: int = 900, *, shift: int = 0) -> bytes:
    """Return a JPEG that can be told from its neighbours by eye; `shift` moves one detail."""
    hue = (number * 47) % 255
    image = Image.new("HSV", (width_px, height_px), (hue, 90, 200)).convert("RGB")
    draw = ImageDraw.Draw(image)
    for ring in range(6):
        inset = ring * width_px // 20
        colour = (40 * ring % 255, (number * 31 + 60 * ring) % 255, 200 - 20 * ring)
        box = (inset, inset * height_px // width_px, width_px - inset, height_px - inset)
        draw.ellipse(box, outline=colour, width=width_px // 60)
    left = width_px // 3 + shift
    draw.rectangle(
        (left, height_px // 3, left + width_px // 6, height_px // 2), fill=(250, 240, 90)
    )
    draw.text((20, 20), f"{number}", fill=(20, 20, 20), font_size=width_px // 12)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=85)
    return stream.getvalue()


def location(folder_: Path) -> str:
    """Return where the tests keep their catalogue."""
    return str(folder_ / "catalog.db")


def write_pictures(conn: Connection, folder_: Path, *, first_items: int = 1_000_000) -> None:
    """Write the files of the first items, so that they have previews; sizes as in `undecided`."""
    export = folder_ / "export"
    for row in conn.execute(file.select().where(file.c.item_id <= first_items)).all():
        cloud = row.path_text.startswith("Takeout")
        path = export / row.path_text if cloud else folder_ / "library" / row.path_text[1:]
        number = int("".join(filter(str.isdigit, path.stem.split("_")[1])))
        width_px, shift = (600, 0) if cloud else (1000, 15 * ("burst" in row.path_text))
        data = picture(number, width_px, width_px * 3 // 4, shift=shift)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        values: dict[str, Any] = {"size_bytes": len(data)}
        if not cloud:
            values["path"] = str(path).encode()
        conn.execute(file.update().where(file.c.file_id == row.file_id).values(**values))
    conn.execute(archive.update().where(archive.c.name != "").values(path=str(export).encode()))
