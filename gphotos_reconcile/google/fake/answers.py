"""What the stand-in sends back, with Google's own error bodies."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_OF_SERVICE: Final = (
    "of service 'photoslibrary.googleapis.com' for consumer 'project_number:123456789012'."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, before a fault has had its way with it."""

    status: int
    body: bytes = b""
    content_type: str = "application/json; charset=UTF-8"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came. Header names are lower case; `query` holds every value."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def first(self, name: str, default: str = "") -> str:
        """Return the first value of a query parameter."""
        return self.query.get(name, [default])[0]

    def document(self) -> dict[str, Any]:
        """Return the body as a JSON object; refused with 400 when it is none."""
        try:
            document = json.loads(self.body or b"{}")
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise RefusalError(400, "INVALID_ARGUMENT", "Invalid JSON payload received.")
        return document


class RefusalError(Exception):
    """Google says no; carries the error body."""

    def __init__(
        self, status: int, code: str, message: str, details: list[dict[str, Any]] | None = None
    ) -> None:
        super().__init__(message)
        error: dict[str, Any] = {"code": status, "message": message, "status": code}
        if details:
            error["details"] = details
        self.answer = as_json({"error": error}, status)


def as_json(document: object, status: int = 200) -> Answer:
    """Return a JSON answer."""
    return Answer(status, json.dumps(document).encode())


def page(title: str, body: str, status: int = 200) -> Answer:
    """Return an HTML page; `body` must be escaped already."""
    text = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
        f"<h1>{title}</h1>{body}</html>"
    )
    return Answer(status, text.encode(), "text/html; charset=utf-8")


def invalid(message: str) -> RefusalError:
    """Return a 400."""
    return RefusalError(400, "INVALID_ARGUMENT", message)


def scope_refusal(method: str, service: str = "photoslibrary.googleapis.com") -> RefusalError:
    """Return the 403 of a token without the scope."""
    return RefusalError(
        403,
        "PERMISSION_DENIED",
        "Request had insufficient authentication scopes.",
        [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                "domain": "googleapis.com",
                "metadata": {"service": service, "method": method},
            }
        ],
    )


def api_off() -> RefusalError:
    """Return the 403 of a project that has not enabled the API."""
    return RefusalError(
        403,
        "PERMISSION_DENIED",
        "Photos Library API has not been used in project 123456789012 before or it is disabled. "
        "Enable it by visiting the console then retry.",
        [{"reason": "SERVICE_DISABLED"}],
    )


def minute_quota() -> RefusalError:
    """Return the 429 of too many requests a minute."""
    return RefusalError(
        429,
        "RESOURCE_EXHAUSTED",
        "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per "
        f"user' {_OF_SERVICE}",
    )


def day_quota(status: int = 429) -> RefusalError:
    """Return the refusal of a spent daily quota; it has been seen as 429 and inside of a 400."""
    return RefusalError(
        status,
        "RESOURCE_EXHAUSTED" if status == 429 else "INVALID_ARGUMENT",
        "Quota exceeded for quota metric 'All requests' and limit 'All requests per day' "
        f"{_OF_SERVICE}",
    )


def unauthenticated() -> RefusalError:
    """Return the 401 of a token that is not accepted."""
    return RefusalError(
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
        "cookie or other valid authentication credential.",
    )
