"""The commands that write plans as files: export ..."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

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
from gphotos_reconcile.cli.completing import one_of
from gphotos_reconcile.cli.job import command_line
from gphotos_reconcile.cli.output import note, say, say_json
from gphotos_reconcile.cli.settings import settings_of
from gphotos_reconcile.cli.writing import DryRun, written

export_app = typer.Typer(help="Write plans as files.", no_args_is_help=True, rich_markup_mode=None)


@export_app.command("copy-list")
def copy_list(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(help="The file; stdout otherwise.")] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="text, nul, csv, json, rsync, rclone, rclone0.",
            autocompletion=one_of(("text", "nul", "csv", "json", "rsync", "rclone", "rclone0")),
        ),
    ] = None,
    verdict: Verdicts = [],
    kind: Kinds = [],
    year: Years = [],
    album: Albums = [],
    include: Include = [],
    min_size: MinSize = 0,
    max_size: MaxSize = None,
    copied_to: Annotated[
        Path | None,
        typer.Option("--copied-to", help="List the copies in this folder, not their sources."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """List what is not safe yet, for people or other tools.

    Example: gphotos-reconcile export copy-list --format csv --out copy-list.csv
    """
    from gphotos_reconcile.exporters.copylist import write_copylist
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows.export import (
        PlanRequest,
        as_copied,
        form_for,
        plan_from_catalog,
        write_list,
    )

    settings = settings_of(context)
    chosen = form_for("json" if settings.json and form is None else form, out)
    wanted = Choice(
        verdicts=verdict,
        kinds=kind,
        years=year,
        albums=album,
        include=include,
        min_size=min_size,
        max_size=max_size,
    ).filter()
    with open_catalog(settings.catalog, write=False) as catalog:
        plan = plan_from_catalog(catalog, PlanRequest(wanted=wanted, command=command_line()))
        root = None
        if copied_to is not None:
            root = os.fsencode(copied_to.absolute())
            plan = as_copied(catalog, plan, root)
    if out is None:
        listing = write_copylist(plan, sys.stdout.buffer, chosen, copied_to=root)
    else:
        listing = write_list(plan, chosen, out, copied_to=root, dry_run=dry_run)
        note(written(out, dry_run=dry_run))
        note(listing.readme)
        if settings.json:
            not_listed = len(listing.not_listed)
            say_json({"schema": 1, "written": out, "not_listed": not_listed, "dry_run": dry_run})
    left = len(listing.not_listed)
    if left:
        note(f"{left:,} files cannot be named in this form: {listing.not_listed[0].why}.")
    note("Next: gphotos-reconcile copy --to DIR --dry-run")


@export_app.command("duplicates")
def duplicates(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="A folder for links, or a .nul file for the list.")],
    dry_run: DryRun = False,
) -> None:
    """Lay out local duplicates to look through.

    Hard links, keep_ beside away_; nothing is deleted.
    Run `match --within local` first. With a name ending in .nul only the paths that could be put
    away are written.

    Example: gphotos-reconcile export duplicates --out duplicates
    """
    from collections import Counter

    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows.duplicates import link_groups, list_away

    settings = settings_of(context)
    with open_catalog(settings.catalog, write=False) as catalog:
        if out.suffix == ".nul":
            count = list_away(catalog, out, dry_run=dry_run)
            if settings.json:
                say_json({"schema": 1, "written": out, "files": count, "dry_run": dry_run})
            else:
                say(f"{count:,} files could be put away: {out}")
            return
        counts = Counter(
            result.status.value for result in link_groups(catalog, out, dry_run=dry_run)
        )
    if settings.json:
        say_json({"schema": 1, "folder": out, "counts": counts, "dry_run": dry_run})
        return
    told = ", ".join(f"{number:,} {status}" for status, number in sorted(counts.items()))
    say(f"{told or 'no groups: run `gphotos-reconcile match --within local` first'}")
    say(f"\nNext: look through {out}; the files behind the links stay where they are")


@export_app.command("datasette")
def datasette(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="The folder for the configuration.")],
    dry_run: DryRun = False,
) -> None:
    """Write what Datasette needs to show the catalogue.

    It then has the recipes under their questions, and facets.

    Example: gphotos-reconcile export datasette browse
    """
    from gphotos_reconcile.exporters.datasette import RecipeText, write_datasette
    from gphotos_reconcile.store.engine import catalog_path
    from gphotos_reconcile.store.recipes import list_recipes

    settings = settings_of(context)
    path = catalog_path(settings.catalog).absolute()
    recipes = [
        RecipeText(name=recipe.name, question=recipe.question, sql=recipe.sql)
        for recipe in list_recipes()
    ]
    files = write_datasette(folder, path.stem, recipes, dry_run=dry_run)
    if settings.json:
        say_json({"schema": 1, "written": files, "dry_run": dry_run})
        return
    for file in files:
        say(written(file, dry_run=dry_run))
    say(f"\nNext: ln -s {path} {folder}/{path.stem}.db && datasette {folder}")


@export_app.command("sums")
def sums(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="The file, such as SHA256SUMS.")],
    algorithm: Annotated[str, typer.Option("--algorithm", help="sha256 or sha1.")] = "sha256",
    dry_run: DryRun = False,
) -> None:
    """Write the digests of the copies for `sha256sum --check`.

    Or, with `--algorithm sha1`, for `sha1sum --check`.

    Example: gphotos-reconcile export sums --out SHA256SUMS
    """
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows.export import PlanRequest, plan_from_catalog, write_copy_sums

    settings = settings_of(context)
    with open_catalog(settings.catalog, write=False) as catalog:
        plan = plan_from_catalog(catalog, PlanRequest(command=command_line()))
    count = write_copy_sums(plan, algorithm, out, dry_run=dry_run)
    if settings.json:
        say_json({"schema": 1, "written": out, "files": count, "dry_run": dry_run})
        return
    say(f"{written(out, dry_run=dry_run)} ({count:,} digests)")
    say(f"\nNext: cd DIR && {algorithm}sum --check {out.absolute()}")


@export_app.command("exiftool-args")
def exiftool_args(
    context: typer.Context,
    to: Annotated[Path, typer.Option("--to", help="The folder that `copy` wrote.")],
    out: Annotated[Path, typer.Option(help="The argument file.")],
    sidecars: Annotated[
        bool, typer.Option("--sidecars", help="For XMP files beside the copies, not inside them.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Write what only Google knows as arguments for ExifTool.

    That is words, people, places and albums.
    With a name ending in .csv a table for `exiftool -csv=` is written instead.

    Example: gphotos-reconcile export exiftool-args --to ~/from-google --out words.args
    """
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows.export import write_exiftool_args, write_exiftool_table

    settings = settings_of(context)
    with open_catalog(settings.catalog, write=False) as catalog:
        if out.suffix == ".csv":
            separator = write_exiftool_table(catalog, to, out, dry_run=dry_run)
            if settings.json:
                document = {"schema": 1, "written": out, "separator": separator}
                say_json({**document, "dry_run": dry_run})
            else:
                say(written(out, dry_run=dry_run))
                say(f"\nNext: exiftool -csv={out} -sep '{separator}' -r {to}")
            return
        count = write_exiftool_args(catalog, to, out, in_sidecars=sidecars, dry_run=dry_run)
    if settings.json:
        say_json({"schema": 1, "written": out, "files": count, "dry_run": dry_run})
        return
    say(f"{written(out, dry_run=dry_run)} ({count:,} files have something to be told)")
    say(f"\nNext: exiftool -@ {out}")
