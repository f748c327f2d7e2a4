"""Sorts what the user named (files, folders, folders full of parts) into exports."""

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gphotos_reconcile.core.errors import SourceError
from gphotos_reconcile.core.model import FileStamp, Problem
from gphotos_reconcile.core.names import display_path
from gphotos_reconcile.sources.files import stamp_of
from gphotos_reconcile.sources.takeout.archives import Part, PartForm
from gphotos_reconcile.sources.takeout.trees import Tree, find_trees

_PART_NAME: Final = re.compile(
    r"takeout-(?P<stamp>\d{8}T\d{6}Z)(?:-(?P<first>\d+))?(?:-(?P<second>\d{3,}))?"
    r"(?P<copy>[ _-]?\(\d+\)| - Copy.*)?(?P<ending>\.zip|\.tgz|\.tar\.gz|\.tar)?",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"(?P<stem>.+?)[ _.-]*\(?(?P<number>\d{1,4})\)?")
_ARCHIVE_ENDINGS: Final = (".zip", ".tgz", ".tar", ".tar.gz")
_HALF_ENDINGS: Final = (".crdownload", ".part", ".partial", ".download", ".opdownload")
_NO_FILE: Final = FileStamp(size_bytes=0, modified_ns=0, inode=0)
_COMPARED_BYTES: Final = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One Takeout export: all its parts, read as one.

    `missing_parts` are the numbers below the highest one that nobody gave us. `problems` name
    doubled, foreign and half-downloaded files. `exported_at` is the stamp in the file names.
    """

    export_id: str
    parts: tuple[Part, ...]
    missing_parts: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()
    exported_at: datetime | None = None


def find_exports(paths: Sequence[Path]) -> tuple[Export, ...]:
    """Sort files and folders into exports, the oldest first.

    A path may be a part (zip, tgz, tar; the content decides, not the name), an unpacked folder,
    the folder with the photos, one folder of it, or a folder that holds any of these.

    Raises:
        SourceError: a path does not exist, a file is no archive, or nothing of Takeout is in it.
    """
    found: list[_Found] = []
    notes: list[Problem] = []
    for path in paths:
        if path.is_dir():
            found += _in_folder(path, notes)
        elif path.exists():
            found.append(_given_file(path))
        else:
            raise SourceError(
                f"{_shown(path)} does not exist.",
                hint="Check the spelling, and that the drive it lies on is plugged in.",
            )
    if not found:
        raise SourceError("No export was named.", hint="Name the parts of a Takeout export.")
    return _exports(found, notes)


@dataclass(frozen=True, slots=True)
class _Found:
    """A part, and what its name says of the export it is from."""

    part: Part
    export_id: str
    exported_at: datetime | None
    is_copy: bool = False  # a browser wrote `(1)` behind the name


def _in_folder(folder: Path, notes: list[Problem]) -> list[_Found]:
    files = [entry for entry in _listed(folder) if entry.is_file()]
    found = [one for path in files if (one := _archive(path)) is not None]
    notes += [_half_downloaded(path) for path in files if path.name.endswith(_HALF_ENDINGS)]
    found += [_unpacked(tree) for tree in find_trees(folder)]
    if not found:
        raise SourceError(
            f"Nothing of a Takeout export is in {_shown(folder)}.",
            hint="Name the takeout-*.zip files, or the folder `Takeout` that was unpacked from"
            " them.",
        )
    return found


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise SourceError(
            f"The folder {_shown(folder)} cannot be read: {error.strerror}.",
            hint="Give yourself the right to read it (`chmod u+rx`), and run again.",
        ) from None


def _given_file(path: Path) -> _Found:
    form = archive_form(path)
    if form is None:
        raise SourceError(
            f"{_shown(path)} is no zip, tgz or tar archive.",
            hint="Name the takeout-*.zip or .tgz files as they were downloaded. If this is one,"
            " its download failed: fetch it again.",
        )
    return _named(path, form)


def _archive(path: Path) -> _Found | None:
    """Return the part that a file of a folder is, None when it is something else."""
    if not path.name.lower().endswith(_ARCHIVE_ENDINGS):
        return None
    form = archive_form(path)
    if form is not None:
        return _named(path, form)
    # Named as a part and holding something else: told as unreadable, not passed over.
    return _named(path, PartForm.ZIP) if _PART_NAME.fullmatch(path.name) else None


def archive_form(path: Path) -> PartForm | None:
    """Return the form of an archive by its first bytes, None when it is none.

    Raises:
        SourceError: the file cannot be read.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(512)
    except OSError as error:
        raise SourceError(
            f"{_shown(path)} cannot be read: {error.strerror}.",
            hint="Give yourself the right to read it (`chmod u+r`), and run again.",
        ) from None
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return PartForm.ZIP
    if head.startswith(b"\x1f\x8b\x08"):
        return PartForm.TGZ
    return PartForm.TAR if head[257:262] == b"ustar" else None


def _named(path: Path, form: PartForm) -> _Found:
    place = Path(os.path.realpath(path))
    part = Part(name=_shown_name(path), path=place, form=form, stamp=stamp_of(place.stat()))
    name = _PART_NAME.fullmatch(path.name)
    if name is not None:
        export_id, number = _id_and_number(name)
        part = replace(part, number=number)
        return _Found(part, export_id, _moment(name["stamp"]), is_copy=bool(name["copy"]))
    stem = path.name
    for ending in _ARCHIVE_ENDINGS:
        stem = stem[: -len(ending)] if stem.lower().endswith(ending) else stem
    numbered = _NUMBERED.fullmatch(stem)
    return _Found(part, display_path(os.fsencode(numbered["stem"] if numbered else stem)), None)


def _id_and_number(name: re.Match[str]) -> tuple[str, int | None]:
    stamp, first, second = name["stamp"].upper(), name["first"], name["second"]
    if second is None and first is not None and len(first) >= 3:
        first, second = None, first  # to 2024: takeout-STAMP-001.zip
    export_id = f"{stamp}-{first}" if first else stamp
    return export_id, int(second) if second else None


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp.upper(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _unpacked(tree: Tree) -> _Found:
    part = Part(
        name=_shown_name(tree.path),
        path=tree.path,
        form=PartForm.FOLDER,
        stamp=_NO_FILE,
        prefix=tree.prefix,
    )
    for folder in (tree.path, *tree.path.parents[:3]):
        name = _PART_NAME.fullmatch(folder.name)
        if name is not None:
            export_id, number = _id_and_number(name)
            part = replace(part, name=_shown_name(folder), number=number)
            return _Found(part, export_id, _moment(name["stamp"]), is_copy=bool(name["copy"]))
    digest = hashlib.sha256(os.fsencode(tree.group)).hexdigest()[:8]
    return _Found(part, f"{_shown_name(tree.group)}-{digest}", None)


def _exports(found: Iterable[_Found], notes: Sequence[Problem]) -> tuple[Export, ...]:
    groups: dict[str, list[_Found]] = {}
    for one in found:
        groups.setdefault(one.export_id, []).append(one)
    exports = [_export(export_id, group) for export_id, group in groups.items()]
    exports.sort(key=lambda e: (e.exported_at or datetime.max.replace(tzinfo=UTC), e.export_id))
    # What belongs to no export is told with the first one.
    exports[0] = replace(exports[0], problems=(*notes, *exports[0].problems))
    return tuple(exports)


def _export(export_id: str, group: Iterable[_Found]) -> Export:
    ordered = sorted(group, key=lambda f: (f.part.number or 0, f.is_copy, f.part.name, f.part.path))
    parts: list[Part] = []
    problems: list[Problem] = []
    for one in ordered:
        if any(one.part.path == part.path for part in parts):
            continue  # named twice on the command line
        twin = next((part for part in parts if _is_same_part(part, one.part)), None)
        if twin is not None:
            problems.append(_doubled(one.part, twin))
        if twin is None or not _same_file(one.part, twin):
            parts.append(one.part)
    numbers = {part.number for part in parts if part.number is not None}
    missing = tuple(sorted(set(range(1, max(numbers, default=0))) - numbers))
    return Export(
        export_id=export_id,
        parts=_without_needless_name(parts),
        missing_parts=missing,
        problems=tuple(problems),
        exported_at=ordered[0].exported_at,
    )


def _without_needless_name(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Take the name from the first part when it is a folder: `Locator.archive` is "" there."""
    first, *others = parts
    if first.form is PartForm.FOLDER and first.number is None:
        first = replace(first, name="")
    return (first, *others)


def _is_same_part(one: Part, other: Part) -> bool:
    return one.number is not None and one.number == other.number


def _same_file(one: Part, other: Part) -> bool:
    """Tell whether two files are copies, by their sizes and by both of their ends."""
    if PartForm.FOLDER in {one.form, other.form} or one.size_bytes != other.size_bytes:
        return False
    return _ends(one) == _ends(other)


def _ends(part: Part) -> tuple[bytes, bytes]:
    try:
        with part.path.open("rb") as stream:
            head = stream.read(_COMPARED_BYTES)
            stream.seek(max(0, part.size_bytes - _COMPARED_BYTES))
            return head, stream.read(_COMPARED_BYTES)
    except OSError:
        return part.name.encode("utf-8", "replace"), b""


def _doubled(part: Part, twin: Part) -> Problem:
    return Problem(
        stage="archive",
        message=f"Part {part.number} is there twice: {part.label} and {twin.label}.",
        hint="If the first is a second download of the other, remove it; copies are read once.",
    )


def _half_downloaded(path: Path) -> Problem:
    return Problem(
        stage="archive",
        message=f"{_shown(path)} is a download that has not ended.",
        hint="Wait for it, or start it again, and run again.",
    )


def _shown(path: Path) -> str:
    return display_path(os.fsencode(path))


def _shown_name(path: Path) -> str:
    return display_path(os.fsencode(path.name))
