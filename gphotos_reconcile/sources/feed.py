"""What all sources of files share: fingerprints on the way, and values in a bounded stream."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from gphotos_reconcile.core.model import (
    FileStamp,
    Fingerprint,
    Locator,
    Observation,
    Problem,
    Rejection,
    Repeated,
    SidecarSeen,
    Unchanged,
)
from gphotos_reconcile.core.ports import ByteSource, Fingerprinter

Seen = Observation | SidecarSeen | Unchanged | Rejection

MAX_WAITING: Final = 1000
"""Values that may wait for a worker's answer before we stop drawing jobs and hand them out."""


@dataclass(frozen=True, slots=True)
class ToRead:
    """A media entry whose bytes have to be fingerprinted."""

    locator: Locator
    name: str
    stamp: FileStamp
    content: ByteSource


def fingerprint_all(
    entries: Iterator[ToRead | Seen], fingerprinter: Fingerprinter
) -> Iterator[Seen]:
    """Yield every value of `entries`, each ToRead replaced by what its bytes gave.

    The workers draw entries as they become free; values that need no worker wait in a short
    queue, so memory does not grow with the number of entries.
    """
    for entry in entries:
        if isinstance(entry, ToRead):
            yield from _through_workers(chain([entry], entries), fingerprinter)
        else:
            yield entry


def _through_workers(
    entries: Iterator[ToRead | Seen], fingerprinter: Fingerprinter
) -> Iterator[Seen]:
    waiting: deque[Seen] = deque()

    def jobs() -> Iterator[tuple[ToRead, ByteSource]]:
        for entry in entries:
            if isinstance(entry, ToRead):
                yield entry, entry.content
            else:
                waiting.append(entry)
            if len(waiting) >= MAX_WAITING:
                return

    for entry, outcome in fingerprinter.fingerprints(jobs()):
        yield _observed(entry, outcome)
        while waiting:
            yield waiting.popleft()
    yield from waiting


def _observed(entry: ToRead, outcome: Fingerprint | Repeated | Problem) -> Observation | Rejection:
    if isinstance(outcome, Problem):
        return Rejection(locator=entry.locator, problem=outcome)
    return Observation(
        locator=entry.locator, name=entry.name, stamp=entry.stamp, fingerprint=outcome
    )
