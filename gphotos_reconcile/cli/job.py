"""The commands that read and compare: run, import, index, match."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gphotos_reconcile.cli.completing import one_of, profiles
from gphotos_reconcile.cli.output import note, say, say_json
from gphotos_reconcile.cli.settings import Settings, settings_of
from gphotos_reconcile.core.errors import ConditionMetError
from gphotos_reconcile.core.model import Verdict
from gphotos_reconcile.core.suggest import check_known

if TYPE_CHECKING:
    from gphotos_reconcile.cli.progress import LineProgress, TerminalProgress
    from gphotos_reconcile.matching.options import MatchOptions
    from gphotos_reconcile.media.worker import WorkerPool
    from gphotos_reconcile.store.engine import Catalog
    from gphotos_reconcile.workflows.match import MatchReport
    from gphotos_reconcile.workflows.scanning import ScanReport

SOME_UNREADABLE = 3

Exports = Annotated[
    list[Path], typer.Argument(help="Parts (zip, tgz), unpacked folders, or a folder of parts.")
]
Exclude = Annotated[
    list[str], typer.Option(help="Leave out names or paths like this (shell pattern).")
]
ProfileOption = Annotated[
    str,
    typer.Option(
        "--profile",
        help="How sure a claim must be: careful, balanced or eager.",
        autocompletion=profiles,
    ),
]
SensitivityOption = Annotated[
    int | None, typer.Option("--sensitivity", min=0, max=100, help="0 strict .. 100 loose.")
]
VideoRunOption = Annotated[
    int,
    typer.Option(
        "--video-run", min=2, help="So many frames in a row make one video a part of another."
    ),
]
VideoEveryOption = Annotated[
    float,
    typer.Option("--video-every", min=0.5, help="Seconds between those frames."),
]
FailOn = Annotated[
    str, typer.Option("--fail-on", help="Exit 10 if there are any of: missing,review,problems.")
]


@contextmanager
def working(
    settings: Settings,
) -> Iterator[tuple[Catalog, WorkerPool, TerminalProgress | LineProgress]]:
    """Open what a long command works with: the catalogue for writing, workers, progress."""
    from gphotos_reconcile.cli.progress import make_progress
    from gphotos_reconcile.media.worker import WorkerPool
    from gphotos_reconcile.store.engine import open_catalog

    with (
        open_catalog(settings.catalog, write=True) as catalog,
        WorkerPool(settings.worker_count) as pool,
        make_progress(quiet=settings.quiet) as progress,
    ):
        yield catalog, pool, progress


def run(
    context: typer.Context,
    exports: Exports,
    library: Annotated[
        list[Path], typer.Option("--library", help="A folder with your own photos; repeatable.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Where the copy lists go; beside the catalogue otherwise.")
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Read and compare, and only name the copy lists."),
    ] = False,
    exclude: Exclude = [],
    profile: ProfileOption = "careful",
    sensitivity: SensitivityOption = None,
    video_run: VideoRunOption = 6,
    video_every: VideoEveryOption = 10.0,
    fail_on: FailOn = "",
) -> None:
    """Do the whole job: read, compare, report, list copies.

    Example: gphotos-reconcile run takeout-*.zip --library ~/Pictures
    """
    from gphotos_reconcile.cli import render
    from gphotos_reconcile.store.engine import catalog_path
    from gphotos_reconcile.workflows.run import RunRequest, run_job

    settings = settings_of(context)
    conditions = _conditions(fail_on)
    request = RunRequest(
        exports=exports,
        libraries=library,
        out=out or catalog_path(settings.catalog).absolute().parent / "out",
        exclude=exclude,
        options=match_options(profile, sensitivity, video_run, video_every),
        command=command_line(),
        dry_run=dry_run,
    )
    with working(settings) as (catalog, pool, progress):
        result = run_job(request, catalog, pool=pool, progress=progress)
    if settings.json:
        say_json({**render.run_document(result, settings.catalog), "dry_run": dry_run})
    else:
        say(render.run_text(result, settings.catalog, dry_run=dry_run))
    _end(result.scans, result.match, conditions)


def import_exports(context: typer.Context, exports: Exports) -> None:
    """Read Takeout exports, straight from the archives.

    Example: gphotos-reconcile import takeout-*.zip
    """
    from gphotos_reconcile.workflows.import_takeout import import_takeout

    settings = settings_of(context)
    with working(settings) as (catalog, pool, progress):
        reports = import_takeout(exports, catalog=catalog, fingerprinter=pool, progress=progress)
    _show_scans(settings, reports, "gphotos-reconcile index DIR")
    _end(reports)


def index(
    context: typer.Context,
    folders: Annotated[list[Path], typer.Argument(help="Folders with your own photos.")],
    exclude: Exclude = [],
) -> None:
    """Read local libraries into the catalogue.

    Example: gphotos-reconcile index ~/Pictures /media/backup/photos
    """
    from gphotos_reconcile.workflows.index import index_libraries

    settings = settings_of(context)
    with working(settings) as (catalog, pool, progress):
        reports = index_libraries(
            folders, catalog=catalog, fingerprinter=pool, exclude=exclude, progress=progress
        )
    _show_scans(settings, reports, "gphotos-reconcile match")
    _end(reports)


def match(
    context: typer.Context,
    profile: ProfileOption = "careful",
    sensitivity: SensitivityOption = None,
    video_run: VideoRunOption = 6,
    video_every: VideoEveryOption = 10.0,
    fail_on: FailOn = "",
    within: Annotated[
        str | None,
        typer.Option(
            "--within",
            help="Find duplicates inside: local or cloud.",
            autocompletion=one_of(("local", "cloud")),
        ),
    ] = None,
    keep: Annotated[
        str, typer.Option("--keep", help="Which duplicate is kept, rules in order.")
    ] = "largest,raw_first,oldest",
    prefer: Annotated[
        list[str], typer.Option("--prefer", help="A folder to keep from; repeatable.")
    ] = [],
) -> None:
    """Compare, and give every cloud item its verdict.

    With --within it looks for duplicates inside one side instead: thumbnails, recompressed and
    edited copies, raw and JPEG, bursts. Nothing is ever deleted.

    Example: gphotos-reconcile match --within local --keep prefer_folder,largest --prefer ~/Best
    """
    from gphotos_reconcile.cli import render
    from gphotos_reconcile.workflows.match import match_catalog

    settings = settings_of(context)
    conditions = _conditions(fail_on)
    options = match_options(profile, sensitivity, video_run, video_every)
    if within is not None:
        _group(settings, within, (options, keep, prefer))
        return
    with working(settings) as (catalog, pool, progress):
        result = match_catalog(catalog, options, pool=pool, progress=progress)
    if settings.json:
        say_json(render.match_document(result))
    else:
        say(render.match_text(result))
    _end((), result, conditions)


def _group(settings: Settings, within: str, how: tuple[MatchOptions, str, Sequence[str]]) -> None:
    from gphotos_reconcile.cli import render
    from gphotos_reconcile.core.model import Side
    from gphotos_reconcile.matching.keeping import KEEPER_RULES, KeeperOrder
    from gphotos_reconcile.workflows.duplicates import GroupRequest, group_duplicates

    options, keep, prefer = how
    rules = tuple(rule.strip() for rule in keep.split(",") if rule.strip())
    check_known(within, Side, "side")
    for rule in rules:
        check_known(rule, KEEPER_RULES, "rule for --keep")
    folders = tuple(str(Path(folder).expanduser().absolute()) for folder in prefer)
    request = GroupRequest(
        side=Side(within), options=options, order=KeeperOrder(rules=rules, folders=folders)
    )
    with working(settings) as (catalog, pool, progress):
        result = group_duplicates(catalog, request, pool=pool, progress=progress)
    if settings.json:
        say_json({"schema": 1, "side": result.side, "counts": result.counts})
    else:
        say(render.groups_text(result))


def match_options(
    profile: str, sensitivity: int | None, video_run: int, video_every_s: float
) -> MatchOptions:
    """Return the options of a match.

    Raises:
        UsageError: there is no profile of this name.
    """
    from gphotos_reconcile.matching.options import MatchOptions, Profile

    check_known(profile, Profile, "profile")
    return MatchOptions(
        profile=Profile(profile),
        sensitivity=sensitivity,
        video_run=video_run,
        video_every_s=video_every_s,
    )


def command_line() -> str:
    """Return the command as it was typed, for the heads of lists."""
    return shlex.join(["gphotos-reconcile", *sys.argv[1:]])


def _show_scans(settings: Settings, reports: Iterable[ScanReport], then: str) -> None:
    from gphotos_reconcile.cli import render

    if settings.json:
        say_json(render.scans_document(reports))
    else:
        say(render.scans_text(reports))
        say(f"\nNext: {then}")


def _conditions(text: str) -> frozenset[str]:
    asked = [word.strip() for word in text.split(",") if word.strip()]
    for word in asked:
        check_known(word, ("missing", "review", "problems"), "condition for --fail-on")
    return frozenset(asked)


def _end(
    scans: Iterable[ScanReport],
    match_report: MatchReport | None = None,
    conditions: frozenset[str] = frozenset(),
) -> None:
    """Leave with the code that tells what happened.

    Raises:
        ConditionMetError: a condition of --fail-on is met.
    """
    problems = sum(scan.problem_count for scan in scans)
    met = _met(match_report, problems, conditions)
    if met:
        raise ConditionMetError(
            "There are " + ", ".join(met) + ".",
            hint="Run `gphotos-reconcile report` to see them.",
        )
    if problems:
        note(
            f"{problems:,} files could not be read or decoded:"
            " `gphotos-reconcile query problems_by_stage` names them."
        )
        raise typer.Exit(SOME_UNREADABLE)


def _met(report: MatchReport | None, problems: int, conditions: frozenset[str]) -> list[str]:
    counts: dict[str, Any] = {"problems": problems}
    for (verdict, belongs), count in report.counts.items() if report else ():
        if belongs == "own":
            counts[verdict] = counts.get(verdict, 0) + count
    counts["missing"] = counts.get(Verdict.MISSING, 0) + counts.get(Verdict.UNKNOWN, 0)
    names = sorted(name for name in conditions if counts.get(name))
    return [f"{counts[name]:,} {name}" for name in names]
