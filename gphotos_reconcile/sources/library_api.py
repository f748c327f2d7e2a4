"""The Library API as a source: page by page into the catalogue, from wherever it stopped.

It sees only what this program uploaded. So its coverage is always partial, and what it does not
name is never called missing or deleted.
"""

from dataclasses import replace
from typing import Final

from gphotos_reconcile.core.journals import SyncJournal
from gphotos_reconcile.core.listing import PassTotals
from gphotos_reconcile.core.ports import Progress
from gphotos_reconcile.google.library import Library, PageTokenExpiredError
from gphotos_reconcile.google.paging import ListingLoopError

SOURCE: Final = "library_api"

_RESTARTS: Final = 3


def sync_library(library: Library, journal: SyncJournal, progress: Progress) -> PassTotals:
    """List everything that this program uploaded, and return the sums of the last pass.

    A page and the place after it are saved together, so a stopped run goes on at its page. When
    Google has forgotten the place, or leads in a circle, the listing begins anew; what is saved
    stays, because items are known by their id. A pass that lacks items which should be there may
    have ended early, so it is made a second time before that is told.

    Raises:
        GoogleUnavailableError: Google cannot be reached or a quota is spent; the place is kept.
        SignInError: the sign-in or the scope is missing.
    """
    progress.start("Listing uploaded items", None, "items")
    totals = _one_pass(library, journal, progress)
    if totals.not_listed:
        totals = _confirmed(totals, _one_pass(library, journal, progress))
    progress.finish()
    return totals


def _confirmed(first: PassTotals, second: PassTotals) -> PassTotals:
    """Return the second pass's sums, with what neither pass named as not listed."""
    recovered = second.listed - first.listed - second.new
    return replace(
        second, new=first.new + second.new, not_listed=max(0, first.not_listed - recovered)
    )


def _one_pass(library: Library, journal: SyncJournal, progress: Progress) -> PassTotals:
    walk = journal.open_pass(SOURCE)
    token = walk.page_token
    for restart in range(_RESTARTS + 1):
        try:
            for page in library.pages(token):
                items = [item.listed for item in page.items]
                journal.save_page(walk.pass_id, items, page.rejected, page.next_token)
                progress.advance(len(items))
            break
        except (PageTokenExpiredError, ListingLoopError) as error:
            journal.restart_pass(walk.pass_id)
            if restart == _RESTARTS:
                raise ListingLoopError from error
            token = ""
    if walk.page_token:
        _look_at_the_head(library, journal, walk.pass_id)
    return journal.finish_pass(walk.pass_id)


def _look_at_the_head(library: Library, journal: SyncJournal, pass_id: int) -> None:
    """Read from the beginning what was uploaded after an earlier run began this pass.

    Google lists the newest first, so it ends at the first page that brings nothing new.
    """
    for page in library.all_pages():
        items = [item.listed for item in page.items]
        if not journal.save_page(pass_id, items, page.rejected, "") and items:
            return
