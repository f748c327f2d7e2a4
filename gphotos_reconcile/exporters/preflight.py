"""What is checked before the first byte is written."""

import os
from pathlib import Path, PurePosixPath

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.plan import CopyPlan, PlanFile
from gphotos_reconcile.exporters.durable import TargetTree

_Identity = tuple[int, int]


class NoRoomError(UsageError):
    """The target has not enough room for the plan."""

    def __init__(self, target: Path, need_bytes: int, free_bytes: int) -> None:
        super().__init__(
            f"The copies need {need_bytes:,} bytes, and {target} has {free_bytes:,} left.",
            hint="Make room, copy to another disk, or copy a part: by year, kind, album or size.",
        )


def refuse_other_systems() -> None:
    """Refuse to copy where folders cannot be walked by handle: on Windows.

    Raises:
        UsageError: this is such a system.
    """
    if os.open not in os.supports_dir_fd:
        raise UsageError(
            "Copying needs Linux or macOS: this system cannot promise that nothing is overwritten.",
            hint="Write a list (`export copy-list --format csv`) and copy with another tool, or "
            "run this under WSL.",
        )


def refuse_bad_targets(plan: CopyPlan) -> None:
    """Refuse a plan, perhaps edited by hand, that leads out of the target.

    Raises:
        UsageError: a target is absolute, climbs up, or names nothing.
    """
    for action in plan.actions:
        path = action.target
        if path.is_absolute() or ".." in path.parts or not path.name or "\0" in str(path):
            raise UsageError(
                f"The plan wants to write to {str(path)!r}, outside of the target folder.",
                hint="Make the copy list anew.",
            )


def refuse_overlap(plan: CopyPlan, target: Path) -> None:
    """Refuse to copy into a folder that is being copied from, or that holds one.

    Folders are compared by device and inode, so that links and other spellings do not hide it.
    An archive that lies in the target is no danger: nothing is replaced.

    Raises:
        UsageError: they lie inside each other.
    """
    above_target = _identities(target)
    own = _identity(target)
    for root in sorted(_source_roots(plan)):
        folder = Path(os.fsdecode(root))
        inside = _identity(folder) in above_target
        if inside or (own is not None and own in _identities(folder)):
            where = "inside of" if inside else "above"
            raise UsageError(
                f"The target {target} lies {where} {folder}, which is copied from.",
                hint="Give a folder that lies apart from all exports and libraries.",
            )


def check_room(plan: CopyPlan, tree: TargetTree) -> None:
    """Check that what is not there yet fits.

    Raises:
        NoRoomError: it does not.
    """
    need_bytes = 0
    for action in plan.actions:
        if not _has_size(tree, action.target, action.source.size_bytes):
            need_bytes += action.source.size_bytes
        tree.forget_folders()
    free_bytes = tree.free_bytes()
    if need_bytes > free_bytes:
        raise NoRoomError(tree.root, need_bytes, free_bytes)


def _has_size(tree: TargetTree, path: PurePosixPath, size_bytes: int) -> bool:
    try:
        found = tree.status(path)
    except OSError:
        return False
    return found is not None and found.st_size == size_bytes


def _source_roots(plan: CopyPlan) -> set[bytes]:
    files = (part for action in plan.actions for part in (action.source, *action.fallbacks))
    return {_root(part) for part in files if part.disk_path is not None}


def _root(part: PlanFile) -> bytes:
    if part.archive_path is not None:
        return part.archive_path
    return part.locator.path.rpartition(b"/")[0] or b"/"


def _identities(folder: Path) -> set[_Identity]:
    """Return the identities of a folder and all above it, real ones and as spelled."""
    places = {*folder.parents, folder, folder.resolve(), *folder.resolve().parents}
    return {found for place in places if (found := _identity(place)) is not None}


def _identity(folder: Path) -> _Identity | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
