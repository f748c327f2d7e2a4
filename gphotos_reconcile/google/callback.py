"""The small loopback server that hears the end of a sign-in.

It answers only to the redirect that carries the state it waits for. Favicon requests, prefetches,
forged states and doubled parameters are turned away and do not end the wait; the page that the
person sees is written after the outcome is known.
"""

import hmac
import html
import threading
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit

from gphotos_reconcile.core.errors import SignInError
from gphotos_reconcile.google.secrets import Secret

WAIT_S: Final = 300.0
"""How long a person has for the consent page."""

_OUTCOME_WAIT_S: Final = 60.0  # the browser's page waits this long for the code's exchange

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>{text}</p></body></html>
"""


@dataclass(frozen=True, slots=True)
class CallbackPage:
    """What the person reads in the browser."""

    title: str
    text: str
    status: HTTPStatus = HTTPStatus.OK

    def render(self) -> bytes:
        """Return the page as HTML."""
        return _PAGE.format(title=html.escape(self.title), text=html.escape(self.text)).encode()


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What came back: a code, or Google's word for why there is none."""

    code: Secret | None
    error: str = ""


IGNORED: Final = CallbackPage(
    "Not a sign-in", "This address waits for Google's answer only.", HTTPStatus.NOT_FOUND
)
FOREIGN: Final = CallbackPage(
    "This is not the sign-in that is waiting",
    "The answer belongs to another attempt and was not used. Go back to the terminal and use the "
    "address printed last.",
    HTTPStatus.BAD_REQUEST,
)
ALREADY: Final = CallbackPage(
    "Already answered",
    "Another tab has answered this sign-in; this one was not used. You can close it.",
    HTTPStatus.GONE,
)
UNFINISHED: Final = CallbackPage(
    "Not finished", "The program ended before it was done; see the terminal.", HTTPStatus.OK
)


class CallbackServer:
    """Listens on a free port of 127.0.0.1 for one sign-in. Use it in a `with` block."""

    def __init__(self, state: str) -> None:
        self._state = state
        self._lock = threading.Lock()
        self._answered = threading.Event()
        self._concluded = threading.Event()
        self._answer: CallbackAnswer | None = None
        self._page = UNFINISHED
        self._server = _Listener(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def redirect_uri(self) -> str:
        """Return the address to be given to Google."""
        return f"http://{self._server.authority}/"

    def expect(self, state: str) -> None:
        """Say which state the answer must carry."""
        self._state = state

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._concluded.set()
        self._server.shutdown()
        self._server.server_close()  # waits for the handlers, so that the last page goes out
        self._thread.join()

    def wait(self, timeout_s: float = WAIT_S) -> CallbackAnswer:
        """Return the answer.

        Raises:
            SignInError: nobody answered in time.
        """
        if not self._answered.wait(timeout_s) or self._answer is None:
            raise SignInError(
                f"Nobody answered the sign-in within {timeout_s / 60:.0f} minutes.",
                hint="Run `gphotos-reconcile auth login` again. Without a browser on this machine, "
                "add `--no-browser` and paste the address that you are sent to.",
            )
        return self._answer

    def conclude(self, page: CallbackPage) -> None:
        """Show `page` in the browser that waits for the outcome."""
        self._page = page
        self._concluded.set()

    def take(self, query: str) -> CallbackPage:
        """Return the page for a redirect with this query; the first right one ends the wait."""
        answer = read_answer(query, self._state)
        if answer is None:
            return FOREIGN if "state=" in query else IGNORED
        with self._lock:
            if self._answer is not None:
                return ALREADY
            self._answer = answer
        self._answered.set()
        self._concluded.wait(_OUTCOME_WAIT_S)
        return self._page


def read_answer(query: str, state: str) -> CallbackAnswer | None:
    """Return what a redirect's query says, None when it is not the answer to `state`.

    Each parameter must be there once, and there must be a code or an error, not both.
    """
    fields = parse_qs(query, keep_blank_values=True)
    if any(len(values) != 1 for name, values in fields.items() if name in _SINGLE):
        return None
    given = fields.get("state", [""])[0]
    if not state or not hmac.compare_digest(given.encode(), state.encode()):
        return None
    code, error = fields.get("code", [""])[0], fields.get("error", [""])[0]
    if bool(code) == bool(error):
        return None
    return CallbackAnswer(Secret(code) if code else None, error)


_SINGLE: Final = frozenset({"state", "code", "error"})


class _Listener(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self, owner: CallbackServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.owner = owner
        self.authority = f"127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    timeout = 5.0  # a connection that says nothing must not keep the program from ending

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        purpose = self.headers.get("Sec-Purpose", self.headers.get("Purpose", ""))
        ours = self.headers.get("Host") == self.server.authority and parts.path == "/"
        if not ours or "prefetch" in purpose:
            self._send(IGNORED)
        else:
            self._send(self.server.owner.take(parts.query))

    def _send(self, page: CallbackPage) -> None:
        body = page.render()
        self.send_response(page.status)
        for name, value in (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
            ("Connection", "close"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Say nothing: the request line holds the code."""
