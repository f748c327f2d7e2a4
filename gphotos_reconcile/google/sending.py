"""A file on its way to Google, in parts, its digest taken from the very bytes that go out."""

import hashlib
from typing import BinaryIO


class BytesChangedError(Exception):
    """The file is not the one that was asked to be uploaded."""


class Sending:
    """A file on its way: hands out chunks and digests every byte once, in order."""

    def __init__(self, stream: BinaryIO, size_bytes: int, sha256: str, chunk_bytes: int) -> None:
        self.sha256 = sha256
        self._chunk_bytes = chunk_bytes
        self.size_bytes = size_bytes
        self.granularity = 1
        self._stream = stream
        self._digest = hashlib.sha256()
        self._digested = 0

    def chunk(self, offset: int) -> tuple[bytes, bool]:
        """Return the bytes to send from `offset`, and whether they are the last.

        Raises:
            BytesChangedError: the whole file's digest is another one.
        """
        self._digest_to(offset)
        self._stream.seek(offset)
        length = max(self.granularity, self._chunk_bytes // self.granularity * self.granularity)
        chunk = self._stream.read(length)
        last = offset + len(chunk) >= self.size_bytes
        if offset == self._digested:
            self._digest.update(chunk)
            self._digested += len(chunk)
        whole = self._digested == self.size_bytes and not self._stream.read(1)
        if last and not (whole and self._digest.hexdigest() == self.sha256):
            raise BytesChangedError
        if not last and len(chunk) < length:
            raise BytesChangedError
        return chunk, last

    def _digest_to(self, offset: int) -> None:
        """Digest what an earlier run sent."""
        self._stream.seek(self._digested)
        while self._digested < offset:
            part = self._stream.read(min(self._chunk_bytes, offset - self._digested))
            if not part:
                raise BytesChangedError
            self._digest.update(part)
            self._digested += len(part)
