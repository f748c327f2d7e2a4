"""The catalogue file: created, checked, upgraded on a copy, one long writer at a time."""

import shutil
import sqlite3
import subprocess
import sys
import warnings
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from gphotos_reconcile.core.errors import CatalogError
from gphotos_reconcile.store import engine
from gphotos_reconcile.store.engine import SCHEMA_VERSION, Connection, open_catalog
from gphotos_reconcile.store.schema import metadata

CONTRACT = {
    "cloud_items": "item_id source path archive filename kind mime_type size_bytes sha256 width"
    " height duration_s taken_at_utc taken_at_basis camera_make camera_model iso exposure_time_s"
    " f_number focal_length_mm latitude longitude media_key google_id product_url description"
    " favorited archived trashed app_created origin",
    "local_items": "item_id source path archive filename kind mime_type size_bytes sha256 width"
    " height duration_s taken_at_utc taken_at_basis camera_make camera_model iso exposure_time_s"
    " f_number focal_length_mm latitude longitude",
    "placements": "item_id source archive path album",
    "takeout_pairs": "archive path sidecar_archive sidecar_path rule",
    "unpaired_sidecars": "archive path title",
    "reconciliation": "item_id path filename kind taken_at_utc verdict rule strength"
    " counterpart_id counterpart_path reason",
    "local_only": "item_id path filename taken_at_utc",
    "evidence_rows": "cloud_item_id local_item_id rule strength detail",
    "duplicate_groups": "group_id side item_id path relation is_keeper reason",
    "album_items": "album item_id path",
    "scan_runs": "run_id source started_at_utc ended_at_utc seen saved rejected complete",
    "problems": "run_id source path stage message hint",
}


def make(path: Path) -> Path:
    with open_catalog(str(path), write=True):
        pass
    return path


@pytest.mark.parametrize("view", sorted(CONTRACT))
def test_every_view_of_the_contract_has_its_columns(tmp_path: Path, view: str) -> None:
    with closing(sqlite3.connect(make(tmp_path / "c.db"))) as raw:
        found = [column[0] for column in raw.execute(f"SELECT * FROM {view}").description]

    assert set(CONTRACT[view].split()) <= set(found)


def test_the_migrations_make_exactly_the_schema(tmp_path: Path) -> None:
    with (
        open_catalog(str(tmp_path / "c.db"), write=True) as catalog,
        catalog.connect() as conn,
        warnings.catch_warnings(action="ignore"),  # files and items point to each other
    ):
        found = compare_metadata(MigrationContext.configure(conn), metadata)

    assert [f for f in found if "alembic_version" not in str(f)] == []


def test_other_programs_can_tell_whose_file_it_is(tmp_path: Path) -> None:
    with closing(sqlite3.connect(make(tmp_path / "c.db"))) as raw:
        told = [
            raw.execute(f"PRAGMA {p}").fetchone()[0] for p in ("application_id", "user_version")
        ]

    assert told == [engine.APPLICATION_ID, SCHEMA_VERSION]


def test_a_newer_catalogue_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = make(tmp_path / "c.db")
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    before = path.read_bytes()

    with pytest.raises(CatalogError, match="newer") as caught, open_catalog(str(path), write=True):
        pass

    assert (path.read_bytes(), "Upgrade" in caught.value.hint) == (before, True)


def test_a_file_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE theirs (x)")

    with pytest.raises(CatalogError, match="not a catalogue"), open_catalog(str(path), write=True):
        pass


def test_a_damaged_file_is_told_as_damaged(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    path.write_bytes(b"this is no database, but long enough to be taken for one" * 100)

    with pytest.raises(CatalogError, match="cannot be used"), open_catalog(str(path), write=True):
        pass


def test_a_missing_catalogue_cannot_be_read(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.db")

    with pytest.raises(CatalogError, match="no catalogue"), open_catalog(missing, write=False):
        pass


def test_an_older_catalogue_is_upgraded_on_a_copy_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path / "c.db")
    old = tmp_path / "old.db"
    shutil.copy(path, old)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("INSERT INTO setting VALUES ('kept', 'yes')")
        raw.commit()
    monkeypatch.setattr(engine, "SCHEMA_VERSION", SCHEMA_VERSION + 1)

    with open_catalog(str(path), write=True) as catalog, catalog.connect() as conn:
        kept = conn.exec_driver_sql("SELECT value FROM setting WHERE name='kept'").scalar()
        version = conn.exec_driver_sql("PRAGMA user_version").scalar()

    backup = path.with_name(f"c.db.v{SCHEMA_VERSION}.bak")
    with closing(sqlite3.connect(backup)) as raw:
        old_version = raw.execute("PRAGMA user_version").fetchone()[0]
    assert (kept, version, old_version) == ("yes", SCHEMA_VERSION + 1, SCHEMA_VERSION)


def test_a_second_long_writer_is_told_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    second = (
        "from gphotos_reconcile.store.engine import open_catalog\n"
        "from gphotos_reconcile.core.errors import CatalogError\n"
        f"try:\n  open_catalog({str(path)!r}, write=True).__enter__()\n"
        "except CatalogError as error:\n  print(error)\n"
    )
    with open_catalog(str(path), write=True):
        told = subprocess.run(
            [sys.executable, "-c", second], capture_output=True, text=True, check=True
        )

    assert "in use by another run (process " in told.stdout


def test_a_short_write_goes_through_beside_a_long_writer(tmp_path: Path) -> None:
    path = str(tmp_path / "c.db")
    with (
        open_catalog(path, write=True),
        open_catalog(path, write=True, exclusive=False) as short,
        short.begin() as conn,
    ):
        conn.exec_driver_sql("INSERT INTO setting VALUES ('a', 'b')")

    with open_catalog(path, write=False) as catalog, catalog.connect() as conn:
        assert conn.exec_driver_sql("SELECT value FROM setting").scalar() == "b"


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with open_catalog(str(tmp_path / "c.db"), write=True) as catalog:
        with pytest.raises(CatalogError), catalog.begin() as conn:
            _write_and_fail(conn)
        with catalog.connect() as conn:
            assert conn.exec_driver_sql("SELECT COUNT(*) FROM setting").scalar() == 0


def _write_and_fail(conn: Connection) -> None:
    conn.exec_driver_sql("INSERT INTO setting VALUES ('a', 'b')")
    raise CatalogError("in the middle", hint="")


@pytest.mark.parametrize(
    ("version", "mode"), [((3, 40, 1), "TRUNCATE"), ((3, 51, 2), "TRUNCATE"), ((3, 51, 3), "WAL")]
)
def test_wal_is_used_only_where_its_reset_bug_is_mended(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], mode: str
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)

    assert engine.journal_mode() == mode


def test_a_url_names_a_catalogue_too(tmp_path: Path) -> None:
    with open_catalog(f"sqlite:///{tmp_path}/c.db", write=True) as catalog:
        assert catalog.path == tmp_path / "c.db"


@pytest.mark.parametrize("url", ["postgresql://localhost/x", "nonsense://", "sqlite://"])
def test_a_url_we_cannot_use_is_refused_in_words(url: str) -> None:
    with pytest.raises(CatalogError, match="SQLite file"), open_catalog(url, write=True):
        pass
