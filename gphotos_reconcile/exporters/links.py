"""Duplicates to look through: lists, and folders of hard links with keepers and others in pairs.

Nothing is deleted here and nothing that is linked changes. A plan in which all copies of a picture
would go is refused.
"""

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.layout import NAME_BYTES, safe_extension, safe_stem, split_name
from gphotos_reconcile.core.model import Problem
from gphotos_reconcile.core.names import display_path
from gphotos_reconcile.core.plan import PlanItem
from gphotos_reconcile.exporters.durable import TargetTree
from gphotos_reconcile.exporters.trouble import target_problem

KEEP: Final = "keep_"
AWAY: Final = "away_"
GROUPS_PER_FOLDER: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFile:
    """One file of a group of duplicates; `relation` and `reason` tell why it goes or stays."""

    item_id: int
    path: bytes
    is_keeper: bool
    size_bytes: int
    relation: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateGroup:
    """Files that show the same picture, as far as the relations say."""

    group_id: int
    files: tuple[GroupFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAction:
    """One link to make; `target` is relative to the folder that is to be looked through."""

    group_id: int
    file: GroupFile
    target: PurePosixPath


class LinkStatus(StrEnum):
    """What became of one link (closed list)."""

    LINKED = "linked"  # in a dry run: would be
    SYMLINKED = "symlinked"  # the file lies on another file system
    PRESENT = "present"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkResult:
    """What became of one link."""

    action: LinkAction
    status: LinkStatus
    problem: Problem | None = None


def refuse_lost_groups(groups: Iterable[DuplicateGroup]) -> None:
    """Refuse groups of which nothing would be kept, and files that are both kept and put away.

    Raises:
        UsageError: there is one.
    """
    kept: set[bytes] = set()
    away: dict[bytes, int] = {}
    for group in groups:
        own = {file.path for file in group.files if file.is_keeper}
        if not own:
            raise UsageError(
                f"All {len(group.files)} files of group {group.group_id} would be put away.",
                hint="Mark at least one of them as the one to keep.",
            )
        kept |= own
        away |= {file.path: group.group_id for file in group.files if not file.is_keeper}
    both = kept & away.keys()
    if both:
        path = min(both)
        raise UsageError(
            f"{display_path(path)} is kept in one group and put away in group {away[path]}.",
            hint="Decide the two groups together, then make the plan again.",
        )


def plan_links(groups: Iterable[DuplicateGroup]) -> list[LinkAction]:
    """Return the links, group by group, keepers first: `0/group_7/keep_1_IMG.jpg`.

    Raises:
        UsageError: a group would be lost.
    """
    ordered = sorted(groups, key=lambda group: group.group_id)
    refuse_lost_groups(ordered)
    return [
        LinkAction(group_id=group.group_id, file=file, target=_link_path(group, number, file))
        for group in ordered
        for number, file in enumerate(
            sorted(group.files, key=lambda file: (not file.is_keeper, file.path)), start=1
        )
    ]


def carry_out_links(
    actions: Iterable[LinkAction], target: Path, *, dry_run: bool = False
) -> Iterator[LinkResult]:
    """Make the links and yield one result for each; what is there stays as it is."""
    with TargetTree(target.absolute(), "links", writable=not dry_run) as tree:
        for action in actions:
            try:
                status = _link(tree, action)
            except OSError as error:
                problem = target_problem(error, "Linking")
                yield LinkResult(action=action, status=LinkStatus.FAILED, problem=problem)
            else:
                yield LinkResult(action=action, status=status)
            tree.forget_folders()


def write_away_list(groups: Iterable[DuplicateGroup], stream: BinaryIO) -> int:
    """Write the paths to put away, each ended by NUL; return how many.

    Raises:
        UsageError: a group would be lost.
    """
    ordered = sorted(groups, key=lambda group: group.group_id)
    refuse_lost_groups(ordered)
    away = sorted({file.path for group in ordered for file in group.files if not file.is_keeper})
    stream.writelines(path + b"\0" for path in away)
    return len(away)


def united(keeper: PlanItem, away: Sequence[PlanItem]) -> PlanItem:
    """Return the keeper with what only the others have: albums, people, favourite, words, place.

    The keeper's own values win; descriptions that differ are put one below the other.
    """
    everyone = (keeper, *away)
    place = next((item for item in everyone if item.latitude is not None), keeper)
    texts = dict.fromkeys(item.description for item in everyone if item.description)
    return replace(
        keeper,
        albums=tuple(dict.fromkeys(album for item in everyone for album in item.albums)),
        people=tuple(dict.fromkeys(name for item in everyone for name in item.people)),
        favourite=any(item.favourite for item in everyone),
        description="\n".join(texts),
        latitude=place.latitude,
        longitude=place.longitude,
    )


def _link_path(group: DuplicateGroup, number: int, file: GroupFile) -> PurePosixPath:
    stem, extension = split_name(os.fsdecode(file.path.rpartition(b"/")[2]))
    extension = safe_extension(extension)
    mark = f"{KEEP if file.is_keeper else AWAY}{number}_"
    stem = safe_stem(stem, NAME_BYTES - len(mark) - len(extension.encode()))
    shelf = str(group.group_id // GROUPS_PER_FOLDER)
    return PurePosixPath(shelf, f"group_{group.group_id}", mark + stem + extension)


def _link(tree: TargetTree, action: LinkAction) -> LinkStatus:
    if tree.status(action.target) is not None:
        return LinkStatus.PRESENT
    Path(os.fsdecode(action.file.path)).stat()
    if not tree.writable:
        return LinkStatus.LINKED
    try:
        tree.link(action.file.path, action.target)
    except OSError as error:
        if error.errno not in {errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EMLINK}:
            raise
        tree.symlink(action.file.path, action.target)
        return LinkStatus.SYMLINKED
    return LinkStatus.LINKED
