"""What the APIs name, into the catalogue."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gphotos_reconcile.core.journals import UploadState
from gphotos_reconcile.core.listing import PassTotals
from gphotos_reconcile.core.model import Fingerprint, Problem
from gphotos_reconcile.core.ports import Fingerprinter, Progress
from gphotos_reconcile.google.items import RemoteItem
from gphotos_reconcile.google.media_bytes import MediaBytes
from gphotos_reconcile.google.picker import Picker
from gphotos_reconcile.google.scopes import Scope
from gphotos_reconcile.google.transport import Transport
from gphotos_reconcile.sources.fetched import FetchedPicture, fetch_pictures
from gphotos_reconcile.sources.library_api import sync_library
from gphotos_reconcile.sources.picker import Renew, sync_picker
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.google_listings import CatalogListings
from gphotos_reconcile.store.google_uploads import CatalogUploads
from gphotos_reconcile.workflows.google_access import GoogleOptions, google_access
from gphotos_reconcile.workflows.scanning import now


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, and how many uploads are still in doubt."""

    totals: PassTotals
    in_doubt: int = 0
    pictures: int = 0
    without_picture: tuple[Problem, ...] = ()


def sync_uploaded(options: GoogleOptions, catalog: Catalog, progress: Progress) -> SyncReport:
    """List what this program uploaded."""
    journal = CatalogListings(catalog, now())
    with google_access(options, "sync library", catalog) as google:
        totals = sync_library(google.library(), journal, progress)
    doubtful = CatalogUploads(catalog, now()).records(UploadState.CREATING)
    return SyncReport(totals, in_doubt=len(doubtful))


def sync_picked(
    options: GoogleOptions,
    catalog: Catalog,
    *,
    show: Callable[[str], None],
    more: Callable[[int], bool],
    fingerprinter: Fingerprinter | None = None,
) -> SyncReport:
    """Let the person pick in Google's page, and save what was picked.

    With a `fingerprinter` each picked photo is looked at while its address is good; nothing of
    it is kept but what it looks like.
    """
    journal = CatalogListings(catalog, now())
    with google_access(options, "sync picker", catalog) as google:
        looking = _Looking(google.transport, journal, fingerprinter)
        picker = Picker(google.transport, google.endpoints.picker_root)
        on_page = None if fingerprinter is None else looking.at
        totals = sync_picker(picker, journal, show=show, more=more, on_page=on_page)
    return SyncReport(totals, pictures=looking.pictures, without_picture=tuple(looking.problems))


class _Looking:
    """Fetches pictures and keeps their signatures."""

    def __init__(
        self, transport: Transport, journal: CatalogListings, fingerprinter: Fingerprinter | None
    ) -> None:
        self._transport = transport
        self._journal = journal
        self._fingerprinter = fingerprinter
        self.pictures = 0
        self.problems: list[Problem] = []

    def at(self, items: Sequence[RemoteItem], renew: Renew) -> None:
        """Look at a page of items."""
        if self._fingerprinter is None:
            return
        wanted = self._journal.without_picture(item.listed.google_id for item in items)
        chosen = [item for item in items if item.listed.google_id in wanted]
        fetched = fetch_pictures(chosen, MediaBytes(self._transport, renew, Scope.PICK))
        jobs = [
            (google_id, found)
            for google_id, found in fetched
            if isinstance(found, FetchedPicture) or self._refuse(found)
        ]
        sources = ((g, found) for g, found in jobs if isinstance(found, FetchedPicture))
        for google_id, print_ in self._fingerprinter.fingerprints(sources):
            if isinstance(print_, Problem):
                self._refuse(print_)
            elif isinstance(print_, Fingerprint) and print_.picture is not None:
                self._journal.save_picture(google_id, print_.picture)
                self.pictures += 1

    def _refuse(self, problem: Problem) -> bool:
        self.problems.append(problem)
        return False
