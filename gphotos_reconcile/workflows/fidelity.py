"""What Google's ways to hand bytes back do to originals of the user's choice, measured."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.journals import FidelityRow, UploadRecord, UploadState
from gphotos_reconcile.core.model import Fingerprint, MediaFacts, Problem
from gphotos_reconcile.core.ports import Progress
from gphotos_reconcile.exporters.fidelity import (
    PATHS,
    VIDEO_PATHS,
    Instruments,
    Measured,
    Original,
    PixelFigures,
    compare_bytes,
)
from gphotos_reconcile.exporters.uploads import PHOTO_LIMIT_BYTES, Uploader, UploadJob, refusal
from gphotos_reconcile.google.albums import AddOutcome, Albums
from gphotos_reconcile.google.items import RemoteItem
from gphotos_reconcile.google.library import Library
from gphotos_reconcile.google.media_bytes import BytesNotThereError, MediaBytes
from gphotos_reconcile.google.scopes import Scope
from gphotos_reconcile.media.agreement import agreement
from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.sources.fetched import FetchedPicture
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.google_fidelity import CatalogFidelity
from gphotos_reconcile.store.google_uploads import CatalogUploads
from gphotos_reconcile.workflows.google_access import GoogleAccess, GoogleOptions, google_access
from gphotos_reconcile.workflows.media_access import BytesFinder
from gphotos_reconcile.workflows.scanning import now
from gphotos_reconcile.workflows.upload import job_of_source, upload_job

ALBUM: Final = "gphotos-reconcile: fidelity test"
LIMIT_BYTES: Final = PHOTO_LIMIT_BYTES
"""Larger originals are left out: the comparison holds both whole in memory."""

_COMPARED_PX: Final = 0  # at the original's own size
_DONE: Final = frozenset({UploadState.CREATED, UploadState.FOUND})


@dataclass(frozen=True, slots=True, kw_only=True)
class FidelityPlan:
    """What a measurement would send, and what it can't measure."""

    jobs: tuple[UploadJob, ...]
    to_send_bytes: int
    problems: tuple[Problem, ...]

    @property
    def requests(self) -> int:
        """Return about how many of the day's 10,000 requests it takes."""
        return len(self.jobs) + 5 if self.jobs else 0

    @property
    def byte_requests(self) -> int:
        """Return how many of the day's 75,000 byte requests it takes."""
        return sum(len(_ways(job)) for job in self.jobs)


@dataclass(frozen=True, slots=True, kw_only=True)
class FidelityReport:
    """What was measured, way by way, and what could not be."""

    rows: tuple[FidelityRow, ...]
    problems: tuple[Problem, ...]


def plan_fidelity(catalog: Catalog, items: Sequence[str]) -> FidelityPlan:
    """Find the originals and what they cost; asks Google nothing and changes nothing.

    Args:
        catalog: knows the items, and what is at Google already.
        items: each a file's path, or the number of an item in the catalogue.

    Raises:
        UsageError: a name is neither.
    """
    find = BytesFinder(catalog)
    jobs: dict[str, UploadJob] = {}
    problems: list[Problem] = []
    for name in items:
        found = _job(name, find)
        if isinstance(found, Problem):
            problems.append(found)
        elif (why := _why_not(found)) is not None:
            problems.append(_trouble(found.filename, why, "Choose another original."))
        else:
            jobs[found.sha256] = found
    journal = CatalogUploads(catalog, now())
    unsent = (job for job in jobs.values() if not _is_there(journal.record(job.sha256)))
    return FidelityPlan(
        jobs=tuple(jobs.values()),
        to_send_bytes=sum(job.source.size_bytes for job in unsent),
        problems=tuple(problems),
    )


def measure(
    catalog: Catalog,
    plan: FidelityPlan,
    *,
    options: GoogleOptions,
    pool: WorkerPool,
    progress: Progress,
) -> FidelityReport:
    """Upload the originals into an album of their own, fetch them back, compare, keep the figures.

    The copies stay in the account: no API can delete them.

    Raises:
        GoogleUnavailableError: it stopped half way; what was measured is kept.
        SignInError: the sign-in or a scope is missing.
    """
    journal = CatalogFidelity(catalog)
    rows: list[FidelityRow] = []
    problems = list(plan.problems)
    with google_access(options, "verify", catalog) as google:
        library = google.library()
        records = _upload(google, library, catalog, plan, progress)
        progress.start("Fetching back", plan.byte_requests, "files")
        for found in _measured(google, library, plan, records, _instruments(pool)):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                journal.save([found])
                rows.append(found)
            progress.advance()
        progress.finish()
    return FidelityReport(rows=tuple(rows), problems=tuple(problems))


def measured_before(catalog: Catalog) -> FidelityReport:
    """Return everything that was ever measured, by way and name."""
    return FidelityReport(rows=CatalogFidelity(catalog).rows(), problems=())


def _job(name: str, find: BytesFinder) -> UploadJob | Problem:
    path = Path(name)
    try:
        if path.is_file():
            return upload_job(path)
        if not name.isdecimal():
            raise UsageError(
                f"{name} is neither a file nor the number of an item.",
                hint="Name files, or item ids as `query` lists them.",
            )
        source = find(int(name))
        if isinstance(source, Problem):
            return _trouble(f"Item {name}", source.message.rstrip("."), source.hint)
        return job_of_source(source, source.name.rpartition("/")[2])
    except OSError as error:
        return _trouble(name, f"it cannot be read ({error.strerror or error})", "Check it.")


def _why_not(job: UploadJob) -> str | None:
    if job.source.size_bytes > LIMIT_BYTES:
        return f"originals of up to {LIMIT_BYTES >> 20} MB are measured"
    return refusal(job)


def _upload(
    google: GoogleAccess,
    library: Library,
    catalog: Catalog,
    plan: FidelityPlan,
    progress: Progress,
) -> dict[str, UploadRecord]:
    """Bring the originals into the test album; one that is at Google already is not sent again."""
    albums = Albums(library)
    mine = (album for album in albums.mine() if album.title == ALBUM)
    album = next(mine, None) or albums.create(ALBUM)
    uploader = Uploader(google.uploads(library), library, CatalogUploads(catalog, now()), progress)
    records = dict(uploader.run(plan.jobs))
    ids = [record.google_id for record in records.values() if record.google_id is not None]
    albums.add(album.album_id, ids, _settled)
    return records


def _settled(_: AddOutcome) -> None:
    """Do nothing: an item outside of the album is measured all the same."""


def _measured(
    google: GoogleAccess,
    library: Library,
    plan: FidelityPlan,
    records: dict[str, UploadRecord],
    instruments: Instruments,
) -> Iterator[FidelityRow | Problem]:
    ids = [r.google_id for r in records.values() if r.google_id is not None]
    items = library.items(ids)

    def renew(google_id: str) -> RemoteItem | None:
        return library.items([google_id]).get(google_id)

    media_bytes = MediaBytes(google.transport, renew, Scope.LIST)
    for job in plan.jobs:
        record = records.get(job.sha256)
        item = items.get(record.google_id or "") if record is not None else None
        if item is None:
            why = (record.message if record is not None else "") or "Google does not show it"
            yield _trouble(job.filename, why, "Run the same command again later.")
            continue
        yield from _ways_back(job, item, media_bytes, instruments)


def _ways_back(
    job: UploadJob, item: RemoteItem, media_bytes: MediaBytes, instruments: Instruments
) -> Iterator[FidelityRow | Problem]:
    with job.source.open() as stream:
        original = Original(job.filename, stream.read())
    for path, variant in _ways(job).items():
        sink = io.BytesIO()
        try:
            media_bytes.fetch(item, variant, sink)
        except BytesNotThereError as error:
            yield _trouble(job.filename, f"{path}: {error}", "Run the same command again later.")
            continue
        yield compare_bytes(original, sink.getvalue(), path, now(), instruments)


def _ways(job: UploadJob) -> dict[str, str]:
    return dict(VIDEO_PATHS if job.mime_type.startswith("video/") else PATHS)


def _instruments(pool: WorkerPool) -> Instruments:
    def read(content: bytes) -> Measured:
        ((_, found),) = pool.fingerprints([(0, FetchedPicture("measured", content))])
        facts = found.facts if isinstance(found, Fingerprint) else MediaFacts()
        return Measured(width_px=facts.width_px, height_px=facts.height_px, facts=facts)

    def compare(original: bytes, returned: bytes) -> PixelFigures | None:
        both = [FetchedPicture("compared", content) for content in (original, returned)]
        jobs = [(place, source, _COMPARED_PX) for place, source in enumerate(both)]
        found = dict(pool.fine_lumas(jobs))
        first, second = found[0], found[1]
        if isinstance(first, Problem) or isinstance(second, Problem):
            return None
        figures = agreement(first, second)
        return None if figures is None else PixelFigures(psnr_db=figures[0], ssim=figures[1])

    return Instruments(read=read, compare=compare)


def _is_there(record: UploadRecord | None) -> bool:
    return record is not None and record.state in _DONE


def _trouble(name: str, why: str, hint: str) -> Problem:
    return Problem(stage="fidelity", message=f"{name} was not measured: {why}.", hint=hint)
