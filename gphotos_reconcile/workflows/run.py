"""The main job in one go: import, index, match, report, copy list."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gphotos_reconcile.core.ports import Progress
from gphotos_reconcile.core.report import Report
from gphotos_reconcile.exporters.copylist import Form
from gphotos_reconcile.matching.options import MatchOptions
from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.sources.local import check_library, check_not_nested
from gphotos_reconcile.sources.takeout.exports import find_exports
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.workflows.export import PlanRequest, plan_from_catalog, write_list
from gphotos_reconcile.workflows.import_takeout import import_takeout
from gphotos_reconcile.workflows.index import index_libraries
from gphotos_reconcile.workflows.match import MatchReport, match_catalog
from gphotos_reconcile.workflows.report import report_of
from gphotos_reconcile.workflows.scanning import ScanReport

_LISTS: Final = (
    (Form.TEXT, "copy-list.txt"),
    (Form.CSV, "copy-list.csv"),
    (Form.JSON, "copy-list.json"),
    (Form.NUL, "copy-list.nul"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What the main job is to read, and where its files go; in a dry run they are only named."""

    exports: Sequence[Path]
    libraries: Sequence[Path]
    out: Path
    exclude: Sequence[str] = ()
    options: MatchOptions = field(default_factory=MatchOptions)
    command: str = "gphotos-reconcile run"
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What the main job read, said and wrote."""

    scans: tuple[ScanReport, ...]
    match: MatchReport
    report: Report
    copy_lists: tuple[Path, ...]
    copy_files: int
    copy_bytes: int


def run_job(
    request: RunRequest,
    catalog: Catalog,
    *,
    pool: WorkerPool,
    progress: Progress | None = None,
) -> RunResult:
    """Do the whole job; what is known already is not read again.

    Raises:
        SourceError: an export or a library cannot be read at all, or one lies in the other.
    """
    find_exports(request.exports)
    for library in request.libraries:
        check_library(library)
    check_not_nested(request.libraries, request.exports)
    imported = import_takeout(
        request.exports, catalog=catalog, fingerprinter=pool, progress=progress
    )
    indexed = index_libraries(
        request.libraries,
        catalog=catalog,
        fingerprinter=pool,
        exclude=request.exclude,
        progress=progress,
    )
    matched = match_catalog(catalog, request.options, pool=pool, progress=progress)
    plan = plan_from_catalog(catalog, PlanRequest(command=request.command))
    lists = tuple(request.out / name for _, name in _LISTS)
    for (form, _), path in zip(_LISTS, lists, strict=True):
        write_list(plan, form, path, dry_run=request.dry_run)
    return RunResult(
        scans=(*imported, *indexed),
        match=matched,
        report=report_of(catalog),
        copy_lists=lists,
        copy_files=len(plan.actions),
        copy_bytes=plan.size_bytes,
    )
