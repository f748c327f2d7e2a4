"""Signing in with the user's own client: the browser's way, the pasted way, and refreshing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2.rfc6749.errors import OAuth2Error  # type: ignore[import-untyped]  # no stubs

from gphotos_reconcile.core.errors import GoogleUnavailableError, SignInError
from gphotos_reconcile.google.callback import (
    WAIT_S,
    CallbackAnswer,
    CallbackPage,
    CallbackServer,
    read_answer,
)
from gphotos_reconcile.google.client import ClientSecret
from gphotos_reconcile.google.clock import Clock, SystemClock
from gphotos_reconcile.google.oauth_session import (
    guard_session,
    oauth_session,
    oauthlib_settings,
)
from gphotos_reconcile.google.scopes import Scope, login_hint
from gphotos_reconcile.google.secrets import Secret
from gphotos_reconcile.google.tokens import Grant, TokenStore

_PASTE_URI: Final = (
    "http://127.0.0.1:8765/"  # nobody listens: the person copies it from the browser
)
_TIMEOUT_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class LoginOutcome:
    """What was granted, and what was asked for and not granted."""

    grant: Grant
    missing: frozenset[str]


@dataclass(frozen=True, slots=True)
class Login:
    """Signs in once and keeps the grant."""

    client: ClientSecret
    store: TokenStore
    clock: Clock = SystemClock()  # noqa: RUF009  a value without state

    def by_browser(
        self,
        scopes: frozenset[Scope],
        *,
        show: Callable[[str], None],
        open_browser: Callable[[str], bool],
        timeout_s: float = WAIT_S,
    ) -> LoginOutcome:
        """Send the person to Google's consent page and wait for the answer on 127.0.0.1.

        Args:
            scopes: what to ask for; what was granted before stays granted.
            show: is given the address, for the case that no browser opens.
            open_browser: opens the address; False when it cannot.
            timeout_s: how long to wait.

        Raises:
            SignInError: it was declined, nothing was granted, or nobody answered in time.
        """
        with CallbackServer("") as server, self._flow(scopes, server.redirect_uri) as flow:
            url, state = self._consent_url(flow)
            server.expect(state)
            show(url)
            open_browser(url)
            try:
                outcome = self._finish(flow, server.wait(timeout_s), scopes)
            except SignInError as error:
                server.conclude(CallbackPage("Not signed in", f"{error} {error.hint}"))
                raise
            server.conclude(_success_page(outcome))
            return outcome

    def by_paste(
        self,
        scopes: frozenset[Scope],
        *,
        show: Callable[[str], None],
        read_line: Callable[[], str],
    ) -> LoginOutcome:
        """Let the person open the address anywhere and paste the address they are sent to.

        Raises:
            SignInError: the pasted address is not the answer to this sign-in, or it was declined.
        """
        with self._flow(scopes, _PASTE_URI) as flow:
            url, state = self._consent_url(flow)
            show(url)
            answer = read_answer(urlsplit(read_line().strip()).query, state)
            if answer is None:
                raise SignInError(
                    "The pasted address is not the answer to this sign-in.",
                    hint="Copy the whole address from the browser's address bar, from http:// to "
                    "its end, after the page that cannot be reached appears. " + login_hint(),
                )
            return self._finish(flow, answer, scopes)

    def logout(self) -> bool:
        """Revoke the grant at Google and forget it; return whether Google confirmed.

        The grant is forgotten also when Google cannot be reached.
        """
        grant = self.store.load()
        if grant is None:
            return False
        endpoints = self.client.endpoints()
        try:
            with oauth_session(endpoints.hosts) as session:
                reply = session.post(
                    endpoints.revoke_url,
                    data={"token": grant.refresh_token.reveal()},
                    timeout=_TIMEOUT_S,
                )
            return reply.status_code == HTTPStatus.OK
        except (requests.RequestException, GoogleUnavailableError):
            return False
        finally:
            self.store.delete()

    @contextmanager
    def _flow(self, scopes: frozenset[Scope], redirect_uri: str) -> Iterator[Flow]:
        config = {
            "installed": {
                "client_id": self.client.client_id,
                "client_secret": self.client.client_secret.reveal(),
                "auth_uri": self.client.auth_uri,
                "token_uri": self.client.token_uri,
            }
        }
        flow = Flow.from_client_config(config, sorted(scopes), redirect_uri=redirect_uri)
        guard_session(flow.oauth2session, self.client.endpoints().hosts)
        with flow.oauth2session:
            yield flow

    def _consent_url(self, flow: Any) -> tuple[str, str]:
        with oauthlib_settings(self.client.token_uri):
            # prompt=consent: without it a second sign-in brings no refresh token.
            url, state = flow.authorization_url(
                access_type="offline", prompt="consent", include_granted_scopes="true"
            )
        return str(url), str(state)

    def _finish(self, flow: Any, answer: CallbackAnswer, scopes: frozenset[Scope]) -> LoginOutcome:
        if answer.code is None:
            raise SignInError(
                "You declined the access; nothing was stored."
                if answer.error == "access_denied"
                else f"Google ended the sign-in: {answer.error[:80]}.",
                hint="Takeout exports work without any sign-in. To try again: " + login_hint(),
            )
        token = self._exchange(flow, answer.code)
        granted = frozenset(_scope_list(token.get("scope"), scopes))
        refresh_token = token.get("refresh_token")
        if not refresh_token or not granted:
            raise SignInError(
                "Google granted no lasting access.",
                hint="Remove this app at https://myaccount.google.com/connections, then: "
                + login_hint(),
            )
        now = self.clock.now()
        grant = Grant(
            client_id=self.client.client_id,
            token_uri=self.client.token_uri,
            refresh_token=Secret(refresh_token),
            access_token=Secret(token["access_token"]),
            expires_at=now + timedelta(seconds=float(token.get("expires_in", 0))),
            granted_at=now,
            scopes=granted,
        )
        self.store.save(grant)
        return LoginOutcome(grant, frozenset(map(str, scopes)) - granted)

    def _exchange(self, flow: Any, code: Secret) -> dict[str, Any]:
        try:
            with oauthlib_settings(self.client.token_uri):
                return dict(flow.fetch_token(code=code.reveal(), timeout=_TIMEOUT_S))
        except requests.RequestException:
            raise GoogleUnavailableError(
                "Google could not be reached to finish the sign-in.", hint=login_hint()
            ) from None
        except (OAuth2Error, ValueError):
            raise SignInError(
                "Google did not accept the sign-in code.",
                hint="A code works once and for a short time; check also that client_secret.json "
                "was not replaced in the console meanwhile. " + login_hint(),
            ) from None


def _success_page(outcome: LoginOutcome) -> CallbackPage:
    if not outcome.missing:
        return CallbackPage("Signed in", "You can close this tab and go back to the terminal.")
    left_out = ", ".join(Scope(scope).in_words for scope in sorted(outcome.missing))
    return CallbackPage(
        "Signed in, in part",
        f"You left out: {left_out}. What needs it will say so. You can close this tab.",
    )


def _scope_list(told: object, wanted: frozenset[Scope]) -> list[str]:
    # RFC 6749 5.1: an answer that names no scope grants what was asked for.
    if isinstance(told, str):
        return told.split()
    return [str(s) for s in told] if isinstance(told, list) else sorted(map(str, wanted))
