"""Makes a small sample: an export in two parts, a library, and what is true of each item."""

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from gphotos_reconcile.core.model import Verdict
from gphotos_reconcile.exporters.whole import write_whole
from gphotos_reconcile.media.sample_files import motion_photo, still
from gphotos_reconcile.media.sample_films import Film, film
from gphotos_reconcile.workflows.sample_cast import CAST, LIBRARY_ONLY
from gphotos_reconcile.workflows.sample_packing import (
    PART_NUMBERS,
    Member,
    export_members,
    part_name,
    zipped,
)
from gphotos_reconcile.workflows.sample_roles import EXPORTED_AT, Content, taken_at

_TEXT_AS_PICTURE: Final = b"Ring the framer about the beach picture.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTruth:
    """What is true of one media member of the export.

    `path` is as inside the export. `verdicts` are the right ones; none for a member that is no
    item of its own: the moving half of a still, or an item's copy in an album. `counterpart` is
    the file of the library that it has to do with.
    """

    path: str
    verdicts: frozenset[Verdict]
    counterpart: Path | None
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Where the sample lies, and what is in it; `files` are all that it consists of."""

    parts: tuple[Path, ...]
    library: Path
    files: tuple[Path, ...]
    truth: tuple[SampleTruth, ...]


def make_sample(folder: Path, *, dry_run: bool = False) -> Sample:
    """Write the sample under a folder; the same files each time, byte for byte.

    Files that are there already and as they should be are left alone. A dry run only names them.

    Raises:
        UsageError: the folder can't be written to.
    """
    return pack_sample(render(sample_contents()), folder, dry_run=dry_run)


def pack_sample(
    contents: Mapping[Content, bytes], folder: Path, *, dry_run: bool = False
) -> Sample:
    """Write the sample from contents that were rendered before.

    Raises:
        UsageError: the folder can't be written to.
    """
    library = folder / "library"
    members = export_members(contents)
    parts = {number: folder / "export" / part_name(number) for number in PART_NUMBERS}
    files = [(library / place, data, at) for place, data, at in _library_files(contents)]
    for number, part in parts.items():
        packed = zipped(member for member in members if member.part == number)
        files.append((part, packed, EXPORTED_AT))
    for path, data, changed_at in files:
        _write(path, data, changed_at, dry_run=dry_run)
    return Sample(
        parts=tuple(parts.values()),
        library=library,
        files=tuple(path for path, _, _ in files),
        truth=tuple(_truths(members, library)),
    )


def sample_contents() -> Iterator[Content]:
    """Yield all that has to be rendered for the sample, some of it more than once."""
    for item in CAST:
        yield item.content
        if item.local_content is not None:
            yield item.local_content
        yield from (content for _, content in item.beside)
    yield from (content for _, content in LIBRARY_ONLY)


def render(contents: Iterable[Content]) -> dict[Content, bytes]:
    """Make the bytes of each content once, the shots of one scene one after the other."""
    scenes: dict[tuple[str, int], list[Content]] = {}
    for content in dict.fromkeys(contents):
        shot = content if isinstance(content, Film) else content.shot
        scenes.setdefault((shot.scene, shot.scene_seed), []).append(content)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as threads:
        made = threads.map(lambda group: {one: _bytes(one) for one in group}, scenes.values())
        return {content: data for group in made for content, data in group.items()}


def _bytes(content: Content) -> bytes:
    if isinstance(content, Film):
        return film(content)
    if content.film is not None and content.notes is not None:
        return motion_photo(content.shot, content.how, content.notes, film(content.film))
    data = still(content.shot, content.how, content.notes)
    return data[: int(len(data) * content.whole)]


def _library_files(contents: Mapping[Content, bytes]) -> Iterator[tuple[str, bytes, datetime]]:
    """Yield path, bytes and time of change of each file of the library."""
    for item in CAST:
        if not item.local:
            continue
        held = item.local_content or item.content
        yield item.local, contents[held], taken_at(held)
        for place, content in item.local_beside:
            yield place, contents[content], taken_at(content)
    for place, content in LIBRARY_ONLY:
        yield place, contents[content], taken_at(content)
    yield "2022/to do.jpg", _TEXT_AS_PICTURE, EXPORTED_AT


def _truths(members: Iterable[Member], library: Path) -> Iterator[SampleTruth]:
    for member in members:
        if member.item is not None:
            yield SampleTruth(
                path=member.path,
                verdicts=member.item.verdicts if member.is_item else frozenset(),
                counterpart=library / member.item.local if member.item.local else None,
                label=member.item.label,
            )


def _write(path: Path, data: bytes, changed_at: datetime, *, dry_run: bool) -> None:
    """Write a file, unless it is there with these very bytes."""
    if dry_run or (path.is_file() and path.read_bytes() == data):
        return
    write_whole(path, data)
    os.utime(path, (changed_at.timestamp(), changed_at.timestamp()))
