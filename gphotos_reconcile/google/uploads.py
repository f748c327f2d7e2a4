"""Sending bytes, and turning them into items: two steps, the first harmless when repeated."""

import hashlib
import json
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, BinaryIO, Final, Protocol

from gphotos_reconcile.core.errors import GoogleUnavailableError
from gphotos_reconcile.core.ports import ByteSource
from gphotos_reconcile.google.library import BATCH_ITEMS, Library
from gphotos_reconcile.google.private_file import PrivateFile
from gphotos_reconcile.google.quota import Budget
from gphotos_reconcile.google.replies import AnswerLostError, NotReadableError, RefusedError, Reply
from gphotos_reconcile.google.scopes import Scope
from gphotos_reconcile.google.secrets import Secret
from gphotos_reconcile.google.sending import BytesChangedError, Sending
from gphotos_reconcile.google.transport import Ask, Transport

CHUNK_BYTES: Final = 8 << 20
"""What goes in one request. Smaller files go whole: one request of the daily budget, not two."""

_SESSIONS: Final = 3
_BREAKS: Final = 5  # interruptions in a row without a byte gained, before giving up for now

_log = logging.getLogger(__name__)


class UploadSessions(Protocol):
    """Where the addresses of unfinished uploads are kept, by the SHA-256 of the file.

    Several uploads run at a time, each in its thread.
    """

    def load(self, sha256: str) -> Secret | None:
        """Return the address, None when there is none."""
        ...

    def save(self, sha256: str, url: Secret | None) -> None:
        """Keep the address, or forget it."""
        ...


class FileUploadSessions:
    """Keeps the addresses in one private file; they let whoever has them finish the upload."""

    def __init__(self, file: PrivateFile) -> None:
        self._file = file
        self._lock = threading.Lock()

    def load(self, sha256: str) -> Secret | None:
        """Return the address, None when there is none."""
        with self._lock:
            url = self._read().get(sha256)
        return Secret(url, registered=False) if isinstance(url, str) else None

    def save(self, sha256: str, url: Secret | None) -> None:
        """Keep the address, or forget it."""
        with self._lock:
            known = self._read()
            if url is not None:
                known[sha256] = url.reveal()
            elif known.pop(sha256, None) is None:
                return
            self._file.write(json.dumps(known).encode())

    def _read(self) -> dict[str, object]:
        try:
            known = json.loads(self._file.read() or b"{}")
        except ValueError:
            known = {}  # worth nothing more than a new upload
        return known if isinstance(known, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """Bytes that Google holds and that shall become an item."""

    upload_token: Secret
    filename: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """What Google said of one new item. Without `google_id` nothing was acknowledged.

    `code` is Google's RPC code: 0 is fine, 6 exists already, -1 not mentioned in the answer.
    """

    google_id: str | None
    code: int
    message: str


class Uploads:
    """Uploads files and creates items of them."""

    def __init__(
        self,
        transport: Transport,
        root: str,
        library: Library,
        sessions: UploadSessions,
        chunk_bytes: int = CHUNK_BYTES,
    ) -> None:
        self._transport = transport
        self._chunk_bytes = chunk_bytes
        self._url = f"{root}v1/uploads"
        self._service = library.service
        self._sessions = sessions

    def send(self, source: ByteSource, *, mime_type: str, sha256: str) -> Secret:
        """Send a file's bytes and return the token that Google gives for them.

        The digest is taken from the very bytes that are sent; the last part is held back until
        it is known to be right.

        Raises:
            BytesChangedError: the file's bytes are not those of `sha256`.
            OSError: the file cannot be read.
            GoogleUnavailableError: it did not work for now; the next run goes on from there.
        """
        with source.open() as stream:
            if source.size_bytes <= self._chunk_bytes:
                return self._send_whole(stream, mime_type, sha256)
            sending = Sending(stream, source.size_bytes, sha256, self._chunk_bytes)
            return self._send_in_parts(sending, mime_type)

    def create(self, items: Sequence[NewItem], album_id: str = "") -> tuple[Created, ...]:
        """Make items of uploaded bytes, at most 50; the answers are in the order of `items`.

        Google's answers may come short, doubled or in another order: they are told apart by their
        upload token.

        Raises:
            AnswerLostError: some, all or none were created; only the listing tells.
        """
        if len(items) > BATCH_ITEMS:
            raise ValueError(f"at most {BATCH_ITEMS} items a call")
        body: dict[str, object] = {
            "newMediaItems": [
                {
                    "simpleMediaItem": {
                        "uploadToken": item.upload_token.reveal(),
                        "fileName": item.filename[:255],
                    }
                }
                for item in items
            ]
        }
        if album_id:
            body["albumId"] = album_id
        request = self._service.resource.mediaItems().batchCreate(body=body)
        document = self._service.execute(request, Scope.UPLOAD, repeatable=False)
        results = document.get("newMediaItemResults")
        answers = _by_token(results if isinstance(results, list) else [])
        silence = Created(google_id=None, code=-1, message="Google's answer does not mention it")
        return tuple(answers.get(item.upload_token.reveal(), silence) for item in items)

    def _send_whole(self, stream: BinaryIO, mime_type: str, sha256: str) -> Secret:
        content = stream.read(self._chunk_bytes + 1)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise BytesChangedError
        headers = {
            "Content-Type": "application/octet-stream",
            "X-Goog-Upload-Content-Type": mime_type,
            "X-Goog-Upload-Protocol": "raw",
        }
        return self._transport.call(self._ask(self._url, headers, content), _token)

    def _send_in_parts(self, sending: Sending, mime_type: str) -> Secret:
        """Go on with an unfinished upload, or begin one; when Google forgets it, begin anew."""
        for _ in range(_SESSIONS):
            url = self._sessions.load(sending.sha256)
            try:
                if url is not None:
                    offset = self._received(url)
                else:
                    url, sending.granularity = self._start(sending, mime_type)
                    self._sessions.save(sending.sha256, url)
                    offset = 0
                token = self._parts(url, sending, offset)
            except RefusedError:
                _log.info("an unfinished upload is no longer known to Google; sent anew")
                self._sessions.save(sending.sha256, None)
            else:
                self._sessions.save(sending.sha256, None)
                return token
        raise _stuck()

    def _start(self, sending: Sending, mime_type: str) -> tuple[Secret, int]:
        headers = {
            "X-Goog-Upload-Command": "start",
            "X-Goog-Upload-Content-Type": mime_type,
            "X-Goog-Upload-Protocol": "resumable",
            "X-Goog-Upload-Raw-Size": str(sending.size_bytes),
        }
        return self._transport.call(self._ask(self._url, headers), _session_of)

    def _parts(self, url: Secret, sending: Sending, offset: int) -> Secret:
        breaks = 0
        while True:
            chunk, last = sending.chunk(offset)
            headers = {
                "X-Goog-Upload-Command": "upload, finalize" if last else "upload",
                "X-Goog-Upload-Offset": str(offset),
            }
            ask = self._ask(url.reveal(), headers, chunk, repeatable=False)
            try:
                if last:
                    return self._transport.call(ask, _token)
                self._transport.call(ask, _part_taken)
            except AnswerLostError:
                before, offset = offset, self._received(url)
                breaks = breaks + 1 if offset <= before else 0
                if breaks >= _BREAKS:
                    raise _stuck() from None
            else:
                offset += len(chunk)
                breaks = 0

    def _received(self, url: Secret) -> int:
        """Return how many bytes Google has; RefusedError when the session can no longer be used."""
        ask = self._ask(url.reveal(), {"X-Goog-Upload-Command": "query"})
        return self._transport.call(ask, _size_received)

    def _ask(
        self, url: str, headers: dict[str, str], content: bytes = b"", *, repeatable: bool = True
    ) -> Ask:
        return Ask(
            method="POST",
            url=url,
            needs=Scope.UPLOAD,
            budget=Budget.REQUESTS,
            headers=headers,
            content=content,
            repeatable=repeatable,
            private=url != self._url,
        )


def _by_token(results: list[object]) -> dict[str, Created]:
    answers: dict[str, Created] = {}
    for result in results:
        match result:
            case {"uploadToken": str(token), **rest}:
                created = _created(rest)
                if token not in answers or answers[token].google_id is None:
                    answers[token] = created
            case _:
                continue
    return answers


def _created(result: dict[Any, Any]) -> Created:
    status = result.get("status")
    item = result.get("mediaItem")
    code = status.get("code", 0) if isinstance(status, dict) else 0
    # The message is no sign: it was "OK" and became "Success".
    message = str(status.get("message", "")) if isinstance(status, dict) else ""
    google_id = item.get("id") if isinstance(item, dict) else None
    fine = code == 0 and isinstance(google_id, str) and google_id != ""
    return Created(
        google_id=google_id if fine and isinstance(google_id, str) else None,
        code=code if isinstance(code, int) else -1,
        message=message or ("" if fine else "Google gave no id for it"),
    )


def _token(reply: Reply) -> Secret:
    token = reply.body.decode("ascii", "replace").strip()
    kind = reply.headers.get("content-type", "text/plain")
    if not token or len(token) > 4096 or any(c.isspace() for c in token) or "html" in kind:
        raise NotReadableError("no upload token in the answer")
    return Secret(token, registered=False)


def _session_of(reply: Reply) -> tuple[Secret, int]:
    url = reply.headers.get("x-goog-upload-url", "")
    granularity = reply.headers.get("x-goog-upload-chunk-granularity", "")
    if not url:
        raise NotReadableError("no upload address in the answer")
    step = int(granularity) if granularity.isdigit() and int(granularity) > 0 else 256 << 10
    return Secret(url, registered=False), step


def _size_received(reply: Reply) -> int:
    status = reply.headers.get("x-goog-upload-status", "")
    received = reply.headers.get("x-goog-upload-size-received", "")
    if status == "active" and received.isdigit():
        return int(received)
    # Finished without our hearing the token, or cancelled: it has to be sent anew.
    raise RefusedError(HTTPStatus.GONE, "FAILED_PRECONDITION", "the upload is not open")


def _part_taken(reply: Reply) -> None:
    """Return when a part was taken; a page of a captive portal has status 200 too."""
    if "x-goog-upload-status" not in reply.headers:
        raise NotReadableError("no upload status in the answer")


def _stuck() -> GoogleUnavailableError:
    return GoogleUnavailableError(
        "An upload broke off several times without getting on; the place is kept.",
        hint="Check the network and run the same command again; it goes on from there.",
    )
