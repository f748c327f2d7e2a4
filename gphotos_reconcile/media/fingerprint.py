"""One read of an entry's bytes: digests, type, facts, picture.

An entry up to `MEMORY_BYTES` is read into one buffer, and everything is taken from it. A larger
one (a long video, nearly always) is streamed once for its digests, which also proves an archive
member's CRC, and then opened a second time by the demuxer, which skips what it need not see.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

from gphotos_reconcile.core.model import Fingerprint, Kind, MediaFacts, Problem, Repeated
from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.core.ports import ByteSource
from gphotos_reconcile.media.content import Content, describe, poster
from gphotos_reconcile.media.picture import Opened, Reserve, within_budget
from gphotos_reconcile.media.sniff import MediaType, sniff
from gphotos_reconcile.media.window import CHUNK_BYTES, MemoryWindow, StreamWindow, Window

MEMORY_BYTES: Final = 64 << 20
"""Entries up to this size are read into memory whole."""

KEEP_HINT: Final = "It is hashed and can be copied; open the original to see whether it is damaged."


class _Digests:
    """What every entry gets, whatever it holds: its size, SHA-256 and SHA-1."""

    def __init__(self, data: bytes = b"") -> None:
        self._view = memoryview(data)
        self._sha256 = hashlib.sha256()
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self.size_bytes = 0

    def add(self, piece: bytes | memoryview) -> None:
        """Take in the next bytes."""
        self._sha256.update(piece)
        self._sha1.update(piece)
        self.size_bytes += len(piece)

    def reach(self, offset: int) -> None:
        """Take in the buffer's bytes up to `offset`, those that were not taken in before."""
        if offset > self.size_bytes:
            self.add(self._view[self.size_bytes : offset])

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of what was taken in, in hex."""
        return self._sha256.hexdigest()

    @property
    def sha1(self) -> str:
        """Return the SHA-1 of what was taken in, in hex."""
        return self._sha1.hexdigest()


def fingerprint(source: ByteSource, *, reserve: Reserve = within_budget) -> Fingerprint:
    """Read an entry and return its fingerprint.

    Args:
        source: the entry.
        reserve: asked before a decoder takes memory; see `media.picture.Reserve`.

    Raises:
        OSError: the bytes cannot be read to their end.
    """
    return _described_whole(source, *_read(source), reserve)


def fingerprint_or_repeated(
    source: ByteSource, known: frozenset[str], *, reserve: Reserve = within_budget
) -> Fingerprint | Repeated:
    """Read an entry; return its fingerprint, or that its bytes are known and were not decoded.

    Args:
        source: the entry.
        known: SHA-256 of those whose fingerprint is to be had already.
        reserve: asked before a decoder takes memory; see `media.picture.Reserve`.

    Raises:
        OSError: the bytes cannot be read to their end.
    """
    data, digests = _read(source)
    if known:
        digests.reach(len(data))
        if digests.sha256 in known:
            return Repeated(size_bytes=digests.size_bytes, sha256=digests.sha256)
    return _described_whole(source, data, digests, reserve)


@contextmanager
def opened_source(source: ByteSource, reserve: Reserve = within_budget) -> Iterator[Opened]:
    """Open an entry's picture (a raw's preview, a video's poster), without hashing anything.

    Raises:
        OSError: the bytes cannot be read.
        PictureError: it holds no picture that can be shown.
    """
    with source.open() as stream:
        if source.size_bytes > MEMORY_BYTES:
            window: Window = StreamWindow(stream, source.size_bytes)
        else:
            window = MemoryWindow(_read_all(stream, source))
        with poster(sniff(window), window, reserve) as opened:
            yield opened


def hashes_only(source: ByteSource, problem: Problem) -> Fingerprint:
    """Return the digests of an entry whose decoder must not be tried again, with the reason.

    Raises:
        OSError: the bytes cannot be read to their end.
    """
    with source.open() as stream:
        digests = _hash_stream(stream, source)
        media = sniff(StreamWindow(stream, digests.size_bytes))
    return _fingerprint(digests, media, Content(MediaFacts()), problem)


def _read(source: ByteSource) -> tuple[bytes, _Digests]:
    """Return an entry's bytes, empty where it is streamed, and its digests as far as they are."""
    with source.open() as stream:
        if source.size_bytes > MEMORY_BYTES:
            return b"", _hash_stream(stream, source)
        data = _read_all(stream, source)
    return data, _Digests(data)


def _described_whole(
    source: ByteSource, data: bytes, digests: _Digests, reserve: Reserve
) -> Fingerprint:
    if source.size_bytes > MEMORY_BYTES:
        with source.open() as stream:
            media, content = _described(StreamWindow(stream, digests.size_bytes), reserve)
    else:
        media, content = _described(MemoryWindow(data, digests.reach), reserve)
        digests.reach(len(data))
    return _fingerprint(digests, media, content, _problem(source, content.error))


def _read_all(stream: BinaryIO, source: ByteSource) -> bytes:
    """Read to the end in large pieces, so that a slow disk shows progress."""
    pieces = [stream.read(max(source.size_bytes, 1) + 1)]
    while pieces[-1]:
        pieces.append(stream.read(CHUNK_BYTES))
    data = pieces[0] if len(pieces) == 2 else b"".join(pieces)
    _check_size(source, len(data))
    return data


def _hash_stream(stream: BinaryIO, source: ByteSource) -> _Digests:
    digests = _Digests()
    while piece := stream.read(CHUNK_BYTES):
        digests.add(piece)
    _check_size(source, digests.size_bytes)
    return digests


def _check_size(source: ByteSource, size_bytes: int) -> None:
    if size_bytes != source.size_bytes:
        raise OSError(
            f"{display_text(source.name)}: {source.size_bytes} bytes were announced, "
            f"{size_bytes} were read; it is cut, or it changed meanwhile"
        )


def _described(window: Window, reserve: Reserve) -> tuple[MediaType, Content]:
    media = sniff(window)
    if window.size_bytes:
        return media, describe(media, window, reserve)
    return media, Content(MediaFacts(), error="it is empty (0 bytes)")


def _problem(source: ByteSource, error: str) -> Problem | None:
    if not error:
        return None
    name = display_text(source.name)
    return Problem(stage="decode", message=f"{name}: {error}", hint=KEEP_HINT)


def _fingerprint(
    digests: _Digests, media: MediaType, content: Content, problem: Problem | None
) -> Fingerprint:
    return Fingerprint(
        size_bytes=digests.size_bytes,
        sha256=digests.sha256,
        sha1=digests.sha1,
        kind=Kind.MOTION if content.facts.motion_offset is not None else media.kind,
        mime_type=media.mime_type,
        content_digest=content.content_digest,
        motion_digest=content.motion_digest,
        facts=content.facts,
        picture=content.picture,
        frames=content.frames,
        problem=problem,
    )
