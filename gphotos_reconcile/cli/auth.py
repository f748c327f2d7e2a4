"""The commands that sign in to Google and out again: auth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gphotos_reconcile.cli.google import ClientSecretFile, Keyring, google_options
from gphotos_reconcile.cli.output import note, say, say_json
from gphotos_reconcile.cli.settings import Settings, settings_of

if TYPE_CHECKING:
    from gphotos_reconcile.google.auth import LoginOutcome

auth_app = typer.Typer(help="Sign in to Google, once.", no_args_is_help=True, rich_markup_mode=None)

_NEXT = {
    "upload": "upload PHOTO... --dry-run",
    "stage": "stage plan cloud_only --title TITLE",
    "verify": "verify --fidelity PHOTO... --dry-run",
}
"""How a command goes on from a sign-in for it, where its name alone does not do."""


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
    """Sign in with your own Google Cloud client.

    The browser opens on Google's page.

    Example: gphotos-reconcile auth login --for "sync library"
    """
    import webbrowser

    from gphotos_reconcile.workflows import auth

    options = google_options(client_secret, keyring=keyring)
    asked = tuple(commands or ("sync library",))
    scopes = auth.scopes_for(asked)
    if no_browser:
        note("Open this address in any browser, and paste here the address you end up at:")
        outcome = auth.login_by_paste(options, scopes, show=note, read_line=_ask_for_address)
    else:
        note("Your browser opens on Google's page. If it does not, open this address:")
        outcome = auth.login_by_browser(options, scopes, show=note, open_browser=webbrowser.open)
    _say_login(settings_of(context), outcome, asked[0])


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


def _ask_for_address() -> str:
    return str(typer.prompt("Address", err=True))


def _say_login(settings: Settings, outcome: LoginOutcome, command: str) -> None:
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
    say(f"\nNext: gphotos-reconcile {_NEXT.get(command, command)}")
