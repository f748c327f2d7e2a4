"""Carry the copy list out, and read copies again."""

import os
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.model import Problem
from gphotos_reconcile.core.names import display_path
from gphotos_reconcile.core.plan import CopyPlan, PlanFile
from gphotos_reconcile.core.ports import ByteSource, Progress, Silent
from gphotos_reconcile.core.suggest import check_known
from gphotos_reconcile.exporters.copier import CopyResult, CopyStatus, carry_out
from gphotos_reconcile.exporters.proof import VerifyResult, VerifyStatus, verify_copies
from gphotos_reconcile.exporters.sidecars import SidecarOptions, SidecarStyle, write_sidecars
from gphotos_reconcile.sources.files import FileBytes
from gphotos_reconcile.store.copies import CatalogCopyJournal, copies_under, target_roots
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.plans import folders_of_days
from gphotos_reconcile.workflows.export import PlanRequest, plan_from_catalog
from gphotos_reconcile.workflows.stored import StoredOpener


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRequest:
    """What is to be copied where."""

    target: Path
    plan: PlanRequest = field(default_factory=PlanRequest)
    dry_run: bool = False
    xmp: SidecarStyle | None = None
    beside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyOutcome:
    """What became of a plan; `failed` holds a path and a problem for each failure."""

    plan: CopyPlan
    counts: dict[CopyStatus, int]
    copied_bytes: int
    failed: tuple[tuple[str, Problem], ...]
    sidecars: int = 0


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """How many copies were read again, and those that are not as they were made."""

    read: int
    bad: tuple[VerifyResult, ...]


def sidecar_style(name: str) -> SidecarStyle:
    """Return the way of naming XMP files.

    Raises:
        UsageError: there is none of this name.
    """
    check_known(name, SidecarStyle, "XMP style")
    return SidecarStyle(name)


def copy_out(
    catalog: Catalog, request: CopyRequest, *, progress: Progress | None = None
) -> CopyOutcome:
    """Plan from the catalogue and copy, straight from where the bytes lie.

    Raises:
        ReconcileError: target and a source lie inside each other, or there is not enough room.
    """
    stored = StoredOpener()
    target = request.target.absolute()
    wanted = _beside(catalog, request, target) if request.beside else request.plan
    plan = plan_from_catalog(catalog, wanted, opener=stored)
    results = carry_out(
        plan,
        target,
        opener=lambda part: _open(stored, part),
        journal=CatalogCopyJournal(os.fsencode(target), catalog.begin),
        dry_run=request.dry_run,
    )
    told = _Told()
    with_progress = progress or Silent()
    with_progress.start("copying", len(plan.actions), "files")
    for result in results:
        told.take(result)
        with_progress.advance(current=str(result.target))
    with_progress.finish()
    sidecars = _write_sidecars(plan, told, request, request.xmp) if request.xmp else 0
    return CopyOutcome(
        plan=plan,
        counts=dict(told.counts),
        copied_bytes=told.copied_bytes,
        failed=tuple(told.failed),
        sidecars=sidecars,
    )


def _beside(catalog: Catalog, request: CopyRequest, target: Path) -> PlanRequest:
    """Return the request with each day's copies beside the local pictures of that day."""
    with catalog.connect() as conn:
        folders = folders_of_days(conn, os.fsencode(target))
    return replace(request.plan, layout=replace(request.plan.layout, beside=folders))


@dataclass(slots=True)
class _Told:
    """What the results of a copy come to."""

    counts: Counter[CopyStatus] = field(default_factory=Counter)
    failed: list[tuple[str, Problem]] = field(default_factory=list)
    copies: list[tuple[int, PurePosixPath]] = field(default_factory=list)
    copied_bytes: int = 0

    def take(self, result: CopyResult) -> None:
        self.counts[result.status] += 1
        if result.status is CopyStatus.COPIED:
            self.copied_bytes += result.action.source.size_bytes
        if result.problem is not None:
            self.failed.append((result.action.source.name, result.problem))
        else:
            self.copies.append((result.action.item_id, result.target))


def _write_sidecars(plan: CopyPlan, told: _Told, request: CopyRequest, style: SidecarStyle) -> int:
    items = {item.item_id: item for item in plan.items}
    copies = [(items[item_id], target) for item_id, target in told.copies]
    written = 0
    options = SidecarOptions(style=style, dry_run=request.dry_run)
    for made in write_sidecars(copies, request.target, options):
        written += made.problem is None
        if made.problem is not None:
            told.failed.append((str(made.path), made.problem))
    return written


def verify_all(
    catalog: Catalog, targets: tuple[Path, ...] = (), *, progress: Progress | None = None
) -> VerifyReport:
    """Read every copy again that the catalogue remembers, or those under the folders named.

    Raises:
        UsageError: no copy was made under a folder that is named, so nothing can be said of it.
    """
    with catalog.connect() as conn:
        roots = [os.fsencode(t.absolute()) for t in targets] or target_roots(conn)
        records = {root: list(copies_under(conn, root)) for root in roots}
    for root in (os.fsencode(target.absolute()) for target in targets):
        if not records[root]:
            raise UsageError(
                f"`copy` made nothing under {display_path(root)} that the catalogue remembers.",
                hint="Name the folder that was given to `copy --to`, or none for all of them.",
            )
    count = sum(map(len, records.values()))
    with_progress = progress or Silent()
    with_progress.start("reading copies again", count, "files")
    bad = []
    for root, rows in records.items():
        for result in verify_copies(rows, Path(os.fsdecode(root))):
            with_progress.advance(current=str(result.record.target))
            if result.status is not VerifyStatus.INTACT:
                bad.append(result)
    with_progress.finish()
    return VerifyReport(count, tuple(bad))


def _open(stored: StoredOpener, part: PlanFile) -> ByteSource:
    if part.disk_path is not None:
        return FileBytes(part.disk_path, part.size_bytes)
    found = stored.bytes_of(
        part.locator,
        form="archive",
        archive_path=part.archive_path or b"",
        size_bytes=part.size_bytes,
    )
    if isinstance(found, Problem):
        raise OSError(f"{found.message} {found.hint}")
    return found
