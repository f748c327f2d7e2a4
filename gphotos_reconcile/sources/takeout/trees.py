"""Finds the unpacked trees of exports in the folders that the user named."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from gphotos_reconcile.core.model import Sidecar
from gphotos_reconcile.sources.takeout.layout import (
    DEFAULT_ROOT,
    TAKEOUT,
    has_year,
    is_photos_root,
)
from gphotos_reconcile.sources.takeout.sidecars import (
    MAX_SIDECAR_BYTES,
    SidecarError,
    parse_sidecar,
)

_MAX_DEPTH: Final = 3
_TRIED_FILES: Final = 20
_NUMBERED_TAKEOUT: Final = re.compile(r"takeout(?:[ _-]?\(?\d{1,3}\)?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder to read: `prefix` stands before its relative paths to make the export's paths.

    Trees of one `group` are one export: `Takeout` and `Takeout 2` beside each other are what
    unpacking two parts gives.
    """

    path: Path
    prefix: bytes
    group: Path


def find_trees(folder: Path) -> Iterator[Tree]:
    """Yield the export trees in a folder: itself, or those up to three levels down."""
    yield from _search(Path(os.path.realpath(folder)), 0)


def _search(folder: Path, depth: int) -> Iterator[Tree]:
    tree = _as_takeout(folder) or _as_photos(folder) or _as_part_of_photos(folder)
    if tree is not None:
        yield tree
    elif depth < _MAX_DEPTH:
        for child in _folders(folder):
            yield from _search(child, depth + 1)


def _as_takeout(folder: Path) -> Tree | None:
    children = _folders(folder)
    if any(is_photos_root(os.fsencode(child.name)) for child in children):
        return Tree(folder, TAKEOUT + b"/", _group(folder))
    if folder.name == "Takeout" and any(_holds_year(child) for child in children):
        return Tree(folder, TAKEOUT + b"/", _group(folder))
    return None


def _as_photos(folder: Path) -> Tree | None:
    name = os.fsencode(folder.name)
    if not is_photos_root(name) and not _holds_year(folder):
        return None
    group = _group(folder.parent) if _is_takeout(folder.parent) else folder.parent
    return Tree(folder, TAKEOUT + b"/" + name + b"/", group)


def _as_part_of_photos(folder: Path) -> Tree | None:
    """Return a tree for one year's folder or one album that was named alone."""
    if not _holds_sidecar(folder):
        return None
    root, group = DEFAULT_ROOT, folder
    parent = folder.parent
    if is_photos_root(os.fsencode(parent.name)) or _is_takeout(parent.parent):
        root = os.fsencode(parent.name)
        group = _group(parent.parent) if _is_takeout(parent.parent) else parent.parent
    prefix = b"/".join((TAKEOUT, root, os.fsencode(folder.name), b""))
    return Tree(folder, prefix, group)


def _is_takeout(folder: Path) -> bool:
    return _NUMBERED_TAKEOUT.fullmatch(folder.name) is not None


def _group(takeout: Path) -> Path:
    return takeout.parent if _is_takeout(takeout) else takeout


def _holds_year(folder: Path) -> bool:
    """Tell whether a child is named by words and a year, and holds a sidecar."""
    years = (child for child in _folders(folder) if has_year(os.fsencode(child.name)))
    return any(_holds_sidecar(child) for child in islice(years, _TRIED_FILES))


def _holds_sidecar(folder: Path) -> bool:
    try:
        with os.scandir(folder) as listing:
            names = (e.path for e in listing if e.name.endswith(".json") and e.is_file())
            return any(_is_sidecar(Path(path)) for path in islice(names, _TRIED_FILES))
    except OSError:
        return False


def _is_sidecar(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_SIDECAR_BYTES + 1)
        return isinstance(parse_sidecar("", data), Sidecar)
    except (OSError, SidecarError):
        return False


def _folders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as listing:
            return sorted(Path(e.path) for e in listing if e.is_dir(follow_symlinks=False))
    except OSError:
        return []
