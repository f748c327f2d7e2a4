"""Reads stored copies again and tells of each whether it is still what was copied."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gphotos_reconcile.core.copies import CopyRecord
from gphotos_reconcile.core.model import Problem
from gphotos_reconcile.exporters.durable import TargetTree
from gphotos_reconcile.exporters.trouble import source_problem

_HINT = "Run `gphotos-reconcile copy` again with the export at hand: it puts a good copy beside it."


class VerifyStatus(StrEnum):
    """What became of a stored copy (closed list)."""

    INTACT = "intact"
    CHANGED = "changed"
    MISSING = "missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """One stored copy, read from its first byte to its last."""

    record: CopyRecord
    status: VerifyStatus
    problem: Problem | None = None


def verify_copies(records: Iterable[CopyRecord], target: Path) -> Iterator[VerifyResult]:
    """Yield one result for each record, with the bytes read again from the disk."""
    with TargetTree(target.absolute(), "", writable=False) as tree:
        for record in records:
            yield _verified(tree, record)
            tree.forget_folders()


def _verified(tree: TargetTree, record: CopyRecord) -> VerifyResult:
    try:
        found = tree.sha256(record.target)
    except FileNotFoundError:
        problem = Problem(stage="verify", message="The copy is gone.", hint=_HINT)
        return VerifyResult(record=record, status=VerifyStatus.MISSING, problem=problem)
    except OSError as error:
        problem = source_problem(error)
        return VerifyResult(record=record, status=VerifyStatus.UNREADABLE, problem=problem)
    if found == record.sha256:
        return VerifyResult(record=record, status=VerifyStatus.INTACT)
    message = (
        f"The copy has changed since it was made: SHA-256 was {record.sha256[:16]}, "
        f"is {found[:16]}."
    )
    problem = Problem(stage="verify", message=message, hint=_HINT)
    return VerifyResult(record=record, status=VerifyStatus.CHANGED, problem=problem)
