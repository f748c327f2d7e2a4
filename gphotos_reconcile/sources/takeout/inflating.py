"""Reading a gzip file in one direction, with places to come back to.

A gzip stream can't be entered in its middle. A cursor is a place in it from where to go on, and a
copy of a cursor costs some 40 KB: with one every few MiB a large video inside of a tgz is
seekable, without disk and without holding it in memory. Each worker keeps the furthest place it
came to, so that reading large members in their order inflates the archive once per worker.
"""

import bisect
import io
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from gphotos_reconcile.core.model import FileStamp
from gphotos_reconcile.core.names import display_path
from gphotos_reconcile.media.window import EntryStream
from gphotos_reconcile.sources.files import open_unchanged
from gphotos_reconcile.sources.takeout.archives import BrokenArchiveError, Condition

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_RATIO: Final = 512
"""Deflate can blow data up 1032 times; photos, videos and JSON stay far under this."""

_UNSUSPECTED_BYTES: Final = 1 << 26  # what may be inflated before the ratio is looked at
_PACKED_BYTES: Final = 1 << 18
_CHECKPOINT_BYTES: Final = 1 << 24
_PLACES_KEPT: Final = 4
_GZIP_FORMAT: Final = 31  # zlib: with gzip's header, CRC-32 and length
_MAGIC: Final = b"\x1f\x8b"


class GzipCursor:
    """A place in an inflated gzip file; the file is opened for each refill, never kept open."""

    def __init__(self, archive: bytes, stamp: FileStamp) -> None:
        self.position = 0
        self._archive = archive
        self._stamp = stamp
        self._packed_at = 0
        self._pending = b""
        self._inflater = zlib.decompressobj(_GZIP_FORMAT)

    def copy(self) -> "GzipCursor":
        """Return another cursor at the same place."""
        twin = GzipCursor(self._archive, self._stamp)
        twin.position = self.position
        twin._packed_at = self._packed_at
        twin._pending = self._pending
        twin._inflater = self._inflater.copy()
        return twin

    def read(self, limit: int) -> bytes:
        """Return up to `limit` bytes, b"" at the proven end.

        Raises:
            OSError: the data are damaged, end early, or something follows their end.
        """
        while limit:
            if self._inflater.eof and not self._next_stream():
                return b""
            packed = self._pending or self._refill()
            if not packed:
                raise BrokenArchiveError(
                    Condition.CUT, "it ends before its data do, so a part of it is missing"
                )
            data = self._inflate(packed, limit)
            self.position += len(data)
            self._check_ratio()
            if data:
                return data
        return b""

    def skip_to(self, position: int) -> None:
        """Inflate up to `position` and forget it."""
        while self.position < position:
            if not self.read(min(1 << 20, position - self.position)):
                raise BrokenArchiveError(Condition.CUT, "it is shorter than it was")

    def _inflate(self, packed: bytes, limit: int) -> bytes:
        try:
            data = self._inflater.decompress(packed, limit)
        except zlib.error:
            raise BrokenArchiveError(
                Condition.UNREADABLE, "its data are damaged or its checksum is wrong"
            ) from None
        self._pending = self._inflater.unconsumed_tail
        return data

    def _next_stream(self) -> bool:
        """Go on with the next gzip stream; zeros may follow the last one, nothing else may."""
        rest = self._inflater.unused_data or self._refill()
        if rest.startswith(_MAGIC):
            self._inflater = zlib.decompressobj(_GZIP_FORMAT)
            self._pending = rest
            return True
        while rest:
            if rest.strip(b"\0"):
                raise BrokenArchiveError(Condition.UNREADABLE, "something stands behind its end")
            rest = self._refill()
        return False

    def _refill(self) -> bytes:
        with open_unchanged(self._archive, self._stamp) as stream:
            stream.seek(self._packed_at)
            packed = stream.read(_PACKED_BYTES) or b""
        self._packed_at += len(packed)
        return packed

    def _check_ratio(self) -> None:
        if self.position > max(_UNSUSPECTED_BYTES, self._packed_at * MAX_RATIO):
            raise BrokenArchiveError(
                Condition.UNREADABLE, f"it grows more than {MAX_RATIO} times when unpacked"
            )


@dataclass(frozen=True, slots=True)
class GzipSlice:
    """A piece of an inflated gzip file: one large member of a tgz."""

    archive: bytes
    archive_stamp: FileStamp
    path: bytes
    offset: int
    size_bytes: int

    @property
    def name(self) -> str:
        """Return the member's file name in its readable form."""
        return display_path(self.path.rpartition(b"/")[2])

    def open(self) -> BinaryIO:
        """Open the member; inflates up to it from the last place this process came to.

        Raises:
            OSError: the archive changed, or is damaged before this member.
        """
        cursor = _PLACES.take(self.archive, self.archive_stamp, self.offset)
        cursor.skip_to(self.offset)
        return io.BufferedReader(_SliceStream(self, cursor), _PACKED_BYTES)


class _Places:
    """The furthest cursors of this process, by archive."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[bytes, FileStamp], GzipCursor] = OrderedDict()

    def take(self, archive: bytes, stamp: FileStamp, offset: int) -> GzipCursor:
        """Return a cursor at or before `offset`."""
        kept = self._kept.get((archive, stamp))
        if kept is not None and kept.position <= offset:
            return kept.copy()
        return GzipCursor(archive, stamp)

    def keep(self, archive: bytes, stamp: FileStamp, cursor: GzipCursor) -> None:
        """Remember a place, and forget those of archives that were left behind."""
        self._kept[archive, stamp] = cursor
        self._kept.move_to_end((archive, stamp))
        while len(self._kept) > _PLACES_KEPT:
            self._kept.popitem(last=False)


_PLACES: Final = _Places()


class _SliceStream(EntryStream):
    """A seekable view of one member; remembers a place every 16 MiB."""

    def __init__(self, member: GzipSlice, cursor: GzipCursor) -> None:
        super().__init__(member.size_bytes)
        self._member = member
        self._cursor = cursor
        self._starts = [0]
        self._places = [cursor.copy()]

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        target = memoryview(buffer).cast("B")
        left = self._member.size_bytes - self._wanted
        if left <= 0 or not target:
            return 0
        self._move()
        data = self._read(min(len(target), left))
        target[: len(data)] = data
        self._wanted = self._at
        return len(data)

    def close(self) -> None:
        if not self.closed:
            _PLACES.keep(self._member.archive, self._member.archive_stamp, self._places[-1])
        super().close()

    @property
    def _at(self) -> int:
        return self._cursor.position - self._member.offset

    def _move(self) -> None:
        nearest = bisect.bisect_right(self._starts, self._wanted) - 1
        if self._wanted < self._at or self._starts[nearest] > self._at:
            self._cursor = self._places[nearest].copy()
        while self._at < self._wanted:
            self._read(min(1 << 20, self._wanted - self._at))

    def _read(self, limit: int) -> bytes:
        data = self._cursor.read(limit)
        if not data:
            raise BrokenArchiveError(Condition.CUT, "it ends inside of a member")
        if self._at - self._starts[-1] >= _CHECKPOINT_BYTES:
            self._starts.append(self._at)
            self._places.append(self._cursor.copy())
        return data
