"""Tar and tgz parts, read in one sequential pass.

Headers are decoded by `tarfile.TarInfo`; the walk over them is ours, because `tarfile` takes a
file that is cut between two members for a whole one, may loop for ever over a negative size
(CVE-2025-8194), and reads extended headers of any length into memory. Members up to HELD_BYTES
travel to the workers as they are; of larger ones a worker reads its piece of the file again.
"""

import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Final, Protocol

from gphotos_reconcile.core.model import FileStamp
from gphotos_reconcile.core.names import display_path
from gphotos_reconcile.core.ports import ByteSource
from gphotos_reconcile.sources.files import SliceBytes, open_unchanged
from gphotos_reconcile.sources.takeout.archives import (
    MAX_MEMBERS,
    ArchiveReader,
    BrokenArchiveError,
    Condition,
    Member,
    Part,
    PartForm,
    name_trouble,
    refused,
)
from gphotos_reconcile.sources.takeout.inflating import GzipCursor, GzipSlice

HELD_BYTES: Final = 16 << 20
"""Members up to this size are kept in memory on their way to a worker: nearly every photo."""

_BLOCK: Final = 512
_MAX_EXTENDED_BYTES: Final = 1 << 20
_PLAIN_FILES: Final = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)
_LINKS: Final = (tarfile.LNKTYPE, tarfile.SYMTYPE)


@dataclass(frozen=True, slots=True)
class HeldBytes:
    """The bytes of one member, held in memory."""

    path: bytes
    data: bytes

    @property
    def name(self) -> str:
        """Return the member's file name in its readable form."""
        return display_path(self.path.rpartition(b"/")[2])

    @property
    def size_bytes(self) -> int:
        """Return how many bytes there are."""
        return len(self.data)

    def open(self) -> BinaryIO:
        """Open the bytes for reading."""
        return io.BytesIO(self.data)


class _Sequence(Protocol):
    """Bytes that come in order."""

    position: int

    def read(self, limit: int) -> bytes: ...

    def skip_to(self, position: int) -> None: ...


class TarReader(ArchiveReader):
    """Lists a tar or tgz part; `held_bytes` is how much of a member may be kept in memory."""

    def __init__(self, part: Part, *, held_bytes: int = HELD_BYTES) -> None:
        super().__init__(part)
        self._held_bytes = held_bytes

    def _walked(self) -> Iterator[Member]:
        archive = bytes(self.part.path)
        if self.part.form is PartForm.TGZ:
            yield from self._listed(GzipCursor(archive, self.part.stamp))
            return
        with open_unchanged(archive, self.part.stamp) as stream:
            yield from self._listed(_PlainFile(stream))
        open_unchanged(archive, self.part.stamp).close()

    def _listed(self, stream: _Sequence) -> Iterator[Member]:
        seen: dict[bytes, int] = {}
        for header in _headers(stream):
            path, end = header.path, stream.position + _padded(header.size_bytes)
            if header.kind != tarfile.DIRTYPE:
                ordinal = seen.get(path, 0)
                seen[path] = ordinal + 1
                yield replace(self._member(header, stream), ordinal=ordinal)
            stream.skip_to(end)

    def _member(self, header: "_Header", stream: _Sequence) -> Member:
        trouble = name_trouble(header.path) or _kind_trouble(header.kind)
        if trouble:
            return Member(header.path, problem=refused(trouble))
        archive = self.part.stamp
        stamp = FileStamp(
            size_bytes=header.size_bytes,
            modified_ns=archive.modified_ns,
            inode=archive.inode,
            device=archive.device,
            offset=header.offset,
        )
        return Member(header.path, stamp=stamp, content=self._content(header, stream))

    def _content(self, header: "_Header", stream: _Sequence) -> ByteSource:
        if header.size_bytes <= self._held_bytes:
            return HeldBytes(header.path, _exactly(stream, header.size_bytes))
        where = (bytes(self.part.path), self.part.stamp, header.path, stream.position)
        if self.part.form is PartForm.TGZ:
            return GzipSlice(*where, header.size_bytes)
        return SliceBytes(*where, header.size_bytes)


class _PlainFile:
    """A tar that is not compressed."""

    def __init__(self, stream: io.FileIO) -> None:
        self.position = 0
        self._stream = stream
        self._size_bytes = stream.seek(0, io.SEEK_END)

    def read(self, limit: int) -> bytes:
        self._stream.seek(self.position)
        data = self._stream.read(limit) or b""
        self.position += len(data)
        return data

    def skip_to(self, position: int) -> None:
        if position > self._size_bytes:
            raise BrokenArchiveError(Condition.CUT, "it ends inside of a member")
        self.position = position


@dataclass(frozen=True, slots=True)
class _Header:
    path: bytes
    size_bytes: int
    kind: bytes
    offset: int


def _headers(stream: _Sequence) -> Iterator[_Header]:
    """Yield the header of every member; the stream then stands at the member's data.

    Raises:
        BrokenArchiveError: a header is damaged, or the archive does not end as a tar does.
    """
    extended: dict[str, bytes] = {}
    for _ in range(MAX_MEMBERS):
        offset = stream.position
        block = _exactly(stream, _BLOCK)
        if not any(block):
            return _check_end(stream)
        info = _decoded(block)
        if info.type in {tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE}:
            extended |= _records(_extension(stream, info))
        elif info.type == tarfile.GNUTYPE_LONGNAME:
            extended["path"] = _extension(stream, info).rstrip(b"\0")
        elif info.type in {tarfile.XGLTYPE, tarfile.GNUTYPE_LONGLINK}:
            _extension(stream, info)
        else:
            yield _header(info, extended, offset)
            extended = {}
    raise BrokenArchiveError(Condition.UNREADABLE, f"it holds more than {MAX_MEMBERS} members")


def _decoded(block: bytes) -> tarfile.TarInfo:
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        raise BrokenArchiveError(
            Condition.UNREADABLE, "the header of a member is damaged"
        ) from None
    if info.size < 0:
        raise BrokenArchiveError(Condition.UNREADABLE, "a member claims a negative size")
    return info


def _header(info: tarfile.TarInfo, extended: dict[str, bytes], offset: int) -> _Header:
    path = extended.get("path", info.name.encode("utf-8", "surrogateescape"))
    size = info.size
    if "size" in extended:
        if not extended["size"].isdigit() or len(extended["size"]) > 18:
            raise BrokenArchiveError(Condition.UNREADABLE, "a member claims an absurd size")
        size = int(extended["size"])
    kind = b"S" if any(key.startswith("GNU.sparse") for key in extended) else info.type
    if path.endswith(b"/") and kind in _PLAIN_FILES:
        kind = tarfile.DIRTYPE  # how the oldest tars write a folder
    holds_data = kind in _PLAIN_FILES or kind not in tarfile.SUPPORTED_TYPES or kind == b"S"
    path = path.removeprefix(b"./")
    return _Header(path, size if holds_data else 0, kind, offset)


def _extension(stream: _Sequence, info: tarfile.TarInfo) -> bytes:
    if info.size > _MAX_EXTENDED_BYTES:
        raise BrokenArchiveError(Condition.UNREADABLE, "an extended header is absurdly long")
    return _exactly(stream, _padded(info.size))[: info.size]


def _records(data: bytes) -> dict[str, bytes]:
    """Return the `length key=value` records of a pax header."""
    found: dict[str, bytes] = {}
    at = 0
    while at < len(data):
        length_text, _, _ = data[at : at + 20].partition(b" ")
        length = int(length_text) if length_text.isdigit() else 0
        record = data[at : at + length]
        if length <= len(length_text) + 1 or not record.endswith(b"\n"):
            raise BrokenArchiveError(Condition.UNREADABLE, "an extended header is damaged")
        key, _, value = record[len(length_text) + 1 : -1].partition(b"=")
        found[key.decode("utf-8", "replace")] = value
        at += length
    return found


def _check_end(stream: _Sequence) -> None:
    """Check that a second block of zeros follows, and nothing but zeros after it."""
    if any(_exactly(stream, _BLOCK)):
        raise BrokenArchiveError(Condition.UNREADABLE, "one of its two closing blocks is missing")
    while data := stream.read(1 << 20):
        if data.strip(b"\0"):
            raise BrokenArchiveError(Condition.UNREADABLE, "something stands behind its end")


def _exactly(stream: _Sequence, count: int) -> bytes:
    pieces = []
    while count:
        data = stream.read(count)
        if not data:
            raise BrokenArchiveError(Condition.CUT, "it breaks off, so a part of it is missing")
        pieces.append(data)
        count -= len(data)
    return b"".join(pieces)


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _kind_trouble(kind: bytes) -> str:
    """Return why a member's type is none of a plain file, "" when it is one."""
    if kind in _PLAIN_FILES:
        return ""
    if kind in _LINKS:
        return "it is a link"
    return "it is a sparse file, a device or something unknown"
