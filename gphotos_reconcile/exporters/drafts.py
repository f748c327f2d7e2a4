"""Files that are there after a power cut, or not there at all; never half, never over another.

The order of Pillai et al., "All File Systems Are Not Created Equal" (OSDI 2014): write a file under
a name of its own, sync it, give it its name without replacing, sync the folder.
"""

import ctypes
import errno
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

if sys.platform == "darwin":
    import fcntl

# Windows knows none of the POSIX flags; there `carry_out` refuses before any of them matters.
DRAFT_FLAGS: Final = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
)

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
        drop_cache(self.fd)

    def sync(self) -> int:
        """Bring the bytes to the disk, close the file and return its time of change in ns."""
        bring_to_disk(self.fd)
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


def bring_to_disk(fd: int) -> None:
    """Return when a file's bytes, or a folder's names, outlast a power cut."""
    if sys.platform == "darwin":
        # fsync(2) there leaves the bytes in the drive's cache.
        fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
    else:
        os.fsync(fd)


def drop_cache(fd: int) -> None:
    """Tell the system that the file's pages are not needed: dirty ones are written out."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)


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
    os.close(os.open(name, DRAFT_FLAGS, 0o666, dir_fd=folder_fd))
    os.rename(draft, name, src_dir_fd=folder_fd, dst_dir_fd=folder_fd)
