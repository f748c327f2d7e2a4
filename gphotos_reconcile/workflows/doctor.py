"""What is installed, what is readable, which parts of an export are missing, what to do."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from shutil import disk_usage, which
from typing import Final

from gphotos_reconcile import __version__
from gphotos_reconcile.core.errors import ReconcileError
from gphotos_reconcile.media.codecs import codec_report
from gphotos_reconcile.sources.takeout.exports import find_exports
from gphotos_reconcile.sources.takeout.source import inspect_part
from gphotos_reconcile.store.engine import catalog_path
from gphotos_reconcile.store.health import catalog_trouble, sqlite_words

_LOW_DISK_BYTES: Final = 2 << 30


class Level(StrEnum):
    """How a finding weighs."""

    GOOD = "ok"
    NOTE = "note"
    BAD = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `advice` is "" when there is nothing to do."""

    level: Level
    what: str
    advice: str = ""


def examine(location: str, paths: Sequence[Path]) -> tuple[Finding, ...]:
    """Look at the installation, the catalogue, and the exports or libraries named."""
    looks: list[Callable[[], list[Finding]]] = [
        _program,
        _codecs,
        lambda: _catalog(catalog_path(location)),
        *(lambda path=path: _path(path) for path in paths),
    ]
    return tuple(finding for look in looks for finding in look())


def _program() -> list[Finding]:
    found = [
        Finding(Level.GOOD, f"gphotos-reconcile {__version__}, Python {sys.version.split()[0]}"),
        Finding(Level.GOOD, sqlite_words()),
    ]
    exiftool = which("exiftool")
    found.append(
        Finding(Level.GOOD, "exiftool is installed")
        if exiftool
        else Finding(
            Level.NOTE,
            "exiftool is not installed",
            "Only needed to carry out `export exiftool-args` lists; nothing else asks for it.",
        )
    )
    return found


def _codecs() -> list[Finding]:
    advice = "Update it: pip install --upgrade gphotos-reconcile pillow pillow-heif rawpy av"
    found = []
    for codec in codec_report():
        if codec.advisory is not None:
            found.append(Finding(Level.BAD, codec.advisory, advice))
        elif codec.version:
            found.append(Finding(Level.GOOD, f"{codec.name} {codec.version}"))
        else:
            found.append(Finding(Level.NOTE, f"{codec.name} is not installed"))
    return found


def _catalog(path: Path) -> list[Finding]:
    if not path.exists():
        return [Finding(Level.NOTE, f"no catalogue at {path} yet", "It is made by the first run.")]
    trouble = catalog_trouble(path)
    if trouble is None:
        found = [Finding(Level.GOOD, f"catalogue {path}")]
    else:
        found = [Finding(Level.BAD, *trouble)]
    free = disk_usage(path.parent).free
    if free < _LOW_DISK_BYTES:
        advice = "The catalogue grows by about 6 kB for each photo: make room."
        found.append(Finding(Level.NOTE, f"{free >> 20} MiB free beside the catalogue", advice))
    return found


def _path(path: Path) -> list[Finding]:
    try:
        exports = find_exports([path])
    except ReconcileError as error:
        if path.is_dir():
            return [Finding(Level.GOOD, f"{path} is a folder without anything of Takeout in it")]
        return [Finding(Level.BAD, str(error), error.hint)]
    found = []
    for export in exports:
        found += [Finding(Level.BAD, p.message, p.hint) for p in export.problems]
        for part in export.parts:
            state = inspect_part(part)
            if state.is_whole:
                text = f"{part.label}: whole, {state.member_count:,} entries"
                found.append(Finding(Level.GOOD, text))
            else:
                found.append(
                    Finding(
                        Level.BAD, f"{part.label}: {state.condition}: {state.reason}", state.hint
                    )
                )
        if export.missing_parts:
            numbers = ", ".join(map(str, export.missing_parts))
            advice = "Download them from the same export: until then nothing counts as missing."
            text = f"export {export.export_id}: parts {numbers} are missing"
            found.append(Finding(Level.BAD, text, advice))
    return found
