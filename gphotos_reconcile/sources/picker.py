"""The Picker as a source: rounds of at most 2,000 photos that a person ticks."""

from collections.abc import Callable, Sequence
from typing import Final

from gphotos_reconcile.core.journals import SyncJournal
from gphotos_reconcile.core.listing import PassTotals
from gphotos_reconcile.google.items import RemoteItem
from gphotos_reconcile.google.picker import ROUND_ITEMS, Picker, PickingSession

SOURCE: Final = "picker"

Renew = Callable[[str], RemoteItem | None]
"""Gives a fresh item for an id while its session is open."""


def sync_picker(
    picker: Picker,
    journal: SyncJournal,
    *,
    show: Callable[[str], None],
    more: Callable[[int], bool],
    on_page: Callable[[Sequence[RemoteItem], Renew], None] | None = None,
) -> PassTotals:
    """Let the person pick, round after round, and save what was picked.

    Args:
        picker: the API.
        journal: keeps each page as it comes.
        show: is given the address to open; it is for this person alone.
        more: is told how many items a full round held; True opens another one.
        on_page: is called with each page while the addresses of its bytes are good.

    Raises:
        PickingEndedError: a session ended too early; earlier rounds are saved.
        GoogleUnavailableError: Google cannot be reached.
    """
    walk = journal.open_pass(SOURCE)
    while True:
        count = _round(picker, journal, walk.pass_id, show, on_page)
        if count < ROUND_ITEMS or not more(count):
            return journal.finish_pass(walk.pass_id)


def _round(
    picker: Picker,
    journal: SyncJournal,
    pass_id: int,
    show: Callable[[str], None],
    on_page: Callable[[Sequence[RemoteItem], Renew], None] | None,
) -> int:
    session = picker.open()
    try:
        show(session.uri.reveal())
        session = picker.wait(session)
        count = 0
        for page in picker.pages(session):
            items = [item.listed for item in page.items]
            journal.save_page(pass_id, items, page.rejected, "")
            count += len(items)
            if on_page is not None:
                on_page(page.items, lambda google_id: _again(picker, session, google_id))
        return count
    finally:
        picker.close(session)


def _again(picker: Picker, session: PickingSession, google_id: str) -> RemoteItem | None:
    pages = picker.pages(session)
    return next((i for page in pages for i in page.items if i.listed.google_id == google_id), None)
