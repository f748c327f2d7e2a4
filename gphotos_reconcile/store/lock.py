"""One long writer at a time: a lock that the system frees when its holder dies."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gphotos_reconcile.core.errors import CatalogError


@contextmanager
def writer_lock(catalog: Path) -> Iterator[None]:
    """Hold the catalogue's writer lock.

    Raises:
        CatalogError: another process holds it; the message names the holder.
    """
    path = catalog.with_name(catalog.name + ".lock")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _try_lock(descriptor):
            holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()
            raise CatalogError(
                f"The catalogue {catalog} is in use by another run ({holder or 'just started'}).",
                hint="Wait until it has ended, or name another catalogue with --catalog FILE.",
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()}".encode(), 0)
        yield
    finally:
        os.close(descriptor)  # also frees the lock


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            # Far behind the text, which others must still be able to read.
            os.lseek(descriptor, 1 << 20, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
