"""The stand-in's Picker API, and the page on which a person ticks photos."""

import html
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

from gphotos_reconcile.core.times import utc_text
from gphotos_reconcile.google.fake.answers import (
    Answer,
    Asked,
    RefusalError,
    as_json,
    invalid,
    page,
)
from gphotos_reconcile.google.fake.library import byte_address
from gphotos_reconcile.google.fake.truth import PickSession, StoredItem, Truth

_SESSION_LIFE = timedelta(hours=24)
_MOST = 2000


class PickerApi:
    """Sessions in which the person, not the program, chooses."""

    def __init__(self, truth: Truth, origin: str) -> None:
        self._truth = truth
        self._origin = origin

    def open(self, asked: Asked) -> Answer:
        """sessions.create."""
        wanted = asked.document().get("pickingConfig", {}).get("maxItemCount", str(_MOST))
        now = self._truth.clock.now()
        with self._truth.lock:
            live = [s for s in self._truth.sessions.values() if s.expires_at > now]
            if len(live) >= self._truth.rules.open_sessions:
                raise RefusalError(400, "FAILED_PRECONDITION", "Too many open picking sessions.")
            session = PickSession(
                self._truth.new_id("pick"), now + _SESSION_LIFE, min(_MOST, int(wanted))
            )
            self._truth.sessions[session.session_id] = session
        return as_json(self._document(session))

    def get(self, _: Asked, session_id: str) -> Answer:
        """sessions.get."""
        return as_json(self._document(self._session(session_id)))

    def close(self, _: Asked, session_id: str) -> Answer:
        """sessions.delete."""
        self._session(session_id)
        del self._truth.sessions[session_id]
        return as_json({})

    def list_picked(self, asked: Asked) -> Answer:
        """mediaItems.list."""
        session = self._session(asked.first("sessionId"))
        if session.picked is None:
            raise RefusalError(400, "FAILED_PRECONDITION", "The user has not finished picking.")
        size = int(asked.first("pageSize", "50"))
        if not 1 <= size <= 100:
            raise invalid("Page size must be 1 to 100.")
        start = self._truth.page_offset(asked.first("pageToken"))
        if start is None:
            raise invalid("Invalid page token.")
        items = [self._truth.items[i] for i in session.picked[start : start + size]]
        document: dict[str, Any] = {}
        if items:
            document["mediaItems"] = [self._picked(item) for item in items]
        if start + size < len(session.picked):
            document["nextPageToken"] = self._truth.page_token(start + size)
        return as_json(document)

    def show(self, _: Asked, session_id: str) -> Answer:
        """Show the page with a box for each item."""
        session = self._session(session_id)
        if session.picked is not None:
            return page("Done already", "<p>Go back to the program.</p>", 410)
        boxes = "".join(
            f'<p><label><input type=checkbox name=id value="{item.item_id}"> '
            f"{html.escape(item.filename)}</label>"
            for item in self._truth.items.values()
        )
        form = f"<form method=post>{boxes}<p><button>Done</button></form>"
        return page("Pick photos for the program", form)

    def done(self, asked: Asked, session_id: str) -> Answer:
        """Take what the person ticked."""
        self.pick(session_id, parse_qs(asked.body.decode()).get("id", []))
        return page("Done", "<p>Go back to the program.</p>")

    def pick(self, session_id: str, item_ids: list[str]) -> None:
        """Tick items and press Done."""
        session = self._session(session_id)
        session.picked = [i for i in item_ids if i in self._truth.items][: session.max_items]

    def _session(self, session_id: str) -> PickSession:
        session = self._truth.sessions.get(session_id)
        if session is None or session.expires_at <= self._truth.clock.now():
            raise RefusalError(404, "NOT_FOUND", "The session is not found or has expired.")
        return session

    def _document(self, session: PickSession) -> dict[str, Any]:
        document: dict[str, Any] = {
            "id": session.session_id,
            "pickerUri": f"{self._origin}/pick/{session.session_id}",
            "expireTime": utc_text(session.expires_at),
            "pickingConfig": {"maxItemCount": str(session.max_items)},
        }
        if session.picked is None:
            left_s = (session.expires_at - self._truth.clock.now()).total_seconds()
            document["pollingConfig"] = {
                "pollInterval": "3.500000001s",
                "timeoutIn": f"{min(1800.0, left_s)}s",
            }
        else:
            document["mediaItemsSet"] = True
        return document

    def _picked(self, item: StoredItem) -> dict[str, Any]:
        video = item.mime_type.startswith("video/")
        metadata: dict[str, Any] = {
            "width": item.width_px,
            "height": item.height_px,
            "cameraMake": "Stand-in",
            "cameraModel": "One",
        }
        if video:
            status = "READY" if item.ready else "PROCESSING"
            metadata["videoMetadata"] = {"fps": 30.0, "processingStatus": status}
        else:
            metadata["photoMetadata"] = {"isoEquivalent": 100, "exposureTime": "0.01s"}
        return {
            "id": f"PKD{item.item_id}",
            "createTime": utc_text(item.created_at),
            "type": "VIDEO" if video else "PHOTO",
            "mediaFile": {
                "baseUrl": byte_address(self._truth, self._origin, "picked", item),
                "mimeType": item.mime_type,
                "filename": item.filename,
                "mediaFileMetadata": metadata,
            },
        }
