"""Short turns at a catalogue that a long run may be writing at the same time."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from gphotos_reconcile.core.errors import CatalogError
from gphotos_reconcile.store.engine import Catalog

# Many quick decisions in a row must not keep an import from its own commit: SQLite does not queue
# those who wait, it lets them look again from time to time.
_TURN: Final = threading.Lock()
_PAUSE_S: Final = 0.005


class CatalogBusyError(CatalogError):
    """Another run held the catalogue for longer than we wait; nothing was lost or half done."""

    def __init__(self, error: OperationalError) -> None:
        super().__init__(
            f"The catalogue is busy ({error.orig}).",
            hint="Wait until the other run has ended, and try again.",
        )


@contextmanager
def writing(catalog: Catalog) -> Iterator[Connection]:
    """Give a connection inside one short writing transaction.

    Raises:
        CatalogBusyError: the catalogue stayed locked; nothing was written.
    """
    with _TURN:
        try:
            with catalog.begin() as conn:
                yield conn
        except OperationalError as error:
            raise CatalogBusyError(error) from error
        time.sleep(_PAUSE_S)


@contextmanager
def reading(catalog: Catalog, *, at_once: bool = True) -> Iterator[Connection]:
    """Give a connection for reading.

    Args:
        catalog: an open one.
        at_once: see one state of the catalogue, and wait only once for another's commit, at the
            price that this one waits for us: for short looks. Else each query is on its own.

    Raises:
        CatalogBusyError: the catalogue stayed locked.
    """
    try:
        with catalog.connect() as conn:
            if at_once:
                conn.exec_driver_sql("BEGIN")
            yield conn
            if at_once:
                conn.exec_driver_sql("ROLLBACK")
    except OperationalError as error:
        raise CatalogBusyError(error) from error
