"""Whether a catalogue can be used, without opening it as one."""

import sqlite3
from contextlib import closing
from pathlib import Path

from gphotos_reconcile.store.engine import APPLICATION_ID, SCHEMA_VERSION, journal_mode, marks_of


def sqlite_words() -> str:
    """Return SQLite's version and the journal mode that it allows."""
    return f"SQLite {sqlite3.sqlite_version}, journal mode {journal_mode()}"


def catalog_trouble(path: Path) -> tuple[str, str] | None:
    """Return what is wrong with a catalogue and what to do, None when it is sound."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as raw:
            application, version = marks_of(raw)
            state = raw.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        again = "Move it away and run again: it is made anew from your files."
        return f"the catalogue {path} is unusable: {error}", again
    if application != APPLICATION_ID:
        return f"{path} is not a catalogue of gphotos-reconcile", "Name another with --catalog."
    if version > SCHEMA_VERSION:
        return f"{path} is of a newer version", "Upgrade gphotos-reconcile."
    if state != "ok":
        return f"{path} is damaged: {state}", "Move it away and run again."
    return None
