"""System errors of a copy, in words: what failed, and what to do next."""

import errno
import os
from typing import Final

from gphotos_reconcile.core.model import Problem

_HINTS: Final = {
    errno.ENOSPC: "Make room on the target and run the same command again; it goes on from here.",
    errno.EDQUOT: "Your quota on the target is spent. Make room and run the same command again.",
    errno.EFBIG: "The target holds no file of this size (FAT: 4 GiB). Copy to another disk.",
    errno.EROFS: "The target is read-only. Mount it for writing and run the same command again.",
    errno.EACCES: "Give yourself permission to write there, or copy to another folder.",
    errno.EPERM: "Give yourself permission to write there, or copy to another folder.",
    errno.EISDIR: "A folder lies there. Name a file in it, or another name.",
    errno.EIO: "The disk reports a fault. Check its cable and health, then run the command again.",
    errno.ENODEV: "The target is gone. Plug it in again and run the same command again.",
    errno.ELOOP: "A folder of the target is a symbolic link, and those are not followed. "
    "Give the real folder with --to.",
    errno.ENOTDIR: "A folder of the target is a file or a symbolic link, and links are not "
    "followed. Give the real folder with --to, or another layout.",
    errno.ENAMETOOLONG: "The target takes only shorter names. Copy to another disk.",
    errno.EMFILE: "Too many files are open. Raise the limit (ulimit -n) and run the command again.",
}
_HINTS[errno.ENXIO] = _HINTS[errno.ESTALE] = _HINTS[errno.ENOTCONN] = _HINTS[errno.ENODEV]

FATAL: Final = frozenset(
    {errno.EROFS, errno.ENODEV, errno.ENXIO, errno.ESTALE, errno.ENOTCONN, errno.EMFILE}
)
"""Errors after which no further copy can succeed."""


def target_problem(error: OSError, what: str) -> Problem:
    """Return the words for an error at the target."""
    return Problem(
        stage="copy",
        message=f"{what} failed at the target: {_words(error)}.",
        hint=_HINTS.get(error.errno or 0, "See to the cause and run the same command again."),
    )


def source_problem(error: OSError) -> Problem:
    """Return the words for an error while reading what was to be copied."""
    return Problem(
        stage="read",
        message=f"It cannot be read: {_words(error)}.",
        hint="Put the export or disk back where it was when it was scanned, check it with "
        "`gphotos-reconcile doctor`, and run the same command again.",
    )


def changed_problem(expected_sha256: str, found_sha256: str) -> Problem:
    """Return the words for a source whose bytes are not those that were scanned."""
    return Problem(
        stage="copy",
        message="Its bytes are not those that were scanned: SHA-256 was "
        f"{expected_sha256[:16]}, is {found_sha256[:16]}. It was not copied.",
        hint="Scan the source again (`import` or `index`), then `match`, then copy again.",
    )


def _words(error: OSError) -> str:
    return error.strerror or (os.strerror(error.errno) if error.errno else str(error))
