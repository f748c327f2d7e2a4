"""Carries a copy plan out, so that every copy it tells of is on the disk and equal to its source.

Copies are made in small batches: write all drafts, sync them, give them their names, sync the
folders, and only then tell the journal. A run that is killed at any point is gone on with by the
next one. Nothing is ever replaced, and sources are only read.
"""

import hashlib
import platform
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from enum import StrEnum
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Final

from gphotos_reconcile.core.copies import CopyJournal, CopyRecord
from gphotos_reconcile.core.model import Problem, TimeBasis
from gphotos_reconcile.core.plan import CopyAction, CopyPlan
from gphotos_reconcile.core.times import EPOCH
from gphotos_reconcile.exporters.drafts import Draft
from gphotos_reconcile.exporters.durable import TargetTree
from gphotos_reconcile.exporters.preflight import (
    check_room,
    refuse_bad_targets,
    refuse_other_systems,
    refuse_overlap,
)
from gphotos_reconcile.exporters.reading import Opener, SourceReader
from gphotos_reconcile.exporters.seating import Seat, Seating
from gphotos_reconcile.exporters.trouble import FATAL, target_problem

BATCH_FILES: Final = 16
BATCH_BYTES: Final = 64 << 20
OPEN_FOLDERS: Final = 16


class CopyStatus(StrEnum):
    """What became of one action (closed list)."""

    COPIED = "copied"  # in a dry run: would be
    PRESENT = "present"  # these bytes lie at the target already
    FAILED = "failed"
    NOT_TRIED = "not_tried"  # the target was lost before its turn came


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyResult:
    """What became of one action; `target` is where the copy lies, or would lie."""

    action: CopyAction
    status: CopyStatus
    target: PurePosixPath
    problem: Problem | None = None


def carry_out(
    plan: CopyPlan, target: Path, *, opener: Opener, journal: CopyJournal, dry_run: bool = False
) -> Generator[CopyResult, None, None]:
    """Copy what the plan says and yield one result for each of its actions.

    A result `copied` or `present` is yielded after the file, its name and the journal's row are on
    the disk. A dry run takes the same way and leaves out the writing.

    Args:
        plan: what to copy.
        target: the folder to copy into; made if need be.
        opener: opens a file of the plan for reading.
        journal: the memory of copies into this folder.
        dry_run: write nothing at all.

    Raises:
        ReconcileError: target and a source lie inside each other, or there is not enough room.
    """
    refuse_other_systems()
    target = target.absolute()
    refuse_bad_targets(plan)
    refuse_overlap(plan, target)
    with TargetTree(target, _owner(plan), writable=False) as tree:
        check_room(plan, tree)
    with TargetTree(target, _owner(plan), writable=not dry_run) as tree:
        run = _Run(tree, SourceReader(opener), journal, Seating(plan, tree, journal))
        try:
            yield from run.results(plan.actions)
        finally:
            run.discard()


def _owner(plan: CopyPlan) -> str:
    """Return what marks the unfinished files of this catalogue on this machine."""
    name = f"{platform.node()}\0{plan.header.catalog}"
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]


@dataclass(slots=True)
class _Work:
    """A seat on its way: a draft that is written, or a file that lay there and is not recorded."""

    seat: Seat
    draft: Draft | None
    modified_ns: int = 0


@dataclass(slots=True)
class _Run:
    tree: TargetTree
    reader: SourceReader
    journal: CopyJournal
    seating: Seating
    _batch: list[_Work] = field(default_factory=list)
    _lost: Problem | None = None

    def results(self, actions: Sequence[CopyAction]) -> Iterator[CopyResult]:
        for _, members in groupby(actions, key=lambda action: action.group):
            yield from self._group(tuple(members))
            if self._is_full():
                yield from self._finish_batch()
        yield from self._finish_batch()

    def discard(self) -> None:
        """Remove the drafts of a batch that was not finished."""
        while self._batch:
            draft = self._batch.pop().draft
            if draft is not None:
                draft.discard()

    def _group(self, group: Sequence[CopyAction]) -> Iterator[CopyResult]:
        if self._lost is not None:
            yield from (_not_tried(action, self._lost) for action in group)
            return
        try:
            seats = self.seating.seats(group)
        except OSError as error:
            problem = self._target_problem(error, "Looking for its place")
            yield from (_failed(action, action.target, problem) for action in group)
            return
        for seat in seats:
            result = self._begin(seat)
            if result is not None:
                yield result

    def _begin(self, seat: Seat) -> CopyResult | None:
        """Write the draft of one copy; return its result when there is nothing to be finished."""
        if self._lost is not None:
            return _not_tried(seat.action, self._lost)
        if seat.record is not None or (seat.is_there and not self.tree.writable):
            return _done(seat, CopyStatus.PRESENT)
        if seat.is_there:
            self._batch.append(_Work(seat, None))
            return None
        if not self.tree.writable:
            problem = self.reader.fill(seat.action, None)
            return (
                _failed(seat.action, seat.target, problem)
                if problem
                else _done(seat, CopyStatus.COPIED)
            )
        try:
            return self._draft(seat)
        except OSError as error:
            return _failed(seat.action, seat.target, self._target_problem(error, "Writing"))

    def _draft(self, seat: Seat) -> CopyResult | None:
        draft = self.tree.draft(seat.target.parent)
        work = _Work(seat, draft)
        self._batch.append(work)
        try:
            problem = self.reader.fill(seat.action, draft)
            if problem is None:
                modified_ns = _modified_ns(seat.action)
                if modified_ns is not None:
                    draft.set_time(modified_ns)
                draft.start_writing()
                return None
        except OSError:
            self._drop(work)
            raise
        self._drop(work)
        return _failed(seat.action, seat.target, problem)

    def _is_full(self) -> bool:
        size_bytes = sum(work.seat.action.source.size_bytes for work in self._batch)
        return (
            len(self._batch) >= BATCH_FILES
            or size_bytes >= BATCH_BYTES
            or self.tree.open_folders >= OPEN_FOLDERS
        )

    def _finish_batch(self) -> Iterator[CopyResult]:
        """Bring the batch to the disk, then to the journal, then tell of it."""
        for work in list(self._batch):
            yield from self._tried(_sync_bytes, work, "Bringing it to the disk")
        for work in list(self._batch):
            yield from self._tried(_publish, work, "Giving it its name")
        synced: set[PurePosixPath] = set()
        for work in list(self._batch):
            if work.draft is not None and work.draft.folder not in synced:
                yield from self._tried(_sync_name, work, "Bringing its name to the disk")
                synced |= {work.draft.folder} if work in self._batch else set()
        if self._batch:
            self.journal.record([_record(work) for work in self._batch])
        finished, self._batch = self._batch, []
        self.tree.forget_folders()
        for work in finished:
            yield _done(work.seat, CopyStatus.COPIED if work.draft else CopyStatus.PRESENT)

    def _tried(
        self, step: Callable[[TargetTree, _Work], None], work: _Work, what: str
    ) -> Iterator[CopyResult]:
        """Take one step of finishing; a copy that fails leaves the batch."""
        try:
            step(self.tree, work)
        except OSError as error:
            self._drop(work)
            problem = self._target_problem(error, what)
            yield _failed(work.seat.action, work.seat.target, problem)

    def _drop(self, work: _Work) -> None:
        self._batch.remove(work)
        if work.draft is not None:
            work.draft.discard()

    def _target_problem(self, error: OSError, what: str) -> Problem:
        problem = target_problem(error, what)
        if error.errno in FATAL:
            self._lost = problem
        return problem


def _sync_bytes(tree: TargetTree, work: _Work) -> None:
    work.modified_ns = work.draft.sync() if work.draft else tree.sync(work.seat.target)


def _publish(_: TargetTree, work: _Work) -> None:
    if work.draft is not None:
        work.draft.publish(work.seat.target.name)


def _sync_name(tree: TargetTree, work: _Work) -> None:
    tree.sync_folder(work.seat.target.parent)


def _record(work: _Work) -> CopyRecord:
    source = work.seat.action.source
    return CopyRecord(
        item_id=work.seat.action.item_id,
        target=work.seat.target,
        sha256=source.sha256,
        size_bytes=source.size_bytes,
        modified_ns=work.modified_ns,
    )


def _done(seat: Seat, status: CopyStatus) -> CopyResult:
    return CopyResult(action=seat.action, status=status, target=seat.target)


def _failed(action: CopyAction, target: PurePosixPath, problem: Problem) -> CopyResult:
    return CopyResult(action=action, status=CopyStatus.FAILED, target=target, problem=problem)


def _not_tried(action: CopyAction, why: Problem) -> CopyResult:
    return CopyResult(action=action, status=CopyStatus.NOT_TRIED, target=action.target, problem=why)


def _modified_ns(action: CopyAction) -> int | None:
    """Return the capture time as a time of change; None when there is none.

    A time without a zone is what the camera's clock showed: the file's time shows the same here.
    """
    taken_at, basis = action.taken_at, action.taken_at_basis
    if taken_at is None:
        return None
    has_no_zone = basis in {TimeBasis.EXIF_LOCAL, TimeBasis.NAME} and taken_at.tzinfo is UTC
    microseconds = (taken_at - EPOCH) // timedelta(microseconds=1)
    if has_no_zone:
        try:
            seconds = time.mktime((*taken_at.timetuple()[:8], -1))
        except (OverflowError, ValueError):
            return None
        microseconds = int(seconds) * 1_000_000 + taken_at.microsecond
    return microseconds * 1000
