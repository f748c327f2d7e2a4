"""Writes the rehearsal's export and library, and its truth."""

import multiprocessing
import os
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Final

from benchmarks.rehearsal.case import RIGHT, SENT, SERIES, Entry, Label
from benchmarks.rehearsal.pictures import Pictures
from gphotos_reconcile.media.sample_files import Form, Print, printed
from gphotos_reconcile.media.sample_films import Film, pan
from gphotos_reconcile.workflows.sample_names import ROOT, Naming, item_json
from gphotos_reconcile.workflows.sample_roles import Said

_FINE: Final = Print(quality=92)
_GOOGLE: Final = Print(quality=80, long_edge_px=720)
_HEIC: Final = Print(form=Form.HEIC, quality=50)
_MESSENGER: Final = Print(quality=60, long_edge_px=640)
_CLOUD: Final = {
    Label.RESCALED: _GOOGLE,
    Label.RECOMPRESSED: Print(quality=80),
    Label.SENT: _MESSENGER,
    Label.BURST_SENT: _MESSENGER,
    Label.HEIC: _HEIC,
    Label.IDENTICAL_HEIC: _HEIC,
    Label.EDIT: Print(quality=88, warmth=0.8),
    Label.CROP: Print(quality=88, crop=(0.12, 0.1, 0.9, 0.88)),
    Label.RAW: Print(form=Form.DNG, long_edge_px=480),
}
"""How the file at Google was made, where not as the camera wrote it."""

_LOCAL: Final = {
    Label.PREVIEW: Print(quality=80, long_edge_px=320),
    Label.IDENTICAL_HEIC: _HEIC,
}
_NOT_HELD: Final = SERIES | {
    Label.MISSING, Label.MISSING_VIDEO, Label.EDIT, Label.CROP, Label.RAW
}  # fmt: skip
_PART_BYTES: Final = 500 << 20
_LATE_EVERY: Final = 50  # of so many sidecars, one is stored in a later part than its photo
_COLUMNS: Final = ("path", "label", "verdicts", "counterpart")
_BRACKET_LIGHT: Final = 0.45
_UNSET: Final = datetime.min.replace(tzinfo=UTC)
_FILM: Final = Film(
    scene="", scene_seed=0, taken_at=_UNSET, duration_s=3.0, width_px=480, height_px=270
)
_SMALL_FILM: Final = Film(
    scene="", scene_seed=0, taken_at=_UNSET, duration_s=3.0, width_px=320, height_px=180, crf=30
)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Where the rehearsal's files are."""

    export: Path
    library: Path
    truth: Path


def make_world(entries: Sequence[Entry], folder: Path, pictures: Pictures) -> World:
    """Write export, library and truth; workers are forked, so that they share the scenes."""
    world = World(export=folder / "export", library=folder / "library", truth=folder / "truth.tsv")
    world.export.mkdir(parents=True)
    parts = _Parts(world.export)
    naming = Naming()
    held = {one.number: _local_path(one, world.library) for one in entries}
    # Forked workers share the drawn scenes with us; as arguments they would be sent to each.
    context = multiprocessing.get_context("fork")
    with (
        context.Pool(os.cpu_count(), _Worker.begin, (pictures, world.library)) as pool,
        world.truth.open("w", encoding="utf-8") as truth,
    ):
        print(*_COLUMNS, sep="\t", file=truth)
        for entry, data in pool.imap(_Worker.make, entries, chunksize=8):
            path = parts.add(entry, data, naming)
            counterpart = held[entry.number if entry.of is None else entry.of]
            verdicts = ",".join(sorted(RIGHT[entry.label]))
            print(path, entry.label, verdicts, counterpart or "", sep="\t", file=truth)
    parts.close()
    return world


def read_truth(path: Path) -> Iterator[dict[str, str]]:
    """Yield the lines of a truth file by column."""
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        yield dict(zip(_COLUMNS, line.split("\t"), strict=True))


class _Worker:
    """What one worker process needs beside the item it is to make."""

    pictures: ClassVar[Pictures]
    library: ClassVar[Path]

    @classmethod
    def begin(cls, pictures: Pictures, library: Path) -> None:
        cls.pictures, cls.library = pictures, library

    @classmethod
    def make(cls, entry: Entry) -> tuple[Entry, bytes]:
        """Write the library's file, if there is one, and return Google's."""
        make = _films if entry.is_video else _stills
        cloud, held = make(entry, cls.pictures)
        local = _local_path(entry, cls.library)
        if local is not None:
            local.parent.mkdir(parents=True, exist_ok=True)
            local.write_bytes(held)
            stamp = entry.notes.taken_at.timestamp()
            os.utime(local, (stamp, stamp))
        return entry, cloud


def _local_path(entry: Entry, library: Path) -> Path | None:
    if entry.label in _NOT_HELD:
        return None
    taken = entry.notes.taken_at
    # Half of the library kept the cameras' names, half was renamed by time.
    ending = Path(entry.title).suffix
    if entry.label is Label.HEIC:
        ending = ".jpg"
    stem = Path(entry.title).stem if entry.number % 2 else f"{taken:%Y%m%d-%H%M%S}"
    return library / f"{taken:%Y/%m}" / f"{stem}-{entry.number}{ending}"


def _stills(entry: Entry, pictures: Pictures) -> tuple[bytes, bytes]:
    """Return the file at Google and the one in the library (the same where there is none)."""
    picture = pictures.make(entry.picture, shot=1 if entry.label in SERIES else 0)
    if entry.label is Label.BRACKET:
        picture = picture.point(lambda level: level * _BRACKET_LIGHT)
    told = None if entry.label in SENT else entry.notes
    cloud = printed(picture, _CLOUD.get(entry.label, _FINE), told)
    if entry.label in {Label.IDENTICAL, Label.IDENTICAL_HEIC} or entry.label in _NOT_HELD:
        return cloud, cloud
    noted = entry.notes
    if entry.label is Label.SAME_STREAM:
        noted = replace(noted, caption="The one that was tagged")
    return cloud, printed(picture, _LOCAL.get(entry.label, _FINE), noted)


def _films(entry: Entry, pictures: Pictures) -> tuple[bytes, bytes]:
    scene = pictures.make(entry.picture)
    held, small = (
        pan(scene, replace(film, taken_at=entry.notes.taken_at)) for film in (_FILM, _SMALL_FILM)
    )
    return (small if entry.label is Label.TRANSCODED else held), held


class _Parts:
    """The export's zip parts, begun anew when one is full."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self._bytes = 0
        self._late: list[tuple[str, bytes]] = []
        self._archive = self._next()

    def add(self, entry: Entry, data: bytes, naming: Naming) -> str:
        """Store one item and its sidecar; return its path inside the export."""
        if self._bytes > _PART_BYTES:
            self._archive.close()
            self._archive = self._next()
            self._flush()
        folder = f"{ROOT}/Photos from {entry.google_at.year}"
        names = naming.claim(folder, entry.title)
        path = f"{folder}/{names.media}"
        self._archive.writestr(path, data)
        self._bytes += len(data)
        if entry.label is not Label.EDIT:  # Google writes none for its editor's copies
            said = item_json(entry.title, entry.google_at, Said())
            sidecar = f"{folder}/{names.sidecar}"
            if entry.number % _LATE_EVERY:
                self._archive.writestr(sidecar, said)
            else:
                self._late.append((sidecar, said))
        return path

    def close(self) -> None:
        """Write what is due, and end the last part."""
        self._flush()
        self._archive.close()

    def _flush(self) -> None:
        for path, said in self._late:
            self._archive.writestr(path, said)
        self._late.clear()

    def _next(self) -> zipfile.ZipFile:
        self._number += 1
        self._bytes = 0
        name = f"takeout-20260110T090000Z-1-{self._number:03d}.zip"
        return zipfile.ZipFile(self._folder / name, "w")
