"""What is to be copied, where to, and what was left out and why: values, decided before any act."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePosixPath

from gphotos_reconcile.core.layout import (
    NAME_BYTES,
    LayoutOptions,
    folder_for,
    safe_extension,
    safe_stem,
    split_name,
    twin_key,
)
from gphotos_reconcile.core.model import FileRole, Kind, Locator, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """One stored file of an item.

    `archive_path` is the absolute path on this disk of the archive that holds the file, or of the
    root that `locator.path` is relative to; None when `locator.path` is absolute itself. `name`
    is the file's name, with surrogates where its bytes are no UTF-8.
    """

    locator: Locator
    archive_path: bytes | None
    name: str
    size_bytes: int
    sha256: str
    sha1: str
    role: FileRole = FileRole.PRIMARY

    @property
    def disk_path(self) -> bytes | None:
        """Return the absolute path of a file that lies as such on disk, None inside an archive."""
        if self.locator.archive:
            return None
        if self.archive_path is None:
            return self.locator.path
        return self.archive_path.rstrip(b"/") + b"/" + self.locator.path


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """One item with all that a list, a copy or a sidecar file tells of it.

    `taken_at` is the best capture time, in the zone in which it was taken where that is known:
    folders are named after its calendar day. `belongs_to` is `own`, `partner`, `shared`, `trash`
    or `locked`. `together_with` is the item_id of the item with which this one shares folder and
    stem (the JPEG of a raw).
    """

    item_id: int
    verdict: Verdict
    reason: str
    kind: Kind
    title: str
    files: tuple[PlanFile, ...]
    media_key: str | None = None
    taken_at: datetime | None = None
    taken_at_basis: str = ""
    albums: tuple[str, ...] = ()
    favourite: bool = False
    description: str = ""
    people: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    product_url: str | None = None
    belongs_to: str = "own"
    together_with: int | None = None

    @property
    def size_bytes(self) -> int:
        """Return the bytes of all that would be copied."""
        return sum(part.size_bytes for part in self.files if part.role is not FileRole.COPY)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyAction:
    """One file to copy. Actions of one `group` keep a common stem, whatever happens to the name.

    `fallbacks` are other placements of the same bytes, for when the first cannot be read.
    """

    item_id: int
    group: int
    source: PlanFile
    target: PurePosixPath
    taken_at: datetime | None = None
    taken_at_basis: str = ""
    fallbacks: tuple[PlanFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An item that is not in the plan; `why` is one of a few, `detail` tells this one."""

    item_id: int
    why: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanHeader:
    """Where a plan came from; `made_at` is given, never read from a clock here."""

    version: str
    catalog: str
    command: str
    made_at: datetime
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPlan:
    """All copies in the order in which they are made. Each item is in `actions` or `left_out`."""

    header: PlanHeader
    items: tuple[PlanItem, ...]
    actions: tuple[CopyAction, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def size_bytes(self) -> int:
        """Return the bytes that the whole plan copies."""
        return sum(action.source.size_bytes for action in self.actions)


def plan_copies(
    items: Iterable[PlanItem],
    taken: Mapping[PurePosixPath, str],
    layout: LayoutOptions,
    header: PlanHeader,
    left_out: Iterable[LeftOut] = (),
) -> CopyPlan:
    """Decide where each file goes.

    No two files get paths that any file system holds for the same, and none gets a path that is
    taken, unless what lies there is known to be the same bytes. The result depends on the values
    alone, not on their order.

    Args:
        items: what is to be copied.
        taken: what lies under the target already, with its SHA-256 ("" when not known).
        layout: the arrangement of folders.
        header: where the plan comes from; its counts are filled in.
        left_out: what a selection before left out, for the record.
    """
    ordered = tuple(sorted(items, key=lambda item: item.item_id))
    gone = [*left_out]
    seats = _Seats(taken)
    actions: list[CopyAction] = []
    for unit in _units(ordered):
        parts = [(item, part) for item in unit for part in _parts(item)]
        actions += _placed(parts, layout, seats) if parts else []
        gone += [
            LeftOut(item_id=item.item_id, why="no file of it is known", detail=item.reason)
            for item in unit
            if not item.files
        ]
    plan = CopyPlan(
        header=header, items=ordered, actions=tuple(actions),
        left_out=tuple(sorted(gone, key=lambda out: out.item_id)),
    )  # fmt: skip
    return replace(plan, header=replace(header, counts=_counts(plan)))


def _units(items: Sequence[PlanItem]) -> list[list[PlanItem]]:
    """Return the items that stay together, the leading one first."""
    present = {item.item_id for item in items}
    units: dict[int, list[PlanItem]] = {}
    for item in items:
        lead = item.together_with if item.together_with in present else None
        units.setdefault(item.item_id if lead is None else lead, []).append(item)
    for lead_id, unit in units.items():
        unit.sort(key=lambda item: (item.item_id != lead_id, item.item_id))
    return list(units.values())


def _parts(item: PlanItem) -> list[PlanFile]:
    """Return the files that hold different bytes, the primary first."""
    order = [FileRole.PRIMARY, FileRole.MOTION_VIDEO, FileRole.ALTERNATE, FileRole.COPY]
    parts: dict[str, PlanFile] = {}
    for part in sorted(item.files, key=lambda part: order.index(part.role)):
        parts.setdefault(part.sha256, part)
    return list(parts.values())


def _placed(
    parts: list[tuple[PlanItem, PlanFile]], layout: LayoutOptions, seats: "_Seats"
) -> list[CopyAction]:
    lead, first = parts[0]
    album = min(lead.albums, default="")
    taken_on = lead.taken_at.date() if lead.taken_at else None
    folder = folder_for(layout, taken_on, album, lead.kind)
    extensions = [safe_extension(split_name(part.name)[1]) for _, part in parts]
    room = NAME_BYTES - max(len(extension.encode()) for extension in extensions)
    stem = safe_stem(_stem(lead, first), room)
    targets = seats.take(folder, stem, extensions, [part.sha256 for _, part in parts])
    return [
        CopyAction(
            item_id=item.item_id, group=lead.item_id, source=part, target=target,
            taken_at=item.taken_at, taken_at_basis=item.taken_at_basis,
            fallbacks=other_placements(item, part),
        )
        for (item, part), target in zip(parts, targets, strict=True)
    ]  # fmt: skip


def other_placements(item: PlanItem, part: PlanFile) -> tuple[PlanFile, ...]:
    """Return the item's other files that hold the same bytes as `part`."""
    return tuple(other for other in item.files if other.sha256 == part.sha256 and other != part)


def _stem(item: PlanItem, first: PlanFile) -> str:
    """Return the upload name's stem: exports cut names short and count twins themselves.

    Only while the extension agrees: what is exported may be of another type than was uploaded.
    """
    title_stem, title_extension = split_name(item.title)
    stem, extension = split_name(first.name)
    return title_stem if title_extension.casefold() == extension.casefold() and title_stem else stem


@dataclass(slots=True)
class _Seats:
    """Which paths are still free, by their twin keys."""

    taken: Mapping[PurePosixPath, str]
    _existing: dict[str, tuple[PurePosixPath, str]] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)
    _folders: set[PurePosixPath] = field(default_factory=set)
    _next: dict[tuple[str, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._existing = {twin_key(path): (path, sha256) for path, sha256 in self.taken.items()}
        for path in self.taken:
            self._claim_folders(path)

    def take(
        self, folder: PurePosixPath, stem: str, extensions: list[str], sha256s: list[str]
    ) -> list[PurePosixPath]:
        """Return the first paths with one stem that are all free, and hold them."""
        hint = (twin_key(folder), twin_key(stem), *map(twin_key, extensions))
        number = self._next.get(hint, 1)
        targets = _numbered(folder, stem, extensions, number)
        while not all(map(self._is_free, targets, sha256s)):
            number += 1
            targets = _numbered(folder, stem, extensions, number)
        self._next[hint] = number + 1
        self._used.update(map(twin_key, targets))
        self._claim_folders(targets[0])
        return targets

    def _is_free(self, target: PurePosixPath, sha256: str) -> bool:
        key = twin_key(target)
        return key not in self._used and self._existing.get(key, (target, sha256)) == (
            target,
            sha256,
        )

    def _claim_folders(self, path: PurePosixPath) -> None:
        """Keep the names of folders from being given to files."""
        if path.parent not in self._folders:
            self._folders.add(path.parent)
            self._used.update(twin_key(parent) for parent in path.parents)


def _numbered(
    folder: PurePosixPath, stem: str, extensions: list[str], number: int
) -> list[PurePosixPath]:
    """Return one path for each extension; parts of one item with equal ones are told apart."""
    if number > 1:
        stem = f"{stem} ({number})"
    seen: Counter[str] = Counter()
    targets: list[PurePosixPath] = []
    for extension in extensions:
        seen[twin_key(extension)] += 1
        nth = seen[twin_key(extension)]
        targets.append(folder / (f"{stem}~{nth}{extension}" if nth > 1 else stem + extension))
    return targets


def _counts(plan: CopyPlan) -> tuple[tuple[str, int], ...]:
    reasons = Counter(f"left out: {out.why}" for out in plan.left_out)
    return (
        ("items", len({action.item_id for action in plan.actions})),
        ("files", len(plan.actions)),
        ("bytes", plan.size_bytes),
        ("left out", len(plan.left_out)),
        *sorted(reasons.items()),
    )
