"""The person at the stand-in's pages, played by a plain HTTP client."""

import re
import ssl
from collections.abc import Iterable

import httpx

from gphotos_reconcile.google.scopes import Scope


def consent(url: str, *, allow: bool = True, leave_out: frozenset[Scope] = frozenset()) -> str:
    """Answer the consent page at `url`; return the address that the browser is sent to."""
    with _browser() as browser:
        shown = browser.get(url)
        key = re.search(r'name=key value="([^"]+)"', shown.text)
        if key is None:
            raise ValueError(f"no consent page: status {shown.status_code}")
        scopes = re.findall(r'name=scope checked value="([^"]+)"', shown.text)
        form = {
            "key": key.group(1),
            "scope": [s for s in scopes if s not in leave_out],
            "action": "allow" if allow else "deny",
        }
        target = httpx.URL(url).join("/o/oauth2/decision")
        return str(browser.post(target, data=form).headers["Location"])


def pick(picker_uri: str, wanted: Iterable[str] | None = None) -> None:
    """Tick the items named `wanted` (all when None) on the picking page, and press Done."""
    names = None if wanted is None else frozenset(wanted)
    with _browser() as browser:
        shown = browser.get(picker_uri)
        boxes = re.findall(r'name=id value="([^"]+)"> ([^<]*)</label>', shown.text)
        ids = [item_id for item_id, name in boxes if names is None or name in names]
        browser.post(picker_uri, data={"id": ids}).raise_for_status()


def _browser() -> httpx.Client:
    # Everything is on loopback, without TLS.
    return httpx.Client(trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
