"""The commands that write out of the catalogue and read it again: export, copy, verify."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gphotos_reconcile.cli.job import SOME_UNREADABLE, command_line
from gphotos_reconcile.cli.output import note, say, say_json, size_text
from gphotos_reconcile.cli.settings import settings_of
from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.model import Kind, Verdict

if TYPE_CHECKING:
    from gphotos_reconcile.core.selection import Filter
    from gphotos_reconcile.workflows.copy import CopyOutcome

_FAILURES_SHOWN = 20

export_app = typer.Typer(help="Write plans as files.", no_args_is_help=True, rich_markup_mode=None)

Verdicts = Annotated[
    list[str], typer.Option("--verdict", help="Only items with this verdict; repeatable.")
]
Kinds = Annotated[list[str], typer.Option("--kind", help="Only photo, raw, video or motion.")]
Years = Annotated[list[int], typer.Option("--year", help="Only items taken in this year.")]
Albums = Annotated[list[str], typer.Option("--album", help="Only items of this album.")]
Include = Annotated[
    list[str], typer.Option("--include", help="Also partner, shared, trash or locked items.")
]


@export_app.command("copy-list")
def copy_list(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(help="The file; stdout otherwise.")] = None,
    form: Annotated[
        str | None, typer.Option("--format", help="text, nul, csv, json, rsync, rclone, rclone0.")
    ] = None,
    verdict: Verdicts = [],
    kind: Kinds = [],
    year: Years = [],
    album: Albums = [],
    include: Include = [],
) -> None:
    """List what is not safe yet, in a form that people or other tools read.

    Example: gphotos-reconcile export copy-list --format csv --out copy-list.csv
    """
    from gphotos_reconcile.exporters.copylist import write_copylist
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows.export import (
        PlanRequest,
        form_for,
        plan_from_catalog,
        write_list,
    )

    settings = settings_of(context)
    chosen = form_for("json" if settings.json and form is None else form, out)
    wanted = item_filter(verdict, kind, (year, album, include))
    with open_catalog(settings.catalog, write=False) as catalog:
        plan = plan_from_catalog(catalog, PlanRequest(wanted=wanted, command=command_line()))
    if out is None:
        listing = write_copylist(plan, sys.stdout.buffer, chosen)
    else:
        listing = write_list(plan, chosen, out)
        note(listing.readme)
    left = len(listing.not_listed)
    if left:
        note(f"{left:,} files cannot be named in this form: {listing.not_listed[0].why}.")
    note("Next: gphotos-reconcile copy --to DIR --dry-run")


def copy(
    context: typer.Context,
    to: Annotated[Path, typer.Option("--to", help="The folder that the copies go to.")],
    layout: Annotated[
        str, typer.Option(help="Folders from {year} {month} {day} {album} {kind}; '' for flat.")
    ] = "{year}/{month}/",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Plan and count, write nothing.")
    ] = False,
    verdict: Verdicts = [],
    kind: Kinds = [],
    year: Years = [],
    album: Albums = [],
    include: Include = [],
) -> None:
    """Carry the copy list out, straight from the archives; nothing is ever overwritten.

    Example: gphotos-reconcile copy --to ~/Pictures/from-google --dry-run
    """
    from gphotos_reconcile.cli.progress import make_progress
    from gphotos_reconcile.core.layout import LayoutOptions
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows.copy import CopyRequest, copy_out
    from gphotos_reconcile.workflows.export import PlanRequest

    settings = settings_of(context)
    plan = PlanRequest(
        wanted=item_filter(verdict, kind, (year, album, include)),
        layout=LayoutOptions(template=layout),
        command=command_line(),
    )
    with (
        open_catalog(settings.catalog, write=True) as catalog,
        make_progress(quiet=settings.quiet) as progress,
    ):
        result = copy_out(
            catalog, CopyRequest(plan=plan, target=to, dry_run=dry_run), progress=progress
        )
    if settings.json:
        say_json(_copy_document(result, dry_run=dry_run))
    else:
        _say_copied(result, to, dry_run=dry_run)
    if result.failed:
        raise typer.Exit(SOME_UNREADABLE)


def verify(
    context: typer.Context,
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Folders that `copy` wrote; all by default.")
    ] = None,
) -> None:
    """Read stored copies again, every byte, and compare with the catalogue.

    Example: gphotos-reconcile verify ~/Pictures/from-google
    """
    from gphotos_reconcile.cli.progress import make_progress
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows.copy import verify_all

    settings = settings_of(context)
    with (
        open_catalog(settings.catalog, write=False) as catalog,
        make_progress(quiet=settings.quiet) as progress,
    ):
        report = verify_all(catalog, tuple(folders or ()), progress=progress)
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
    for name, problem in result.failed[:_FAILURES_SHOWN]:
        say(f"  {name}: {problem.message} {problem.hint}")
    if dry_run:
        say("\nNext: the same command without --dry-run")
    else:
        say(f"\nNext: gphotos-reconcile verify {to}\n      gphotos-reconcile index {to}")


def item_filter(
    verdicts: Sequence[str],
    kinds: Sequence[str],
    others: tuple[Sequence[int], Sequence[str], Sequence[str]],
) -> Filter:
    """Return the filter that the options ask for.

    Raises:
        UsageError: a verdict, kind or group that there is not.
    """
    from gphotos_reconcile.core.selection import NOT_SAFE, Filter

    years, albums, include = others
    groups = {"own", "partner", "shared", "trash", "locked"}
    _check(verdicts, {v.value for v in Verdict}, "verdict")
    _check(kinds, {k.value for k in Kind}, "kind")
    _check(include, groups, "group")
    return Filter(
        verdicts=frozenset(Verdict(v) for v in verdicts) or NOT_SAFE,
        kinds=frozenset(Kind(k) for k in kinds) or None,
        years=frozenset(years) or None,
        albums=frozenset(albums) or None,
        belonging=frozenset({"own", *include}),
    )


def _check(words: Sequence[str], known: set[str], what: str) -> None:
    for word in words:
        if word not in known:
            raise UsageError(
                f"There is no {what} {word!r}.",
                hint="Take one of " + ", ".join(sorted(known)) + ".",
            )
