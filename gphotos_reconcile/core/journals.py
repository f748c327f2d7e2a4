"""What the Google commands ask the catalogue to remember, so that a stopped run goes on.

Nothing here carries a token, a base URL or an upload URL: those live in private files only.
Every method is one transaction; when it returns, what it was told outlasts a power cut.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from gphotos_reconcile.core.listing import ListedItem, PassTotals
from gphotos_reconcile.core.model import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingPass:
    """One walk through a listing, possibly begun by an earlier run.

    `page_token` names the next page to ask for; "" is the first one.
    """

    pass_id: int
    page_token: str = ""
    pages: int = 0


class SyncJournal(Protocol):
    """The pages of a listing, saved one by one together with the place reached."""

    def open_pass(self, source: str) -> ListingPass:
        """Return the unfinished pass over `source`, or begin a new one."""
        ...

    def save_page(
        self,
        pass_id: int,
        items: Sequence[ListedItem],
        rejected: Sequence[Problem],
        next_token: str,
    ) -> int:
        """Save a page and the token of the one after it ("" after the last), in one transaction.

        Items are upserted by `google_id`; an item named twice counts once as listed. Returns how
        many of them this pass had not named before.
        """
        ...

    def restart_pass(self, pass_id: int) -> None:
        """Forget the page token: the next page is the first one again. Saved items stay."""
        ...

    def finish_pass(self, pass_id: int) -> PassTotals:
        """Close the pass and count.

        `not_listed` are the items that the last complete pass named, or that were uploaded since,
        and that this one does not name.
        """
        ...


class UploadState(StrEnum):
    """How far one file's way to Google is (closed list)."""

    QUEUED = "queued"  # nothing at Google yet that we know of
    CREATING = "creating"  # Google was asked to create it, the answer is not known
    CREATED = "created"  # Google answered with an id and no error
    FOUND = "found"  # the answer was lost; exactly this item appeared in the listing since
    FAILED = "failed"  # refused for now; the next run tries again
    REFUSED = "refused"  # outside of Google's limits; sent again only when that changes

    @property
    def in_words(self) -> str:
        """Return the state for a person; only the first two say that a file is at Google."""
        return {
            UploadState.CREATED: "acknowledged by Google",
            UploadState.FOUND: "found in the listing after a lost answer",
            UploadState.QUEUED: "to be sent",
            UploadState.CREATING: "in doubt: the answer was lost",
            UploadState.FAILED: "failed, tried again in the next run",
            UploadState.REFUSED: "not taken by Google Photos",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRecord:
    """What the journal knows of one file's upload. The key is the SHA-256 of its bytes."""

    sha256: str
    filename: str
    size_bytes: int
    state: UploadState
    google_id: str | None = None
    batch: str = ""
    message: str = ""
    width_px: int | None = None
    height_px: int | None = None


class UploadJournal(Protocol):
    """Every upload's state, written before Google is asked and after it answered."""

    def record(self, sha256: str) -> UploadRecord | None:
        """Return what is known of the bytes with this digest."""
        ...

    def records(self, state: UploadState) -> Sequence[UploadRecord]:
        """Return the records in one state, by digest."""
        ...

    def save(self, records: Iterable[UploadRecord]) -> None:
        """Insert or replace records by digest, all or none."""
        ...

    def known_ids(self) -> frozenset[str]:
        """Return the ids that cannot be an upload of ours in doubt: baseline, created, found."""
        ...

    def baseline_taken(self) -> bool:
        """Tell whether the ids that existed before our first upload were once listed whole."""
        ...

    def save_baseline(self, google_ids: Iterable[str], *, complete: bool) -> None:
        """Add ids that are not ours; `complete` ends the baseline."""
        ...


class QuotaLedger(Protocol):
    """How many requests of each budget were spent on a day of Google's (Pacific time)."""

    def spent(self, project: str, day: date, budget: str) -> int:
        """Return the sum told to `spend`."""
        ...

    def spend(self, project: str, day: date, budget: str, count: int) -> None:
        """Add `count` requests to the sum."""
        ...


class StageState(StrEnum):
    """How far one item of a staging plan is (closed list)."""

    PLANNED = "planned"
    ADDED = "added"  # Google accepted it into the album
    VERIFIED = "verified"  # read back from the album
    BAD = "bad"  # Google refuses this id: it is not ours, or gone
    BY_HAND = "by_hand"  # outside of what the API can do


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRecord:
    """The state of one item of one plan."""

    plan: str
    item_id: int
    state: StageState
    google_id: str | None = None
    album_id: str | None = None
    message: str = ""


class StagingJournal(Protocol):
    """Which albums a plan made and which items are in them."""

    def albums(self, plan: str) -> Mapping[str, str]:
        """Return the plan's albums, title to id; an id of "" means asked for, not answered."""
        ...

    def album_ids(self) -> frozenset[str]:
        """Return the ids of every plan's albums."""
        ...

    def save_album(self, plan: str, title: str, album_id: str) -> None:
        """Save an album's id, or "" before it is asked for."""
        ...

    def stages(self, plan: str) -> Mapping[int, StageRecord]:
        """Return the plan's records by item id."""
        ...

    def save_stages(self, records: Iterable[StageRecord]) -> None:
        """Insert or replace records by (plan, item_id), all or none."""
        ...

    def bad_ids(self) -> frozenset[str]:
        """Return every id that Google has refused in any plan."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FidelityRow:
    """What one service path gave back of one original, measured.

    `path` is `library_download`, `library_scaled`, `library_video` and the like. Pixels are None
    where they could not be compared.
    """

    sha256: str
    filename: str
    path: str
    measured_at: datetime
    original_bytes: int
    returned_bytes: int
    same_bytes: bool
    width_px: int | None = None
    height_px: int | None = None
    psnr_db: float | None = None
    ssim: float | None = None
    kept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
