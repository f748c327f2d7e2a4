"""Files that only their owner can read: tokens, and the addresses of unfinished uploads."""

import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gphotos_reconcile.core.errors import SignInError

_POSIX: Final = os.name == "posix"  # Windows profiles are private by their ACL, modes say nothing
_PART: Final = ".part"


class PrivateFile:
    """One file of mode 0600 in a folder of mode 0700, replaced as a whole or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> bytes | None:
        """Return the content, None when there is no file.

        Raises:
            SignInError: somebody else can read or write it, it is not ours, or it is a link.
        """
        try:
            handle = os.open(self.path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _refused(self.path, f"it cannot be opened ({error.strerror})") from None
        with os.fdopen(handle, "rb") as stream:
            _check(self.path, os.fstat(stream.fileno()), want=stat.S_ISREG)
            _check(self.path.parent, self.path.parent.lstat(), want=stat.S_ISDIR)
            return stream.read()

    def write(self, content: bytes) -> None:
        """Replace the content; after a crash there is the old or the new one, never a part.

        Raises:
            SignInError: the folder is somebody else's, or open to others.
        """
        folder = self.path.parent
        for missing in [p for p in (folder, *folder.parents) if not p.exists()][::-1]:
            missing.mkdir(mode=0o700)  # parents too: mkdir(parents=True) would leave them to umask
        _check(folder, folder.lstat(), want=stat.S_ISDIR)
        part = folder / f".{self.path.name}.{secrets.token_hex(8)}{_PART}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(part, flags, 0o600)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(self.path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _sync_folder(folder)

    def delete(self) -> None:
        """Remove the file, and what a crash may have left of writing it."""
        leftovers = self.path.parent.glob(f".{self.path.name}.*{_PART}")
        for path in (self.path, *leftovers):
            path.unlink(missing_ok=True)


def _check(path: Path, found: os.stat_result, *, want: Callable[[int], bool]) -> None:
    if not want(found.st_mode):
        raise _refused(path, "it is a link or of another sort than expected")
    if not _POSIX:
        return
    if found.st_uid != os.geteuid():
        raise _refused(path, "it belongs to another user")
    if found.st_mode & 0o077:
        raise _refused(path, f"others can reach it (mode {stat.S_IMODE(found.st_mode):04o})")


def _refused(path: Path, why: str) -> SignInError:
    return SignInError(
        f"{path} is not used for sign-in: {why}.",
        hint=f"Make it yours alone (`chmod go-rwx {path}`), or delete it and sign in again with "
        "`gphotos-reconcile auth login`.",
    )


def _sync_folder(folder: Path) -> None:
    if not _POSIX:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
