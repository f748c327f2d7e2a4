"""Random access to an entry's bytes, the same for a buffer and for a stream too big for one."""

import io
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK_BYTES: Final = 1 << 20
"""How much is held at a time of an entry that is streamed."""

_CACHED_BYTES: Final = 128 << 10

Span = tuple[int, int]
"""Offset and length in bytes."""


class Window(Protocol):
    """Bytes that a format's reader may look at in any order."""

    @property
    def size_bytes(self) -> int:
        """Return how many bytes there are."""
        ...

    def at(self, offset: int, length: int) -> bytes:
        """Return the bytes at `offset`, fewer than `length` (or none) where they end."""
        ...

    def chunks(self, offset: int, length: int) -> Iterator[memoryview]:
        """Yield the span's bytes in order, cut where they end."""
        ...

    def stream(self) -> BinaryIO:
        """Return a seekable stream over all bytes, at its start."""
        ...


class MemoryWindow:
    """A window over a buffer; its streams share the buffer."""

    def __init__(self, data: bytes, reached: Callable[[int], None] = lambda _: None) -> None:
        """Open a window.

        Args:
            data: the entry's bytes.
            reached: told how far `chunks` has gone, while the last piece is still in the
                processor's cache: who has to see all bytes anyhow sees them now at a third less.
        """
        self._data = data
        self._view = memoryview(data)
        self._reached = reached
        self.size_bytes = len(data)

    def at(self, offset: int, length: int) -> bytes:
        """Return the bytes at `offset`, fewer where they end."""
        return self._data[offset : offset + length] if offset >= 0 and length > 0 else b""

    def chunks(self, offset: int, length: int) -> Iterator[memoryview]:
        """Yield the span in pieces that fit into a processor's cache."""
        end = min(offset + length, self.size_bytes)
        while 0 <= offset < end:
            stop = min(offset + _CACHED_BYTES, end)
            yield self._view[offset:stop]
            self._reached(stop)
            offset = stop

    def stream(self) -> BinaryIO:
        """Return a stream over the shared buffer."""
        return io.BytesIO(self._data)


class StreamWindow:
    """A window over a seekable stream that is larger than what may be held in memory."""

    def __init__(self, stream: BinaryIO, size_bytes: int) -> None:
        self._stream = stream
        self.size_bytes = size_bytes

    def at(self, offset: int, length: int) -> bytes:
        """Return the bytes at `offset`, fewer where they end."""
        if not 0 <= offset < self.size_bytes or length <= 0:
            return b""
        self._stream.seek(offset)
        return self._stream.read(min(length, self.size_bytes - offset))

    def chunks(self, offset: int, length: int) -> Iterator[memoryview]:
        """Yield the span in pieces of `CHUNK_BYTES`."""
        end = min(offset + length, self.size_bytes)
        while offset < end:
            piece = self.at(offset, min(CHUNK_BYTES, end - offset))
            if not piece:
                return
            yield memoryview(piece)
            offset += len(piece)

    def stream(self) -> BinaryIO:
        """Return the stream itself, rewound."""
        self._stream.seek(0)
        return self._stream


class SubWindow:
    """A part of another window, seen as if it were a whole."""

    def __init__(self, whole: Window, span: Span) -> None:
        self._whole = whole
        self._offset = max(0, span[0])
        self.size_bytes = max(0, min(span[1], whole.size_bytes - self._offset))

    def at(self, offset: int, length: int) -> bytes:
        """Return the bytes at `offset` of the part, fewer where the part ends."""
        if not 0 <= offset < self.size_bytes:
            return b""
        return self._whole.at(self._offset + offset, min(length, self.size_bytes - offset))

    def chunks(self, offset: int, length: int) -> Iterator[memoryview]:
        """Yield the span's bytes in order."""
        if 0 <= offset < self.size_bytes:
            length = min(length, self.size_bytes - offset)
            yield from self._whole.chunks(self._offset + offset, length)

    def stream(self) -> BinaryIO:
        """Return a stream over the part alone."""
        return io.BufferedReader(_WindowStream(self), CHUNK_BYTES)


class EntryStream(io.RawIOBase):
    """A seekable stream over an entry of known size; how bytes come is told by `readinto`.

    A seek costs nothing: it only says from where (`_wanted`) the next read is to be.
    """

    def __init__(self, size_bytes: int) -> None:
        self._size_bytes = size_bytes
        self._wanted = 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that `seek` works."""
        return True

    def tell(self) -> int:
        """Return where the next read begins."""
        return self._wanted

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Say where the next read begins; past the end there is nothing to read."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._wanted, io.SEEK_END: self._size_bytes}
        if base[whence] + offset < 0:
            raise ValueError("seek before the start of an entry")
        self._wanted = base[whence] + offset
        return self._wanted


class _WindowStream(EntryStream):
    """A window read like a file."""

    def __init__(self, window: Window) -> None:
        super().__init__(window.size_bytes)
        self._window = window

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        target = memoryview(buffer).cast("B")
        piece = self._window.at(self._wanted, len(target))
        target[: len(piece)] = piece
        self._wanted += len(piece)
        return len(piece)
