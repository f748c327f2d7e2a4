"""Items worked out after a change are those that working out all of them anew would give."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection

from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.items import resolve_items

CONTENTS = 24
FILES = 90
SIDECARS = 45
FOLDERS = 16
ALBUMS = (None, None, "Trip", "Garden", "Sea", "Snow")
KEYS = (None, None, *(f"K{number}" for number in range(40)))
TITLES = tuple(f"{letter}.jpg" for letter in "abcdefghijklmnopqrst")


class World:
    """A small catalogue in which everything can be one with everything, and changes to it."""

    def __init__(self, conn: Connection, seed: int) -> None:
        self.conn = conn
        self.chance = random.Random(seed)
        self._sources()
        for content_id in range(1, CONTENTS + 1):
            self.insert("content", content_id=content_id, **self._content(content_id))
        for sidecar_id in range(1, SIDECARS + 1):
            self.insert("sidecar", **self._place(sidecar_id, "sidecar"), **self._sidecar())
        for file_id in range(1, FILES + 1):
            self.insert("file", **self._place(file_id, "file"), **self._file())

    def change(self) -> None:
        """Change one thing, as a scan, a pairing or a person's hand would."""
        chance = self.chance
        match chance.randrange(9):
            case 0 | 1:
                self._update("file", chance.randint(1, FILES), self._file())
            case 2:
                self._update("file", chance.randint(1, FILES), {"gone": chance.randrange(2)})
            case 3:
                self._update("sidecar", chance.randint(1, SIDECARS), self._sidecar())
            case 4:
                self._update("sidecar", chance.randint(1, SIDECARS), {"gone": chance.randrange(2)})
            case 5:
                content_id = chance.randint(1, CONTENTS)
                values = self._content(content_id)
                self._update("content", content_id, values)
            case 6:
                values = {"album": chance.choice(ALBUMS), "role": chance.choice(("year", "album"))}
                self._update("folder", chance.randint(1, FOLDERS // 2), values)
            case 7:
                self.conn.exec_driver_sql(
                    "DELETE FROM file WHERE file_id = ? AND file_id NOT IN ("
                    " SELECT companion_id FROM file WHERE companion_id IS NOT NULL"
                    " UNION SELECT file_id FROM item WHERE file_id IS NOT NULL"
                    " UNION SELECT motion_file_id FROM item WHERE motion_file_id IS NOT NULL)",
                    (chance.randint(1, FILES),),
                )
            case _:
                when = chance.choice(("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"))
                self._update("source", chance.randint(1, 2), {"exported_at_utc": when})

    def forget(self) -> None:
        """Let everything be worked out anew."""
        for sort in ("file", "sidecar", "item"):
            self.conn.exec_driver_sql(
                f"INSERT OR IGNORE INTO unsettled SELECT '{sort}', {sort}_id FROM {sort}"
            )

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return everything that is worked out, with item ids."""
        queries = {
            "items": "SELECT * FROM item ORDER BY item_id",
            "files": "SELECT file_id, item_id, role, companion_id FROM file WHERE gone = 0"
            " ORDER BY file_id",
            "albums": "SELECT album, item_id FROM album_item ORDER BY album, item_id",
        }
        return {
            name: [tuple(row) for row in self.conn.exec_driver_sql(query)]
            for name, query in queries.items()
        }

    def _sources(self) -> None:
        for source_id, kind in ((1, "takeout"), (2, "takeout"), (3, "local")):
            self.insert("source", source_id=source_id, kind=kind, name=f"s{source_id}")
            self.insert(
                "archive", archive_id=source_id, source_id=source_id, name="", form="folder",
                state="whole",
            )  # fmt: skip
        self.insert("scan_run", run_id=1, source="s", kind="x", started_at_utc="2026")
        for folder_id in range(1, FOLDERS + 1):
            is_local = folder_id > FOLDERS // 2
            self.insert(
                "folder",
                folder_id=folder_id,
                source_id=3 if is_local else 1 + folder_id % 2,
                path_text=f"f{folder_id}",
                role=None if is_local else self.chance.choice(("year", "album")),
                album=None if is_local else self.chance.choice(ALBUMS),
            )

    def _content(self, content_id: int) -> dict[str, Any]:
        chance = self.chance
        return {
            "sha256": f"{content_id:064x}",
            "sha1": f"{content_id:040x}",
            "size_bytes": 1000 + content_id,
            "mime_type": "image/jpeg",
            "version": 1,
            "kind": chance.choice(("photo", "photo", "video")),
            "content_digest": chance.choice((None, "d1", "d2", "d3", f"own{content_id}")),
            "content_identifier": chance.choice((None, None, "live1", "live2")),
            "phash": chance.choice(("00000000000000ff", "ffffffff00000000", "00000000000000fe")),
            "width": chance.choice((4000, 2000)),
            "height": 3000,
        }

    def _place(self, number: int, table: str) -> dict[str, Any]:
        # Sidecars lie in the folders of the exports alone.
        folder_id = self.chance.randint(1, FOLDERS if table == "file" else FOLDERS // 2)
        source_id = 3 if folder_id > FOLDERS // 2 else 1 + folder_id % 2
        path = f"f{folder_id}/{number}"
        return {
            f"{table}_id": number,
            "source_id": source_id,
            "archive_id": source_id,
            "folder_id": folder_id,
            "path": path.encode(),
            "path_text": path,
            "filename": f"{number}.jpg",
            "run_id": 1,
        }

    def _sidecar(self) -> dict[str, Any]:
        chance = self.chance
        return {
            "sort": chance.choice(("item", "item", "item", "album")),
            "title": chance.choice(TITLES),
            "taken_at_utc": chance.choice(("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z")),
            "media_key": chance.choice(KEYS),
            "favorited": chance.randrange(2),
        }

    def _file(self) -> dict[str, Any]:
        chance = self.chance
        return {
            "content_id": chance.choice((None, *range(1, CONTENTS + 1))),
            "sidecar_id": chance.choice((None, *range(1, SIDECARS - 15))),
            "companion_id": chance.randint(1, FILES // 3) if chance.random() < 0.1 else None,
            "edited_id": chance.randint(1, FILES // 3) if chance.random() < 0.1 else None,
        }

    def insert(self, table: str, **values: Any) -> None:
        """Add a row."""
        marks = ", ".join("?" * len(values))
        self.conn.exec_driver_sql(
            f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values())
        )

    def _update(self, table: str, number: int, values: dict[str, Any]) -> None:
        assigned = ", ".join(f"{name} = ?" for name in values)
        self.conn.exec_driver_sql(
            f"UPDATE {table} SET {assigned} WHERE {table}_id = ?", (*values.values(), number)
        )


@pytest.fixture
def conn(catalog: Catalog) -> Iterator[Connection]:
    with catalog.connect() as opened:
        opened.exec_driver_sql("PRAGMA foreign_keys=OFF")  # things come in any order here
        opened.exec_driver_sql("BEGIN")
        yield opened
        opened.exec_driver_sql("ROLLBACK")


@pytest.mark.parametrize("seed", range(8))
def test_a_change_has_the_effect_of_working_out_everything(conn: Connection, seed: int) -> None:
    world = World(conn, seed)
    resolve_items(conn)
    shares = []
    for _ in range(12):
        for _ in range(world.chance.randint(1, 3)):
            world.change()
        shares.append(resolve_items(conn))
        after_change = world.state()
        world.forget()
        assert resolve_items(conn) == 1.0
        assert after_change == world.state()
    assert min(shares) < 1.0


def test_what_did_not_change_is_not_worked_out_again(conn: Connection) -> None:
    world = World(conn, 0)
    resolve_items(conn)
    conn.exec_driver_sql("UPDATE item SET name = 'old'")
    conn.exec_driver_sql("UPDATE file SET run_id = 2, size_bytes = 7")
    assert resolve_items(conn) == 0.0
    assert {name for (name,) in conn.exec_driver_sql("SELECT name FROM item")} == {"old"}
    assert len(world.state()["items"]) > 20


def test_new_words_in_a_sidecar_reach_its_item(conn: Connection) -> None:
    World(conn, 0)
    resolve_items(conn)
    told = "SELECT sidecar_id FROM item WHERE sidecar_id IS NOT NULL"
    sidecar_id = conn.exec_driver_sql(told).scalar()
    conn.exec_driver_sql(
        "UPDATE sidecar SET description = 'A hat' WHERE sidecar_id = ?", (sidecar_id,)
    )
    resolve_items(conn)
    found = "SELECT description FROM item WHERE sidecar_id = ?"
    assert set(conn.exec_driver_sql(found, (sidecar_id,)).scalars()) == {"A hat"}


def test_another_time_of_change_reaches_an_item_without_a_better_time(conn: Connection) -> None:
    world = World(conn, 0)
    world.insert(
        "file", file_id=1001, source_id=3, archive_id=3, folder_id=FOLDERS, run_id=1,
        path=b"new", path_text="new", filename="new.jpg", content_id=1, modified_ns=10**18,
    )  # fmt: skip
    told = "SELECT taken_at_utc FROM item WHERE file_id = 1001"
    resolve_items(conn)
    assert str(conn.exec_driver_sql(told).scalar()).startswith("2001-09-09")
    conn.exec_driver_sql(
        "UPDATE file SET modified_ns = 12 * 100000000000000000 WHERE file_id = 1001"
    )
    resolve_items(conn)
    assert str(conn.exec_driver_sql(told).scalar()).startswith("2008-01-10")


def a_photo(world: World, number: int, folder_id: int, **told: Any) -> None:
    """Add a file with a picture and a sidecar of its own."""
    source_id = 1 + folder_id % 2
    path = f"new/{number}"
    place = {
        "source_id": source_id, "archive_id": source_id, "folder_id": folder_id, "run_id": 1,
        "path": path.encode(), "path_text": path, "filename": f"{number}.jpg",
    }  # fmt: skip
    world.insert("sidecar", sidecar_id=number, sort="item", **place, **told)
    content = {
        "sha256": f"{number:064x}", "sha1": f"{number:040x}", "size_bytes": number, "version": 1,
        "mime_type": "image/jpeg", "kind": "photo", "content_digest": f"own{number}",
        "phash": f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}", "width": number, "height": 3000,
    }  # fmt: skip
    world.insert("content", content_id=number, **content)
    world.insert("file", file_id=number, content_id=number, sidecar_id=number, **place)


@pytest.mark.parametrize("key", ["KX", None])
def test_a_photo_that_comes_later_joins_the_album_of_its_sidecar(
    conn: Connection, key: str | None
) -> None:
    world = World(conn, 0)
    told = {"title": "later.jpg", "taken_at_utc": "2022-01-01T00:00:00Z", "media_key": key}
    a_photo(world, 1001, 1, **told)
    conn.exec_driver_sql("DELETE FROM file WHERE file_id = 1001")  # only its sidecar is there
    conn.exec_driver_sql("UPDATE folder SET album = 'Late' WHERE folder_id = 1")
    resolve_items(conn)
    a_photo(world, 1002, 2, **told)
    assert resolve_items(conn) < 1.0
    in_album = "SELECT 1 FROM album_item NATURAL JOIN file WHERE album = 'Late' AND file_id = 1002"
    assert conn.exec_driver_sql(in_album).scalar()


def test_what_lay_apart_under_a_key_takes_it_when_the_first_one_leaves(conn: Connection) -> None:
    world = World(conn, 0)
    for number in (1002, 1001):  # the larger picture is the first one
        a_photo(world, number, 2, title=f"{number}.jpg", media_key="KX")
    resolve_items(conn)
    named = "SELECT identity FROM item WHERE file_id = 1001"
    assert str(conn.exec_driver_sql(named).scalar()).startswith("key:KX#")
    conn.exec_driver_sql("UPDATE file SET sidecar_id = NULL WHERE file_id = 1002")
    assert resolve_items(conn) < 1.0
    assert conn.exec_driver_sql(named).scalar() == "key:KX"
