"""Walking a listing page by page without believing that it behaves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from gphotos_reconcile.core.errors import GoogleUnavailableError
from gphotos_reconcile.core.model import Problem
from gphotos_reconcile.google.items import RemoteItem

_EMPTY_PAGES: Final = 200  # more empty pages in a row than this is a listing that does not end


@dataclass(frozen=True, slots=True)
class ListingPage:
    """One page: its items, what was unusable, and the token of the next ("" after the last)."""

    items: tuple[RemoteItem, ...]
    rejected: tuple[Problem, ...]
    next_token: str


def walk(ask: Callable[[str], ListingPage], token: str) -> Iterator[ListingPage]:
    """Yield pages until one has no next token; an empty page with a token is not the end.

    Raises:
        GoogleUnavailableError: a token comes again, or empty pages follow without end.
    """
    seen = {token}
    empty = 0
    while True:
        page = ask(token)
        empty = 0 if page.items or page.rejected else empty + 1
        if (page.next_token and page.next_token in seen) or empty > _EMPTY_PAGES:
            raise ListingLoopError
        yield page
        token = page.next_token
        if not token:
            return
        seen.add(token)


class ListingLoopError(GoogleUnavailableError):
    """A listing names a page that was read already."""

    def __init__(self) -> None:
        super().__init__(
            "Google's listing goes in a circle; what was read so far is kept.",
            hint="Run the same command again in some minutes; it lists from the beginning.",
        )


def read_page(
    document: dict[str, Any], parse: Callable[[object], RemoteItem | Problem]
) -> ListingPage:
    """Return the page in an answer; the last one may be `{}`."""
    entries = document.get("mediaItems") or []
    parsed = [parse(entry) for entry in entries] if isinstance(entries, list) else []
    return ListingPage(
        items=tuple(item for item in parsed if isinstance(item, RemoteItem)),
        rejected=tuple(item for item in parsed if isinstance(item, Problem)),
        next_token=str(document.get("nextPageToken") or ""),
    )
