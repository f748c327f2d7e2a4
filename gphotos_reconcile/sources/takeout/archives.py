"""The parts of an export: what they are, what their members are, whether they are whole."""

import re
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from gphotos_reconcile.core.model import FileStamp, Problem
from gphotos_reconcile.core.ports import ByteSource

MAX_MEMBERS: Final = 5_000_000
"""More entries than this in one part is an attack: a 50 GB part holds some 20,000."""

MAX_NAME_BYTES: Final = 4096

_DRIVE: Final = re.compile(rb"[A-Za-z]:")


class PartForm(StrEnum):
    """In which form a part of an export lies before us."""

    ZIP = "zip"
    TGZ = "tgz"
    TAR = "tar"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of an export.

    `name` is what `Locator.archive` holds: the file's name, "" for a folder that stands alone.
    `number` is None where the name carries none. For a folder, `prefix` is what to put before a
    relative path to get the path inside the export, and size and time are 0.
    """

    name: str
    path: Path
    form: PartForm
    stamp: FileStamp
    number: int | None = None
    prefix: bytes = b""

    @property
    def size_bytes(self) -> int:
        """Return the size of the archive file."""
        return self.stamp.size_bytes

    @property
    def modified_ns(self) -> int:
        """Return when the archive file was last changed, in ns since 1970."""
        return self.stamp.modified_ns

    @property
    def label(self) -> str:
        """Return what to call the part in a sentence."""
        return self.name or self.path.name


class Condition(StrEnum):
    """What can be said of a part after a look at all of it."""

    WHOLE = "whole"  # its end is proven
    CUT = "cut"  # it ends too early: a download that broke off, or an unreadable folder in it
    UNREADABLE = "unreadable"  # no archive, damaged, or built so that it can't be trusted


@dataclass(frozen=True, slots=True, kw_only=True)
class PartState:
    """The condition of one part; `reason` and `hint` are "" when it is whole."""

    part: Part
    condition: Condition
    reason: str = ""
    hint: str = ""
    member_count: int = 0

    @property
    def is_whole(self) -> bool:
        """Tell whether the end of the part is proven."""
        return self.condition is Condition.WHOLE


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of a part that is no folder.

    Exactly one of three is set: `content`, `skip` (a reason to count it and go on) or `problem`.
    """

    path: bytes
    ordinal: int = 0
    stamp: FileStamp | None = None
    content: ByteSource | None = None
    skip: str = ""
    problem: Problem | None = None


class PartReader(Protocol):
    """Lists one part."""

    @property
    def state(self) -> PartState:
        """Return the part's condition; final once `members` has ended."""
        ...

    def members(self) -> Iterator[Member]:
        """Yield every entry that is no folder; never raises for what a file may hold."""
        ...


class BrokenArchiveError(OSError):
    """The archive as a whole can't be read on from here; told in the part's state."""

    def __init__(self, condition: Condition, reason: str) -> None:
        super().__init__(reason)
        self.condition = condition
        self.reason = reason


def broken_state(part: Part, error: BrokenArchiveError, member_count: int = 0) -> PartState:
    """Return the state of a part that `error` ended."""
    return PartState(
        part=part,
        condition=error.condition,
        reason=error.reason,
        hint=f"Download {part.label} again from takeout.google.com, or make a new export there.",
        member_count=member_count,
    )


class ArchiveReader(ABC):
    """Lists a part that is one file, and tells its condition once the list has ended."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.state = PartState(part=part, condition=Condition.CUT, reason="not read yet")

    def members(self) -> Iterator[Member]:
        """Yield every member that is no folder; see `PartReader`."""
        count = 0
        try:
            for member in self._walked():
                count += 1
                yield member
        except BrokenArchiveError as error:
            self.state = broken_state(self.part, error, count)
        except OSError as error:
            broken = BrokenArchiveError(Condition.UNREADABLE, f"it cannot be read: {error}")
            self.state = broken_state(self.part, broken, count)
        else:
            self.state = PartState(part=self.part, condition=Condition.WHOLE, member_count=count)

    @abstractmethod
    def _walked(self) -> Iterator[Member]:
        """Yield the members as the archive has them.

        Raises:
            OSError: the archive cannot be read on from here, or changed meanwhile.
        """


def name_trouble(path: bytes) -> str:
    """Return why a member's name can't be one of Google's, "" when it can.

    No member is ever written to disk by its name; such a name means that the archive was tampered
    with, and what it says of itself is not to be believed.
    """
    if not path or b"\0" in path:
        return "its name is empty or holds a NUL byte"
    if len(path) > MAX_NAME_BYTES:
        return f"its name is longer than {MAX_NAME_BYTES} bytes"
    if path.startswith((b"/", b"\\")) or _DRIVE.match(path):
        return "its name is an absolute path"
    if b".." in re.split(rb"[/\\]", path):
        return "its name climbs out of its folder (`..`)"
    return ""


def refused(why: str) -> Problem:
    """Return the problem of a member that is left out because of how the archive describes it."""
    return Problem(
        stage="archive",
        message=f"This member was not read: {why}.",
        hint="Google's archives hold no such member. Download the part again; if you packed the"
        " archive yourself, give the unpacked folder instead.",
    )


def mode_trouble(mode: int) -> str:
    """Return why a Unix mode is not that of a plain file, "" when it is or says nothing."""
    if stat.S_ISLNK(mode):
        return "it is a symbolic link"
    if stat.S_IFMT(mode) and not stat.S_ISREG(mode):
        return "it is a device, pipe or socket"
    return ""
