"""The stand-in's upload endpoint: raw, and resumable with its granularity."""

from gphotos_reconcile.google.fake.answers import Answer, Asked, RefusalError, invalid
from gphotos_reconcile.google.fake.truth import PendingUpload, Truth


class UploadApi:
    """Takes bytes and gives a token for them."""

    def __init__(self, truth: Truth, origin: str) -> None:
        self._truth = truth
        self._origin = origin

    def start(self, asked: Asked) -> Answer:
        """Take a whole file, or open a resumable upload."""
        mime_type = asked.headers.get("x-goog-upload-content-type", "application/octet-stream")
        if asked.headers.get("x-goog-upload-protocol") == "raw":
            pending = self._open(mime_type, len(asked.body))
            pending.content += asked.body
            return self._token(pending)
        if asked.headers.get("x-goog-upload-command") != "start":
            raise invalid("Unknown upload command.")
        size = asked.headers.get("x-goog-upload-raw-size", "")
        if not size.isdigit() or asked.body:
            raise invalid("X-Goog-Upload-Raw-Size is missing, or there is a body.")
        pending = self._open(mime_type, int(size))
        return Answer(
            200,
            content_type="text/plain",
            headers={
                "X-Goog-Upload-URL": f"{self._origin}/upload/{pending.token}",
                "X-Goog-Upload-Chunk-Granularity": str(self._truth.rules.chunk_granularity),
                "X-Goog-Upload-Status": "active",
            },
        )

    def go_on(self, asked: Asked, token: str) -> Answer:
        """Take a part, or tell how many bytes there are."""
        with self._truth.lock:
            pending = self._truth.uploads.get(token)
            if pending is None:
                raise RefusalError(404, "NOT_FOUND", "The upload is not known.")
            command = asked.headers.get("x-goog-upload-command", "")
            if command == "query":
                return self._status(pending)
            return self._take(asked, pending, last="finalize" in command)

    def drop(self, token: str) -> None:
        """Forget an unfinished upload."""
        self._truth.uploads.pop(token, None)

    def _take(self, asked: Asked, pending: PendingUpload, *, last: bool) -> Answer:
        if asked.headers.get("x-goog-upload-offset") != str(len(pending.content)):
            raise invalid("The offset is not the number of bytes received.")
        if not last and len(asked.body) % self._truth.rules.chunk_granularity:
            raise invalid("A part must be a multiple of the chunk granularity.")
        pending.content += asked.body
        if len(pending.content) > pending.size_bytes:
            raise invalid("More bytes than were announced.")
        if not last:
            return self._status(pending)
        if len(pending.content) != pending.size_bytes:
            raise invalid("Fewer bytes than were announced.")
        return self._token(pending)

    def _open(self, mime_type: str, size_bytes: int) -> PendingUpload:
        with self._truth.lock:
            pending = PendingUpload(mime_type, size_bytes, self._truth.clock.now())
            pending.token = self._truth.new_id("CAIS")
            self._truth.uploads[pending.token] = pending
            return pending

    def _status(self, pending: PendingUpload) -> Answer:
        whole = len(pending.content) == pending.size_bytes
        return Answer(
            200,
            content_type="text/plain",
            headers={
                "X-Goog-Upload-Status": "final" if whole else "active",
                "X-Goog-Upload-Size-Received": str(len(pending.content)),
            },
        )

    def _token(self, pending: PendingUpload) -> Answer:
        return Answer(
            200,
            pending.token.encode(),
            "text/plain",
            headers={"X-Goog-Upload-Status": "final"},
        )
