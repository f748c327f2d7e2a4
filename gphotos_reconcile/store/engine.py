"""Open the catalogue: create it, check it, upgrade it on a copy, hand out connections."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection as Connection  # noqa: PLC0414 - handed on to the workflows
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.pool import NullPool

from gphotos_reconcile.core.errors import CatalogError
from gphotos_reconcile.store import google_schema as google_schema  # noqa: PLC0414 - its tables
from gphotos_reconcile.store.lock import writer_lock

APPLICATION_ID: Final = 0x6770_7265  # "gpre", so that `file` and other tools can tell
SCHEMA_VERSION: Final = 6

# Two connections that write and checkpoint at once can corrupt a WAL database before this
# version (the page wal.html at sqlite.org, "the WAL-reset bug").
_WAL_SAFE_FROM: Final = (3, 51, 3)
_BUSY_MS: Final = 30_000
_MMAP_BYTES: Final = 128 << 20
"""What is mapped counts as our memory, in the process that has read the most of the file."""

_MUCH_KIB: Final = 256 * 1024
_LEARN: Final = ("PRAGMA analysis_limit=1000", "ANALYZE")

LEARN_FROM: Final = 0.02
"""From this share of new rows on SQLite has to learn anew how they are spread."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """An open catalogue."""

    path: Path
    engine: Engine

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Give a connection inside one writing transaction, committed at the end."""
        with self.engine.connect() as connection, transaction(connection):
            yield connection

    @contextmanager
    def write_much(self) -> Iterator[Connection]:
        """Give a connection for very many rows, in transactions of the caller's.

        It keeps more pages at hand, and does not look up the rows that the new ones point to: the
        caller has these from the catalogue, and nobody takes them away meanwhile.
        """
        with self.engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA cache_size=-{_MUCH_KIB}")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            yield connection

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Give a connection for reading, outside of any transaction."""
        with self.engine.connect() as connection:
            yield connection

    def refresh_statistics(self) -> None:
        """Let SQLite learn how its rows are spread; without that some recipes take minutes."""
        with self.connect() as connection:
            for statement in _LEARN:
                connection.exec_driver_sql(statement)


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Make one writing transaction of what is done inside."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")


def catalog_path(location: str) -> Path:
    """Return the file that a path or an `sqlite:///` URL names.

    Raises:
        CatalogError: the URL is of another database, or no URL at all.
    """
    if "://" not in location:
        return Path(location).expanduser()
    try:
        url = make_url(location)
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() != "sqlite" or not url.database:
        raise CatalogError(
            "The catalogue can only be an SQLite file so far.",
            hint="Give a path, or a URL such as sqlite:////home/me/catalog.db.",
        )
    return Path(url.database)


@contextmanager
def open_catalog(location: str, *, write: bool, exclusive: bool = True) -> Iterator[Catalog]:
    """Open the catalogue, creating it or upgrading it when it is opened for writing.

    `exclusive` takes the lock of long writers; short writes (a decision in the review) go without.

    Raises:
        CatalogError: there is none to read, it is in use, damaged, newer, or not ours.
    """
    path = catalog_path(location)
    if not write:
        _check_is_there(path)
    with _errors_in_words(path):
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
        if write and exclusive:
            with writer_lock(path):
                _prepare(path)
                yield from _opened(path)
            return
        _prepare(path)
        yield from _opened(path)


def _opened(path: Path) -> Iterator[Catalog]:
    engine = _engine(path)
    try:
        yield Catalog(path, engine)
    finally:
        engine.dispose()


@contextmanager
def _errors_in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.DatabaseError, DatabaseError) as error:
        cause = error.orig if isinstance(error, DatabaseError) else error
        if not isinstance(cause, sqlite3.DatabaseError) or isinstance(
            cause, (sqlite3.IntegrityError, sqlite3.ProgrammingError)
        ):
            raise  # a bug of ours, to be seen as one
        raise CatalogError(
            f"The catalogue {path} cannot be used: {cause}.",
            hint=(
                "If another program has it open, close that. If the disk is full, make room. If"
                " the file is damaged, move it away and run again: your photos are not touched,"
                " and the catalogue is made anew from them."
            ),
        ) from error
    except PermissionError as error:
        raise CatalogError(
            f"The catalogue {path} cannot be opened: {error.strerror}.",
            hint="Check its permissions, or name another file with --catalog FILE.",
        ) from error


def _check_is_there(path: Path) -> None:
    if not path.is_file():
        raise CatalogError(
            f"There is no catalogue at {path} yet.",
            hint="Run `gphotos-reconcile run EXPORT... --library DIR`, or `demo` to try it first.",
        )


def _prepare(path: Path) -> None:
    """Create a missing catalogue, refuse a foreign or newer one, upgrade an older one."""
    if not path.exists() or path.stat().st_size == 0:
        _create(path)
        return
    with closing(sqlite3.connect(path)) as raw:
        application, version = marks_of(raw)
    if application != APPLICATION_ID:
        raise CatalogError(
            f"{path} is an SQLite file, but not a catalogue of gphotos-reconcile.",
            hint="Name another file with --catalog FILE.",
        )
    if version > SCHEMA_VERSION:
        raise CatalogError(
            f"The catalogue {path} was made by a newer gphotos-reconcile (schema {version}, this"
            f" program knows {SCHEMA_VERSION}).",
            hint="Upgrade gphotos-reconcile, or name another catalogue with --catalog FILE.",
        )
    if version < SCHEMA_VERSION:
        _upgrade(path, version)


def marks_of(raw: sqlite3.Connection) -> tuple[int, int]:
    """Return whose file it is (`APPLICATION_ID` for ours) and of which version of the schema."""
    names = ("application_id", "user_version")
    application, version = (raw.execute(f"PRAGMA {name}").fetchone()[0] for name in names)
    return application, version


def _create(path: Path) -> None:
    fresh = _beside(path, "new")
    fresh.unlink(missing_ok=True)
    _migrate(fresh)
    _publish(fresh, path)


def _upgrade(path: Path, version: int) -> None:
    """Upgrade on a copy; the old file stays beside it under `.vN.bak`."""
    copy, backup = _beside(path, "new"), _beside(path, f"v{version}.bak")
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    _migrate(copy)
    with closing(sqlite3.connect(copy)) as new:
        for statement in _LEARN:
            new.execute(statement)
    backup.unlink(missing_ok=True)
    os.link(path, backup)
    _publish(copy, path)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(f"{path.name}.{ending}")


def _publish(made: Path, path: Path) -> None:
    with made.open("rb+") as stream:
        os.fsync(stream.fileno())
    made.replace(path)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _migrate(path: Path) -> None:
    from alembic import command  # noqa: PLC0415 - only a new or an old catalogue needs Alembic
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    engine = _engine(path)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=DELETE")  # leaves no file behind
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            config.attributes["connection"] = connection
            _drop_views(connection)
            command.upgrade(config, "head")
            _create_views(connection)
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")
            connection.exec_driver_sql("COMMIT")
    finally:
        engine.dispose()


def _drop_views(connection: Connection) -> None:
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type='view'")
    for (name,) in names.fetchall():
        connection.exec_driver_sql(f'DROP VIEW "{name}"')


def _create_views(connection: Connection) -> None:
    script = (resources.files("gphotos_reconcile.store") / "views.sql").read_text("utf-8")
    for statement in script.split(";\n"):
        if "CREATE VIEW" in statement:
            connection.exec_driver_sql(statement)


def _engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}", poolclass=NullPool, connect_args={"check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def _settings(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # transactions are begun by us, never behind our back
        for pragma in _pragmas():
            raw.execute(f"PRAGMA {pragma}")

    return engine


def journal_mode() -> str:
    """Return the journal mode that this version of SQLite can be trusted with."""
    return "WAL" if sqlite3.sqlite_version_info >= _WAL_SAFE_FROM else "TRUNCATE"


def _pragmas() -> tuple[str, ...]:
    return (
        f"busy_timeout={_BUSY_MS}",
        f"journal_mode={journal_mode()}",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"mmap_size={_MMAP_BYTES}",
        "temp_store=MEMORY",
    )
