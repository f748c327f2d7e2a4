"""Read another tool's whole-library inventory into the catalogue."""

from pathlib import Path

from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.sources.inventory import read_inventory
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.google_inventory import InventoryTotals, save_inventory
from gphotos_reconcile.store.settings import write_setting
from gphotos_reconcile.workflows.scanning import now


def import_inventory(path: Path, catalog: Catalog) -> InventoryTotals:
    """Read an inventory CSV, all or nothing.

    Raises:
        SourceError: the file cannot be read or is of another sort.
    """
    with catalog.begin() as conn:
        write_setting(conn, "unmatched", "1")
        return save_inventory(conn, display_text(path.name), read_inventory(path), now())
