"""What the catalogue remembers of the copies made."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRecord:
    """One copy that is on disk for certain: written, synced and found equal to its source.

    `target` is relative to the target folder that the journal is kept for.
    """

    item_id: int
    target: PurePosixPath
    sha256: str
    size_bytes: int
    modified_ns: int


class CopyJournal(Protocol):
    """The catalogue's memory of copies into one target folder."""

    def known(self, item_id: int, sha256: str) -> CopyRecord | None:
        """Return the record of a copy made before, None when there is none."""
        ...

    def record(self, rows: Sequence[CopyRecord]) -> None:
        """Keep these records; they are durable when the call returns."""
        ...
