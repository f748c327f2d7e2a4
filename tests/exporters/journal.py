"""A journal of copies in a file of JSON lines, each on the disk before `record` returns."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gphotos_reconcile.core.copies import CopyRecord


@dataclass
class LineJournal:
    """A CopyJournal that survives its process; a last line cut short is ignored."""

    path: Path

    def records(self) -> list[CopyRecord]:
        """Return every record, in the order of writing."""
        if not self.path.exists():
            return []
        lines = self.path.read_bytes().split(b"\n")[:-1]
        return [_record(json.loads(line)) for line in lines]

    def known(self, item_id: int, sha256: str) -> CopyRecord | None:
        """Return the last record of these bytes, this item's own before another's."""
        found = [record for record in self.records() if record.sha256 == sha256]
        own = [record for record in found if record.item_id == item_id]
        return own[-1] if own else found[-1] if found else None

    def record(self, rows: Sequence[CopyRecord]) -> None:
        """Append and sync."""
        is_new = not self.path.exists()
        with self.path.open("ab") as stream:
            stream.write(b"".join(_line(row) for row in rows))
            stream.flush()
            os.fsync(stream.fileno())
        if is_new:
            fd = os.open(self.path.parent, os.O_RDONLY)
            os.fsync(fd)
            os.close(fd)


def _line(row: CopyRecord) -> bytes:
    values = [row.item_id, str(row.target), row.sha256, row.size_bytes, row.modified_ns]
    return json.dumps(values).encode() + b"\n"


def _record(values: list[str | int]) -> CopyRecord:
    item_id, target, sha256, size_bytes, modified_ns = values
    return CopyRecord(
        item_id=int(item_id),
        target=PurePosixPath(str(target)),
        sha256=str(sha256),
        size_bytes=int(size_bytes),
        modified_ns=int(modified_ns),
    )
