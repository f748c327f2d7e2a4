"""The stand-in's OAuth: consent page, tokens with PKCE, refreshing, revoking."""

import base64
import hashlib
import hmac
import html
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from gphotos_reconcile.google.fake.answers import (
    Answer,
    Asked,
    RefusalError,
    as_json,
    page,
    unauthenticated,
)
from gphotos_reconcile.google.fake.truth import Truth
from gphotos_reconcile.google.scopes import Scope

CLIENT_ID: Final = "123456789012-standin.apps.googleusercontent.com"

_CODE_LIFE: Final = timedelta(minutes=10)
_DRIVE: Final = "/auth/drive"


@dataclass(slots=True, kw_only=True)
class _Request:
    redirect_uri: str
    state: str
    scopes: tuple[str, ...]
    challenge: str


@dataclass(slots=True, kw_only=True)
class _Code:
    request: _Request
    granted: frozenset[str]
    issued_at: datetime
    used: bool = False


@dataclass(slots=True, kw_only=True)
class _Refresh:
    scopes: frozenset[str]
    issued_at: datetime
    live: bool = True


@dataclass(slots=True, kw_only=True)
class _Access:
    scopes: frozenset[str]
    expires_at: datetime
    refresh: str


class Consent:
    """Grants and checks tokens for one client and one person."""

    def __init__(self, truth: Truth, client_secret: str) -> None:
        self._truth = truth
        self.client_secret = client_secret
        self._requests: dict[str, _Request] = {}
        self._codes: dict[str, _Code] = {}
        self._refresh: dict[str, _Refresh] = {}
        self._access: dict[str, _Access] = {}
        self._granted: frozenset[str] = frozenset()
        self.exchanges = 0
        self.tamper_state = False

    def ask(self, asked: Asked) -> Answer:
        """Show the consent page."""
        scopes = tuple(asked.first("scope").split())
        problem = _fault_of(asked, scopes)
        if problem:
            return page("Error 400: invalid_request", html.escape(problem), 400)
        key = secrets.token_urlsafe(12)
        self._requests[key] = _Request(
            redirect_uri=asked.first("redirect_uri"),
            state=asked.first("state"),
            scopes=scopes,
            challenge=asked.first("code_challenge"),
        )
        boxes = "".join(
            f'<p><label><input type=checkbox name=scope checked value="{html.escape(scope)}"> '
            f"{html.escape(Scope(scope).in_words)}</label>"
            for scope in scopes
        )
        form = (
            f'<form method=post action="/o/oauth2/decision"><input type=hidden name=key '
            f'value="{key}">{boxes}<p><button name=action value=allow>Allow</button> '
            "<button name=action value=deny>Cancel</button></form>"
        )
        return page("A stand-in for Google asks for your consent", form)

    def decide(self, asked: Asked) -> Answer:
        """Take the person's answer and send the browser back to the program."""
        form = parse_qs(asked.body.decode())
        request = self._requests.pop(form.get("key", [""])[0], None)
        if request is None:
            return page("Error 400", "This page was answered already.", 400)
        state = request.state[::-1] if self.tamper_state else request.state
        if form.get("action") != ["allow"]:
            answer = {"error": "access_denied", "state": state}
        else:
            granted = frozenset(form.get("scope", [])) & frozenset(request.scopes)
            code = f"4/0{secrets.token_urlsafe(32)}"
            self._codes[code] = _Code(
                request=request, granted=granted, issued_at=self._truth.clock.now()
            )
            answer = {"state": state, "code": code, "scope": " ".join(sorted(granted))}
        location = f"{request.redirect_uri}?{urlencode(answer)}"
        return Answer(302, headers={"Location": location})

    def token(self, asked: Asked) -> Answer:
        """Answer the token endpoint."""
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        client_id, secret = _client_of(asked, form)
        known = client_id == CLIENT_ID and hmac.compare_digest(secret, self.client_secret)
        if not known:
            return as_json({"error": "invalid_client", "error_description": "Unauthorized"}, 401)
        with self._truth.lock:
            if form.get("grant_type") == "refresh_token":
                return self._renew(form)
            return self._exchange(form)

    def revoke(self, asked: Asked) -> Answer:
        """Forget a refresh token and what was made with it."""
        token = parse_qs(asked.body.decode()).get("token", [""])[0]
        known = self._refresh.get(token)
        if known is None or not known.live:
            return as_json({"error": "invalid_token"}, 400)
        known.live = False
        self._granted = frozenset()
        return as_json({})

    def scopes_of(self, asked: Asked) -> frozenset[str]:
        """Return the scopes of a request's bearer token; refused with 401 when it is not good."""
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        access = self._access.get(token) if kind == "Bearer" else None
        if access is None or access.expires_at <= self._truth.clock.now():
            raise unauthenticated()
        if not self._refresh[access.refresh].live:
            raise unauthenticated()
        return access.scopes

    def kill(self, asked: Asked, *, refresh_too: bool) -> None:
        """Stop accepting a request's token, and the grant behind it if asked to."""
        access = self._access.pop(asked.headers.get("authorization", "").partition(" ")[2], None)
        if access is not None and refresh_too:
            self._refresh[access.refresh].live = False

    def _exchange(self, form: dict[str, str]) -> Answer:
        self.exchanges += 1
        code = self._codes.get(form.get("code", ""))
        now = self._truth.clock.now()
        verifier = form.get("code_verifier", "").encode()
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
        fine = (
            code is not None
            and not code.used
            and now - code.issued_at <= _CODE_LIFE
            and form.get("redirect_uri") == code.request.redirect_uri
            and digest == code.request.challenge
        )
        if code is None or not fine:
            return as_json({"error": "invalid_grant", "error_description": "Bad Request"}, 400)
        code.used = True
        self._granted = self._granted | code.granted  # include_granted_scopes
        token = f"1//0{secrets.token_urlsafe(40)}"
        self._refresh[token] = _Refresh(scopes=self._granted, issued_at=now)
        return self._issue(token, self._granted, with_refresh=True)

    def _renew(self, form: dict[str, str]) -> Answer:
        token = form.get("refresh_token", "")
        known = self._refresh.get(token)
        life = self._truth.rules.refresh_token_life
        now = self._truth.clock.now()
        if known is None or not known.live or (life and now - known.issued_at > life):
            return as_json(
                {
                    "error": "invalid_grant",
                    "error_description": "Token has been expired or revoked.",
                },
                400,
            )
        wanted = frozenset(form.get("scope", "").split()) or known.scopes
        if not wanted <= known.scopes:
            return as_json({"error": "invalid_scope", "error_description": "Bad Request"}, 400)
        return self._issue(token, wanted, with_refresh=False)

    def _issue(self, refresh: str, scopes: frozenset[str], *, with_refresh: bool) -> Answer:
        access = f"ya29.{secrets.token_urlsafe(48)}"
        life = self._truth.rules.access_token_life
        self._access[access] = _Access(
            scopes=scopes, expires_at=self._truth.clock.now() + life, refresh=refresh
        )
        document: dict[str, object] = {
            "access_token": access,
            "expires_in": int(life.total_seconds()),
            "scope": " ".join(sorted(scopes)),
            "token_type": "Bearer",
        }
        if with_refresh:
            document["refresh_token"] = refresh
        return as_json(document)


def require_scope(scopes: frozenset[str], wanted: Scope, refusal: RefusalError) -> None:
    """Refuse when a token does not carry the scope."""
    if wanted not in scopes:
        raise refusal


def _client_of(asked: Asked, form: dict[str, str]) -> tuple[str, str]:
    """Return id and secret, from the form or from HTTP Basic; Google takes both."""
    kind, _, encoded = asked.headers.get("authorization", "").partition(" ")
    if kind == "Basic":
        client_id, _, secret = base64.b64decode(encoded).decode().partition(":")
        return client_id, secret
    return form.get("client_id", ""), form.get("client_secret", "")


def _fault_of(asked: Asked, scopes: tuple[str, ...]) -> str:
    redirect = urlsplit(asked.first("redirect_uri"))
    if asked.first("client_id") != CLIENT_ID:
        return "The OAuth client was not found."
    if redirect.scheme != "http" or redirect.hostname not in {"127.0.0.1", "localhost"}:
        return "redirect_uri: only a loopback address works for a desktop app."
    if asked.first("response_type") != "code" or asked.first("code_challenge_method") != "S256":
        return "A code with PKCE S256 is asked for."
    if any(_DRIVE in scope for scope in scopes) and len(scopes) > 1:
        return "This request contains scopes that cannot be requested together."
    if not scopes or any(scope not in frozenset(Scope) for scope in scopes):
        return "Some requested scopes were invalid."
    return ""
