"""What was measured of Google's ways to hand bytes back, in the catalogue."""

from collections.abc import Iterable

from sqlalchemy import Connection, RowMapping, select

from gphotos_reconcile.core.journals import FidelityRow
from gphotos_reconcile.core.times import parse_utc, utc_text
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.google_schema import fidelity
from gphotos_reconcile.store.upsert import upsert


class CatalogFidelity:
    """What was measured of Google's ways to hand bytes back, in the catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def save(self, rows: Iterable[FidelityRow]) -> None:
        """Insert or replace rows by (sha256, path)."""
        with self._catalog.begin() as conn:
            for row in rows:
                _save_fidelity(conn, row)

    def rows(self) -> tuple[FidelityRow, ...]:
        """Return everything that was measured, by path and name."""
        order = (fidelity.c.path, fidelity.c.filename, fidelity.c.sha256)
        with self._catalog.connect() as conn:
            found = conn.execute(select(fidelity).order_by(*order)).mappings()
            return tuple(_fidelity_of(row) for row in found)


def _fidelity_of(row: RowMapping) -> FidelityRow:
    measured_at = parse_utc(row["measured_at_utc"])
    assert measured_at is not None  # noqa: S101  # never saved without
    return FidelityRow(
        sha256=row["sha256"],
        filename=row["filename"],
        path=row["path"],
        measured_at=measured_at,
        original_bytes=row["original_bytes"],
        returned_bytes=row["returned_bytes"],
        same_bytes=bool(row["same_bytes"]),
        width_px=row["width"],
        height_px=row["height"],
        psnr_db=row["psnr_db"],
        ssim=row["ssim"],
        kept=tuple(row["kept"].split()),
        lost=tuple(row["lost"].split()),
    )


def _save_fidelity(conn: Connection, row: FidelityRow) -> None:
    values = {
        "sha256": row.sha256,
        "path": row.path,
        "filename": row.filename,
        "measured_at_utc": utc_text(row.measured_at),
        "original_bytes": row.original_bytes,
        "returned_bytes": row.returned_bytes,
        "same_bytes": int(row.same_bytes),
        "width": row.width_px,
        "height": row.height_px,
        "psnr_db": row.psnr_db,
        "ssim": row.ssim,
        "kept": " ".join(row.kept),
        "lost": " ".join(row.lost),
    }
    upsert(conn, fidelity, values, key=("sha256", "path"), returning="sha256")
