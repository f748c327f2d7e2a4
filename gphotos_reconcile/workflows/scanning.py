"""Run one source through to the catalogue: read, write in batches, close the sums."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final, Protocol

from gphotos_reconcile.core.model import Fingerprint, Problem, Repeated, ScanTotals, SourceKind
from gphotos_reconcile.core.ports import ByteSource, Fingerprinter, Key, KnownBytes
from gphotos_reconcile.store.engine import LEARN_FROM, Catalog
from gphotos_reconcile.store.items import resolve_items
from gphotos_reconcile.store.runs import begin_run, count_problems, end_run
from gphotos_reconcile.store.scans import ScanWriter, Seen
from gphotos_reconcile.store.settings import read_setting, write_setting

_BATCH_ENTRIES: Final = 256
_BATCH_S: Final = 2.0


class ScannedSource(Protocol):
    """A source as a scan sees it: its values, and afterwards whether it was read whole."""

    def scan(self) -> Iterator[Seen]:
        """Yield one value for every entry."""
        ...

    @property
    def complete(self) -> bool:
        """Tell, after the scan, whether everything could be read."""
        ...

    @property
    def skipped(self) -> Mapping[str, int]:
        """Return, after the scan, what was passed over and how often."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanTarget:
    """The rows that a scan writes under."""

    source_id: int
    source_name: str
    kind: SourceKind
    archive_ids: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReport:
    """What one scan of one source did."""

    source: str
    kind: SourceKind
    run_id: int
    totals: ScanTotals
    problem_count: int = 0  # entries rejected, and entries saved that could not be decoded
    skipped: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Knowing:
    """Workers that do not decode again what the catalogue holds already, byte for byte."""

    workers: Fingerprinter
    known: KnownBytes

    def fingerprints(
        self, jobs: Iterable[tuple[Key, ByteSource]], known: KnownBytes | None = None
    ) -> Iterator[tuple[Key, Fingerprint | Repeated | Problem]]:
        """Yield one pair for each job; see `core.ports`."""
        return self.workers.fingerprints(jobs, known or self.known)


def now() -> datetime:
    """Return the time; the only clock that workflows read."""
    return datetime.now(UTC)


def run_scan(catalog: Catalog, source: ScannedSource, target: ScanTarget) -> ScanReport:
    """Read a source to its end and write what it yields; committed in small batches.

    A run that is killed leaves whole batches behind, and the next one goes on from there.
    """
    with catalog.begin() as conn:
        run_id = begin_run(conn, source_name=target.source_name, kind=target.kind, now=now())
    writer = ScanWriter(
        source_id=target.source_id,
        source_name=target.source_name,
        run_id=run_id,
        archive_ids=target.archive_ids,
        keep_unread=target.kind is SourceKind.TAKEOUT,
    )
    for batch in _batches(source.scan()):
        with catalog.begin() as conn:
            writer.save(conn, batch)
    totals = ScanTotals(
        seen=writer.seen,
        saved=writer.saved,
        rejected=writer.rejected,
        unchanged=writer.unchanged,
        complete=source.complete,
    )
    with catalog.begin() as conn:
        end_run(conn, run_id, totals, skipped=sum(source.skipped.values()), now=now())
        problems = count_problems(conn, run_id)
    return ScanReport(
        source=target.source_name,
        kind=target.kind,
        run_id=run_id,
        totals=totals,
        problem_count=problems,
        skipped=tuple(sorted(source.skipped.items())),
    )


def settle_items(catalog: Catalog) -> bool:
    """Gather files into items anew if anything changed since; tell whether it did."""
    with catalog.begin() as conn:
        if read_setting(conn, "changed") != "1":
            return False
        share = resolve_items(conn)
        write_setting(conn, "changed", "0")
        write_setting(conn, "unmatched", "1")
    if share >= LEARN_FROM:
        catalog.refresh_statistics()
    return True


def _batches(values: Iterable[Seen]) -> Iterator[list[Seen]]:
    """Yield batches that are full or old enough, so that little is lost when we are killed."""
    stream = iter(values)
    while True:
        begun = time.monotonic()
        batch = []
        for value in islice(stream, _BATCH_ENTRIES):
            batch.append(value)
            if time.monotonic() - begun > _BATCH_S:
                break
        if not batch:
            return
        yield batch
