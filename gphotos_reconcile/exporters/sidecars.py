"""Lays XMP files beside the copies; the copies themselves stay the original's bytes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from gphotos_reconcile.core.layout import split_name, twin_key
from gphotos_reconcile.core.model import Kind, Problem
from gphotos_reconcile.core.plan import PlanItem
from gphotos_reconcile.exporters.drafts import Draft
from gphotos_reconcile.exporters.durable import TargetTree
from gphotos_reconcile.exporters.trouble import target_problem
from gphotos_reconcile.exporters.xmp import LARGEST_BYTES, XmpError, xmp_packet


class SidecarStyle(StrEnum):
    """How an XMP file is named after its picture."""

    FULL = "full"  # a.nef.xmp, a.jpg.xmp: digiKam, darktable, Immich
    ADOBE = "adobe"  # a.xmp for a raw, as Lightroom looks for it; a.jpg.xmp for all else


class SidecarStatus(StrEnum):
    """What became of one XMP file (closed list)."""

    WRITTEN = "written"
    MERGED = "merged"
    UNCHANGED = "unchanged"  # it held all of this already, or there is nothing to tell
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SidecarOptions:
    """How XMP files are named and filled; `dry_run` writes nothing."""

    style: SidecarStyle = SidecarStyle.FULL
    favourite_rating: int | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SidecarResult:
    """What became of the XMP file at `path`, relative to the target."""

    item_id: int
    path: PurePosixPath
    status: SidecarStatus
    problem: Problem | None = None


def write_sidecars(
    copies: Iterable[tuple[PlanItem, PurePosixPath]],
    target: Path,
    options: SidecarOptions | None = None,
) -> Iterator[SidecarResult]:
    """Write, or add to, the XMP file of each copy and yield one result for each.

    Args:
        copies: items with the paths of their copies, relative to the target; not the paths that
            failed.
        target: the folder that was copied into.
        options: naming and contents.
    """
    options = options or SidecarOptions()
    pairs = list(copies)
    names = sidecar_paths(pairs, options.style)
    with TargetTree(target.absolute(), "xmp", writable=not options.dry_run) as tree:
        for (item, _), path in zip(pairs, names, strict=True):
            yield _result(tree, item, path, options)
            tree.forget_folders()


def sidecar_paths(
    copies: Iterable[tuple[PlanItem, PurePosixPath]], style: SidecarStyle
) -> list[PurePosixPath]:
    """Return the XMP file of each copy; no two copies share one, and none is itself a copy."""
    pairs = list(copies)
    used = {twin_key(path) for _, path in pairs}
    names: list[PurePosixPath] = []
    for item, path in pairs:
        full = path.with_name(f"{path.name}.xmp")
        short = path.with_name(f"{split_name(path.name)[0]}.xmp")
        wants_short = style is SidecarStyle.ADOBE and item.kind is Kind.RAW
        name = short if wants_short and twin_key(short) not in used else full
        used.add(twin_key(name))
        names.append(name)
    return names


def _result(
    tree: TargetTree, item: PlanItem, path: PurePosixPath, options: SidecarOptions
) -> SidecarResult:
    try:
        status = _written(tree, item, path, options)
    except XmpError as error:
        return _failed(item, path, error.problem())
    except OSError as error:
        return _failed(item, path, target_problem(error, "Writing the XMP file"))
    return SidecarResult(item_id=item.item_id, path=path, status=status)


def _failed(item: PlanItem, path: PurePosixPath, problem: Problem) -> SidecarResult:
    return SidecarResult(
        item_id=item.item_id, path=path, status=SidecarStatus.FAILED, problem=problem
    )


def _written(
    tree: TargetTree, item: PlanItem, path: PurePosixPath, options: SidecarOptions
) -> SidecarStatus:
    existing = None if tree.status(path) is None else tree.read(path, LARGEST_BYTES + 1)
    packet = xmp_packet(item, existing, favourite_rating=options.favourite_rating)
    if packet is None:
        return SidecarStatus.UNCHANGED
    if tree.writable:
        _put(tree, path, packet, is_new=existing is None)
    return SidecarStatus.WRITTEN if existing is None else SidecarStatus.MERGED


def _put(tree: TargetTree, path: PurePosixPath, packet: bytes, *, is_new: bool) -> None:
    draft: Draft = tree.draft(path.parent)
    try:
        draft.write(packet)
        draft.sync()
        if is_new:
            draft.publish(path.name)
        else:
            draft.replace(path.name)
    finally:
        draft.discard()
    tree.sync_folder(path.parent)
