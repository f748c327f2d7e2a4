"""The commands that copy out of the archives and read copies again: copy, verify."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gphotos_reconcile.cli.choosing import (
    Albums,
    Choice,
    Include,
    Kinds,
    MaxSize,
    MinSize,
    Verdicts,
    Years,
)
from gphotos_reconcile.cli.fidelity import measure_fidelity
from gphotos_reconcile.cli.google import ClientSecretFile, Keyring
from gphotos_reconcile.cli.job import SOME_UNREADABLE, command_line
from gphotos_reconcile.cli.output import say, say_json
from gphotos_reconcile.cli.settings import Settings, settings_of
from gphotos_reconcile.core.sizes import size_text

if TYPE_CHECKING:
    from gphotos_reconcile.workflows.copy import CopyOutcome

_FAILURES_SHOWN = 20


def copy(
    context: typer.Context,
    to: Annotated[Path, typer.Option("--to", help="The folder that the copies go to.")],
    layout: Annotated[
        str, typer.Option(help="Folders from {year} {month} {day} {album} {kind}; '' for flat.")
    ] = "{year}/{month}/",
    beside: Annotated[
        bool, typer.Option("--beside", help="Into the folders where that day's pictures lie.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Plan and count, write nothing.")
    ] = False,
    xmp: Annotated[
        bool, typer.Option("--xmp", help="Also write XMP files with what only Google knows.")
    ] = False,
    xmp_style: Annotated[
        str, typer.Option("--xmp-style", help="full (a.jpg.xmp), or adobe (a.xmp for raws).")
    ] = "full",
    verdict: Verdicts = [],
    kind: Kinds = [],
    year: Years = [],
    album: Albums = [],
    include: Include = [],
    min_size: MinSize = 0,
    max_size: MaxSize = None,
) -> None:
    """Carry the copy list out; nothing is overwritten.

    Example: gphotos-reconcile copy --to ~/Pictures/from-google --dry-run
    """
    from gphotos_reconcile.cli.progress import make_progress
    from gphotos_reconcile.core.layout import LayoutOptions
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows.copy import CopyRequest, copy_out, sidecar_style
    from gphotos_reconcile.workflows.export import PlanRequest

    settings = settings_of(context)
    plan = PlanRequest(
        wanted=Choice(
            verdicts=verdict,
            kinds=kind,
            years=year,
            albums=album,
            include=include,
            min_size=min_size,
            max_size=max_size,
        ).filter(),
        layout=LayoutOptions(template=layout),
        command=command_line(),
    )
    with (
        open_catalog(settings.catalog, write=True) as catalog,
        make_progress(quiet=settings.quiet) as progress,
    ):
        result = copy_out(
            catalog,
            CopyRequest(
                plan=plan,
                target=to,
                dry_run=dry_run,
                xmp=sidecar_style(xmp_style) if xmp else None,
                beside=beside,
            ),
            progress=progress,
        )
    if settings.json:
        say_json(_copy_document(result, dry_run=dry_run))
    else:
        _say_copied(result, to, dry_run=dry_run)
    if result.failed:
        raise typer.Exit(SOME_UNREADABLE)


def verify(
    context: typer.Context,
    named: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[DIR|ITEM]...",
            help="Folders that `copy` wrote, all by default; with --fidelity files or item ids.",
        ),
    ] = None,
    fidelity: Annotated[
        bool,
        typer.Option("--fidelity", help="Measure what Google hands back of these originals."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --fidelity: show the cost, send nothing.")
    ] = False,
    client_secret: ClientSecretFile = None,
    keyring: Keyring = False,
) -> None:
    """Read copies again, every byte, and compare.

    With --fidelity it uploads the originals that you name into a test album, fetches them back in
    every way the API has, and says what was kept and lost: bytes, pixels, size, EXIF, place. The
    copies stay in your account. With no name it shows what was measured before.

    Example: gphotos-reconcile verify ~/Pictures/from-google

    Example: gphotos-reconcile verify --fidelity IMG_0042.jpg --dry-run
    """
    if fidelity:
        measure_fidelity(
            settings_of(context),
            named or [],
            dry_run=dry_run,
            client_secret=client_secret,
            keyring=keyring,
        )
    else:
        _verify_copies(settings_of(context), [Path(name) for name in named or []])


def _verify_copies(settings: Settings, folders: list[Path]) -> None:
    from gphotos_reconcile.cli.progress import make_progress
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows.copy import verify_all

    with (
        open_catalog(settings.catalog, write=False) as catalog,
        make_progress(quiet=settings.quiet) as progress,
    ):
        report = verify_all(catalog, tuple(folders), progress=progress)
    if settings.json:
        say_json({"schema": 1, "read": report.read, "bad": list(report.bad)})
    else:
        for result in report.bad:
            words = result.problem.message if result.problem else ""
            say(f"{result.status.value:<10} {result.record.target}: {words}")
        say(f"{report.read:,} copies read again, {len(report.bad):,} are not as they were made.")
        say(f"\nNext: gphotos-reconcile {'copy --to DIR' if report.bad else 'report'}")
    if report.bad:
        raise typer.Exit(SOME_UNREADABLE)


def _copy_document(result: CopyOutcome, *, dry_run: bool) -> dict[str, object]:
    return {
        "schema": 1,
        "dry_run": dry_run,
        "counts": {status.value: count for status, count in result.counts.items()},
        "copied_bytes": result.copied_bytes,
        "planned": dict(result.plan.header.counts),
        "failed": [{"name": name, "problem": problem} for name, problem in result.failed],
    }


def _say_copied(result: CopyOutcome, to: Path, *, dry_run: bool) -> None:
    counts = {status.value: count for status, count in result.counts.items()}
    verb = "would be copied" if dry_run else "copied"
    say(
        f"{counts.get('copied', 0):,} files {verb} ({size_text(result.copied_bytes)}),"
        f" {counts.get('present', 0):,} were there already, {len(result.failed):,} failed."
    )
    if result.sidecars:
        say(f"{result.sidecars:,} XMP files {'would be ' if dry_run else ''}written or added to.")
    for name, problem in result.failed[:_FAILURES_SHOWN]:
        say(f"  {name}: {problem.message} {problem.hint}")
    if dry_run:
        say("\nNext: the same command without --dry-run")
    else:
        say(f"\nNext: gphotos-reconcile verify {to}\n      gphotos-reconcile index {to}")
