"""Zip parts, listed where they lie.

A member is a small value that a worker opens with one read of its local header, so that no worker
has to parse a directory.
"""

import io
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from gphotos_reconcile.core.model import FileStamp
from gphotos_reconcile.sources.files import open_unchanged
from gphotos_reconcile.sources.takeout.archives import (
    ArchiveReader,
    Member,
    Part,
    mode_trouble,
    name_trouble,
    refused,
)
from gphotos_reconcile.sources.takeout.inflating import MAX_RATIO
from gphotos_reconcile.sources.takeout.zipdirectory import (
    UNIX,
    Directory,
    Entry,
    entries_of,
    extra_field,
    find_directory,
    limits_of,
)
from gphotos_reconcile.sources.takeout.zipstream import DEFLATED, STORED, ZipMemberBytes

MAX_SUSPECT_BYTES: Final = 1 << 28
"""What members over MAX_RATIO may come to in one part before the rest of them is refused."""

_UTF8_NAME: Final = 0x800
_ENCRYPTED: Final = 0x2041  # encrypted, strongly encrypted, directory masked


class ZipReader(ArchiveReader):
    """Lists a zip part; memory is bounded by 8 bytes a member and the names seen."""

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        self._suspect_bytes = 0

    def _walked(self) -> Iterator[Member]:
        with open_unchanged(bytes(self.part.path), self.part.stamp) as archive:
            yield from self._listed(archive, find_directory(archive, self.part.stamp.size_bytes))
        open_unchanged(bytes(self.part.path), self.part.stamp).close()

    def _listed(self, archive: io.FileIO, directory: Directory) -> Iterator[Member]:
        limits = limits_of(archive, directory)
        seen: dict[bytes, int] = {}
        for index, entry in enumerate(entries_of(archive, directory)):
            path = _name(entry)
            if path.endswith(b"/"):
                continue
            ordinal = seen.get(path, 0)
            seen[path] = ordinal + 1
            yield replace(self._member(entry, path, limits[index]), ordinal=ordinal)

    def _member(self, entry: Entry, path: bytes, limit: int) -> Member:
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

    def _bomb_trouble(self, entry: Entry) -> str:
        if entry.size_bytes <= entry.packed_bytes * MAX_RATIO:
            return ""
        self._suspect_bytes += entry.size_bytes
        if self._suspect_bytes <= MAX_SUSPECT_BYTES:
            return ""
        return f"it claims to grow more than {MAX_RATIO} times when unpacked, as a zip bomb does"


def _name(entry: Entry) -> bytes:
    """Return the member's path as UTF-8, folders split by `/`."""
    name = entry.raw_name
    if not entry.flags & _UTF8_NAME and not _is_utf8(name):
        name = _unicode_path(entry) or name.decode("cp437").encode()
    if entry.system != UNIX and b"/" not in name:
        name = name.replace(b"\\", b"/")  # old Windows packers
    return name


def _unicode_path(entry: Entry) -> bytes | None:
    """Return the name in Info-ZIP's Unicode Path field, None unless it is of this name."""
    field = extra_field(entry.extra, 0x7075) or b""
    if len(field) < 6 or int.from_bytes(field[1:5], "little") != zlib.crc32(entry.raw_name):
        return None
    return field[5:] if _is_utf8(field[5:]) else None


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def _entry_trouble(entry: Entry, limit: int) -> str:
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
