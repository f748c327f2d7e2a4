"""The directory at the end of a zip: found, checked and read by our own code.

`zipfile` is not used for it: that holds the whole directory in memory, believes overlapping
members on older interpreters (CVE-2024-0450) and differing zip64 records (CVE-2025-8291).
Format: PKWARE APPNOTE 6.3.10.
"""

import io
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from gphotos_reconcile.sources.takeout.archives import (
    MAX_MEMBERS,
    BrokenArchiveError,
    Condition,
)

_END: Final = struct.Struct("<4sHHHHIIH")
_END64_LOCATOR: Final = struct.Struct("<4sIQI")
_END64: Final = struct.Struct("<4sQHHIIQQQQ")
_ENTRY: Final = struct.Struct("<4sBBHHHHHIIIHHHHHII")
_LOCAL_HEADER_BYTES: Final = 30
_BUFFER_BYTES: Final = 1 << 18
_WIDE: Final = 0xFFFFFFFF
_MAX_COMMENT_BYTES: Final = 0xFFFF
UNIX: Final = 3


class Directory(NamedTuple):
    """Where the directory is: its first byte, its length and how many entries it claims."""

    offset: int
    length: int
    entries: int


@dataclass(slots=True)
class Entry:
    """One header of the directory."""

    system: int
    flags: int
    method: int
    checksum: int
    packed_bytes: int
    size_bytes: int
    disk: int
    mode: int
    offset: int
    raw_name: bytes
    extra: bytes


def find_directory(archive: io.FileIO, archive_bytes: int) -> Directory:
    """Return where the directory is, proven from the end of the file.

    Raises:
        BrokenArchiveError: the file does not end as a zip does, or its records disagree.
    """
    tail_bytes = min(archive_bytes, _END.size + _MAX_COMMENT_BYTES)
    archive.seek(archive_bytes - tail_bytes)
    tail = archive.read(tail_bytes) or b""
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        # A comment may itself hold the signature: the record's length has to reach the file's end.
        if at + _END.size <= len(tail):
            comment_bytes = _END.unpack_from(tail, at)[-1]
            if at + _END.size + comment_bytes == len(tail):
                end_offset = archive_bytes - tail_bytes + at
                return _directory(archive, tail[at : at + _END.size], end_offset)
        at = tail.rfind(b"PK\x05\x06", 0, at)
    raise BrokenArchiveError(
        Condition.CUT, "it does not end as a zip file does, so a part of it is missing"
    )


def _directory(archive: io.FileIO, record: bytes, end_offset: int) -> Directory:
    _, disk, first_disk, count_here, count, length, offset, _ = _END.unpack(record)
    told = Directory(offset, length, count)
    if disk or first_disk or count_here != count:
        raise BrokenArchiveError(Condition.UNREADABLE, "it is one volume of a split zip file")
    wide, end_offset = _wide_directory(archive, end_offset)
    for narrow, value, limit in zip(
        told, wide or told, (2**32 - 1, 2**32 - 1, 2**16 - 1), strict=True
    ):
        if narrow not in {value, limit}:
            raise BrokenArchiveError(Condition.UNREADABLE, "its two end records disagree")
    found = wide or told
    if found.offset + found.length != end_offset:
        raise BrokenArchiveError(
            Condition.UNREADABLE, "bytes were cut out of it or put before or into it"
        )
    if found.entries > MAX_MEMBERS or found.entries * _ENTRY.size > found.length:
        raise BrokenArchiveError(Condition.UNREADABLE, f"it claims {found.entries} members")
    return found


def _wide_directory(archive: io.FileIO, end_offset: int) -> tuple[Directory | None, int]:
    """Return what the zip64 records say (None: there are none) and where the directory ends."""
    locator_offset = end_offset - _END64_LOCATOR.size
    if locator_offset < 0:
        return None, end_offset
    archive.seek(locator_offset)
    magic, disk, record_offset, disks = _END64_LOCATOR.unpack(archive.read(_END64_LOCATOR.size))
    if magic != b"PK\x06\x07":
        return None, end_offset
    archive.seek(min(record_offset, locator_offset))
    record = archive.read(_END64.size) or b""
    if len(record) < _END64.size or disk or disks > 1:
        raise BrokenArchiveError(Condition.UNREADABLE, "its zip64 end record is damaged")
    magic, size, _, _, _, _, _, count, length, offset = _END64.unpack(record)
    if magic != b"PK\x06\x06" or record_offset + 12 + size != locator_offset:
        raise BrokenArchiveError(Condition.UNREADABLE, "its zip64 end record is damaged")
    return Directory(offset, length, count), record_offset


def limits_of(archive: io.FileIO, directory: Directory) -> "array[int]":
    """Return for each entry the first byte that is not its own any more.

    An entry that overlaps the one behind it is given the limit 0: it fits nowhere.
    """
    starts, ends = array("Q"), array("Q")
    for entry in entries_of(archive, directory):
        starts.append(entry.offset)
        least = _LOCAL_HEADER_BYTES + len(entry.raw_name) + entry.packed_bytes
        ends.append(min(entry.offset + least, 2**64 - 1))
    order: range | list[int] = range(len(starts))
    if any(starts[i] >= starts[i + 1] for i in range(len(starts) - 1)):
        order = sorted(order, key=lambda i: (starts[i], i))
    limits = array("Q", bytes(8 * len(starts)))
    following = directory.offset
    for index in reversed(order):
        limits[index] = following if ends[index] <= following else 0
        following = starts[index]
    return limits


def entries_of(archive: io.FileIO, directory: Directory) -> Iterator[Entry]:
    """Yield every header of the directory.

    Raises:
        BrokenArchiveError: the headers do not fill the directory exactly.
    """
    window = _Window(archive, directory)
    for _ in range(directory.entries):
        head = window.take(_ENTRY.size)
        if head[:4] != b"PK\x01\x02":
            raise BrokenArchiveError(Condition.UNREADABLE, "its directory is damaged")
        yield _entry(head, window)
    if window.left:
        raise BrokenArchiveError(Condition.UNREADABLE, "its directory is longer than it says")


class _Window:
    """The bytes of the directory, taken in order through one small buffer."""

    def __init__(self, archive: io.FileIO, directory: Directory) -> None:
        self._archive = archive
        self._unread = directory.length
        self._buffer = b""
        self._at = 0
        archive.seek(directory.offset)

    @property
    def left(self) -> int:
        """Return how many bytes have not been taken."""
        return self._unread + len(self._buffer) - self._at

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes.

        Raises:
            BrokenArchiveError: there are not so many.
        """
        if len(self._buffer) - self._at < count:
            wanted = min(self._unread, max(count, _BUFFER_BYTES))
            fresh = self._archive.read(wanted) or b""
            self._unread -= len(fresh)
            self._buffer = self._buffer[self._at :] + fresh
            self._at = 0
        if len(self._buffer) - self._at < count:
            raise BrokenArchiveError(Condition.UNREADABLE, "its directory is damaged")
        self._at += count
        return self._buffer[self._at - count : self._at]


def _entry(head: bytes, window: _Window) -> Entry:
    (
        _, _, system, _, flags, method, _, _, checksum, packed, size,
        name_len, extra_len, comment_len, disk, _, attributes, offset,
    ) = _ENTRY.unpack(head)  # fmt: skip
    raw_name = window.take(name_len)
    extra = window.take(extra_len)
    window.take(comment_len)
    if _WIDE in {size, packed, offset}:
        size, packed, offset = _wide_values(extra, (size, packed, offset))
    return Entry(
        system=system,
        flags=flags,
        method=method,
        checksum=checksum,
        packed_bytes=packed,
        size_bytes=size,
        disk=disk,
        mode=attributes >> 16 if system == UNIX else 0,
        offset=offset,
        raw_name=raw_name,
        extra=extra,
    )


def _wide_values(extra: bytes, narrow: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return size, packed size and offset with those that did not fit taken from zip64's field."""
    field = extra_field(extra, 1) or b""
    at, found = 0, []
    for value in narrow:
        if value == _WIDE and at + 8 <= len(field):
            found.append(int.from_bytes(field[at : at + 8], "little"))
            at += 8
        else:
            found.append(value)
    return found[0], found[1], found[2]


def extra_field(extra: bytes, wanted: int) -> bytes | None:
    """Return the content of an entry's extra field, None when it has no such field."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == wanted:
            return extra[at + 4 : at + 4 + length]
        at += 4 + length
    return None
