"""Upload files of the user's choice, each once."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.journals import UploadRecord, UploadState
from gphotos_reconcile.core.model import Problem
from gphotos_reconcile.core.ports import ByteSource, Progress
from gphotos_reconcile.core.staging import StageItem, plan_staging
from gphotos_reconcile.exporters.album_filling import AlbumFilling
from gphotos_reconcile.exporters.uploads import Uploader, UploadJob, totals
from gphotos_reconcile.google.albums import Albums
from gphotos_reconcile.media.sniff import sniff
from gphotos_reconcile.media.window import StreamWindow
from gphotos_reconcile.sources.files import FileBytes
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.google_staging import CatalogStaging
from gphotos_reconcile.store.google_uploads import CatalogUploads
from gphotos_reconcile.workflows.google_access import GoogleOptions, google_access
from gphotos_reconcile.workflows.scanning import now

_READ_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadReport:
    """What an upload did: files by state, those with trouble, and files that could not be read."""

    states: Mapping[UploadState, int]
    trouble: tuple[UploadRecord, ...]
    unreadable: tuple[Problem, ...]
    to_send_bytes: int


def files_of(paths: Sequence[Path], lists: Sequence[Path]) -> list[Path]:
    """Return the files that are named: folders whole, and the lines (or NUL parts) of lists.

    Raises:
        UsageError: a path is not there.
    """
    named = [Path(os.fsdecode(line)) for listed in lists for line in _lines(listed)]
    found: list[Path] = []
    for path in [*paths, *named]:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.is_file())
        elif path.is_file():
            found.append(path)
        else:
            raise UsageError(f"{path} is not there.", hint="Check the path, or the list's lines.")
    return list(dict.fromkeys(found))


def upload_files(
    files: Iterable[Path],
    *,
    album: str,
    options: GoogleOptions,
    catalog: Catalog,
    progress: Progress,
) -> UploadReport:
    """Upload files that are not there yet; with `album` also put them into an album of ours."""
    journal = CatalogUploads(catalog, now())
    jobs, unreadable = _jobs(files, journal)
    with google_access(options, "upload", catalog) as google:
        library = google.library()
        uploader = Uploader(google.uploads(library), library, journal, progress)
        records = uploader.run(jobs)
        if album:
            filling = AlbumFilling(Albums(library), library, CatalogStaging(catalog), progress)
            filling.apply(plan_staging(_staged(records.values()), title=album))
    return _report(records.values(), unreadable, 0)


def dry_run(files: Iterable[Path], catalog: Catalog) -> UploadReport:
    """Return what an upload would do; asks Google nothing and changes nothing."""
    journal = CatalogUploads(catalog, now())
    jobs, unreadable = _jobs(files, journal)
    todo = Uploader.sort_out(jobs, journal)
    done = (journal.record(job.sha256) for job in jobs if job.sha256 not in todo.to_send)
    records = [record for record in done if record is not None] + list(todo.refused)
    queued = [job.source.size_bytes for job in todo.to_send.values()]
    report = _report(records, unreadable, sum(queued))
    return UploadReport(
        states={**report.states, UploadState.QUEUED: len(queued)},
        trouble=report.trouble,
        unreadable=report.unreadable,
        to_send_bytes=report.to_send_bytes,
    )


def _report(
    records: Iterable[UploadRecord], unreadable: Sequence[Problem], to_send_bytes: int
) -> UploadReport:
    known = list(records)
    bad = {UploadState.FAILED, UploadState.REFUSED, UploadState.CREATING}
    return UploadReport(
        states=totals(known),
        trouble=tuple(record for record in known if record.state in bad),
        unreadable=tuple(unreadable),
        to_send_bytes=to_send_bytes,
    )


def _staged(records: Iterable[UploadRecord]) -> Iterator[StageItem]:
    for record in records:
        if record.google_id is not None:
            # No item of the catalogue yet: the digest stands for it in the plan's journal.
            number = int(record.sha256[:12], 16)
            yield StageItem(item_id=number, filename=record.filename, google_id=record.google_id)


def _jobs(files: Iterable[Path], journal: CatalogUploads) -> tuple[list[UploadJob], list[Problem]]:
    jobs: list[UploadJob] = []
    problems: list[Problem] = []
    for path in files:
        try:
            job = upload_job(path)
            width, height = journal.picture_size(job.sha256)
            jobs.append(replace(job, width_px=width, height_px=height))
        except OSError as error:
            problems.append(
                Problem(
                    stage="read",
                    message=f"{path} cannot be read ({error.strerror or error}).",
                    hint="Check its permissions; the others are uploaded.",
                )
            )
    return jobs, problems


def upload_job(path: Path) -> UploadJob:
    """Return a file as something to upload: its digest, and what it is by its content.

    Raises:
        OSError: it cannot be read.
    """
    source = FileBytes(os.fsencode(path.absolute()), path.stat().st_size)
    return job_of_source(source, path.name)


def job_of_source(source: ByteSource, filename: str) -> UploadJob:
    """Return bytes, wherever they lie, as something to upload.

    Raises:
        OSError: they cannot be read.
    """
    digest = hashlib.sha256()
    with source.open() as stream:
        mime_type = sniff(StreamWindow(stream, source.size_bytes)).mime_type
        stream.seek(0)
        while part := stream.read(_READ_BYTES):
            digest.update(part)
    return UploadJob(
        source=source, sha256=digest.hexdigest(), filename=filename, mime_type=mime_type
    )


def _lines(path: Path) -> Iterator[bytes]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"The list {path} cannot be read ({error.strerror}).", hint="Check the path."
        ) from None
    parts = content.split(b"\0") if b"\0" in content else content.splitlines()
    yield from (part for part in parts if part.strip())
