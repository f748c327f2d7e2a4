"""Reads what is to be copied, and tells in words when it is not what was scanned."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gphotos_reconcile.core.errors import ReconcileError
from gphotos_reconcile.core.model import Problem
from gphotos_reconcile.core.plan import CopyAction, PlanFile
from gphotos_reconcile.core.ports import ByteSource
from gphotos_reconcile.exporters.drafts import Draft
from gphotos_reconcile.exporters.durable import CHUNK_BYTES
from gphotos_reconcile.exporters.trouble import changed_problem, source_problem

Opener = Callable[[PlanFile], ByteSource]
"""Gives the bytes of a plan's file."""

_NO_PLACE: Final = Problem(stage="read", message="No placement of it is known.", hint="Scan again.")


@dataclass(frozen=True, slots=True)
class SourceReader:
    """Reads a file from its placements in turn, until one gives the bytes that were scanned."""

    opener: Opener

    def fill(self, action: CopyAction, draft: Draft | None) -> Problem | None:
        """Write the bytes into a draft; without one, only see that they can be opened.

        Returns:
            None when the draft holds what was scanned, else the trouble with the first placement.

        Raises:
            OSError: the target cannot take the bytes.
        """
        first: Problem | None = None
        for part in (action.source, *action.fallbacks):
            problem = self._fill_from(part, draft)
            if problem is None:
                return None
            first = first or problem
        return first or _NO_PLACE

    def _fill_from(self, part: PlanFile, draft: Draft | None) -> Problem | None:
        try:
            stream = self.opener(part).open()
        except ReconcileError as error:
            return Problem(stage="read", message=str(error), hint=error.hint)
        except OSError as error:
            return source_problem(error)
        with stream:
            return None if draft is None else _pour(part, stream.read, draft)


def _pour(part: PlanFile, read: Callable[[int], bytes], draft: Draft) -> Problem | None:
    draft.restart()
    digest, size_bytes = hashlib.sha256(), 0
    while size_bytes <= part.size_bytes:  # what grows without end is not what was scanned
        try:
            chunk = read(CHUNK_BYTES)
        except OSError as error:
            return source_problem(error)
        if not chunk:
            break
        digest.update(chunk)
        size_bytes += len(chunk)
        draft.write(chunk)
    found = digest.hexdigest()
    return None if found == part.sha256 else changed_problem(part.sha256, found)
