"""The promises that let layers meet without knowing each other."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Protocol, TypeVar

from gphotos_reconcile.core.model import (
    FileStamp,
    Fingerprint,
    Locator,
    Observation,
    Problem,
    Rejection,
    Repeated,
    SidecarSeen,
    Unchanged,
)

Key = TypeVar("Key")


class ByteSource(Protocol):
    """The bytes of one entry, to be opened where they are read.

    Values are small and can be pickled: they travel to the worker processes.
    """

    @property
    def name(self) -> str:
        """Return the file name, for messages and name patterns; never for deciding the type."""
        ...

    @property
    def size_bytes(self) -> int:
        """Return the size as the directory tells it; the reader counts for itself."""
        ...

    def open(self) -> BinaryIO:
        """Open the entry for reading from its start.

        The stream is seekable. Reading an archive's member to its end raises OSError (with words
        for a person) when the CRC is wrong or the data end early.

        Raises:
            OSError: the entry cannot be opened.
        """
        ...


class KnownStamps(Protocol):
    """What the catalogue knows of a source's entries."""

    def __call__(self, locator: Locator, /) -> FileStamp | None:
        """Return the stamp under which the entry was fingerprinted, None when it was not."""
        ...


class KnownBytes(Protocol):
    """What the catalogue knows of bytes, wherever they lie."""

    def __call__(self, size_bytes: int, /) -> frozenset[str]:
        """Return the SHA-256 of what has this size and its fingerprint in the catalogue."""
        ...


class Fingerprinter(Protocol):
    """A set of workers that turns bytes into fingerprints."""

    def fingerprints(
        self, jobs: Iterable[tuple[Key, ByteSource]], known: KnownBytes | None = None
    ) -> Iterator[tuple[Key, Fingerprint | Repeated | Problem]]:
        """Yield one pair for each job, in the order they are done.

        Jobs are drawn only as fast as workers are free. A `Problem` stands for an entry whose
        bytes could not be read to their end; one that was read and could not be decoded is a
        `Fingerprint` with its `problem` set. With `known`, bytes that are known are read and
        hashed and not decoded again: a `Repeated` stands for them.
        """
        ...


class Source(Protocol):
    """A place that photos can be read from; nothing is ever written to it."""

    def scan(self) -> Iterator[Observation | SidecarSeen | Unchanged | Rejection]:
        """Yield exactly one value for every entry seen.

        Raises:
            ReconcileError: the source as a whole cannot be read.
        """
        ...


class Progress(Protocol):
    """Told how far a long piece of work is; never asked."""

    def start(self, what: str, total: int | None, unit: str) -> None:
        """Begin a stage of `total` units (None: not known yet)."""
        ...

    def advance(self, count: int = 1, *, current: str = "") -> None:
        """Tell that `count` more units are done."""
        ...

    def finish(self) -> None:
        """End the stage."""
        ...


class Silent:
    """A progress that nobody looks at."""

    def start(self, what: str, total: int | None, unit: str) -> None:
        """Begin a stage."""

    def advance(self, count: int = 1, *, current: str = "") -> None:
        """Move on."""

    def finish(self) -> None:
        """End the stage."""
