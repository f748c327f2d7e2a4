"""The commands for the first minute: demo, init."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from gphotos_reconcile.cli.output import name_catalog, note, say, say_json
from gphotos_reconcile.cli.settings import Settings, settings_of
from gphotos_reconcile.cli.writing import DryRun, written


def demo(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Option("--dir", help="Where the sample goes; made if it is not there.")
    ] = Path("gphotos-reconcile-demo"),
    google: Annotated[
        bool,
        typer.Option("--google", help="Try the Google commands too, without an account."),
    ] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="With --google: only start the stand-in for Google.")
    ] = False,
    photos: Annotated[
        Path | None,
        typer.Option("--photos", exists=True, help="With --serve: what its account holds."),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="With --serve: 0 for a free one.")
    ] = 0,
    dry_run: DryRun = False,
) -> None:
    """Make a small sample and run the whole job on it.

    With --google a stand-in for Google Photos starts on this machine, and sign-in, upload,
    albums, picker and a spent quota are tried against it; each step says what a real account
    would do.

    Example: gphotos-reconcile demo

    Example: gphotos-reconcile demo --google
    """
    if dry_run:
        _name_files(settings_of(context), folder, google=google or serve)
        return
    if google or serve:
        from gphotos_reconcile.cli.google_demo import serve_stand_in, try_google

        if serve:
            serve_stand_in(settings_of(context), folder, photos, port)
        else:
            try_google(settings_of(context), folder)
        return
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
    name_catalog(settings.catalog)
    say(render.run_text(result, settings.catalog))
    say("\nThis was the sample. Look into one verdict, then run it on your own files:")
    say("  gphotos-reconcile explain DSC04410.dng\n  gphotos-reconcile query look_at")
    name_catalog(None)
    say("  gphotos-reconcile run takeout-*.zip --library ~/Pictures")


def init(
    context: typer.Context,
    export: Annotated[
        list[str], typer.Option("--export", help="Parts or folders of exports; asked for if none.")
    ] = [],
    library: Annotated[
        list[str], typer.Option("--library", help="Folders with your photos; asked for if none.")
    ] = [],
    force: Annotated[bool, typer.Option("--force", help="Write over an existing file.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Write the config file, so that `run` needs no arguments.

    It asks for exports and libraries that are not given, and writes into this folder.

    Example: gphotos-reconcile init
    """
    from gphotos_reconcile.cli.config import CONFIG_NAME, config_text
    from gphotos_reconcile.core.errors import UsageError
    from gphotos_reconcile.exporters.whole import write_whole

    path = Path(CONFIG_NAME)
    if path.exists() and not force:
        raise UsageError(
            f"{path.absolute()} is there already.", hint="Edit it, or use --force to replace it."
        )
    exports = export or _asked("Where are the parts of your Google Takeout?")
    libraries = library or _asked("Which folders hold your own photos?")
    for name in (*exports, *libraries):
        if not Path(name).expanduser().exists():
            note(f"note: {name} is not there (yet)")
    settings = settings_of(context)
    text = config_text(exports, libraries, settings.catalog)
    write_whole(path, text.encode("utf-8"), dry_run=dry_run)
    if settings.json:
        say_json({"schema": 1, "written": path.absolute(), "dry_run": dry_run})
        return
    say(written(path.absolute(), dry_run=dry_run))
    if dry_run:
        say(text)
        return
    places = shlex.join(str(Path(name).expanduser()) for name in exports)
    say(f"\nNext: gphotos-reconcile doctor {places}")
    say("      then, without any arguments: gphotos-reconcile run")


def _name_files(settings: Settings, folder: Path, *, google: bool) -> None:
    from gphotos_reconcile.workflows.sample import make_sample

    files = make_sample(folder, dry_run=True).files
    also = [folder / name for name in ("catalog.db", "out", *(("google",) if google else ()))]
    if settings.json:
        say_json({"schema": 1, "files": files, "also": also, "dry_run": True})
        return
    say(f"Would write {len(files)} files of a sample, and what the job makes of them:")
    for path in (*files, *also):
        say(f"  {path}")


def _asked(question: str) -> list[str]:
    """Return the paths a person types, one to a line, until an empty one."""
    note(f"{question} One to a line; an empty line ends the list.")
    found = []
    while answer := typer.prompt("  path", default="", show_default=False, err=True).strip():
        found.append(answer)
    return found
