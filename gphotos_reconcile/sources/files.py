"""Plain files of a folder tree, walked and opened without ever being changed."""

import io
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from gphotos_reconcile.core.model import FileStamp, Problem
from gphotos_reconcile.core.names import display_path
from gphotos_reconcile.media.window import EntryStream

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_SEP: Final = os.sep.encode()
_OPEN_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


def file_name(path: bytes) -> bytes:
    """Return the last part of a path that is kept as bytes."""
    return os.path.basename(path)  # noqa: PTH119 - pathlib does not take bytes


@dataclass(frozen=True, slots=True)
class FileBytes:
    """The bytes of a plain file. `path` is kept as bytes: a name on Linux need not be text."""

    path: bytes
    size_bytes: int

    @property
    def name(self) -> str:
        """Return the file name in its readable form."""
        return display_path(file_name(self.path))

    def open(self) -> BinaryIO:
        """Open the file for reading.

        Raises:
            OSError: it cannot be opened, or is no regular file any more.
        """
        # O_NONBLOCK: a pipe that took the file's place must not make a worker wait for ever.
        handle = os.open(self.path, _OPEN_FLAGS)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(f"{display_path(self.path)} is no regular file any more")
            return os.fdopen(handle, "rb")
        except BaseException:
            os.close(handle)
            raise


def open_unchanged(path: bytes, stamp: FileStamp) -> io.FileIO:
    """Open a file that is read from in several places, if it is still the one that was listed.

    Raises:
        OSError: it cannot be opened, or its size, time or identity changed.
    """
    handle = io.FileIO(os.open(path, _OPEN_FLAGS), "rb")
    if stamp_of(os.fstat(handle.fileno())) != stamp:
        handle.close()
        raise OSError(f"{display_path(path)} changed while it was being read")
    return handle


@dataclass(frozen=True, slots=True)
class SliceBytes:
    """A piece of a file: a member of an archive that is not compressed."""

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
        """Open the piece for reading.

        Raises:
            OSError: the archive cannot be opened, or changed since it was listed.
        """
        archive = open_unchanged(self.archive, self.archive_stamp)
        return io.BufferedReader(_SliceStream(archive, self.offset, self.size_bytes))


class _SliceStream(EntryStream):
    """A window on an open file."""

    def __init__(self, archive: io.FileIO, offset: int, size_bytes: int) -> None:
        super().__init__(size_bytes)
        self._archive = archive
        self._offset = offset

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        target = memoryview(buffer).cast("B")[: max(0, self._size_bytes - self._wanted)]
        if not target:
            return 0
        self._archive.seek(self._offset + self._wanted)
        count = self._archive.readinto(target)
        if not count:
            raise OSError("The archive ends inside of this member.")
        self._wanted += count
        return count

    def close(self) -> None:
        self._archive.close()
        super().close()


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One entry of a tree that is no folder.

    Exactly one of three is set: `stamp` (a readable file), `skip` (a reason why there is nothing
    to read here that is not seen elsewhere), `problem` (it may hold something and cannot be read).
    """

    path: bytes
    stamp: FileStamp | None = None
    skip: str = ""
    problem: Problem | None = None


def stamp_of(status: os.stat_result) -> FileStamp:
    """Return what tells that a plain file is the one we read before."""
    return FileStamp(
        size_bytes=status.st_size,
        modified_ns=status.st_mtime_ns,
        inode=status.st_ino,
        device=status.st_dev,
    )


def walk_files(
    root: bytes, *, skip_folder: Callable[[bytes], bool] = lambda _: False
) -> Iterator[FoundFile]:
    """Yield every file under `root`: names in byte order, a folder's files before its folders.

    Links to folders are never followed, so no loop can catch us. Links to files are followed when
    they lead out of the tree, each file once; what lies inside of it is seen where it lies.
    """
    links = _Links(root)
    pending = [root]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            yield FoundFile(folder, problem=_unreadable(folder, error))
            continue
        folders = []
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            elif entry.is_symlink():
                yield links.look_at(entry.path)
            else:
                yield _plain(entry)
        pending.extend(path for path in reversed(folders) if not skip_folder(path))


class _Links:
    """Follows the symbolic links of one walk, each file outside of the tree once."""

    def __init__(self, root: bytes) -> None:
        self._root = os.path.realpath(root).rstrip(_SEP) + _SEP
        self._seen: set[tuple[int, int]] = set()

    def look_at(self, path: bytes) -> FoundFile:
        """Return what a link leads to."""
        try:
            status = os.stat(path)  # noqa: PTH116 - pathlib does not take bytes
        except OSError as error:
            return FoundFile(path, problem=_unreadable(path, error))
        if (os.path.realpath(path) + _SEP).startswith(self._root):
            return FoundFile(path, skip="link into the same folder")
        if stat.S_ISDIR(status.st_mode):
            return FoundFile(path, problem=_OUTSIDE)
        identity = (status.st_dev, status.st_ino)
        if identity in self._seen:
            return FoundFile(path, skip="second link to the same file")
        self._seen.add(identity)
        return _regular(path, status)


def _plain(entry: "os.DirEntry[bytes]") -> FoundFile:
    try:
        status = entry.stat()
    except OSError as error:
        return FoundFile(entry.path, problem=_unreadable(entry.path, error))
    return _regular(entry.path, status)


def _regular(path: bytes, status: os.stat_result) -> FoundFile:
    if not stat.S_ISREG(status.st_mode):
        return FoundFile(path, skip="device, pipe or socket")
    return FoundFile(path, stamp=stamp_of(status))


def _unreadable(path: bytes, error: OSError) -> Problem:
    return Problem(
        stage="open",
        message=f"{display_path(path)} cannot be read: {error.strerror}.",
        hint="Check its rights (`ls -ld`) and that its drive is plugged in, then run again.",
    )


_OUTSIDE: Final = Problem(
    stage="link",
    message="A symbolic link to a folder outside; such links are not followed.",
    hint="If it leads to photos of yours, name that folder as a library too.",
)
