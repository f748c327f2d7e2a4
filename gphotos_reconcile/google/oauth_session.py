"""The HTTP session of the OAuth libraries, held to the allowed hosts."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests

from gphotos_reconcile.google.hosts import AllowedHosts
from gphotos_reconcile.google.secrets import guard_logs


class _GuardedAdapter(requests.adapters.HTTPAdapter):
    """Sends to allowed hosts only, and takes no redirect: a 307 would carry the secret along."""

    def __init__(self, hosts: AllowedHosts) -> None:
        super().__init__()
        self._hosts = hosts

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        self._hosts.check(request.url or "")
        reply = super().send(request, *args, **kwargs)
        if reply.is_redirect:
            reply.close()
            raise requests.TooManyRedirects("a token address answered with a redirect")
        return reply


def guard_session(session: requests.Session, hosts: AllowedHosts) -> None:
    """Let a session, also one that a library made, speak to `hosts` only, and log no secret."""
    guard_logs()
    session.trust_env = hosts.loopback is None  # a proxy is for Google, never for loopback
    for scheme in ("https://", "http://"):
        session.mount(scheme, _GuardedAdapter(hosts))


def oauth_session(hosts: AllowedHosts) -> requests.Session:
    """Return a session that speaks to `hosts` only."""
    session = requests.Session()
    guard_session(session, hosts)
    return session


@contextmanager
def oauthlib_settings(token_uri: str) -> Iterator[None]:
    """Let oauthlib return partial consent, and speak HTTP to the stand-in on loopback alone.

    oauthlib has these as environment variables only; they are put back at once.
    """
    names = ["OAUTHLIB_RELAX_TOKEN_SCOPE"]
    if urlsplit(token_uri).hostname == "127.0.0.1":
        names.append("OAUTHLIB_INSECURE_TRANSPORT")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # oauthlib warns of the scopes that we report
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
