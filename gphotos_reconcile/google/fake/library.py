"""The stand-in's Library API, as narrow as Google's since 2025-03-31."""

from datetime import datetime
from typing import Any, Final

from gphotos_reconcile.core.times import utc_text
from gphotos_reconcile.google.fake.answers import (
    Answer,
    Asked,
    RefusalError,
    as_json,
    invalid,
    minute_quota,
)
from gphotos_reconcile.google.fake.consent import CLIENT_ID
from gphotos_reconcile.google.fake.truth import (
    UPLOAD_TOKEN_LIFE,
    URL_LIFE,
    StoredAlbum,
    StoredItem,
    Truth,
)

_BATCH: Final = 50
_ALBUM: Final = 20_000
_BAD_ID: Final = "Request contains an invalid media item id."


class LibraryApi:
    """Lists, creates and puts into albums what the one client uploaded."""

    def __init__(self, truth: Truth, origin: str) -> None:
        self._truth = truth
        self._origin = origin

    def list_items(self, asked: Asked) -> Answer:
        """mediaItems.list: what this client created, the newest first."""
        with self._truth.lock:
            mine = list(self._truth.app_items(CLIENT_ID))
            return self._page(
                mine[::-1], asked.first("pageSize", "25"), asked.first("pageToken"), 100
            )

    def search(self, asked: Asked) -> Answer:
        """mediaItems.search by album."""
        document = asked.document()
        if document.get("filters") and document.get("albumId"):
            raise invalid("The album ID cannot be set if filters are used.")
        with self._truth.lock:
            album = self._album(str(document.get("albumId", "")))
            items = [self._truth.items[item_id] for item_id in album.items]
            size = str(document.get("pageSize", 25))
            return self._page(items, size, str(document.get("pageToken", "")), 100)

    def batch_get(self, asked: Asked) -> Answer:
        """mediaItems.batchGet: fresh items by id, each with its own status."""
        ids = asked.query.get("mediaItemIds", [])
        if not 1 <= len(ids) <= _BATCH or len(set(ids)) != len(ids):
            raise invalid("Request must have less than 50 items.")
        with self._truth.lock:
            return as_json({"mediaItemResults": [self._got(item_id) for item_id in ids]})

    def batch_create(self, asked: Asked) -> Answer:
        """mediaItems.batchCreate: each item has its own status."""
        document = asked.document()
        new = document.get("newMediaItems")
        if not isinstance(new, list) or not 1 <= len(new) <= _BATCH:
            raise invalid("Request must have less than 50 items.")
        if not self._truth.create_lock.acquire(blocking=False):
            raise minute_quota()  # concurrent writes of one user are not allowed
        try:
            with self._truth.lock:
                album_id = str(document.get("albumId", ""))
                album = self._album(album_id) if album_id else None
                return as_json({"newMediaItemResults": [self._create(n, album) for n in new]})
        finally:
            self._truth.create_lock.release()

    def create_album(self, asked: Asked) -> Answer:
        """albums.create: titles may be there twice."""
        title = str(asked.document().get("album", {}).get("title", ""))
        if not 1 <= len(title) <= 500:
            raise invalid("Album title must have 1 to 500 characters.")
        with self._truth.lock:
            album = StoredAlbum(self._truth.new_id("AAlb"), title, CLIENT_ID)
            self._truth.albums[album.album_id] = album
            return as_json(_album_document(album))

    def list_albums(self, asked: Asked) -> Answer:
        """albums.list: this client's albums."""
        with self._truth.lock:
            albums = list(self._truth.albums.values())
        size = min(50, max(1, int(asked.first("pageSize", "20"))))
        start = self._offset(asked.first("pageToken"))
        document: dict[str, Any] = {}
        if albums[start : start + size]:
            document["albums"] = [_album_document(a) for a in albums[start : start + size]]
        if start + size < len(albums):
            document["nextPageToken"] = self._truth.page_token(start + size)
        return as_json(document)

    def add_to_album(self, asked: Asked, album_id: str) -> Answer:
        """albums.batchAddMediaItems: all or nothing."""
        ids = asked.document().get("mediaItemIds", [])
        if not isinstance(ids, list) or not 1 <= len(ids) <= _BATCH:
            raise invalid("Request must have less than 50 items.")
        with self._truth.lock:
            album = self._album(album_id)
            if any(not self._reachable(str(item_id)) for item_id in ids):
                raise invalid(_BAD_ID)
            if len(album.items.keys() | set(ids)) > _ALBUM:
                raise invalid("The album has reached its limit of media items.")
            album.items.update(dict.fromkeys(ids))
        return as_json({})

    def _create(self, new: dict[str, Any], album: StoredAlbum | None) -> dict[str, Any]:
        simple = new.get("simpleMediaItem", {})
        token = str(simple.get("uploadToken", ""))
        pending = self._truth.uploads.get(token)
        now = self._truth.clock.now()
        if pending is None or now - pending.started_at > UPLOAD_TOKEN_LIFE:
            return _failed(token, 3, "Failed: There was an error while trying to create this item.")
        item = self._truth.items.get(pending.used_for) or self._adopted(bytes(pending.content))
        if item is None:
            name = str(simple.get("fileName", "")) or "upload"
            content = bytes(pending.content)
            item = self._truth.store(name, pending.mime_type, content, CLIENT_ID)
        pending.used_for = item.item_id if self._truth.rules.dedupe else ""
        if album is not None:
            album.items[item.item_id] = None
        document = {k: v for k, v in self._document(item).items() if k != "baseUrl"}
        return {"uploadToken": token, "status": {"message": "Success"}, "mediaItem": document}

    def _adopted(self, content: bytes) -> StoredItem | None:
        """Return the item that already holds these bytes, where this Google works like that."""
        item = self._truth.same_bytes(content) if self._truth.rules.dedupe else None
        if item is not None and not item.creator and self._truth.rules.probe_adopts:
            item.creator = CLIENT_ID
        return item

    def _got(self, item_id: str) -> dict[str, Any]:
        if not self._reachable(item_id):
            return {"status": {"code": 3, "message": "Invalid media item ID."}}
        return {"mediaItem": self._document(self._truth.items[item_id])}

    def _reachable(self, item_id: str) -> bool:
        item = self._truth.items.get(item_id)
        return item is not None and item.creator == CLIENT_ID

    def _album(self, album_id: str) -> StoredAlbum:
        album = self._truth.albums.get(album_id)
        if album is None:
            raise RefusalError(404, "NOT_FOUND", "Requested entity was not found: album.")
        return album

    def _page(self, items: list[StoredItem], size: str, token: str, most: int) -> Answer:
        count = int(size)
        if not 1 <= count <= most:
            raise invalid(f"Page size must be 1 to {most}.")
        start = self._offset(token)
        document: dict[str, Any] = {}
        if items[start : start + count]:
            document["mediaItems"] = [self._document(i) for i in items[start : start + count]]
        if start + count < len(items):
            document["nextPageToken"] = self._truth.page_token(start + count)
        return as_json(document)

    def _offset(self, token: str) -> int:
        offset = self._truth.page_offset(token)
        if offset is None:
            raise invalid("Invalid page token.")
        return offset

    def _document(self, item: StoredItem) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "creationTime": utc_text(item.created_at),
            "width": str(item.width_px),
            "height": str(item.height_px),
        }
        if item.mime_type.startswith("video/"):
            facts["video"] = {"fps": 30.0, "status": "READY" if item.ready else "PROCESSING"}
        else:
            facts["photo"] = {"cameraMake": "Stand-in", "cameraModel": "One", "isoEquivalent": 100}
        return {
            "id": item.item_id,
            "productUrl": f"https://photos.google.com/lr/photo/{item.item_id}",
            "baseUrl": byte_address(self._truth, self._origin, "bytes", item),
            "mimeType": item.mime_type,
            "mediaMetadata": facts,
            "filename": item.filename,
        }


def byte_address(truth: Truth, origin: str, kind: str, item: StoredItem) -> str:
    """Return an address that is good for an hour."""
    until: datetime = truth.clock.now() + URL_LIFE
    return f"{origin}/{kind}/{truth.signed(f'{item.item_id}.{until.timestamp():.0f}')}"


def _album_document(album: StoredAlbum) -> dict[str, Any]:
    return {
        "id": album.album_id,
        "title": album.title,
        "productUrl": f"https://photos.google.com/lr/album/{album.album_id}",
        "isWriteable": True,
        "mediaItemsCount": str(len(album.items)),
    }


def _failed(token: str, code: int, message: str) -> dict[str, Any]:
    return {"uploadToken": token, "status": {"code": code, "message": message}}
