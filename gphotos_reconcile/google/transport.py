"""The one seam to Google: every call, upload and byte stream of the APIs goes through here.

It knows the allowed hosts, adds the token, counts against the quota, waits and tries again, and
checks that an answer is whole. Clock and randomness are handed in.
"""

import logging
import random
import re
import ssl
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Final, Self, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx
import tenacity

from gphotos_reconcile.core.errors import GoogleUnavailableError, SignInError
from gphotos_reconcile.google.clock import Clock
from gphotos_reconcile.google.hosts import AllowedHosts, ForeignHostError
from gphotos_reconcile.google.keeper import TokenKeeper
from gphotos_reconcile.google.quota import Budget, QuotaGate
from gphotos_reconcile.google.replies import (
    AnswerLostError,
    NotReadableError,
    Reply,
    TryAgainError,
    raise_for,
)
from gphotos_reconcile.google.scopes import Scope
from gphotos_reconcile.google.secrets import Secret, guard_logs

DEADLINE_S: Final = 600.0
"""Longest time for one call with all its retries."""

ATTEMPTS: Final = 6
_LONGEST_WAIT_S: Final = 64.0
_MAX_BODY_BYTES: Final = 32 << 20  # a page of 100 items is under 1 MiB
_MAX_HOPS: Final = 3
_CHUNK_BYTES: Final = 256 << 10
_TIMEOUT: Final = httpx.Timeout(60.0, connect=20.0)

_LONG_SEGMENT: Final = re.compile(r"/[^/:]{24,}")  # ids; a picking session's opens its page

_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request, with what the seam must know to carry it out.

    `repeatable` says that asking twice does no more than asking once. `private` keeps the path
    out of the log: it is a signed address.
    """

    method: str
    url: str
    needs: Scope | None
    budget: Budget
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    repeatable: bool = True
    with_token: bool = True
    private: bool = False


class Transport:
    """Carries requests to Google. Safe between threads; use it in a `with` block."""

    def __init__(
        self,
        hosts: AllowedHosts,
        keeper: TokenKeeper,
        gate: QuotaGate,
        clock: Clock,
        jitter: random.Random | None = None,
    ) -> None:
        guard_logs()
        self._hosts = hosts
        self._keeper = keeper
        self._gate = gate
        self._clock = clock
        self._jitter = jitter or random.Random()  # noqa: S311  spreads waits, guards nothing
        self._client = httpx.Client(
            timeout=_TIMEOUT,
            follow_redirects=False,
            trust_env=hosts.loopback is None,
            # Loopback has no TLS: a context that trusts nobody saves reading every root.
            verify=True if hosts.loopback is None else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            headers={"Accept-Encoding": "gzip", "User-Agent": "gphotos-reconcile (gzip)"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._gate.flush()

    @property
    def clock(self) -> Clock:
        """Return the clock that waits are taken from."""
        return self._clock

    def require(self, scopes: frozenset[Scope]) -> None:
        """Return when all `scopes` are granted, else raise SignInError naming them."""
        self._keeper.require(scopes)

    def call(self, ask: Ask, accept: Callable[[Reply], T]) -> T:
        """Return what `accept` makes of the good answer.

        Args:
            ask: the request.
            accept: reads the answer; NotReadableError means that it came damaged.

        Raises:
            GoogleUnavailableError: it did not work in several tries, or today's quota is spent.
            AnswerLostError: a request that must not be repeated may have been carried out.
            RefusedError: Google refuses the request itself.
            SignInError: the sign-in or a scope is missing.
        """
        return self._again(lambda: self._once(ask, accept))

    @contextmanager
    def stream(self, ask: Ask) -> Generator[tuple[str, Iterator[bytes]], None, None]:
        """Open a byte URL and give its content type and its chunks.

        The chunks end in NotReadableError when bytes are missing.

        Redirects are followed within the allowed hosts. Opening is tried again; reading is not,
        because the chunks that were handed out cannot be taken back.
        """
        response = self._again(lambda: self._open(ask))
        try:
            yield response.headers.get("Content-Type", ""), _whole_chunks(response)
        finally:
            response.close()

    def _again(self, once: Callable[[], T]) -> T:
        started = self._clock.monotonic()

        def wait(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            least = error.wait_s if isinstance(error, TryAgainError) else 0.0
            backoff = min(_LONGEST_WAIT_S, 2.0 ** (state.attempt_number - 1))
            return max(least, backoff) + self._jitter.uniform(0.0, 1.0)

        def stop(state: tenacity.RetryCallState) -> bool:
            late = self._clock.monotonic() - started + state.upcoming_sleep > DEADLINE_S
            return late or state.attempt_number >= ATTEMPTS

        # tenacity takes our clock's sleep; stamina, built on it, would wait by its own.
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(TryAgainError),
            wait=wait,
            stop=stop,
            sleep=self._clock.sleep,
            reraise=True,
        )
        try:
            return retrying(once)
        except TryAgainError as error:
            raise GoogleUnavailableError(
                f"Google did not answer properly in {ATTEMPTS} tries ({error}); place kept.",
                hint="Check the network, wait some minutes, and run the same command again.",
            ) from None

    def _once(self, ask: Ask, accept: Callable[[Reply], T]) -> T:
        try:
            reply = self._with_token(ask, self._whole_reply)
            self._refuse_redirect(reply.status, reply.headers)
            if not ask.repeatable and reply.status >= 500:
                raise AnswerLostError
            raise_for(reply, ask.needs, self._clock)
            return accept(reply)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise TryAgainError(_words(error)) from None  # it never left this machine
        except (httpx.TransportError, httpx.DecodingError) as error:
            if not ask.repeatable:
                raise AnswerLostError from None
            raise TryAgainError(_words(error)) from None
        except NotReadableError:
            if not ask.repeatable:
                raise AnswerLostError from None
            raise

    def _open(self, ask: Ask) -> httpx.Response:
        try:
            response = self._with_token(ask, self._follow)
            if not response.is_success:
                with closing(response):
                    raise_for(_read(response), ask.needs, self._clock)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise TryAgainError(_words(error)) from None
        else:
            return response

    def _with_token(self, ask: Ask, carry: Callable[[Ask, Secret | None], T]) -> T:
        """Carry the request out; on a refused token renew it once."""
        token = self._keeper.access_token() if ask.with_token else None
        answer = carry(ask, token)
        if token is not None and _status(answer) == httpx.codes.UNAUTHORIZED:
            _close(answer)
            answer = carry(ask, self._keeper.renewed(token))
            if _status(answer) == httpx.codes.UNAUTHORIZED:
                _close(answer)
                if ask.needs is not None:
                    self._keeper.require(frozenset({ask.needs}))
                raise SignInError(
                    "Google does not accept the sign-in any more.", hint=self._keeper.login_hint
                )
        return answer

    def _whole_reply(self, ask: Ask, token: Secret | None) -> Reply:
        with closing(self._send(ask, ask.url, token)) as response:
            return _read(response)

    def _follow(self, ask: Ask, token: Secret | None) -> httpx.Response:
        url = ask.url
        for _ in range(_MAX_HOPS):
            response = self._send(ask, url, token)
            if not response.has_redirect_location:
                return response
            url = urljoin(url, response.headers["Location"])
            response.close()
        raise ForeignHostError("one address after another")

    def _send(self, ask: Ask, url: str, token: Secret | None) -> httpx.Response:
        self._hosts.check(url)
        self._gate.take(ask.budget)
        headers = dict(ask.headers)
        if token is not None:
            headers["Authorization"] = f"Bearer {token.reveal()}"
        request = self._client.build_request(
            ask.method, url, headers=headers, content=ask.content or None
        )
        response = self._client.send(request, stream=True)
        parts = urlsplit(url)
        path = "/..." if ask.private else _LONG_SEGMENT.sub("/...", parts.path)
        _log.debug("%s %s%s -> %d", ask.method, parts.hostname, path, response.status_code)
        return response

    def _refuse_redirect(self, status: int, headers: Mapping[str, str]) -> None:
        if 300 <= status < 400 and "location" in headers:
            raise ForeignHostError(urlsplit(headers["location"]).hostname or "another address")


def _read(response: httpx.Response) -> Reply:
    body = bytearray()
    for chunk in _whole_chunks(response):
        body += chunk
        if len(body) > _MAX_BODY_BYTES:
            raise NotReadableError("the answer does not end")
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, headers, bytes(body))


def _whole_chunks(response: httpx.Response) -> Iterator[bytes]:
    """Yield the body; raise when fewer or more bytes came than were announced."""
    told = response.headers.get("Content-Length")
    chunked = "chunked" in response.headers.get("Transfer-Encoding", "")
    try:
        yield from response.iter_bytes(_CHUNK_BYTES)
    except (httpx.TransportError, httpx.DecodingError) as error:
        raise NotReadableError(_words(error)) from None
    if told is None and not chunked and response.is_success:
        # Without a length the end of the connection looks like the end of the data.
        raise NotReadableError("the answer does not say how long it is")
    if told is not None and response.num_bytes_downloaded != int(told):
        raise NotReadableError(f"{response.num_bytes_downloaded} of {told} bytes came")


def _status(answer: object) -> int:
    match answer:
        case Reply(status=status):
            return status
        case httpx.Response(status_code=status_code):
            return int(status_code)
        case _:
            return 0


def _close(answer: object) -> None:
    if isinstance(answer, httpx.Response):
        answer.close()


def _words(error: Exception) -> str:
    match error:
        case httpx.ConnectError():
            return "no connection"
        case httpx.TimeoutException():
            return "no answer in time"
        case httpx.DecodingError():
            return "a damaged answer"
        case _:
            return "the connection broke"
