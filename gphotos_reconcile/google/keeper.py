"""The access token between sign-in and calls: kept, checked for scopes, renewed."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from google.auth.exceptions import RefreshError, TransportError
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials

from gphotos_reconcile.core.errors import GoogleUnavailableError, SignInError
from gphotos_reconcile.google.client import ClientSecret
from gphotos_reconcile.google.clock import Clock
from gphotos_reconcile.google.oauth_session import oauth_session
from gphotos_reconcile.google.scopes import Scope, command_with, login_hint
from gphotos_reconcile.google.secrets import Secret
from gphotos_reconcile.google.tokens import Grant, TokenStore

_EARLY: Final = timedelta(minutes=2)  # refresh before the last moment


class TokenKeeper:
    """Hands out an access token that is good, refreshing it when needed. Safe between threads.

    `command` is what the token is for: hints name it, so that a new sign-in asks for its scopes.
    """

    def __init__(
        self, client: ClientSecret, store: TokenStore, clock: Clock, *, command: str = ""
    ) -> None:
        self.login_hint = login_hint(command)
        self._client = client
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._grant = self._load()

    @property
    def scopes(self) -> frozenset[str]:
        """Return the scopes that were granted."""
        return self._grant.scopes

    def require(self, scopes: frozenset[Scope]) -> None:
        """Return when all `scopes` are granted.

        Raises:
            SignInError: some are not; it names them.
        """
        missing = scopes - self._grant.scopes
        if missing:
            raise missing_scopes(missing)

    def access_token(self) -> Secret:
        """Return an access token, refreshed when it is about to expire.

        Raises:
            SignInError: the grant was revoked or has expired.
            GoogleUnavailableError: Google cannot be reached.
        """
        with self._lock:
            token, expires_at = self._grant.access_token, self._grant.expires_at
            if token is None or expires_at is None or expires_at - _EARLY <= self._clock.now():
                token = self._refresh()
            return token

    def renewed(self, refused: Secret) -> Secret:
        """Return another token than the one Google just refused."""
        with self._lock:
            token = self._grant.access_token
            return token if token is not None and token != refused else self._refresh()

    def _load(self) -> Grant:
        grant = self._store.load()
        mine = grant is not None and (
            grant.client_id == self._client.client_id and grant.token_uri == self._client.token_uri
        )
        if grant is None or not mine:
            raise SignInError(
                "You are not signed in to Google."
                if grant is None
                else "The stored sign-in belongs to another client_secret.json.",
                hint=self.login_hint,
            )
        return grant

    def _refresh(self) -> Secret:
        credentials: Any = Credentials(  # type: ignore[no-untyped-call]  # google-auth has no types
            token=None,
            refresh_token=self._grant.refresh_token.reveal(),
            token_uri=self._client.token_uri,
            client_id=self._client.client_id,
            client_secret=self._client.client_secret.reveal(),
            scopes=sorted(self._grant.scopes),  # the granted ones: Google refuses any other
        )
        try:
            with oauth_session(self._client.endpoints().hosts) as session:
                credentials.refresh(Request(session))
        except RefreshError as error:
            raise self._refresh_failed(error) from None
        except TransportError:
            raise GoogleUnavailableError(
                "Google could not be reached to renew the sign-in; the place is kept.",
                hint="Check the network and run the same command again.",
            ) from None
        token = Secret(str(credentials.token))
        lifetime = timedelta(0)
        if credentials.expiry:  # naive UTC, told by the machine's clock; ours may be another one
            lifetime = credentials.expiry.replace(tzinfo=UTC) - datetime.now(UTC)
        self._grant = replace(
            self._grant, access_token=token, expires_at=self._clock.now() + lifetime
        )
        self._store.save(self._grant)
        return token

    def _refresh_failed(self, error: RefreshError) -> Exception:
        if error.retryable:
            return GoogleUnavailableError(
                "Google did not renew the sign-in for now; the place is kept.",
                hint="Run the same command again in some minutes.",
            )
        return SignInError(
            "The sign-in is no longer valid: it was revoked, has expired, or lost a permission.",
            hint=self.login_hint
            + " If this happens every 7 days, press `Publish app` on the consent screen "
            "page of your Google Cloud project: tokens of an app in testing live 7 days.",
        )


def missing_scopes(missing: frozenset[Scope]) -> SignInError:
    """Return the error that names what was not granted."""
    names = ", ".join(f"{scope.in_words} ({scope.short})" for scope in sorted(missing))
    return SignInError(
        f"Google was not allowed to let this program {names}.",
        hint=f"{login_hint(command_with(missing))} Leave every box on Google's page ticked; or "
        "import a Takeout export instead.",
    )
