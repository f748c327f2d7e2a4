"""The Library API's listings: what this client uploaded, page by page."""

from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from typing import Any, Final

from gphotos_reconcile.google.items import RemoteItem, library_item
from gphotos_reconcile.google.paging import ListingLoopError, ListingPage, read_page, walk
from gphotos_reconcile.google.quota import Budget
from gphotos_reconcile.google.replies import RefusedError
from gphotos_reconcile.google.scopes import Scope
from gphotos_reconcile.google.services import Service
from gphotos_reconcile.google.transport import Transport

PAGE_ITEMS: Final = 100
BATCH_ITEMS: Final = 50
_RESTARTS: Final = 3


class PageTokenExpiredError(Exception):
    """Google no longer knows the page token; the listing must begin anew."""


class Library:
    """Reads what this client created; nothing else can be seen since 2025-03-31."""

    def __init__(self, transport: Transport, root: str) -> None:
        self._service = Service(transport, "photoslibrary", root, Budget.REQUESTS)

    @property
    def service(self) -> Service:
        """Return the service, for the calls of uploads and albums."""
        return self._service

    def pages(self, page_token: str = "") -> Iterator[ListingPage]:
        """Yield pages of 100 from `page_token` to the end.

        Raises:
            PageTokenExpiredError: the first token is too old.
            GoogleUnavailableError: the listing goes in a circle, or does not work.
        """
        yield from walk(self._page, page_token)

    def all_pages(self) -> Iterator[ListingPage]:
        """Yield every page; when the listing loses its way it begins anew, so pages may repeat."""
        yield from _persistent(self.pages)

    def album_pages(self, album_id: str) -> Iterator[ListingPage]:
        """Yield the pages of one album made by this client; pages may repeat."""

        def page(token: str) -> ListingPage:
            body = {"albumId": album_id, "pageSize": PAGE_ITEMS}
            request = self._service.resource.mediaItems().search(
                body={**body, "pageToken": token} if token else body
            )
            return self._read(request, token)

        yield from _persistent(lambda: walk(page, ""))

    def items(self, google_ids: Sequence[str]) -> dict[str, RemoteItem]:
        """Return fresh items, and with them fresh byte addresses, for ids that Google knows."""
        found: dict[str, RemoteItem] = {}
        unique = list(dict.fromkeys(google_ids))
        for start in range(0, len(unique), BATCH_ITEMS):
            batch = unique[start : start + BATCH_ITEMS]
            request = self._service.resource.mediaItems().batchGet(mediaItemIds=batch)
            document = self._service.execute(request, Scope.LIST)
            for result in document.get("mediaItemResults") or []:
                item = library_item(result.get("mediaItem")) if isinstance(result, dict) else None
                if isinstance(item, RemoteItem):
                    found[item.listed.google_id] = item
        return found

    def _page(self, token: str) -> ListingPage:
        arguments: dict[str, Any] = {"pageSize": PAGE_ITEMS}
        if token:
            arguments["pageToken"] = token
        request = self._service.resource.mediaItems().list(**arguments)
        return self._read(request, token)

    def _read(self, request: Any, token: str) -> ListingPage:
        try:
            return read_page(self._service.execute(request, Scope.LIST), library_item)
        except RefusedError as error:
            if token and error.status == HTTPStatus.BAD_REQUEST:
                raise PageTokenExpiredError from None
            raise


def _persistent(pages: Callable[[], Iterator[ListingPage]]) -> Iterator[ListingPage]:
    for _ in range(_RESTARTS):
        try:
            yield from pages()
        except (PageTokenExpiredError, ListingLoopError):
            continue
        return
    raise ListingLoopError
