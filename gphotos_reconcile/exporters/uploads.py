"""Carrying files to Google so that each is there once, whatever breaks on the way.

The journal is written before Google is asked. When an answer is lost, the listing tells what became
of the batch; only what is not there is sent again. "Uploaded" is said of a file only when Google
gave an id without an error for bytes whose SHA-256 was taken as they were sent.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

from gphotos_reconcile.core.errors import GoogleUnavailableError
from gphotos_reconcile.core.journals import UploadJournal, UploadRecord, UploadState
from gphotos_reconcile.core.listing import ListedItem
from gphotos_reconcile.core.ports import ByteSource, Progress
from gphotos_reconcile.core.staging import BATCH_ITEMS, chunks
from gphotos_reconcile.google.library import Library
from gphotos_reconcile.google.replies import AnswerLostError
from gphotos_reconcile.google.secrets import Secret
from gphotos_reconcile.google.sending import BytesChangedError
from gphotos_reconcile.google.uploads import Created, NewItem, Uploads

PHOTO_LIMIT_BYTES: Final = 200 << 20
VIDEO_LIMIT_BYTES: Final = 10 << 30  # the API's page says 20 GB, the help page 10

_ROUNDS: Final = 3
_JOBS: Final = 4
_DONE: Final = frozenset({UploadState.CREATED, UploadState.FOUND})
_NOT_MENTIONED: Final = -1
_NAME_CHARS: Final = 255
_BASELINE_IDS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadJob:
    """One file to be uploaded; `sha256` is what the catalogue knows of its bytes."""

    source: ByteSource
    sha256: str
    filename: str
    mime_type: str
    width_px: int | None = None
    height_px: int | None = None


@dataclass(frozen=True, slots=True)
class Sorted:
    """Files that are to be sent, by digest, and those that Google would not take."""

    to_send: Mapping[str, UploadJob]
    refused: Sequence[UploadRecord]


def refusal(job: UploadJob) -> str | None:
    """Return why Google would not take a file, None when it would."""
    size = job.source.size_bytes
    if size == 0:
        return "it is empty"
    if job.mime_type.startswith("video/"):
        return None if size <= VIDEO_LIMIT_BYTES else "a video may have 10 GB"
    if job.mime_type.startswith("image/"):
        return None if size <= PHOTO_LIMIT_BYTES else "a photo may have 200 MB"
    return f"Google Photos takes photos and videos, not {job.mime_type or 'this type'}"


class Uploader:
    """Uploads files through the API, journal first."""

    def __init__(
        self, uploads: Uploads, library: Library, journal: UploadJournal, progress: Progress
    ) -> None:
        self._uploads = uploads
        self._library = library
        self._journal = journal
        self._progress = progress
        # Bytes that Google holds and whose item is in doubt need not be sent again. Never kept.
        self._tokens: dict[str, Secret] = {}

    @staticmethod
    def sort_out(jobs: Iterable[UploadJob], journal: UploadJournal) -> "Sorted":
        """Tell what is to be sent and what Google would not take; changes nothing."""
        to_send: dict[str, UploadJob] = {}
        refused: list[UploadRecord] = []
        for job in jobs:
            known = journal.record(job.sha256)
            why_not = refusal(job)
            if known is not None and known.state in _DONE:
                continue
            if why_not is not None:
                refused.append(_record(job, UploadState.REFUSED, message=why_not))
            else:
                to_send[job.sha256] = job
        return Sorted(to_send, refused)

    def run(self, jobs: Iterable[UploadJob], *, album_id: str = "") -> Mapping[str, UploadRecord]:
        """Upload what is not there yet; return each file's record by its digest.

        With `album_id` the items are also put into that album of ours as they are created.

        Raises:
            GoogleUnavailableError: Google cannot be reached or a quota is spent; the place is
                kept, and another run goes on from there.
            SignInError: the sign-in or a scope is missing.
        """
        wanted = tuple(jobs)
        if self._journal.records(UploadState.CREATING):
            self.settle()
        found = self.sort_out(wanted, self._journal)
        self._journal.save(found.refused)
        todo = tuple(found.to_send.values())
        if todo and not self._journal.baseline_taken():
            self._take_baseline()
        self._progress.start("Uploading", len(todo), "files")
        for _ in range(_ROUNDS):
            if not todo:
                break
            for batch in chunks(todo, BATCH_ITEMS):
                self._batch(batch, album_id)
            if self._journal.records(UploadState.CREATING):
                self.settle()
            todo = tuple(self.sort_out(todo, self._journal).to_send.values())
        self._progress.finish()
        known = {job.sha256: self._journal.record(job.sha256) for job in wanted}
        return {sha256: record for sha256, record in known.items() if record is not None}

    def settle(self) -> None:
        """Find out by the listing what became of batches whose answer was lost.

        An item is ours when it has the name and size of a file in doubt, was not there before,
        and no other file or item fits as well. In any other case the file goes back to the queue;
        sent again, Google returns the item that holds the same bytes, where there is one.
        """
        doubtful = self._journal.records(UploadState.CREATING)
        known = self._journal.known_ids()
        names = {record.filename for record in doubtful}
        listed: dict[str, ListedItem] = {}
        for item in self._everything():
            if item.filename in names and item.google_id not in known:
                listed[item.google_id] = item
        settled = list(_settled(doubtful, list(listed.values())))
        for record in settled:
            if record.state is UploadState.FOUND:
                self._tokens.pop(record.sha256, None)
        self._journal.save(settled)

    def _take_baseline(self) -> None:
        for ids in chunks((item.google_id for item in self._everything()), _BASELINE_IDS):
            self._journal.save_baseline(ids, complete=False)
        self._journal.save_baseline([], complete=True)

    def _everything(self) -> Iterator[ListedItem]:
        """Yield what is listed, read twice: a listing has been seen to end early without a sign."""
        for _ in range(2):
            for page in self._library.all_pages():
                yield from (item.listed for item in page.items)

    def _batch(self, batch: Sequence[UploadJob], album_id: str) -> None:
        sent = self._send_all(batch)
        if not sent:
            return
        self._journal.save(_record(job, UploadState.CREATING) for job, _ in sent)
        items = [NewItem(upload_token=token, filename=_name(job)) for job, token in sent]
        try:
            answers = self._uploads.create(items, album_id)
        except AnswerLostError:
            self._tokens.update((job.sha256, token) for job, token in sent)
            return  # stays in doubt until the listing tells
        except GoogleUnavailableError:
            self._journal.save(_record(job, UploadState.QUEUED) for job, _ in sent)
            raise
        self._journal.save(
            _answered(job, answer) for (job, _), answer in zip(sent, answers, strict=True)
        )
        self._progress.advance(len(sent))

    def _send_all(self, batch: Sequence[UploadJob]) -> list[tuple[UploadJob, Secret]]:
        """Send bytes in parallel; what cannot be read is noted and left out."""
        with ThreadPoolExecutor(_JOBS) as pool:
            outcomes = list(zip(batch, pool.map(self._send, batch), strict=True))
        self._journal.save(
            _record(job, UploadState.FAILED, message=outcome)
            for job, outcome in outcomes
            if isinstance(outcome, str)
        )
        return [(job, outcome) for job, outcome in outcomes if isinstance(outcome, Secret)]

    def _send(self, job: UploadJob) -> Secret | str:
        """Return the token of the bytes, or why they were not sent."""
        known = self._tokens.pop(job.sha256, None)
        if known is not None:
            return known
        try:
            return self._uploads.send(job.source, mime_type=job.mime_type, sha256=job.sha256)
        except BytesChangedError:
            return "the file has changed since it was indexed; index it again"
        except OSError as error:
            return f"the file cannot be read ({error.strerror or error})"


def totals(records: Iterable[UploadRecord]) -> Mapping[UploadState, int]:
    """Return how many records are in each state."""
    return Counter(record.state for record in records)


def _record(job: UploadJob, state: UploadState, *, message: str = "") -> UploadRecord:
    return UploadRecord(
        sha256=job.sha256,
        filename=_name(job),
        size_bytes=job.source.size_bytes,
        state=state,
        message=message,
        width_px=job.width_px,
        height_px=job.height_px,
    )


def _name(job: UploadJob) -> str:
    return job.filename[:_NAME_CHARS]


def _answered(job: UploadJob, answer: Created) -> UploadRecord:
    if answer.google_id is not None:
        return replace(_record(job, UploadState.CREATED), google_id=answer.google_id)
    if answer.code == _NOT_MENTIONED:
        return _record(job, UploadState.CREATING, message=answer.message)
    return _record(job, UploadState.FAILED, message=f"Google: {answer.message} ({answer.code})")


def _settled(
    doubtful: Sequence[UploadRecord], listed: Sequence[ListedItem]
) -> Iterator[UploadRecord]:
    fits: dict[str, list[ListedItem]] = {
        record.sha256: [item for item in listed if _fits(record, item)] for record in doubtful
    }
    claims: defaultdict[str, int] = defaultdict(int)
    for items in fits.values():
        for item in items:
            claims[item.google_id] += 1
    for record in doubtful:
        match fits[record.sha256]:
            case [only] if claims[only.google_id] == 1:
                yield replace(
                    record,
                    state=UploadState.FOUND,
                    google_id=only.google_id,
                    message="the answer was lost; the item appeared in the listing since",
                )
            case _:
                yield replace(record, state=UploadState.QUEUED, message="")


def _fits(record: UploadRecord, item: ListedItem) -> bool:
    if item.filename != record.filename:
        return False
    ours = {record.width_px, record.height_px}
    theirs = {item.facts.width_px, item.facts.height_px}
    return None in ours or None in theirs or ours == theirs  # sides may be told turned
