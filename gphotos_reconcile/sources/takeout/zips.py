"""Zip parts, listed where they lie.

The directory is read by our own code and not by `zipfile`: that holds the whole directory in
memory, believes overlapping members on older interpreters (CVE-2024-0450) and differing zip64
records (CVE-2025-8291), and would have to parse it again in every worker. Here a member is a small
value that a worker opens with one read of its local header; inflating and CRC are zlib's.
Format: PKWARE APPNOTE 6.3.10.
"""

import io
import struct
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from gphotos_reconcile.core.model import FileStamp
from gphotos_reconcile.sources.files import open_unchanged
from gphotos_reconcile.sources.takeout.archives import (
    MAX_MEMBERS,
    BrokenArchiveError,
    Condition,
    Member,
    Part,
    PartState,
    broken_state,
    mode_trouble,
    name_trouble,
    refused,
)
from gphotos_reconcile.sources.takeout.inflating import MAX_RATIO
from gphotos_reconcile.sources.takeout.zipstream import DEFLATED, STORED, ZipMemberBytes

MAX_SUSPECT_BYTES: Final = 1 << 28
"""What members over MAX_RATIO may come to in one part before the rest of them is refused."""

_END: Final = struct.Struct("<4sHHHHIIH")
_END64_LOCATOR: Final = struct.Struct("<4sIQI")
_END64: Final = struct.Struct("<4sQHHIIQQQQ")
_ENTRY: Final = struct.Struct("<4sBBHHHHHIIIHHHHHII")
_LOCAL_HEADER_BYTES: Final = 30
_BUFFER_BYTES: Final = 1 << 18
_WIDE: Final = 0xFFFFFFFF
_MAX_COMMENT_BYTES: Final = 0xFFFF
_UTF8_NAME: Final = 0x800
_ENCRYPTED: Final = 0x2041  # encrypted, strongly encrypted, directory masked
_UNIX: Final = 3


class _Directory(NamedTuple):
    """Where the directory is: its first byte, its length and how many entries it claims."""

    offset: int
    length: int
    entries: int


@dataclass(slots=True)
class _Entry:
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


class ZipReader:
    """Lists a zip part; memory is bounded by 8 bytes a member and the names seen."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.state = PartState(part=part, condition=Condition.CUT, reason="not read yet")
        self._suspect_bytes = 0

    def members(self) -> Iterator[Member]:
        """Yield every member that is no folder, in the order of the directory."""
        count = 0
        try:
            with open_unchanged(bytes(self.part.path), self.part.stamp) as archive:
                directory = find_directory(archive, self.part.stamp.size_bytes)
                for member in self._listed(archive, directory):
                    count += 1
                    yield member
            open_unchanged(bytes(self.part.path), self.part.stamp).close()
        except BrokenArchiveError as error:
            self.state = broken_state(self.part, error, count)
        except OSError as error:
            broken = BrokenArchiveError(Condition.UNREADABLE, f"it cannot be read: {error}")
            self.state = broken_state(self.part, broken, count)
        else:
            self.state = PartState(part=self.part, condition=Condition.WHOLE, member_count=count)

    def _listed(self, archive: io.FileIO, directory: _Directory) -> Iterator[Member]:
        limits = _limits(archive, directory)
        seen: dict[bytes, int] = {}
        for index, entry in enumerate(_entries(archive, directory)):
            path = _name(entry)
            if path.endswith(b"/"):
                continue
            ordinal = seen.get(path, 0)
            seen[path] = ordinal + 1
            yield replace(self._member(entry, path, limits[index]), ordinal=ordinal)

    def _member(self, entry: _Entry, path: bytes, limit: int) -> Member:
        trouble = name_trouble(path) or _entry_trouble(entry, limit) or self._bomb_trouble(entry)
        if trouble:
            return Member(path, problem=refused(trouble))
        archive = self.part.stamp
        stamp = FileStamp(
            size_bytes=entry.size_bytes,
            modified_ns=archive.modified_ns,
            inode=archive.inode,
            device=archive.device,
            checksum=entry.checksum,
            offset=entry.offset,
        )
        content = ZipMemberBytes(
            archive=bytes(self.part.path),
            archive_stamp=archive,
            path=path,
            raw_name=entry.raw_name,
            offset=entry.offset,
            limit=limit,
            method=entry.method,
            checksum=entry.checksum,
            packed_bytes=entry.packed_bytes,
            size_bytes=entry.size_bytes,
        )
        return Member(path, stamp=stamp, content=content)

    def _bomb_trouble(self, entry: _Entry) -> str:
        if entry.size_bytes <= entry.packed_bytes * MAX_RATIO:
            return ""
        self._suspect_bytes += entry.size_bytes
        if self._suspect_bytes <= MAX_SUSPECT_BYTES:
            return ""
        return f"it claims to grow more than {MAX_RATIO} times when unpacked, as a zip bomb does"


def find_directory(archive: io.FileIO, archive_bytes: int) -> _Directory:
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


def _directory(archive: io.FileIO, record: bytes, end_offset: int) -> _Directory:
    _, disk, first_disk, count_here, count, length, offset, _ = _END.unpack(record)
    told = _Directory(offset, length, count)
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


def _wide_directory(archive: io.FileIO, end_offset: int) -> tuple[_Directory | None, int]:
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
    return _Directory(offset, length, count), record_offset


def _limits(archive: io.FileIO, directory: _Directory) -> "array[int]":
    """Return for each entry the first byte that is not its own any more.

    An entry that overlaps the one behind it is given the limit 0: it fits nowhere.
    """
    starts, ends = array("Q"), array("Q")
    for entry in _entries(archive, directory):
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


def _entries(archive: io.FileIO, directory: _Directory) -> Iterator[_Entry]:
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

    def __init__(self, archive: io.FileIO, directory: _Directory) -> None:
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


def _entry(head: bytes, window: _Window) -> _Entry:
    (
        _, _, system, _, flags, method, _, _, checksum, packed, size,
        name_len, extra_len, comment_len, disk, _, attributes, offset,
    ) = _ENTRY.unpack(head)  # fmt: skip
    raw_name = window.take(name_len)
    extra = window.take(extra_len)
    window.take(comment_len)
    if _WIDE in {size, packed, offset}:
        size, packed, offset = _wide_values(extra, (size, packed, offset))
    return _Entry(
        system=system,
        flags=flags,
        method=method,
        checksum=checksum,
        packed_bytes=packed,
        size_bytes=size,
        disk=disk,
        mode=attributes >> 16 if system == _UNIX else 0,
        offset=offset,
        raw_name=raw_name,
        extra=extra,
    )


def _wide_values(extra: bytes, narrow: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return size, packed size and offset with those that did not fit taken from zip64's field."""
    field = _extra_field(extra, 1) or b""
    at, found = 0, []
    for value in narrow:
        if value == _WIDE and at + 8 <= len(field):
            found.append(int.from_bytes(field[at : at + 8], "little"))
            at += 8
        else:
            found.append(value)
    return found[0], found[1], found[2]


def _extra_field(extra: bytes, wanted: int) -> bytes | None:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == wanted:
            return extra[at + 4 : at + 4 + length]
        at += 4 + length
    return None


def _name(entry: _Entry) -> bytes:
    """Return the member's path as UTF-8, folders split by `/`."""
    name = entry.raw_name
    if not entry.flags & _UTF8_NAME and not _is_utf8(name):
        name = _unicode_path(entry) or name.decode("cp437").encode()
    if entry.system != _UNIX and b"/" not in name:
        name = name.replace(b"\\", b"/")  # old Windows packers
    return name


def _unicode_path(entry: _Entry) -> bytes | None:
    """Return the name in Info-ZIP's Unicode Path field, None unless it is of this name."""
    field = _extra_field(entry.extra, 0x7075) or b""
    if len(field) < 6 or int.from_bytes(field[1:5], "little") != zlib.crc32(entry.raw_name):
        return None
    return field[5:] if _is_utf8(field[5:]) else None


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def _entry_trouble(entry: _Entry, limit: int) -> str:
    """Return why a member can't be read, "" when it can."""
    if entry.flags & _ENCRYPTED:
        return "it is encrypted"
    if entry.method not in {STORED, DEFLATED}:
        return f"it is packed by a method that Google does not use (number {entry.method})"
    if entry.disk:
        return "it lies on another volume of a split archive"
    if limit == 0:
        return "it overlaps another member"
    if entry.method == STORED and entry.packed_bytes != entry.size_bytes:
        return "its two sizes disagree"
    return mode_trouble(entry.mode)
