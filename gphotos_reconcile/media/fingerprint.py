"""One read of an entry's bytes: digests, type, facts, picture.

An entry up to `MEMORY_BYTES` is read into one buffer, and everything is taken from it. A larger
one (a long video, nearly always) is streamed once for its digests, which also proves an archive
member's CRC, and then opened a second time by the demuxer, which skips what it need not see.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Final

from gphotos_reconcile.core.model import Fingerprint, Kind, MediaFacts, Problem
from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.core.ports import ByteSource
from gphotos_reconcile.media.content import Content, describe, poster
from gphotos_reconcile.media.picture import Opened, Reserve, within_budget
from gphotos_reconcile.media.sniff import MediaType, sniff
from gphotos_reconcile.media.window import CHUNK_BYTES, MemoryWindow, StreamWindow, Window

MEMORY_BYTES: Final = 96 << 20
"""Entries up to this size are read into memory whole."""

KEEP_HINT: Final = "It is hashed and can be copied; open the original to see whether it is damaged."


@dataclass(frozen=True, slots=True)
class Digests:
    """What every entry gets, whatever it holds."""

    size_bytes: int
    sha256: str
    sha1: str


def fingerprint(source: ByteSource, *, reserve: Reserve = within_budget) -> Fingerprint:
    """Read an entry and return its fingerprint.

    Args:
        source: the entry.
        reserve: asked before a decoder takes memory; see `media.picture.Reserve`.

    Raises:
        OSError: the bytes cannot be read to their end.
    """
    if source.size_bytes > MEMORY_BYTES:
        return _streamed(source, reserve)
    with source.open() as stream:
        data = _read_all(stream, source)
    digests = Digests(
        len(data),
        hashlib.sha256(data).hexdigest(),
        hashlib.sha1(data, usedforsecurity=False).hexdigest(),
    )
    return _described(source, digests, MemoryWindow(data), reserve)


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


def _streamed(source: ByteSource, reserve: Reserve) -> Fingerprint:
    with source.open() as stream:
        digests = _hash_stream(stream, source)
    with source.open() as stream:
        return _described(source, digests, StreamWindow(stream, digests.size_bytes), reserve)


def _read_all(stream: BinaryIO, source: ByteSource) -> bytes:
    """Read to the end in large pieces, so that a slow disk shows progress."""
    pieces = [stream.read(max(source.size_bytes, 1) + 1)]
    while pieces[-1]:
        pieces.append(stream.read(CHUNK_BYTES))
    data = pieces[0] if len(pieces) == 2 else b"".join(pieces)
    _check_size(source, len(data))
    return data


def _hash_stream(stream: BinaryIO, source: ByteSource) -> Digests:
    sha256, sha1 = hashlib.sha256(), hashlib.sha1(usedforsecurity=False)
    size = 0
    while piece := stream.read(CHUNK_BYTES):
        sha256.update(piece)
        sha1.update(piece)
        size += len(piece)
    _check_size(source, size)
    return Digests(size, sha256.hexdigest(), sha1.hexdigest())


def _check_size(source: ByteSource, size_bytes: int) -> None:
    if size_bytes != source.size_bytes:
        raise OSError(
            f"{display_text(source.name)}: {source.size_bytes} bytes were announced, "
            f"{size_bytes} were read; it is cut, or it changed meanwhile"
        )


def _described(
    source: ByteSource, digests: Digests, window: Window, reserve: Reserve
) -> Fingerprint:
    media = sniff(window)
    if digests.size_bytes:
        content = describe(media, window, reserve)
    else:
        content = Content(MediaFacts(), error="it is empty (0 bytes)")
    return _fingerprint(digests, media, content, _problem(source, content.error))


def _problem(source: ByteSource, error: str) -> Problem | None:
    if not error:
        return None
    name = display_text(source.name)
    return Problem(stage="decode", message=f"{name}: {error}", hint=KEEP_HINT)


def _fingerprint(
    digests: Digests, media: MediaType, content: Content, problem: Problem | None
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
