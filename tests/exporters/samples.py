"""Plan items and byte sources for the tests of the doors out."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from gphotos_reconcile.core.model import FileRole, Kind, Locator, Verdict
from gphotos_reconcile.core.plan import PlanFile, PlanHeader, PlanItem
from gphotos_reconcile.core.ports import ByteSource

HEADER = PlanHeader(
    version="0.1.0",
    catalog="/home/user/catalog.db",
    command="gphotos-reconcile export copy-list",
    made_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
)
TAKEN_AT = datetime(2019, 5, 4, 10, 11, 12, tzinfo=UTC)


def plan_file(
    name: str,
    content: bytes | None = None,
    *,
    root: bytes | None = b"/takeout",
    archive: str = "",
    role: FileRole = FileRole.PRIMARY,
) -> PlanFile:
    """Return a file of an export; its content is its name unless told otherwise."""
    path = b"Takeout/" + name.encode("utf-8", "surrogateescape")
    data = path if content is None else content
    return PlanFile(
        locator=Locator(source="20260110T090000Z-1", archive=archive, path=path),
        archive_path=root,
        name=name.rpartition("/")[2],
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        sha1=hashlib.sha1(data, usedforsecurity=False).hexdigest(),
        role=role,
    )


def plan_item(item_id: int, *files: PlanFile, **changed: Any) -> PlanItem:
    """Return an item that is missing on the local side."""
    facts: dict[str, Any] = {
        "verdict": Verdict.MISSING,
        "reason": "nothing in the local library comes near",
        "kind": Kind.PHOTO,
        "title": files[0].name if files else "",
        "taken_at": TAKEN_AT,
        "taken_at_basis": "sidecar",
    }
    return PlanItem(item_id=item_id, files=files, **(facts | changed))


@dataclass(frozen=True)
class DiskBytes:
    """A plain file as a ByteSource."""

    path: bytes
    name: str
    size_bytes: int

    def open(self) -> BinaryIO:
        return open(self.path, "rb")  # noqa: PTH123 (a path of bytes)


@dataclass(frozen=True)
class MemberBytes:
    """A member of a zip as a ByteSource."""

    archive: Path
    member: str
    name: str
    size_bytes: int

    def open(self) -> BinaryIO:
        with zipfile.ZipFile(self.archive) as archive:
            return io.BytesIO(archive.read(self.member))


def open_source(part: PlanFile) -> ByteSource:
    """Open a plan's file: an opener for `carry_out`."""
    path = part.disk_path
    if path is not None:
        return DiskBytes(path, part.name, part.size_bytes)
    archive = Path(part.archive_path.decode() if part.archive_path else "")
    return MemberBytes(archive, part.locator.path.decode(), part.name, part.size_bytes)


Opener = Callable[[PlanFile], ByteSource]
