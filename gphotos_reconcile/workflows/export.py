"""Plan what is not safe yet, and write it down as a list."""

import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Final

from gphotos_reconcile import __version__
from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.layout import LayoutOptions
from gphotos_reconcile.core.model import SAFE_VERDICTS, Locator, Side, Verdict
from gphotos_reconcile.core.names import display_path
from gphotos_reconcile.core.plan import CopyPlan, LeftOut, PlanHeader, PlanItem, plan_copies
from gphotos_reconcile.core.selection import Filter, select
from gphotos_reconcile.core.suggest import check_known
from gphotos_reconcile.exporters.copylist import Form, Listing, write_copylist
from gphotos_reconcile.exporters.exiftool import ExifToolTarget, write_argfile, write_exiftool_csv
from gphotos_reconcile.exporters.links import united
from gphotos_reconcile.exporters.sums import copy_sums, write_sums
from gphotos_reconcile.exporters.whole import write_whole
from gphotos_reconcile.sources.files import FileBytes
from gphotos_reconcile.store.copies import copies_under
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.groups import away_by_keeper
from gphotos_reconcile.store.plans import plan_items
from gphotos_reconcile.workflows.scanning import now
from gphotos_reconcile.workflows.stored import StoredOpener

_ENDINGS: Final = {
    ".txt": Form.TEXT,
    ".csv": Form.CSV,
    ".json": Form.JSON,
    ".nul": Form.NUL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What to plan: which items, where to, and on which command line it was asked for."""

    wanted: Filter = field(default_factory=Filter)
    layout: LayoutOptions = field(default_factory=LayoutOptions)
    command: str = "gphotos-reconcile export copy-list"


def form_for(name: str | None, out: Path | None) -> Form:
    """Return the form that was asked for by name, or by the ending of the file.

    Raises:
        UsageError: there is no form of this name.
    """
    if name is None:
        return _ENDINGS.get(out.suffix.lower(), Form.TEXT) if out else Form.TEXT
    check_known(name, Form, "list form")
    return Form(name)


def plan_from_catalog(
    catalog: Catalog,
    request: PlanRequest,
    *,
    opener: StoredOpener | None = None,
    taken: Mapping[PurePosixPath, str] | None = None,
) -> CopyPlan:
    """Decide what is to be copied and where to, from the verdicts in the catalogue."""
    opener = opener or StoredOpener()

    def resolve(stored: Locator, form: str, archive_path: bytes) -> tuple[Locator, bytes | None]:
        if form != "folder":
            return stored, archive_path
        found = opener.bytes_of(stored, form=form, archive_path=archive_path, size_bytes=0)
        path = found.path if isinstance(found, FileBytes) else archive_path + b"/" + stored.path
        return Locator(source=stored.source, archive="", path=path), None

    with catalog.connect() as conn:
        items = plan_items(conn, tuple(Verdict), resolve)
        chosen, left_out = select(_united(items, away_by_keeper(conn, Side.CLOUD)), request.wanted)
    safe = {verdict.value for verdict in SAFE_VERDICTS}
    told = [out for out in left_out if out.why.removeprefix("verdict ") not in safe]
    told += [
        LeftOut(item_id=out.item_id, why="safe already", detail=out.detail)
        for out in left_out
        if out.why.removeprefix("verdict ") in safe
    ]
    header = PlanHeader(
        version=__version__,
        catalog=display_path(os.fsencode(catalog.path)),
        command=request.command,
        made_at=now(),
    )
    return plan_copies(chosen, taken or {}, request.layout, header, told)


def _united(items: Iterable[PlanItem], away: Mapping[int, Sequence[int]]) -> Iterable[PlanItem]:
    """Give keepers of cloud duplicates what only the copies beside them carry: albums, words."""
    if not away:
        return items
    by_id = {item.item_id: item for item in items}
    for keeper_id, others in away.items():
        present = [by_id[other] for other in others if other in by_id]
        if keeper_id in by_id:
            by_id[keeper_id] = united(by_id[keeper_id], present)
    return by_id.values()


def as_copied(catalog: Catalog, plan: CopyPlan, root: bytes) -> CopyPlan:
    """Return the plan with the paths of the copies that were made under `root`, and only these."""
    with catalog.connect() as conn:
        made = {(r.item_id, r.sha256): r.target for r in copies_under(conn, root)}
    actions = tuple(
        replace(action, target=target)
        for action in plan.actions
        if (target := made.get((action.item_id, action.source.sha256))) is not None
    )
    return replace(plan, actions=actions)


def write_list(
    plan: CopyPlan,
    form: Form,
    out: Path,
    *,
    copied_to: bytes | None = None,
    dry_run: bool = False,
) -> Listing:
    """Write one list to a file, whole or not at all."""
    stream = io.BytesIO()
    listing = write_copylist(plan, stream, form, copied_to=copied_to, list_path=str(out))
    write_whole(out, stream.getvalue(), dry_run=dry_run)
    return listing


def write_copy_sums(plan: CopyPlan, algorithm: str, out: Path, *, dry_run: bool) -> int:
    """Write the digests of the plan's copies; return how many.

    Raises:
        UsageError: the algorithm is neither sha1 nor sha256.
    """
    stream = io.BytesIO()
    match algorithm:
        case "sha1" | "sha256":
            count = write_sums(copy_sums(plan, algorithm), stream)
        case _:
            raise UsageError(
                f"There are no digests {algorithm!r} in the catalogue.", hint="Take sha256 or sha1."
            )
    write_whole(out, stream.getvalue(), dry_run=dry_run)
    return count


def write_exiftool_args(
    catalog: Catalog, target: Path, out: Path, *, in_sidecars: bool, dry_run: bool
) -> int:
    """Write an ExifTool argument file for the copies under `target`; return how many files."""
    stream = io.BytesIO()
    where = ExifToolTarget.SIDECARS if in_sidecars else ExifToolTarget.IN_FILES
    count = write_argfile(_copies(catalog, target), stream, where)
    write_whole(out, stream.getvalue(), dry_run=dry_run)
    return count


def write_exiftool_table(catalog: Catalog, target: Path, out: Path, *, dry_run: bool) -> str:
    """Write a CSV for `exiftool -csv=`; return the separator of its lists."""
    stream = io.BytesIO()
    root = os.fsencode(target.absolute())
    separator = write_exiftool_csv(_copies(catalog, target), stream, root)
    write_whole(out, stream.getvalue(), dry_run=dry_run)
    return separator


def _copies(catalog: Catalog, target: Path) -> list[tuple[PlanItem, bytes]]:
    """Return the copies under `target` with their items."""
    root = os.fsencode(target.absolute())
    with catalog.connect() as conn:
        records = list(copies_under(conn, root))
        items = {
            item.item_id: item
            for item in plan_items(conn, tuple(Verdict), lambda stored, _, path: (stored, path))
        }
    return [
        (items[record.item_id], root + b"/" + os.fsencode(record.target))
        for record in records
        if record.item_id in items
    ]
