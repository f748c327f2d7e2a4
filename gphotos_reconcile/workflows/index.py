"""Read local libraries into the catalogue."""

import os
from collections.abc import Sequence
from pathlib import Path

from gphotos_reconcile.core.model import SourceKind
from gphotos_reconcile.core.names import display_path
from gphotos_reconcile.core.ports import Fingerprinter, Progress
from gphotos_reconcile.sources.local import LocalSource, check_library
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.known import known_bytes, known_stamps
from gphotos_reconcile.store.runs import ArchiveRow, save_archives, save_source
from gphotos_reconcile.store.scans import forget_absent
from gphotos_reconcile.workflows.scanning import (
    Knowing,
    ScanReport,
    ScanTarget,
    run_scan,
    settle_items,
)


def index_libraries(
    roots: Sequence[Path],
    *,
    catalog: Catalog,
    fingerprinter: Fingerprinter,
    exclude: Sequence[str] = (),
    progress: Progress | None = None,
) -> tuple[ScanReport, ...]:
    """Read every folder; files that are gone since the last whole scan are noted as gone.

    Raises:
        SourceError: a folder does not exist, or is none.
    """
    options = (exclude, progress)
    reports = tuple(_index_one(root, catalog, fingerprinter, options) for root in roots)
    settle_items(catalog)
    return reports


def _index_one(
    root: Path,
    catalog: Catalog,
    fingerprinter: Fingerprinter,
    options: tuple[Sequence[str], Progress | None],
) -> ScanReport:
    check_library(root)
    path = os.fsencode(root.absolute())
    name = display_path(path)
    exclude, progress = options
    with catalog.begin() as conn:
        source_id = save_source(conn, SourceKind.LOCAL, name, root=path)
        row = ArchiveRow(name="", path=path, form="folder", state="whole")
        ids = save_archives(conn, source_id, [row])
    target = ScanTarget(
        source_id=source_id, source_name=name, kind=SourceKind.LOCAL, archive_ids=ids
    )
    with catalog.connect() as conn:
        source = LocalSource(
            root,
            fingerprinter=Knowing(fingerprinter, known_bytes(conn)),
            known=known_stamps(conn, ids),
            exclude=exclude,
            progress=progress,
        )
        report = run_scan(catalog, source, target)
    if report.totals.complete:
        with catalog.begin() as conn:
            forget_absent(conn, report.run_id, ids.values())
    return report
