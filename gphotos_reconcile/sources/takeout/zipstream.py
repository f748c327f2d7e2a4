"""The bytes of one zip member, opened where they are read, checked to the last one."""

import io
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from gphotos_reconcile.core.model import FileStamp
from gphotos_reconcile.core.names import display_path
from gphotos_reconcile.media.window import EntryStream
from gphotos_reconcile.sources.files import open_unchanged

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

STORED: Final = 0
DEFLATED: Final = 8

_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_HAS_DESCRIPTOR: Final = 0x08
_ENCRYPTED: Final = 0x01
_CHUNK_BYTES: Final = 1 << 18
_ZIP64: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipMemberBytes:
    """One member, as the zip's directory describes it.

    `limit` is the first byte that belongs to the next member or to the directory. `raw_name` are
    the name's bytes as they stand in the directory: the local header has to carry the same.
    """

    archive: bytes
    archive_stamp: FileStamp
    path: bytes
    raw_name: bytes
    offset: int
    limit: int
    method: int
    checksum: int
    packed_bytes: int
    size_bytes: int

    @property
    def name(self) -> str:
        """Return the member's file name in its readable form."""
        return display_path(self.path.rpartition(b"/")[2])

    def open(self) -> BinaryIO:
        """Open the member.

        Raises:
            OSError: the archive changed since it was listed, or the member's local header says
                something else than the directory.
        """
        archive = open_unchanged(self.archive, self.archive_stamp)
        try:
            start = self._data_start(archive)
            return io.BufferedReader(_MemberStream(self, archive, start), _CHUNK_BYTES)
        except BaseException:
            archive.close()
            raise

    def _data_start(self, archive: io.FileIO) -> int:
        archive.seek(self.offset)
        head = archive.read(_LOCAL.size)
        if head is None or len(head) < _LOCAL.size:
            raise self._trouble("its header is cut off")
        magic, _, flags, method, _, _, crc, packed, size, name_len, extra_len = _LOCAL.unpack(head)
        if magic != b"PK\x03\x04":
            raise self._trouble("there is no member where the directory says")
        variable = archive.read(name_len + extra_len) or b""
        if method != self.method or flags & _ENCRYPTED or variable[:name_len] != self.raw_name:
            raise self._trouble("its own header and the directory disagree")
        wide = _wide_sizes(variable[name_len:]) if _ZIP64 in {packed, size} else None
        if wide is not None:
            size, packed = wide
        told = (crc, packed, size)
        agrees = told == (self.checksum, self.packed_bytes, self.size_bytes)
        if not agrees and not (flags & _HAS_DESCRIPTOR and not any(told)):
            raise self._trouble("its own header and the directory disagree on size or checksum")
        start: int = self.offset + _LOCAL.size + name_len + extra_len
        if start + self.packed_bytes > self.limit:
            raise self._trouble("it runs into the next member")
        return start

    def _trouble(self, why: str) -> OSError:
        return OSError(f"The archive member {display_path(self.path)} is damaged: {why}")


def _wide_sizes(extra: bytes) -> tuple[int, int] | None:
    """Return (size, packed size) from a local header's zip64 field, None when it has none."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1 and length >= 16 and at + 20 <= len(extra):
            found: tuple[int, int] = struct.unpack_from("<QQ", extra, at + 4)
            return found
        at += 4 + length
    return None


class _MemberStream(EntryStream):
    """A member's content; raises OSError at its end unless length and CRC-32 are right."""

    def __init__(self, member: ZipMemberBytes, archive: io.FileIO, start: int) -> None:
        super().__init__(member.size_bytes)
        self._member = member
        self._archive = archive
        self._start = start
        self._checksum: int | None = 0  # None: some bytes were skipped
        self._rewind()
        if member.size_bytes == 0:
            self._check_end()

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        if self._wanted >= self._member.size_bytes and self._at != self._member.size_bytes:
            return 0  # past the end, and not by reading: nothing is proven, nothing is given
        self._move()
        target = memoryview(buffer).cast("B")[: self._member.size_bytes - self._at]
        count = self._fill(target)
        if self._checksum is not None:
            self._checksum = zlib.crc32(target[:count], self._checksum)
        self._at += count
        self._wanted = self._at
        if count and self._at == self._member.size_bytes:
            self._check_end()
        return count

    def close(self) -> None:
        self._archive.close()
        super().close()

    def _rewind(self) -> None:
        self._at = 0
        self._packed_left = self._member.packed_bytes
        self._checksum = 0
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._pending = b""
        self._archive.seek(self._start)

    def _move(self) -> None:
        """Bring the read position to where the last seek asked for."""
        if self._wanted == self._at:
            return
        if self._wanted < self._at or self._wanted == 0:
            self._rewind()
        if self._member.method == STORED and self._wanted:
            self._archive.seek(self._start + self._wanted)
            self._packed_left = self._member.packed_bytes - self._wanted
            self._at, self._checksum = self._wanted, None
        scratch = memoryview(bytearray(min(_CHUNK_BYTES, self._wanted - self._at)))
        while self._at < self._wanted:
            count = self._fill(scratch[: self._wanted - self._at])
            if self._checksum is not None:
                self._checksum = zlib.crc32(scratch[:count], self._checksum)
            self._at += count

    def _fill(self, target: memoryview) -> int:
        """Put at least one byte into `target` unless it is empty.

        Raises:
            OSError: the data end early or can't be inflated.
        """
        if not target:
            return 0
        if self._member.method == STORED:
            count = self._archive.readinto(target[: self._packed_left]) or 0
            self._packed_left -= count
        else:
            count = self._inflate_into(target)
        if count == 0:
            raise self._trouble("its data end early")
        return count

    def _inflate_into(self, target: memoryview) -> int:
        while not self._inflater.eof:
            packed = self._pending or self._next_packed()
            try:
                data = self._inflater.decompress(packed, len(target))
            except zlib.error:
                raise self._trouble("its data cannot be inflated") from None
            self._pending = self._inflater.unconsumed_tail
            if data:
                target[: len(data)] = data
                return len(data)
            if not packed:
                break
        return 0

    def _next_packed(self) -> bytes:
        packed = self._archive.read(min(_CHUNK_BYTES, self._packed_left)) or b""
        self._packed_left -= len(packed)
        return packed

    def _check_end(self) -> None:
        if self._member.method == DEFLATED and not self._ends_cleanly():
            raise self._trouble("it holds more than the directory says")
        if self._checksum is not None and self._checksum != self._member.checksum:
            raise self._trouble("its checksum (CRC-32) is wrong")

    def _ends_cleanly(self) -> bool:
        """Tell whether the inflater has nothing more to give, having eaten all of its input."""
        if self._inflate_into(memoryview(bytearray(1))):
            return False
        return self._inflater.eof and not (self._inflater.unused_data or self._packed_left)

    def _trouble(self, why: str) -> OSError:
        return OSError(f"The archive member {display_path(self._member.path)} is damaged: {why}")
