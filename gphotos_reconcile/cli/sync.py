"""The commands that read what is in the cloud without an export: sync, import-inventory."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gphotos_reconcile.cli.google import ClientSecretFile, Keyring, google_options
from gphotos_reconcile.cli.job import SOME_UNREADABLE
from gphotos_reconcile.cli.output import note, say, say_json
from gphotos_reconcile.cli.settings import Settings, settings_of

if TYPE_CHECKING:
    from gphotos_reconcile.workflows.sync import SyncReport

sync_app = typer.Typer(
    help="Read what Google's APIs name.", no_args_is_help=True, rich_markup_mode=None
)


@sync_app.command("library")
def sync_library(
    context: typer.Context, client_secret: ClientSecretFile = None, keyring: Keyring = False
) -> None:
    """List what this program uploaded; Google shows it nothing else.

    Example: gphotos-reconcile sync library
    """
    from gphotos_reconcile.cli.progress import make_progress
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows.sync import sync_uploaded

    settings = settings_of(context)
    options = google_options(client_secret, keyring=keyring)
    with (
        open_catalog(settings.catalog, write=True) as catalog,
        make_progress(quiet=settings.quiet) as progress,
    ):
        report = sync_uploaded(options, catalog, progress)
    _say_sync(settings, report, "uploaded by this program")
    if not settings.json and not report.totals.listed:
        say(
            "An empty list is what Google shows to a program that uploaded nothing. The whole\n"
            "library comes from a Takeout export: gphotos-reconcile import takeout-*.zip"
        )


@sync_app.command("picker")
def sync_picker(
    context: typer.Context,
    fingerprint: Annotated[
        bool, typer.Option("--fingerprint", help="Look at each photo; keep nothing of its bytes.")
    ] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address and its QR code only.")
    ] = False,
    client_secret: ClientSecretFile = None,
    keyring: Keyring = False,
) -> None:
    """Pick photos in Google's own page, and note which.

    Up to 2,000 are picked in a round.

    Example: gphotos-reconcile sync picker --fingerprint
    """
    import webbrowser
    from contextlib import nullcontext

    from gphotos_reconcile.media.worker import WorkerPool
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows.sync import sync_picked

    def show(address: str) -> None:
        note("Pick photos here, then press Done:")
        note(address)
        typer.echo(_qr_code(address), err=True)
        if not no_browser:
            webbrowser.open(address)

    settings = settings_of(context)
    options = google_options(client_secret, keyring=keyring)
    workers = WorkerPool(settings.worker_count) if fingerprint else nullcontext()
    with open_catalog(settings.catalog, write=True) as catalog, workers as pool:
        report = sync_picked(options, catalog, show=show, more=_more_rounds, fingerprinter=pool)
    _say_sync(settings, report, "picked")


def import_inventory(
    context: typer.Context,
    inventory: Annotated[Path, typer.Argument(metavar="CSV", help="The toolkit's metadata CSV.")],
) -> None:
    """Read the inventory that Google Photos Toolkit exports.

    Example: gphotos-reconcile import-inventory google-photos-metadata.csv
    """
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows.inventory import import_inventory as read

    settings = settings_of(context)
    with open_catalog(settings.catalog, write=True) as catalog:
        totals = read(inventory, catalog)
    if settings.json:
        say_json({"schema": 1, **asdict(totals)})
    else:
        say(
            f"{totals.saved:,} of {totals.seen:,} rows read."
            f" {totals.in_exports:,} are in an export, {totals.same_digest:,} more by their digest,"
            f" {totals.not_in_exports:,} in no export that was imported."
        )
        say("\nNext: gphotos-reconcile report")
    if totals.rejected:
        raise typer.Exit(SOME_UNREADABLE)


def _more_rounds(count: int) -> bool:
    return typer.confirm(
        f"{count:,} photos picked, as many as one round takes. Pick more?", err=True
    )


def _qr_code(address: str) -> str:
    import io

    import segno

    stream = io.StringIO()
    segno.make(address, error="l").terminal(out=stream, compact=True)
    return stream.getvalue()


def _say_sync(settings: Settings, report: SyncReport, what: str) -> None:
    totals = report.totals
    if settings.json:
        document = {**asdict(totals), "coverage": "partial", "in_doubt": report.in_doubt}
        say_json({"schema": 1, **document, "pictures": report.pictures})
        return
    say(f"{totals.listed:,} items {what} are listed, {totals.new:,} of them new.")
    if totals.rejected:
        say(f"{totals.rejected:,} entries could not be used; they are in the problems.")
    if totals.not_listed:
        say(
            f"{totals.not_listed:,} items that were listed before are not now. That may be a"
            " deletion, or Google's listing; nothing is concluded from it."
        )
    if report.in_doubt:
        say(f"{report.in_doubt:,} uploads are in doubt; the next upload settles them.")
    if report.pictures or report.without_picture:
        say(f"{report.pictures:,} looked at, {len(report.without_picture):,} could not be.")
