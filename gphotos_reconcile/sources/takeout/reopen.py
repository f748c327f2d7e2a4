"""Find the bytes of members again that an earlier scan saw."""

import os
from pathlib import Path

from gphotos_reconcile.core.ports import ByteSource
from gphotos_reconcile.sources.takeout.exports import find_exports
from gphotos_reconcile.sources.takeout.layout import PhotosRoots
from gphotos_reconcile.sources.takeout.source import open_part


def list_again(archive_path: bytes) -> dict[tuple[bytes, int], ByteSource]:
    """Return the readable members of one part by (path inside the export, ordinal).

    Raises:
        SourceError: the part is not there any more, or is no archive now.
    """
    roots = PhotosRoots()
    found: dict[tuple[bytes, int], ByteSource] = {}
    parts = [part for e in find_exports([Path(os.fsdecode(archive_path))]) for part in e.parts]
    for part in parts:
        if any(roots.learn(member.path) for member in open_part(part, held_bytes=0).members()):
            break
    for part in parts:
        for member in open_part(part, held_bytes=0).members():
            if member.content is not None:
                key = (roots.place(member.path) or member.path, member.ordinal)
                found.setdefault(key, member.content)
    return found
