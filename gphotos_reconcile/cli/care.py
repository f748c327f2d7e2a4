"""The commands for the first minute and for trouble: demo, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gphotos_reconcile.cli.output import say, say_json
from gphotos_reconcile.cli.settings import settings_of


def demo(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Option("--dir", help="Where the sample goes; made if it is not there.")
    ] = Path("gphotos-reconcile-demo"),
) -> None:
    """Make a small sample export and library, and run the whole job on it.

    Example: gphotos-reconcile demo
    """
    from dataclasses import replace

    from gphotos_reconcile.cli import render
    from gphotos_reconcile.cli.job import working
    from gphotos_reconcile.workflows.demo import run_demo

    settings = settings_of(context)
    settings = replace(settings, catalog=str(folder / "catalog.db"))
    with working(settings) as (catalog, pool, progress):
        result = run_demo(folder, catalog, pool=pool, progress=progress)
    if settings.json:
        say_json(render.run_document(result, settings.catalog))
        return
    say(render.run_text(result, settings.catalog))
    say(
        "\nThis was the sample. Look into one verdict, then run it on your own files:\n"
        f"  gphotos-reconcile --catalog {settings.catalog} query look_at\n"
        f"  gphotos-reconcile --catalog {settings.catalog} query cloud_only\n"
        "  gphotos-reconcile run takeout-*.zip --library ~/Pictures"
    )


def doctor(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Exports or libraries to look at.")
    ] = None,
) -> None:
    """Tell what is installed and readable, which parts of an export are missing or cut.

    Example: gphotos-reconcile doctor takeout-*.zip
    """
    from gphotos_reconcile.workflows.doctor import Level, examine

    settings = settings_of(context)
    findings = examine(settings.catalog, paths or [])
    bad = sum(finding.level is Level.BAD for finding in findings)
    if settings.json:
        say_json({"schema": 1, "problems": bad, "findings": list(findings)})
    else:
        for finding in findings:
            say(f"{finding.level.value:<8} {finding.what}")
            if finding.advice:
                say(f"{'':<8} -> {finding.advice}")
        if not paths:
            say("\nNext: gphotos-reconcile doctor takeout-*.zip, before hours are spent on them")
        elif not bad:
            say("\nNext: gphotos-reconcile run EXPORT... --library DIR")
    if bad:
        raise typer.Exit(3)
