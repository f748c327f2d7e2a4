"""Sign in to Google once, say what is granted, sign out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.suggest import did_you_mean
from gphotos_reconcile.google.auth import Login, LoginOutcome
from gphotos_reconcile.google.client import ClientSecret
from gphotos_reconcile.google.scopes import SCOPES_FOR, Scope
from gphotos_reconcile.workflows.google_access import GoogleOptions, token_store


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthStatus:
    """What the stored sign-in allows; holds no token."""

    signed_in: bool
    stand_in: bool
    granted_at: datetime | None
    granted: tuple[Scope, ...]
    ready: tuple[str, ...]
    not_ready: tuple[str, ...]


def scopes_for(commands: tuple[str, ...]) -> frozenset[Scope]:
    """Return the smallest set of scopes for these commands.

    Raises:
        UsageError: a command needs no sign-in, or is not known.
    """
    unknown = [command for command in commands if command not in SCOPES_FOR]
    if unknown:
        raise UsageError(
            f"No sign-in is needed for {', '.join(map(repr, unknown))}.",
            hint=did_you_mean(unknown[0], SCOPES_FOR),
        )
    return frozenset().union(*(SCOPES_FOR[command] for command in commands))


def login_by_browser(
    options: GoogleOptions,
    scopes: frozenset[Scope],
    *,
    show: Callable[[str], None],
    open_browser: Callable[[str], bool],
) -> LoginOutcome:
    """Sign in with a browser on this machine."""
    return _login(options).by_browser(scopes, show=show, open_browser=open_browser)


def login_by_paste(
    options: GoogleOptions,
    scopes: frozenset[Scope],
    *,
    show: Callable[[str], None],
    read_line: Callable[[], str],
) -> LoginOutcome:
    """Sign in with a browser anywhere, pasting the address that it ends at."""
    return _login(options).by_paste(scopes, show=show, read_line=read_line)


def status(options: GoogleOptions) -> AuthStatus:
    """Return what the stored sign-in allows; asks Google nothing."""
    client = ClientSecret.read(options.client_secret)
    grant = token_store(options, client).load()
    granted = frozenset() if grant is None else grant.scopes
    ready = tuple(name for name, needs in SCOPES_FOR.items() if needs <= granted)
    return AuthStatus(
        signed_in=grant is not None,
        stand_in=client.endpoints().hosts.loopback is not None,
        granted_at=None if grant is None else grant.granted_at,
        granted=tuple(scope for scope in Scope if scope in granted),
        ready=ready,
        not_ready=tuple(name for name in SCOPES_FOR if name not in ready),
    )


def logout(options: GoogleOptions) -> bool:
    """Revoke and forget the sign-in; return whether Google confirmed."""
    return _login(options).logout()


def _login(options: GoogleOptions) -> Login:
    client = ClientSecret.read(options.client_secret)
    return Login(client, token_store(options, client))
