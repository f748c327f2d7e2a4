"""A Takeout export as a source: all its parts read as one, nothing unpacked to disk."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from gphotos_reconcile.core.model import (
    FileStamp,
    Locator,
    Observation,
    Problem,
    Rejection,
    SidecarSeen,
    Unchanged,
)
from gphotos_reconcile.core.names import display_path
from gphotos_reconcile.core.ports import ByteSource, Fingerprinter, KnownStamps, Progress, Silent
from gphotos_reconcile.sources.feed import Seen, ToRead, fingerprint_all
from gphotos_reconcile.sources.takeout.archives import (
    Condition,
    Member,
    Part,
    PartForm,
    PartReader,
    PartState,
)
from gphotos_reconcile.sources.takeout.exports import Export
from gphotos_reconcile.sources.takeout.folders import FolderReader
from gphotos_reconcile.sources.takeout.layout import PhotosRoots, product_of
from gphotos_reconcile.sources.takeout.manifest import (
    MANIFEST_NAME,
    MAX_MANIFEST_BYTES,
    Manifest,
    manifest_gaps,
    read_manifest,
)
from gphotos_reconcile.sources.takeout.sidecars import (
    MAX_SIDECAR_BYTES,
    SidecarError,
    parse_sidecar,
)
from gphotos_reconcile.sources.takeout.tars import HELD_BYTES, TarReader
from gphotos_reconcile.sources.takeout.zips import ZipReader

_MAX_REASONS: Final = 100  # an archive built to harm us could name a product in every member
_JUNK_NAMES: Final = frozenset({b".DS_Store", b"Thumbs.db", b"desktop.ini", b"._.DS_Store"})


def open_part(part: Part, *, held_bytes: int = HELD_BYTES) -> PartReader:
    """Return what lists a part; `held_bytes` is for tars, see there."""
    if part.form is PartForm.FOLDER:
        return FolderReader(part)
    if part.form is PartForm.ZIP:
        return ZipReader(part)
    return TarReader(part, held_bytes=held_bytes)


def inspect_part(part: Part) -> PartState:
    """Return whether a part is whole, from its directory alone where it has one.

    A zip is proven by its end and its directory in well under a second; a tar or tgz has to be
    read through. CRCs of members are checked when they are read, not here.
    """
    reader = open_part(part, held_bytes=0)
    for _ in reader.members():
        pass
    return reader.state


class TakeoutSource:
    """All parts of one export.

    After `scan` has ended, `part_states` tells of each part whether its end is proven, `skipped`
    how many entries beside the photos were left out and why, `manifest_gaps` which folders hold
    fewer files than the export's own page lists, and `complete` whether the export was read
    whole: no part missing, cut or doubtful, no member unreadable, and no such gap.
    """

    def __init__(
        self,
        export: Export,
        *,
        fingerprinter: Fingerprinter,
        known: KnownStamps,
        progress: Progress | None = None,
    ) -> None:
        """Prepare to read `export`; `known` tells what the catalogue holds already."""
        self.export = export
        self.name = export.export_id
        self.skipped: Counter[str] = Counter()
        self.part_states: tuple[PartState, ...] = ()
        self.manifest_gaps: tuple[str, ...] = ()
        self.complete = False
        self._manifest: Manifest | None = None
        self._seen_by_folder: Counter[str] = Counter()
        self._fingerprinter = fingerprinter
        self._known = known
        self._progress = progress or Silent()
        self._roots = PhotosRoots()

    def scan(self) -> Iterator[Seen]:
        """Yield one value for each entry of the photos' folder.

        Parts come in the order of their numbers, members as they lie in them; those that are
        fingerprinted are yielded as the workers finish them. Entries outside of the photos'
        folder, junk of operating systems and the export's own pages are counted in `skipped`.

        For a tar or tgz that `known` has a stamp for under the part's own locator (its path is
        empty), one Unchanged stands for all entries: listing it would mean reading all of it.
        """
        self._begin()
        self._progress.start(f"reading export {self.name}", self._entry_count(), "files")
        lost = 0
        for value in fingerprint_all(self._entries(), self._fingerprinter):
            lost += isinstance(value, Rejection) and value.problem.stage != "sidecar"
            self._progress.advance(current=display_path(value.locator.path))
            yield value
        self._progress.finish()
        whole = all(state.is_whole for state in self.part_states)
        if self._manifest and not any(self._is_unchanged(part) for part in self.export.parts):
            self.manifest_gaps = manifest_gaps(self._manifest, self._seen_by_folder)
        gaps = lost or self.export.missing_parts or self.manifest_gaps
        self.complete = whole and not gaps

    def _begin(self) -> None:
        self.complete, self.part_states = False, ()
        self._manifest, self.manifest_gaps = None, ()
        self._seen_by_folder.clear()
        self.skipped.clear()
        self._find_roots()

    def _entry_count(self) -> int | None:
        """Return how many entries the parts list; None where one has to be read to be listed."""
        if isinstance(self._progress, Silent) or any(
            part.form in {PartForm.TAR, PartForm.TGZ} for part in self.export.parts
        ):
            return None
        return sum(1 for part in self.export.parts for _ in open_part(part).members())

    def _find_roots(self) -> None:
        """Learn the name of the photos' folder; ends at the first one that is known."""
        for part in self.export.parts:
            if self._is_unchanged(part):
                continue
            members = open_part(part, held_bytes=0).members()
            if any(self._roots.learn(member.path) for member in members):
                return

    def _entries(self) -> Iterator[ToRead | Seen]:
        for part in self.export.parts:
            if self._is_unchanged(part):
                self.part_states += (PartState(part=part, condition=Condition.WHOLE),)
                yield Unchanged(locator=self._part_locator(part), stamp=part.stamp)
                continue
            reader = open_part(part)
            for member in reader.members():
                entry = self._entry(part, member)
                if entry is not None:
                    yield entry
            self.part_states += (reader.state,)

    def _part_locator(self, part: Part) -> Locator:
        return Locator(source=self.name, archive=part.name, path=b"")

    def _is_unchanged(self, part: Part) -> bool:
        """Tell whether a part that can't be listed without inflating it was read whole before."""
        if part.form not in {PartForm.TGZ, PartForm.TAR}:
            return False
        return self._known(self._part_locator(part)) == part.stamp

    def _entry(self, part: Part, member: Member) -> ToRead | Seen | None:
        path = self._roots.place(member.path)
        reason = member.skip or _why_skipped(member.path, path)
        if path is not None:
            self._seen_by_folder[_folder_of(path)] += 1
        if reason and member.problem is None:
            self._note_manifest(member)
            self._count(reason)
            return None
        locator = Locator(
            source=self.name,
            archive=part.name,
            path=path or member.path,
            ordinal=member.ordinal,
        )
        if member.problem is not None:
            return Rejection(locator=locator, problem=member.problem)
        if member.stamp is None or member.content is None:
            raise ValueError(f"a member without content or reason: {member}")
        return self._readable(locator, member.stamp, member.content)

    def _readable(self, locator: Locator, stamp: FileStamp, content: ByteSource) -> ToRead | Seen:
        name = display_path(locator.path.rpartition(b"/")[2])
        is_known = self._known(locator) == stamp
        if locator.path.lower().endswith(b".json"):
            if is_known:
                return Unchanged(locator=locator, stamp=stamp)
            return _sidecar_seen(locator, name, stamp, content)
        if is_known:
            return Observation(locator=locator, name=name, stamp=stamp, fingerprint=None)
        return ToRead(locator, name, stamp, content)

    def _note_manifest(self, member: Member) -> None:
        """Read the export's own list of files where there is one; it is never needed."""
        name = member.path.rpartition(b"/")[2]
        content = member.content
        if name != MANIFEST_NAME.encode() or content is None:
            return
        if content.size_bytes <= MAX_MANIFEST_BYTES:
            with suppress(OSError), content.open() as stream:
                self._manifest = read_manifest(stream.read()) or self._manifest

    def _count(self, reason: str) -> None:
        if reason not in self.skipped and len(self.skipped) >= _MAX_REASONS:
            reason = "other products"
        self.skipped[reason] += 1


def _folder_of(path: bytes) -> str:
    """Return the folder's name under the photos, as the export's page writes it."""
    return path.split(b"/")[2].decode("utf-8", "replace") if path.count(b"/") > 2 else ""


def _why_skipped(path: bytes, placed: bytes | None) -> str:
    """Return why an entry is no photo's and no sidecar, "" when it may be one."""
    name = path.rpartition(b"/")[2]
    if name in _JUNK_NAMES or name.startswith(b"._") or b"__MACOSX" in path.split(b"/"):
        return "junk of an operating system"
    if name.lower().endswith((b".html", b".htm")):
        return "page of the export"
    if placed is not None:
        return ""
    product = product_of(path)
    return f"other product: {display_path(product)}" if product else "beside the photos"


def _sidecar_seen(
    locator: Locator, name: str, stamp: FileStamp, content: ByteSource
) -> SidecarSeen | Rejection:
    member = display_path(locator.path)
    try:
        if content.size_bytes > MAX_SIDECAR_BYTES:
            raise SidecarError(member, f"larger than {MAX_SIDECAR_BYTES >> 20} MiB")
        with content.open() as stream:
            sidecar = parse_sidecar(member, stream.read())
    except SidecarError as error:
        problem = Problem(
            stage="sidecar",
            message=f"The sidecar is not usable: {error.why}.",
            hint="The photo itself is read all the same. Download the part again if its date or"
            " album matters.",
        )
        return Rejection(locator=locator, problem=problem)
    except OSError as error:
        problem = Problem(
            stage="read",
            message=f"The sidecar cannot be read: {error}.",
            hint="Download the part again, or give yourself the right to read the file.",
        )
        return Rejection(locator=locator, problem=problem)
    return SidecarSeen(locator=locator, name=name, stamp=stamp, sidecar=sidecar)
