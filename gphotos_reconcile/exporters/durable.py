"""The folder that is written into: walked by handle and never through a symbolic link.

A folder that is swapped for a link meanwhile leads nowhere.
"""

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

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.names import display_path
from gphotos_reconcile.exporters.drafts import DRAFT_FLAGS, Draft, bring_to_disk, drop_cache
from gphotos_reconcile.exporters.trouble import target_problem

CHUNK_BYTES: Final = 1 << 20
TEMP_PREFIX: Final = ".gphotos-reconcile-"

_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
_ROOT_FLAGS: Final = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_DIRECTORY", 0)
_FOLDER_FLAGS: Final = _ROOT_FLAGS | _NO_FOLLOW
_READ_FLAGS: Final = (
    os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | _NO_FOLLOW | getattr(os, "O_NONBLOCK", 0)
)


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
        """Open the folder, which is made if need be.

        Raises:
            UsageError: it cannot be made or opened, or is a file.
        """
        try:
            if self.writable:
                _make_root(self.root)
            with suppress(FileNotFoundError):
                self._root_fd = os.open(self.root, _ROOT_FLAGS)
        except OSError as error:
            what = f"Opening the folder {display_path(os.fsencode(self.root))}"
            problem = target_problem(error, what)
            raise UsageError(problem.message, hint=problem.hint) from error
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
            drop_cache(fd)
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
            bring_to_disk(fd)
            modified_ns = os.fstat(fd).st_mtime_ns
        self.sync_folder(path.parent)
        return modified_ns

    def sync_folder(self, folder: PurePosixPath) -> None:
        """Bring the names in a folder to the disk."""
        bring_to_disk(self._folder(folder, create=False))

    def draft(self, folder: PurePosixPath) -> Draft:
        """Begin a file in a folder, which is made if need be."""
        folder_fd = self._folder(folder, create=True)
        self._drafts += 1
        name = f"{TEMP_PREFIX}{self.owner}-{os.getpid()}-{self._drafts}.part"
        fd = os.open(name, DRAFT_FLAGS, 0o666, dir_fd=folder_fd)
        return Draft(folder, folder_fd, name, fd)

    def link(self, path: bytes, target: PurePosixPath) -> None:
        """Give a file that lies elsewhere on this file system a second name here."""
        os.link(path, os.fsencode(target.name), dst_dir_fd=self._folder(target.parent, create=True))

    def symlink(self, path: bytes, target: PurePosixPath) -> None:
        """Point to a file that lies elsewhere."""
        folder_fd = self._folder(target.parent, create=True)
        os.symlink(path, os.fsencode(target.name), dir_fd=folder_fd)

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
            bring_to_disk(above)
        own = f"{TEMP_PREFIX}{self.owner}-"
        with os.scandir(fd) as entries:
            leftovers = [entry.name for entry in entries if entry.name.startswith(own)]
        for name in leftovers:
            os.unlink(name, dir_fd=fd)
        self._visited.add(folder)


def _make_root(root: Path) -> None:
    """Make the root and the folders above it, each durable."""
    missing = [place for place in (root, *root.parents) if not place.exists()]
    for place in reversed(missing):
        with suppress(FileExistsError):
            place.mkdir()
        fd = os.open(place.parent, _ROOT_FLAGS)
        try:
            bring_to_disk(fd)
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
