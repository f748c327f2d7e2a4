"""Keep everybody else out: one browser on this machine, and only pages that we made.

Another program here can reach the port, and any web site can make a browser send requests to it.
So each request has to name our host exactly, come from our own pages, and carry a cookie that only
the holder of the one-time launch link was given; what changes anything carries a token besides.
"""

import secrets
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LAUNCH_PATH: Final = "/launch"

_SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
        " media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NOT_KEPT: Final = "no-store"  # unless an answer, holding nothing of the user's, says otherwise


def _secret() -> str:
    return secrets.token_urlsafe(32)


@dataclass
class Session:
    """The secrets of one run of the server, never written anywhere."""

    port: int
    cookie: str = field(default_factory=_secret, repr=False)
    csrf: str = field(default_factory=_secret, repr=False)
    _launch: str = field(default_factory=_secret, repr=False)

    @property
    def host(self) -> str:
        """Return the only Host that is answered."""
        return f"127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        """Return the only Origin that is answered."""
        return f"http://{self.host}"

    @property
    def cookie_name(self) -> str:
        """Return the cookie's name; cookies are shared by all ports of a host."""
        return f"gphotos_reconcile_{self.port}"

    @property
    def launch_url(self) -> str:
        """Return the link that opens the pages, once."""
        return f"{self.origin}{LAUNCH_PATH}?token={self._launch}"

    def redeem(self, token: str) -> bool:
        """Tell whether the launch token is right; it is right once."""
        if not self._launch or not _equal(token, self._launch):
            return False
        self._launch = ""
        return True


def _equal(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode("utf-8"), other.encode("utf-8"))


class Guard:
    """Lets a request through to the pages, or answers it with a refusal."""

    def __init__(self, app: ASGIApp, session: Session) -> None:
        self._app = app
        self._session = session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no web sockets here: the server closes what nobody answers
        answer = self._answer(scope)
        await (answer or self._app)(scope, receive, _with_headers(send))

    def _answer(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if not self._is_ours(headers):
            return _refused("This address belongs to a page on your own machine.")
        if scope["path"] == LAUNCH_PATH:
            return self._launch(scope)
        if not self._has_cookie(headers):
            return _refused(
                "Open the link that `gphotos-reconcile review` printed. It works once, in one"
                " browser; run the command again for a new one."
            )
        if scope["method"] in {"GET", "HEAD"}:
            return None
        return self._check_change(headers)

    def _is_ours(self, headers: Headers) -> bool:
        if headers.getlist("host") != [self._session.host]:
            return False
        if any(origin != self._session.origin for origin in headers.getlist("origin")):
            return False
        # Absent in old browsers; "none" is a person who followed the link from the terminal.
        sites = headers.getlist("sec-fetch-site")
        return all(site in {"same-origin", "none"} for site in sites)

    def _has_cookie(self, headers: Headers) -> bool:
        name = self._session.cookie_name
        given = [cookie_parser(line).get(name, "") for line in headers.getlist("cookie")]
        return any(_equal(value, self._session.cookie) for value in given)

    def _check_change(self, headers: Headers) -> Response | None:
        if headers.get("origin") != self._session.origin:
            return _refused("Changes come from our own pages only.")
        if not _equal(headers.get("x-csrf-token", ""), self._session.csrf):
            return _refused("This page is of an earlier run: reload it.")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            return PlainTextResponse("Only JSON is taken.\n", status_code=415)
        return None

    def _launch(self, scope: Scope) -> Response:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        token = "".join(query.get("token", []))
        if scope["method"] != "GET" or not self._session.redeem(token):
            return _refused(
                "This link was used already, or is not complete. Run `gphotos-reconcile review`"
                " again for a new one."
            )
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(
            self._session.cookie_name,
            self._session.cookie,
            httponly=True,
            samesite="strict",
            path="/",
        )
        return answer


def _refused(why: str) -> Response:
    return PlainTextResponse(f"{why}\n", status_code=403)


def _with_headers(send: Send) -> Send:
    async def send_guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _SECURITY_HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", _NOT_KEPT)
        await send(message)

    return send_guarded
