"""What Google's answers mean: go on, try again after a while, stop for today, or sign in again."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

from gphotos_reconcile.core.errors import GoogleUnavailableError, SignInError
from gphotos_reconcile.google.clock import Clock, next_quota_day
from gphotos_reconcile.google.keeper import missing_scopes
from gphotos_reconcile.google.quota import QuotaSpentError
from gphotos_reconcile.google.scopes import Scope, login_hint
from gphotos_reconcile.google.secrets import redacted

MINUTE_WAIT_S: Final = 30.0
"""Shortest wait after "too many requests per minute"."""

_TRANSIENT: Final = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.CONFLICT,  # ABORTED: seen on uploads, gone on the next try
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
_PROJECT: Final = re.compile(r"project (\d+)")


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Tell whether Google did what it was asked."""
        return 200 <= self.status < 300

    def document(self) -> dict[str, Any]:
        """Return the body as a JSON object.

        Raises:
            NotReadableError: it is none, whatever the status says.
        """
        try:
            document = json.loads(self.body or b"{}")
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise NotReadableError("the answer is not a JSON object")
        return document


class TryAgainError(Exception):
    """A failure that may pass; `wait_s` is the least time to wait. Stays inside this package."""

    def __init__(self, why: str, wait_s: float = 0.0) -> None:
        super().__init__(why)
        self.wait_s = wait_s


class NotReadableError(TryAgainError):
    """An answer was cut, mis-sized, or not what its type says."""


class AnswerLostError(GoogleUnavailableError):
    """Google may or may not have done what it was asked; only looking tells."""

    def __init__(self) -> None:
        super().__init__(
            "Google's answer was lost; it is not known yet whether it did what it was asked.",
            hint="Run the same command again: it looks first, and repeats only what is not there.",
        )


class RefusedError(GoogleUnavailableError):
    """Google refused this very request (400, 404, ...); the same request would be refused again."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(
            f"Google refused the request: {redacted(message)[:300] or code or status}.",
            hint="If it stays so, report it with `gphotos-reconcile doctor`'s output.",
        )
        self.status = status
        self.code = code
        self.reason = redacted(message)[:300]


def raise_for(reply: Reply, needs: Scope | None, clock: Clock) -> None:
    """Return when the answer is good, else raise what it means.

    Raises:
        TryAgainError: it may pass.
        QuotaSpentError: a daily quota is spent.
        SignInError: a scope is missing, or the API is switched off.
        RefusedError: it is the request's fault.
    """
    if reply.ok:
        return
    code, message, reasons = _error_of(reply)
    # Quota texts come as 429, as 403 with a reason, and have been seen inside of a 400.
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS or _is_quota(message, reasons):
        if "per day" in message or "daily" in message.lower():
            raise QuotaSpentError("Google's quota for today is spent.", next_quota_day(clock.now()))
        raise TryAgainError("too many requests", max(MINUTE_WAIT_S, _retry_after_s(reply, clock)))
    if reply.status in _TRANSIENT:
        raise TryAgainError(f"status {reply.status}", _retry_after_s(reply, clock))
    if reply.status == HTTPStatus.FORBIDDEN:
        _raise_forbidden(message, reasons, needs)
    raise RefusedError(reply.status, code, message)


def _raise_forbidden(message: str, reasons: frozenset[str], needs: Scope | None) -> None:
    scope_words = "insufficient authentication scopes"
    if "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in reasons or scope_words in message:
        if needs is not None:
            raise missing_scopes(frozenset({needs}))
        raise SignInError(
            "The sign-in lacks a permission that this needs.",
            hint=login_hint(),
        )
    if "has not been used in project" in message or "SERVICE_DISABLED" in reasons:
        service = "photospicker" if "Picker" in message else "photoslibrary"
        found = _PROJECT.search(message)
        project = f"?project={found.group(1)}" if found else ""
        raise SignInError(
            "Your Google Cloud project has not switched this API on.",
            hint="Press `Enable` at https://console.cloud.google.com/apis/library/"
            f"{service}.googleapis.com{project} , wait two minutes, and run the command again.",
        )


def _is_quota(message: str, reasons: frozenset[str]) -> bool:
    return message.startswith("Quota exceeded") or bool(
        reasons & {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"}
    )


def _error_of(reply: Reply) -> tuple[str, str, frozenset[str]]:
    """Return (status word, message, reasons) of an error body; empty where it says none."""
    try:
        document = json.loads(reply.body)
    except ValueError:
        return "", "", frozenset()
    error = document.get("error", document) if isinstance(document, dict) else {}
    if not isinstance(error, dict):
        return "", str(error), frozenset()
    details = [*_dicts(error.get("details")), *_dicts(error.get("errors"))]
    reasons = frozenset(str(d["reason"]) for d in details if "reason" in d)
    return str(error.get("status", "")), str(error.get("message", "")), reasons


def _dicts(value: object) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _retry_after_s(reply: Reply, clock: Clock) -> float:
    text = reply.headers.get("retry-after", "").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - clock.now()).total_seconds())
    except (ValueError, TypeError):
        return 0.0
