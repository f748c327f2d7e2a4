"""The commands that sign in to Google and read: auth, sync, import-inventory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gphotos_reconcile.cli.job import SOME_UNREADABLE
from gphotos_reconcile.cli.output import note, say, say_json
from gphotos_reconcile.cli.settings import Settings, settings_of

if TYPE_CHECKING:
    from gphotos_reconcile.google.auth import LoginOutcome
    from gphotos_reconcile.workflows.google_access import GoogleOptions
    from gphotos_reconcile.workflows.sync import SyncReport

auth_app = typer.Typer(help="Sign in to Google, once.", no_args_is_help=True, rich_markup_mode=None)
sync_app = typer.Typer(
    help="Read what Google's APIs name.", no_args_is_help=True, rich_markup_mode=None
)

ClientSecretFile = Annotated[
    Path | None,
    typer.Option("--client-secret", help="Your own client_secret.json; see README, Google."),
]
Keyring = Annotated[bool, typer.Option("--keyring", help="Keep the sign-in in the keyring.")]


def register(app: typer.Typer) -> None:
    """Add the Google commands to the program."""
    app.add_typer(auth_app, name="auth")
    app.add_typer(sync_app, name="sync")
    app.command("import-inventory")(import_inventory)


@auth_app.command("login")
def login(
    context: typer.Context,
    commands: Annotated[
        list[str] | None,
        typer.Option("--for", help="Ask only for what this command needs; repeatable."),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address; paste the answer.")
    ] = False,
    client_secret: ClientSecretFile = None,
    keyring: Keyring = False,
) -> None:
    """Sign in with your own Google Cloud client; the browser opens on Google's page.

    Example: gphotos-reconcile auth login --for "sync library"
    """
    import webbrowser

    from gphotos_reconcile.workflows import auth

    options = google_options(client_secret, keyring=keyring)
    scopes = auth.scopes_for(tuple(commands or ("sync library",)))
    if no_browser:
        note("Open this address in any browser, and paste here the address you end up at:")
        outcome = auth.login_by_paste(options, scopes, show=note, read_line=_ask_for_address)
    else:
        note("Your browser opens on Google's page. If it does not, open this address:")
        outcome = auth.login_by_browser(options, scopes, show=note, open_browser=webbrowser.open)
    _say_login(settings_of(context), outcome)


@auth_app.command("status")
def auth_status(
    context: typer.Context, client_secret: ClientSecretFile = None, keyring: Keyring = False
) -> None:
    """Say what the stored sign-in allows; asks Google nothing.

    Example: gphotos-reconcile auth status
    """
    from gphotos_reconcile.workflows import auth

    found = auth.status(google_options(client_secret, keyring=keyring))
    if settings_of(context).json:
        say_json(
            {
                "schema": 1,
                "signed_in": found.signed_in,
                "stand_in": found.stand_in,
                "granted_at_utc": found.granted_at,
                "granted": [scope.short for scope in found.granted],
                "ready": found.ready,
                "not_ready": found.not_ready,
            }
        )
        return
    where = "the stand-in for Google" if found.stand_in else "Google"
    say(f"{'Signed in to' if found.signed_in else 'Not signed in to'} {where}.")
    for scope in found.granted:
        say(f"  may {scope.in_words} ({scope.short})")
    if found.not_ready:
        say(f"Not granted for: {', '.join(found.not_ready)}.")
        say(f'\nNext: gphotos-reconcile auth login --for "{found.not_ready[0]}"')


@auth_app.command("logout")
def logout(
    context: typer.Context, client_secret: ClientSecretFile = None, keyring: Keyring = False
) -> None:
    """Take the access back at Google and forget the sign-in.

    Example: gphotos-reconcile auth logout
    """
    from gphotos_reconcile.workflows import auth

    revoked = auth.logout(google_options(client_secret, keyring=keyring))
    if settings_of(context).json:
        say_json({"schema": 1, "revoked": revoked})
    elif revoked:
        say("Signed out; Google confirmed that the access is gone.")
    else:
        say(
            "Nothing is stored here any more. Google did not confirm; to be sure, look at\n"
            "https://myaccount.google.com/connections"
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
    """Pick photos in Google's own page, up to 2,000 a round, and note what was picked.

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
    """Read a whole-library inventory, as Google Photos Toolkit exports it.

    Example: gphotos-reconcile import-inventory google-photos-metadata.csv
    """
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows.inventory import import_inventory as read

    settings = settings_of(context)
    with open_catalog(settings.catalog, write=True) as catalog:
        totals = read(inventory, catalog)
    if settings.json:
        say_json({"schema": 1, **_plain_totals(totals)})
    else:
        say(
            f"{totals.saved:,} of {totals.seen:,} rows read."
            f" {totals.in_exports:,} are in an export, {totals.same_digest:,} more by their digest,"
            f" {totals.not_in_exports:,} in no export that was imported."
        )
        say("\nNext: gphotos-reconcile report")
    if totals.rejected:
        raise typer.Exit(SOME_UNREADABLE)


def google_options(client_secret: Path | None, *, keyring: bool) -> GoogleOptions:
    """Return where the sign-in is kept, and which client it is for."""
    from platformdirs import user_config_path, user_state_path

    from gphotos_reconcile.workflows.google_access import GoogleOptions

    return GoogleOptions(
        client_secret=client_secret
        or Path(user_config_path("gphotos-reconcile")) / "client_secret.json",
        state_folder=Path(user_state_path("gphotos-reconcile")) / "google",
        keyring=keyring,
    )


def _ask_for_address() -> str:
    return str(typer.prompt("Address", err=True))


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


def _say_login(settings: Settings, outcome: LoginOutcome) -> None:
    from gphotos_reconcile.google.scopes import Scope

    granted = [Scope(scope) for scope in sorted(outcome.grant.scopes) if scope in set(Scope)]
    missing = [Scope(scope) for scope in sorted(outcome.missing)]
    if settings.json:
        say_json(
            {
                "schema": 1,
                "granted": [scope.short for scope in granted],
                "missing": [scope.short for scope in missing],
            }
        )
        return
    say("Signed in.")
    for scope in granted:
        say(f"  may {scope.in_words}")
    for scope in missing:
        say(f"  may NOT {scope.in_words}: you left that box unticked")
    say("\nNext: gphotos-reconcile sync library")


def _plain_totals(totals: object) -> dict[str, object]:
    from dataclasses import asdict, is_dataclass

    return asdict(totals) if is_dataclass(totals) and not isinstance(totals, type) else {}


def _say_sync(settings: Settings, report: SyncReport, what: str) -> None:
    totals = report.totals
    if settings.json:
        document = {**_plain_totals(totals), "coverage": "partial", "in_doubt": report.in_doubt}
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
