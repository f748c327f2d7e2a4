"""Albums that this client makes, and adding its own items to them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from gphotos_reconcile.google.library import BATCH_ITEMS, Library
from gphotos_reconcile.google.replies import RefusedError
from gphotos_reconcile.google.scopes import Scope

_ALBUM_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Album:
    """An album that this client made."""

    album_id: str
    title: str
    product_url: str = ""
    items: int = 0


@dataclass(frozen=True, slots=True)
class AddOutcome:
    """Which ids Google took into the album, and which it refuses, with its words."""

    added: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


class Albums:
    """Creates, lists and fills albums; nothing here can take an item out or delete one."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._service = library.service

    def create(self, title: str) -> Album:
        """Make an album.

        Raises:
            AnswerLostError: it may or may not have been made; look for its title in `mine`.
        """
        request = self._service.resource.albums().create(body={"album": {"title": title}})
        document = self._service.execute(request, Scope.UPLOAD, repeatable=False)
        return Album(str(document["id"]), str(document.get("title", title)))

    def mine(self) -> Iterator[Album]:
        """Yield every album that this client made."""
        seen: set[str] = set()
        token = ""
        while token not in seen:
            seen.add(token)
            arguments = {"pageToken": token} if token else {}
            request = self._service.resource.albums().list(pageSize=_ALBUM_PAGE, **arguments)
            document = self._service.execute(request, Scope.LIST)
            for entry in document.get("albums") or []:
                if isinstance(entry, dict) and isinstance(entry.get("id"), str):
                    yield _album(entry)
            token = str(document.get("nextPageToken") or "")
            if not token:
                return

    def add(
        self,
        album_id: str,
        google_ids: Sequence[str],
        on_done: Callable[[AddOutcome], None],
    ) -> None:
        """Add items, at most 50 a call. A call is all or nothing, so a refused one is halved.

        Args:
            album_id: an album of ours.
            google_ids: what to add; adding again what is there changes nothing.
            on_done: is told after each call that settled some ids, so that the place is kept.

        Raises:
            RefusedError: Google refuses the album itself.
        """
        for start in range(0, len(google_ids), BATCH_ITEMS):
            self._add(album_id, tuple(google_ids[start : start + BATCH_ITEMS]), on_done)

    def _add(
        self, album_id: str, batch: tuple[str, ...], on_done: Callable[[AddOutcome], None]
    ) -> None:
        request = self._service.resource.albums().batchAddMediaItems(
            albumId=album_id, body={"mediaItemIds": list(batch)}
        )
        try:
            self._service.execute(request, Scope.UPLOAD)
        except RefusedError as error:
            if error.status != HTTPStatus.BAD_REQUEST or "album" in error.reason.lower():
                raise
            if len(batch) == 1:
                on_done(AddOutcome((), ((batch[0], error.reason),)))
                return
            middle = len(batch) // 2
            self._add(album_id, batch[:middle], on_done)
            self._add(album_id, batch[middle:], on_done)
        else:
            on_done(AddOutcome(batch, ()))


def _album(entry: dict[str, Any]) -> Album:
    count = str(entry.get("mediaItemsCount", "0"))
    return Album(
        entry["id"],
        str(entry.get("title", "")),
        str(entry.get("productUrl", "")),
        int(count) if count.isdigit() else 0,
    )
