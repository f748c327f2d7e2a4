"""Files that are there after a power cut, or not there at all; never half, never over another.

The order of Pillai et al., "All File Systems Are Not Created Equal" (OSDI 2014): write a file under
a name of its own, sync it, give it its name without replacing, sync the folder. Folders are walked
by handle and never through a symbolic link, so that a folder swapped meanwhile leads nowhere.
"""

import ctypes
import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Final, Self

CHUNK_BYTES: Final = 1 << 20
TEMP_PREFIX: Final = ".gphotos-reconcile-"

_FOLDER_FLAGS: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY | os.O_NOFOLLOW
_DRAFT_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
_READ_FLAGS: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_NO_LINKS: Final = {errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK}
_NO_FLAG: Final = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
_NO_TIME: Final = {errno.EINVAL, errno.EPERM, errno.ENOTSUP, errno.EOVERFLOW}
_RENAME_NOREPLACE: Final = 1


@dataclass(slots=True)
class Draft:
    """A file that is being written under a name of its own, beside the place it is meant for."""

    folder: PurePosixPath
    folder_fd: int
    name: str
    fd: int

    def write(self, data: bytes) -> None:
        """Write all of `data`; a short write is gone on with."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self.fd, rest) :]

    def restart(self) -> None:
        """Forget what was written."""
        os.ftruncate(self.fd, 0)
        os.lseek(self.fd, 0, os.SEEK_SET)

    def set_time(self, modified_ns: int) -> None:
        """Give the file a time of change, where the file system can hold it."""
        try:
            os.utime(self.fd, ns=(modified_ns, modified_ns))
        except OverflowError:
            return
        except OSError as error:
            if error.errno not in _NO_TIME:
                raise

    def start_writing(self) -> None:
        """Let the disk begin, so that `sync` waits less; Linux does so on this advice."""
        _drop_cache(self.fd)

    def sync(self) -> int:
        """Bring the bytes to the disk, close the file and return its time of change in ns."""
        os.fsync(self.fd)
        modified_ns = os.fstat(self.fd).st_mtime_ns
        self._close()
        return modified_ns

    def publish(self, name: str) -> None:
        """Give the file its name.

        Raises:
            FileExistsError: something has that name; it is left alone, and the draft stays.
        """
        _publish(self.folder_fd, self.name, name)

    def replace(self, name: str) -> None:
        """Put the file in the place of an older one of ours that it holds all of."""
        os.rename(self.name, name, src_dir_fd=self.folder_fd, dst_dir_fd=self.folder_fd)

    def discard(self) -> None:
        """Remove the draft, if it is still there."""
        self._close()
        with suppress(OSError):
            os.unlink(self.name, dir_fd=self.folder_fd)

    def _close(self) -> None:
        if self.fd >= 0:
            fd, self.fd = self.fd, -1
            os.close(fd)


@dataclass(slots=True)
class TargetTree:
    """The folder that copies go into.

    `owner` marks our unfinished files: those of an earlier run of the same owner are removed when
    their folder is first visited, others' are left alone. Nothing is written unless `writable`.
    """

    root: Path
    owner: str
    writable: bool
    _root_fd: int | None = None
    _folders: dict[PurePosixPath, int] = field(default_factory=dict)
    _visited: set[PurePosixPath] = field(default_factory=set)
    _drafts: int = 0

    def __enter__(self) -> Self:
        if self.writable:
            _make_root(self.root)
        with suppress(FileNotFoundError):
            self._root_fd = os.open(self.root, _FOLDER_FLAGS & ~os.O_NOFOLLOW)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.forget_folders()
        if self._root_fd is not None:
            os.close(self._root_fd)

    @property
    def open_folders(self) -> int:
        """Return how many folders are held open."""
        return len(self._folders)

    def forget_folders(self) -> None:
        """Close the handles of folders; drafts in them are of no more use."""
        while self._folders:
            os.close(self._folders.popitem()[1])

    def status(self, path: PurePosixPath) -> os.stat_result | None:
        """Return what lies at a path, links not followed; None when nothing does.

        Raises:
            OSError: the path leads through a link or a file.
        """
        try:
            folder_fd = self._folder(path.parent, create=False)
            return os.stat(path.name, dir_fd=folder_fd, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def sha256(self, path: PurePosixPath) -> str:
        """Return the SHA-256 of the regular file at a path, from the disk where that can be had."""
        digest = hashlib.sha256()
        with self._opened(path) as fd:
            _drop_cache(fd)
            while chunk := os.read(fd, CHUNK_BYTES):
                digest.update(chunk)
        return digest.hexdigest()

    def read(self, path: PurePosixPath, limit_bytes: int) -> bytes:
        """Return the first bytes of the regular file at a path, at most `limit_bytes`."""
        parts: list[bytes] = []
        with self._opened(path) as fd:
            while limit_bytes > 0 and (chunk := os.read(fd, min(limit_bytes, CHUNK_BYTES))):
                parts.append(chunk)
                limit_bytes -= len(chunk)
        return b"".join(parts)

    def sync(self, path: PurePosixPath) -> int:
        """Bring a file that lies there, and its name, to the disk; return its time of change."""
        with self._opened(path) as fd:
            os.fsync(fd)
            modified_ns = os.fstat(fd).st_mtime_ns
        self.sync_folder(path.parent)
        return modified_ns

    def sync_folder(self, folder: PurePosixPath) -> None:
        """Bring the names in a folder to the disk."""
        os.fsync(self._folder(folder, create=False))

    def draft(self, folder: PurePosixPath) -> Draft:
        """Begin a file in a folder, which is made if need be."""
        folder_fd = self._folder(folder, create=True)
        self._drafts += 1
        name = f"{TEMP_PREFIX}{self.owner}-{os.getpid()}-{self._drafts}.part"
        fd = os.open(name, _DRAFT_FLAGS, 0o666, dir_fd=folder_fd)
        return Draft(folder, folder_fd, name, fd)

    def free_bytes(self) -> int:
        """Return the room that is left for us where the root is, or will be."""
        place = self.root
        while not place.exists():
            place = place.parent
        space = os.statvfs(place)
        return space.f_bavail * space.f_frsize

    @contextmanager
    def _opened(self, path: PurePosixPath) -> Iterator[int]:
        fd = os.open(path.name, _READ_FLAGS, dir_fd=self._folder(path.parent, create=False))
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError(errno.EINVAL, "not a regular file", str(path))
            yield fd
        finally:
            os.close(fd)

    def _folder(self, folder: PurePosixPath, *, create: bool) -> int:
        """Return the handle of a folder, walking to it from the root."""
        if self._root_fd is None:
            raise FileNotFoundError(errno.ENOENT, "no such folder", str(self.root))
        if not folder.parts:
            self._visit(folder, self._root_fd)
            return self._root_fd
        if folder not in self._folders:
            above = self._folder(folder.parent, create=create)
            self._folders[folder] = _open_folder(above, folder.name, create=create)
            self._visit(folder, self._folders[folder], above)
        return self._folders[folder]

    def _visit(self, folder: PurePosixPath, fd: int, above: int | None = None) -> None:
        """On the first visit of a run, make the folder's name durable and reclaim our leftovers."""
        if folder in self._visited or not self.writable:
            return
        if above is not None:
            os.fsync(above)
        own = f"{TEMP_PREFIX}{self.owner}-"
        with os.scandir(fd) as entries:
            leftovers = [entry.name for entry in entries if entry.name.startswith(own)]
        for name in leftovers:
            os.unlink(name, dir_fd=fd)
        self._visited.add(folder)


def _drop_cache(fd: int) -> None:
    """Tell the system that the file's pages are not needed: dirty ones are written out."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)


def _make_root(root: Path) -> None:
    """Make the root and the folders above it, each durable."""
    missing = [place for place in (root, *root.parents) if not place.exists()]
    for place in reversed(missing):
        with suppress(FileExistsError):
            place.mkdir()
        fd = os.open(place.parent, _FOLDER_FLAGS & ~os.O_NOFOLLOW)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def _open_folder(above: int, name: str, *, create: bool) -> int:
    try:
        return os.open(name, _FOLDER_FLAGS, dir_fd=above)
    except FileNotFoundError:
        if not create:
            raise
    with suppress(FileExistsError):
        os.mkdir(name, dir_fd=above)
    return os.open(name, _FOLDER_FLAGS, dir_fd=above)


def _publish(folder_fd: int, draft: str, name: str) -> None:
    """Move a draft to its name; the file systems that differ in how they can are told apart."""
    try:
        os.link(draft, name, src_dir_fd=folder_fd, dst_dir_fd=folder_fd, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
    else:
        os.unlink(draft, dir_fd=folder_fd)
        return
    try:
        _rename_without_replacing(folder_fd, draft, name)
    except OSError as error:
        if error.errno not in _NO_FLAG:
            raise
        _rename_over_placeholder(folder_fd, draft, name)


def _rename_without_replacing(folder_fd: int, draft: str, name: str) -> None:
    """Rename with renameat2(2), which FAT knows although it has no links."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        raise OSError(errno.ENOSYS, "no renameat2 here")
    old, new = os.fsencode(draft), os.fsencode(name)
    if rename(folder_fd, old, folder_fd, new, _RENAME_NOREPLACE) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), name)


def _rename_over_placeholder(folder_fd: int, draft: str, name: str) -> None:
    """Take the name with an empty file of our own, then put the draft in its place."""
    os.close(os.open(name, _DRAFT_FLAGS, 0o666, dir_fd=folder_fd))
    os.rename(draft, name, src_dir_fd=folder_fd, dst_dir_fd=folder_fd)
