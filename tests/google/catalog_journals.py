"""The journals of the catalogue, with what the tests ask of those in memory."""

from datetime import datetime
from pathlib import Path
from typing import Any

from gphotos_reconcile.core.journals import UploadRecord, UploadState
from gphotos_reconcile.store.engine import open_catalog
from gphotos_reconcile.store.google_listings import CatalogListings
from gphotos_reconcile.store.google_quota import CatalogQuota
from gphotos_reconcile.store.google_staging import CatalogStaging
from gphotos_reconcile.store.google_uploads import CatalogUploads


class SqlUploads(CatalogUploads):
    @property
    def all(self) -> dict[str, UploadRecord]:
        return {r.sha256: r for state in UploadState for r in self.records(state)}


class SqlListings(CatalogListings):
    uploads: object = None

    @property
    def items(self) -> dict[str, str]:
        with self._catalog.connect() as conn:
            query = "SELECT google_id, filename FROM listed_item ORDER BY google_id"
            return {row[0]: row[1] for row in conn.exec_driver_sql(query)}


def in_catalog(folder: Path, now: datetime) -> dict[str, Any]:
    """Make a catalogue in `folder` and its journals."""
    location = str(folder / "catalog.db")
    with open_catalog(location, write=True) as catalog:
        kept = catalog  # connections are opened one by one, so it serves beyond this block
    return {
        "ledger": CatalogQuota(kept),
        "sync": SqlListings(kept, now),
        "uploads": SqlUploads(kept, now),
        "staging": CatalogStaging(kept),
    }
