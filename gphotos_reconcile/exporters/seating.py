"""Which path each copy gets, given what lies at the target now."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import PurePosixPath

from gphotos_reconcile.core.copies import CopyJournal, CopyRecord
from gphotos_reconcile.core.layout import split_name, twin_key
from gphotos_reconcile.core.plan import CopyAction, CopyPlan
from gphotos_reconcile.exporters.durable import TargetTree


@dataclass(frozen=True, slots=True)
class Seat:
    """Where one copy goes.

    `is_there`: a file with the right bytes lies there. `record`: the journal knows it, and its
    size and time of change are those of the record.
    """

    action: CopyAction
    target: PurePosixPath
    is_there: bool = False
    record: CopyRecord | None = None


@dataclass(slots=True)
class Seating:
    """Finds seats; no path is given twice, and none that the plan means for another file."""

    plan: CopyPlan
    tree: TargetTree
    journal: CopyJournal
    _planned: frozenset[str] = frozenset()
    _given: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._planned = frozenset(twin_key(action.target) for action in self.plan.actions)

    def seats(self, group: Sequence[CopyAction]) -> list[Seat]:
        """Return the seats of one group; those that are not remembered share a stem.

        Raises:
            OSError: the target cannot be looked at.
        """
        remembered = {action: seat for action in group if (seat := self._remembered(action))}
        rest = [action for action in group if action not in remembered]
        if rest:
            targets = _planned_paths(group, rest, list(remembered.values()))
            remembered |= {seat.action: seat for seat in self._first_usable(rest, targets)}
        return [remembered[action] for action in group]

    def _remembered(self, action: CopyAction) -> Seat | None:
        record = self.journal.known(action.item_id, action.source.sha256)
        # The journal knows bytes: another item's copy of the same bytes is not this item's.
        if record is None or twin_key(record.target) in self._given:
            return None
        found = self.tree.status(record.target)
        if found is None or not _is_as_recorded(found, record):
            return None
        self._given.add(twin_key(record.target))
        return Seat(action, record.target, is_there=True, record=record)

    def _first_usable(self, actions: Sequence[CopyAction], numbered: "_Numbered") -> list[Seat]:
        for number in count(1):
            seats = [
                self._seat(action, target)
                for action, target in zip(actions, numbered.paths(number), strict=True)
            ]
            usable = [seat for seat in seats if seat is not None]
            if len(usable) == len(actions):
                self._given.update(twin_key(seat.target) for seat in usable)
                return usable
        raise AssertionError("count() has no end")

    def _seat(self, action: CopyAction, target: PurePosixPath) -> Seat | None:
        """Return a seat when the path is free, or holds these very bytes."""
        key = twin_key(target)
        if key in self._given or (target != action.target and key in self._planned):
            return None
        found = self.tree.status(target)
        if found is None:
            return Seat(action, target)
        if not stat.S_ISREG(found.st_mode) or found.st_size != action.source.size_bytes:
            return None
        same = self.tree.sha256(target) == action.source.sha256
        return Seat(action, target, is_there=True) if same else None


@dataclass(frozen=True, slots=True)
class _Numbered:
    """Paths with one stem: as they are, then with (2), (3), ... behind the stem."""

    folder: PurePosixPath
    stem: str
    tails: tuple[str, ...]

    def paths(self, number: int) -> list[PurePosixPath]:
        stem = self.stem if number == 1 else f"{self.stem} ({number})"
        return [self.folder / (stem + tail) for tail in self.tails]


def _planned_paths(
    group: Sequence[CopyAction], rest: Sequence[CopyAction], remembered: Sequence[Seat]
) -> _Numbered:
    """Return the paths planned for `rest`, moved to where parts of the group already are."""
    stem = os.path.commonprefix(  # noqa: RUF071 (names, compared by character)
        [split_name(group[0].target.name)[0], *(a.target.name for a in group)]
    )
    tails = tuple(action.target.name[len(stem) :] for action in rest)
    for seat in remembered:
        tail = seat.action.target.name[len(stem) :]
        if seat.target.name.endswith(tail) and len(seat.target.name) > len(tail):
            return _Numbered(seat.target.parent, seat.target.name[: -len(tail) or None], tails)
    return _Numbered(group[0].target.parent, stem, tails)


def _is_as_recorded(found: os.stat_result, record: CopyRecord) -> bool:
    return (
        stat.S_ISREG(found.st_mode)
        and found.st_size == record.size_bytes
        and found.st_mtime_ns == record.modified_ns
    )
