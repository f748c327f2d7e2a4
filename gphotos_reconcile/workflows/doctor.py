"""What is installed, what is readable, which parts of an export are missing, what to do."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from shutil import disk_usage, which
from typing import Final

from gphotos_reconcile import __version__
from gphotos_reconcile.core.errors import ReconcileError
from gphotos_reconcile.core.report import NextStep
from gphotos_reconcile.core.report_words import export_doubts, local_doubts
from gphotos_reconcile.media.codecs import codec_report
from gphotos_reconcile.sources.takeout.exports import Export, find_exports
from gphotos_reconcile.sources.takeout.source import inspect_part
from gphotos_reconcile.store.engine import catalog_path, open_catalog
from gphotos_reconcile.store.health import catalog_trouble, sqlite_words
from gphotos_reconcile.workflows.report import report_of

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


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything that was looked at, and what to do next, the most useful first."""

    findings: tuple[Finding, ...]
    next_steps: tuple[NextStep, ...]

    @property
    def problems(self) -> int:
        """Return how many findings are problems."""
        return sum(finding.level is Level.BAD for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where files of the program are, or would be; `config` is None when there is none."""

    config: Path | None
    log: Path
    client_secret: Path


def examine(location: str, paths: Sequence[Path], places: Places) -> Examination:
    """Look at the installation, the catalogue, and the exports or libraries named.

    Args:
        location: the catalogue.
        paths: exports and libraries.
        places: the program's own files.
    """
    path = catalog_path(location)
    catalogue = _catalog(path)
    found = [*_program(), *_codecs(), *_files(places), *catalogue]
    steps: tuple[NextStep, ...] = ()
    if path.exists() and all(finding.level is not Level.BAD for finding in catalogue):
        doubts, steps = _progress_so_far(location)
        found += doubts
    looked_at = _paths(paths)
    broken = any(finding.level is Level.BAD for finding in looked_at)
    return Examination((*found, *looked_at), steps or _first_steps(paths, broken=broken))


def _first_steps(paths: Sequence[Path], *, broken: bool) -> tuple[NextStep, ...]:
    """Return what to do while nothing is in the catalogue."""
    if broken:
        why = "once what is marked as a problem is mended: the same parts, looked at again"
        return (NextStep(command="gphotos-reconcile doctor EXPORT...", why=why),)
    job = NextStep(
        command="gphotos-reconcile run takeout-*.zip --library ~/Pictures",
        why="the whole job, with your own places; it can be stopped and run again",
    )
    if paths:
        return (job,)
    look = NextStep(
        command="gphotos-reconcile doctor takeout-*.zip",
        why="see whether all parts of the export are there and whole, before hours are spent",
    )
    trial = NextStep(command="gphotos-reconcile demo", why="try it on a sample of its own")
    return (trial, look, job)


def _progress_so_far(location: str) -> tuple[list[Finding], tuple[NextStep, ...]]:
    """Return what the catalogue says of its exports, and what to do next by it."""
    with open_catalog(location, write=False) as catalog:
        report = report_of(catalog)
    advice = "Until then what is not found counts as unknown: `query scan_health` tells more."
    doubts = (*export_doubts(report.findings), *local_doubts(report.findings))
    return [Finding(Level.NOTE, doubt, advice) for doubt in doubts], report.next_steps


def _files(places: Places) -> list[Finding]:
    if places.config is not None:
        about = Finding(Level.GOOD, f"config file {places.config}")
    else:
        about = Finding(
            Level.NOTE,
            "no config file",
            "`gphotos-reconcile init` writes one; `run` needs no arguments then.",
        )
    log, secret = places.log, places.client_secret
    if secret.exists():
        client = Finding(Level.GOOD, f"client of your own for Google {secret}")
    else:
        client = Finding(
            Level.NOTE,
            f"no client_secret.json at {secret}",
            "Only needed for the Google commands; README, section Google, says how to get one.",
        )
    return [
        about,
        Finding(Level.GOOD, f"log {log}" + ("" if log.exists() else " (none yet)")),
        client,
    ]


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


def _paths(paths: Sequence[Path]) -> list[Finding]:
    """Look at what was named, the parts of one export together however they were named."""
    found: list[Finding] = []
    exported: list[Path] = []
    for path in paths:
        try:
            find_exports([path])
        except ReconcileError as error:
            found.append(_no_export(path, error))
        else:
            exported.append(path)
    for export in find_exports(exported) if exported else ():
        found += _export(export)
    return found


def _no_export(path: Path, error: ReconcileError) -> Finding:
    if path.is_dir():
        return Finding(Level.GOOD, f"{path} is a folder without anything of Takeout in it")
    return Finding(Level.BAD, str(error), error.hint)


def _export(export: Export) -> Iterator[Finding]:
    for problem in export.problems:
        yield Finding(Level.BAD, problem.message, problem.hint)
    for part in export.parts:
        state = inspect_part(part)
        if state.is_whole:
            yield Finding(Level.GOOD, f"{part.label}: whole, {state.member_count:,} entries")
        else:
            told = f"{part.label}: {state.condition}: {state.reason}"
            yield Finding(Level.BAD, told, state.hint)
    if export.missing_parts:
        numbers = ", ".join(map(str, export.missing_parts))
        advice = "Download what is missing from the same export: until then nothing counts as"
        text = f"export {export.export_id}: not here of its parts: {numbers}"
        yield Finding(Level.BAD, text, f"{advice} missing.")
