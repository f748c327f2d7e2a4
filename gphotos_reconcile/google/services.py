"""Google's client library on top of our seam, from small discovery documents of our own.

None ship with google-api-python-client for the Photos APIs, and fetching them at start would need
the network before the first call.
"""

import json
from importlib.resources import files
from typing import Any

import httplib2
from googleapiclient.discovery import build_from_document

from gphotos_reconcile.google.quota import Budget
from gphotos_reconcile.google.replies import Reply
from gphotos_reconcile.google.scopes import Scope
from gphotos_reconcile.google.transport import Ask, Transport


class Service:
    """One of Google's APIs: builds requests by the discovery document, sends them by the seam."""

    def __init__(self, transport: Transport, name: str, root: str, budget: Budget) -> None:
        text = files(__package__).joinpath("discovery", f"{name}.v1.json").read_text("utf-8")
        self._transport = transport
        self._budget = budget
        self.resource: Any = build_from_document(
            json.loads(text),
            http=_Seam(transport, None, budget, repeatable=True),
            client_options={"api_endpoint": root},
        )

    @property
    def transport(self) -> Transport:
        """Return the seam beneath."""
        return self._transport

    def execute(self, request: Any, needs: Scope, *, repeatable: bool = True) -> dict[str, Any]:
        """Send a request that `resource` built, and return the answer's JSON object.

        Raises:
            GoogleUnavailableError, AnswerLostError, RefusedError, SignInError: see Transport.call.
        """
        seam = _Seam(self._transport, needs, self._budget, repeatable=repeatable)
        return dict(request.execute(http=seam) or {})


class _Seam:
    """What the client library takes for its HTTP object."""

    def __init__(
        self, transport: Transport, needs: Scope | None, budget: Budget, *, repeatable: bool
    ) -> None:
        self._transport = transport
        self._needs = needs
        self._budget = budget
        self._repeatable = repeatable

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        headers: dict[str, str] | None = None,
        **_: object,
    ) -> tuple[httplib2.Response, bytes]:
        """Carry one request out; errors are raised here, so the library sees good answers only."""
        # The library's own headers name its versions; accept-encoding is the seam's matter.
        kept = {k: v for k, v in (headers or {}).items() if k.lower() in _KEPT_HEADERS}
        content = body.encode() if isinstance(body, str) else body or b""
        ask = Ask(
            method=method,
            url=uri,
            needs=self._needs,
            budget=self._budget,
            headers=kept,
            content=content,
            repeatable=self._repeatable,
        )
        reply = self._transport.call(ask, _readable)
        return httplib2.Response({"status": reply.status}), reply.body

    def close(self) -> None:
        """Do nothing: the seam outlives the service."""


_KEPT_HEADERS = frozenset({"accept", "content-type", "x-http-method-override"})


def _readable(reply: Reply) -> Reply:
    reply.document()
    return reply
