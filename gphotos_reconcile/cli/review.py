"""The command that opens the review page, writes it as files, or carries decisions in and out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol, cast

import typer

from gphotos_reconcile.cli.output import note, say, say_json
from gphotos_reconcile.cli.settings import Settings, settings_of
from gphotos_reconcile.cli.writing import DryRun, written

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from gphotos_reconcile.store.engine import Catalog


class ReviewServer(Protocol):
    """The web side, as far as the command line knows it; both stand on the workflows."""

    def serve(self, catalog: Catalog, announce: Callable[[str], None]) -> None:
        """Serve until the user stops it."""
        ...

    def write(self, catalog: Catalog, out: Path, *, dry_run: bool) -> Any:
        """Write the pages as files."""
        ...


def review(
    context: typer.Context,
    static: Annotated[
        Path | None, typer.Option("--static", help="Write the pages as files into this folder.")
    ] = None,
    import_file: Annotated[
        Path | None, typer.Option("--import", help="Take in a decisions.json.", exists=True)
    ] = None,
    export_file: Annotated[
        Path | None, typer.Option("--export", help="Write all decisions to this file.")
    ] = None,
    dry_run: DryRun = False,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open a browser on the page.")
    ] = True,
) -> None:
    """Decide by eye, in a page on this machine only.

    It shows each undecided photo beside its candidates; every decision is kept at once.

    Example: gphotos-reconcile review
    """
    settings = settings_of(context)
    if import_file is not None:
        _import(settings, import_file)
    if export_file is not None:
        _export(settings, export_file, dry_run=dry_run)
    if static is not None:
        _write_pages(settings, static, dry_run=dry_run)
    if import_file is export_file is static is None:
        _serve(settings, browser=browser)


def _catalog(settings: Settings) -> AbstractContextManager[Catalog]:
    """Open a catalogue that is there already, for short writes beside a running import."""
    from gphotos_reconcile.store.engine import catalog_path, open_catalog

    is_there = catalog_path(settings.catalog).is_file()
    return open_catalog(settings.catalog, write=is_there, exclusive=False)


def _server() -> ReviewServer:
    # By name: the command line and the web pages are neighbours and do not know each other.
    return cast("ReviewServer", import_module("gphotos_reconcile.web.server"))


def _import(settings: Settings, path: Path) -> None:
    from gphotos_reconcile.workflows.decisions import import_decisions

    with _catalog(settings) as catalog:
        text = path.read_bytes().decode("utf-8", "replace")
        found = import_decisions(catalog, text)
    if settings.json:
        say_json({"read": found.read, "new": found.new, "undone": found.undone})
        return
    say(f"{found.read} decisions read: {found.new} new, {found.undone} taken back.")


def _export(settings: Settings, path: Path, *, dry_run: bool) -> None:
    from gphotos_reconcile.exporters.whole import write_whole
    from gphotos_reconcile.workflows.decisions import export_decisions

    with _catalog(settings) as catalog:
        text = export_decisions(catalog)
    write_whole(path, text.encode("utf-8"), dry_run=dry_run)
    if settings.json:
        say_json({"schema": 1, "written": path, "dry_run": dry_run})
    note(written(path, dry_run=dry_run))


def _write_pages(settings: Settings, out: Path, *, dry_run: bool) -> None:
    with _catalog(settings) as catalog:
        made = _server().write(catalog, out, dry_run=dry_run)
    if settings.json:
        say_json({"schema": 1, "folder": out, "dry_run": dry_run, **asdict(made)})
        return
    say(
        f"{written(out / 'index.html', dry_run=dry_run)}"
        f" ({made.items} items and {made.groups} groups)\n"
        f"Decide there, save decisions.json, and take it in with\n"
        f"  gphotos-reconcile review --import decisions.json"
    )
    if made.without_preview:
        note(f"{made.without_preview} previews could not be made.")


def _serve(settings: Settings, *, browser: bool) -> None:
    def announce(url: str) -> None:
        if settings.json:
            say_json({"url": url})
        else:
            say(f"Open this link; it works once:\n  {url}")
            note("Ctrl-C ends the review. Every decision is kept at once.")
        if browser and _has_screen():
            import webbrowser

            webbrowser.open(url)

    with _catalog(settings) as catalog:
        try:
            _server().serve(catalog, announce)
        except KeyboardInterrupt:
            note("The review has ended; all decisions are kept.")


def _has_screen() -> bool:
    """Tell whether a window can be opened; a browser in the terminal would take it from us."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
