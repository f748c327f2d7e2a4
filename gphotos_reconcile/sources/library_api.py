"""The Library API as a source: page by page into the catalogue, from wherever it stopped.

It sees only what this program uploaded. So its coverage is always partial, and what it does not
name is never called missing or deleted.
"""

from typing import Final

from gphotos_reconcile.core.journals import SyncJournal
from gphotos_reconcile.core.listing import PassTotals
from gphotos_reconcile.core.ports import Progress
from gphotos_reconcile.google.library import Library, PageTokenExpiredError
from gphotos_reconcile.google.paging import ListingLoopError

SOURCE: Final = "library_api"

_RESTARTS: Final = 3


def sync_library(library: Library, journal: SyncJournal, progress: Progress) -> PassTotals:
    """List everything that this program uploaded, and return the sums.

    A page and the place after it are saved together, so a stopped run goes on at its page. When
    Google has forgotten the place, or leads in a circle, the listing begins anew; what is saved
    stays, because items are known by their id.

    Raises:
        GoogleUnavailableError: Google cannot be reached or a quota is spent; the place is kept.
        SignInError: the sign-in or the scope is missing.
    """
    walk = journal.open_pass(SOURCE)
    token = walk.page_token
    progress.start("Listing uploaded items", None, "items")
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
    progress.finish()
    return journal.finish_pass(walk.pass_id)
