"""SHA1SUMS and SHA256SUMS, as coreutils writes and checks them."""

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Literal

from gphotos_reconcile.core.plan import CopyPlan

Algorithm = Literal["sha1", "sha256"]


def write_sums(entries: Iterable[tuple[bytes, str]], stream: BinaryIO) -> int:
    r"""Write one line for each path and digest; return how many.

    A path with a backslash or a line break is escaped, and its line begins with a backslash.
    """
    written = 0
    for path, digest in entries:
        escaped = path.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
        mark = b"\\" if escaped != path else b""
        stream.write(mark + digest.encode("ascii") + b"  " + escaped + b"\n")
        written += 1
    return written


def copy_sums(plan: CopyPlan, algorithm: Algorithm) -> Iterator[tuple[bytes, str]]:
    """Yield the paths of the copies, relative to the target, with their digests."""
    for action in plan.actions:
        digest = action.source.sha1 if algorithm == "sha1" else action.source.sha256
        yield os.fsencode(action.target), digest
