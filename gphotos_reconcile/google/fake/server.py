"""The stand-in's HTTP side: routes, scopes, quotas, faults."""

import re
import socket
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlsplit

from gphotos_reconcile.google.fake.answers import (
    Answer,
    Asked,
    RefusalError,
    api_off,
    page,
    scope_refusal,
)
from gphotos_reconcile.google.fake.consent import CLIENT_ID, Consent, require_scope
from gphotos_reconcile.google.fake.faults import Fault, FaultSchedule
from gphotos_reconcile.google.fake.library import LibraryApi
from gphotos_reconcile.google.fake.mischief import instead, twisted
from gphotos_reconcile.google.fake.picking import PickerApi
from gphotos_reconcile.google.fake.truth import Truth
from gphotos_reconcile.google.fake.uploads import UploadApi
from gphotos_reconcile.google.quota import Budget
from gphotos_reconcile.google.scopes import Scope

CLIENT_SECRET: Final = "GOCSPX-standin-not-a-secret"  # noqa: S105  of the stand-in alone

_CUT: Final = frozenset({Fault.TRUNCATED, Fault.NO_LENGTH, Fault.LOST, Fault.GZIP_LIE})


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint: who may call it, and what carries it out with the pattern's groups."""

    name: str
    method: str
    pattern: str
    handle: Callable[..., Answer]
    scope: Scope | None = None


class FakeGoogle:
    """Serves one `Truth` on a free port of 127.0.0.1. Use it in a `with` block.

    `trap` is another origin on loopback: every request that reaches it is kept in `trapped`, with
    its headers; a client that follows redirects anywhere ends there.
    """

    def __init__(
        self, truth: Truth, schedule: FaultSchedule | None = None, *, port: int = 0
    ) -> None:
        self.truth = truth
        self.schedule = schedule or FaultSchedule()
        self.consent = Consent(truth, CLIENT_SECRET)
        self.requests: list[tuple[str, str]] = []
        self.trapped: list[dict[str, str]] = []
        self.crashes: list[BaseException] = []
        self._server = _Server(self, _Handler, port)
        self._trap = _Server(self, _Trap, 0)
        self.origin = self._server.origin
        self.trap = self._trap.origin
        self.library = LibraryApi(truth, self.origin)
        self.picker = PickerApi(truth, self.origin)
        self.uploads = UploadApi(truth, self.origin)
        self._routes = self._make_routes()
        self._threads = [
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
            for server in (self._server, self._trap)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self._server, self._trap):
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()

    def client_secret(self) -> dict[str, Any]:
        """Return the content of a `client_secret.json` that names this stand-in."""
        return {
            "installed": {
                "client_id": CLIENT_ID,
                "project_id": "standin",
                "auth_uri": f"{self.origin}/o/oauth2/auth",
                "token_uri": f"{self.origin}/token",
                "client_secret": CLIENT_SECRET,
                "redirect_uris": ["http://localhost"],
            }
        }

    def route(self, asked: Asked) -> tuple[Route, re.Match[str]] | None:
        """Return the route of a request."""
        # Long batchGet requests come as POST with the true method in a header.
        method = asked.headers.get("x-http-method-override", asked.method)
        for route in self._routes:
            found = re.fullmatch(route.pattern, asked.path)
            if found and route.method == method:
                return route, found
        return None

    def answer(self, asked: Asked, route: Route, found: re.Match[str]) -> Answer:
        """Return the answer of a route, Google's refusals included."""
        try:
            self._admit(asked, route)
            return route.handle(asked, *found.groups())
        except RefusalError as refusal:
            return refusal.answer

    def _admit(self, asked: Asked, route: Route) -> None:
        if route.name == "bytes":
            self.truth.spend(Budget.BYTES)
        if route.scope is None:
            return
        scopes = self.consent.scopes_of(asked)
        if route.scope is Scope.PICK:
            refusal = scope_refusal(route.name, "photospicker.googleapis.com")
        else:
            if not self.truth.rules.api_enabled:
                raise api_off()
            self.truth.spend(Budget.REQUESTS)
            refusal = scope_refusal(route.name)
        require_scope(scopes, route.scope, refusal)

    def _make_routes(self) -> list[Route]:
        lib, pick = "/photoslibrary/v1", "/photospicker/v1"
        library, picker, up, consent = self.library, self.picker, self.uploads, self.consent
        return [
            Route("consent", "GET", "/o/oauth2/auth", consent.ask),
            Route("decision", "POST", "/o/oauth2/decision", consent.decide),
            Route("token", "POST", "/token", consent.token),
            Route("revoke", "POST", "/revoke", consent.revoke),
            Route("list", "GET", f"{lib}/mediaItems", library.list_items, Scope.LIST),
            Route("search", "POST", f"{lib}/mediaItems:search", library.search, Scope.LIST),
            Route("batchGet", "GET", f"{lib}/mediaItems:batchGet", library.batch_get, Scope.LIST),
            Route("batchCreate", "POST", f"{lib}/mediaItems:batchCreate", library.batch_create,
                  Scope.UPLOAD),
            Route("albums.create", "POST", f"{lib}/albums", library.create_album, Scope.UPLOAD),
            Route("albums.list", "GET", f"{lib}/albums", library.list_albums, Scope.LIST),
            Route("albums.add", "POST", f"{lib}/albums/([^/:]+):batchAddMediaItems",
                  library.add_to_album, Scope.UPLOAD),
            Route("upload.start", "POST", f"{lib}/uploads", up.start, Scope.UPLOAD),
            Route("upload.part", "POST", "/upload/([^/]+)", up.go_on, Scope.UPLOAD),
            Route("bytes", "GET", "/bytes/(.+)=([a-z0-9-]+)", self._serve_bytes),
            Route("picked", "GET", "/picked/(.+)=([a-z0-9-]+)", self._serve_bytes, Scope.PICK),
            Route("picker.create", "POST", f"{pick}/sessions", picker.open, Scope.PICK),
            Route("picker.get", "GET", f"{pick}/sessions/([^/]+)", picker.get, Scope.PICK),
            Route("picker.delete", "DELETE", f"{pick}/sessions/([^/]+)", picker.close, Scope.PICK),
            Route("picker.list", "GET", f"{pick}/mediaItems", picker.list_picked, Scope.PICK),
            Route("pick.page", "GET", "/pick/([^/]+)", picker.show),
            Route("pick.done", "POST", "/pick/([^/]+)", picker.done),
        ]  # fmt: skip

    def _serve_bytes(self, _: Asked, address: str, variant: str) -> Answer:
        item_id, _dot, until = (self.truth.unsigned(address) or "").partition(".")
        item = self.truth.items.get(item_id)
        if item is None or float(until or 0) < self.truth.clock.now().timestamp():
            return page("403. That's an error.", "<p>Forbidden", 403)
        mime_type, content = self.truth.render(item.content, item.mime_type, variant)
        self.truth.served[item_id] += 1
        return Answer(200, content, mime_type)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(
        self, google: FakeGoogle, handler: type[BaseHTTPRequestHandler], port: int
    ) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.google = google
        self.origin = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep what went wrong, unless the other side just left."""
        del request, client_address
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, OSError):
            self.google.crashes.append(error)


class _Trap(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.google.trapped.append(dict(self.headers.items()))
        self.send_error(404)

    do_POST = do_GET  # noqa: N815  the name that http.server calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's name
        """Say nothing."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30.0

    def do_GET(self) -> None:
        google = self.server.google
        asked = self._read()
        routed = google.route(asked)
        if routed is None:
            google.requests.append((asked.method, "unknown"))
            self._send(page("404. That's an error.", "<p>Not found", 404))
            return
        route, found = routed
        google.requests.append((route.method, route.name))
        fault = google.schedule.strike(route.name)
        if fault is Fault.RESET:
            self._reset()
        elif fault is None:
            self._send(google.answer(asked, route, found))
        else:
            self._misbehave(fault, asked, route, found)

    do_POST = do_GET  # noqa: N815  the name that http.server calls
    do_DELETE = do_GET  # noqa: N815  the name that http.server calls

    def _misbehave(self, fault: Fault, asked: Asked, route: Route, found: re.Match[str]) -> None:
        google = self.server.google
        if fault in {Fault.SIGN_IN_DEAD, Fault.REVOKED}:
            google.consent.kill(asked, refresh_too=fault is Fault.REVOKED)
        if fault is Fault.SESSION_DEAD:
            google.uploads.drop(found[1])
        answer = instead(fault, asked, google.trap) or twisted(
            fault, asked, lambda a: google.answer(a, route, found), google.truth
        )
        if fault is Fault.LOST:
            self._reset()
        elif fault in _CUT:
            self._send_cut(answer, fault)
        else:
            self._send(answer)

    def _read(self) -> Asked:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        return Asked(
            method=self.command,
            path=parts.path,
            query=parse_qs(parts.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )

    def _send(self, answer: Answer) -> None:
        self._send_head(answer, str(len(answer.body)))
        self.wfile.write(answer.body)

    def _send_cut(self, answer: Answer, fault: Fault) -> None:
        """Send half of the body, or a body that is not what its headers say."""
        self.close_connection = True
        body = answer.body if fault is Fault.GZIP_LIE else answer.body[: len(answer.body) // 2]
        length = None if fault is Fault.NO_LENGTH else str(len(answer.body))
        extra = {"Content-Encoding": "gzip"} if fault is Fault.GZIP_LIE else {}
        self._send_head(answer, length, extra | {"Connection": "close"})
        self.wfile.write(body)

    def _send_head(
        self, answer: Answer, length: str | None, extra: dict[str, str] | None = None
    ) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        if length is not None:
            self.send_header("Content-Length", length)
        for name, value in {**answer.headers, **(extra or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    def _reset(self) -> None:
        """Break the connection so that the other side sees a reset, not an end."""
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's name
        """Say nothing."""
