"""A running review page, and a real browser where there is one."""

import http.client
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from gphotos_reconcile.store.engine import Catalog, open_catalog
from gphotos_reconcile.web.guard import Session
from gphotos_reconcile.web.server import serving
from gphotos_reconcile.workflows.media_access import media_access
from tests.web.library import Shelf, location, write_pictures

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Running:
    """A review page that answers, and its catalogue."""

    catalog: Catalog
    session: Session

    def ask(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, body: str = ""
    ) -> tuple[int, dict[str, str], bytes]:
        """Send one request exactly as given; return status, headers in lower case, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.session.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body.encode())))
            connection.endheaders(body.encode())
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, found, answer.read()
        finally:
            connection.close()

    @property
    def own(self) -> dict[str, str]:
        """Return the headers that our own page's requests carry."""
        return {
            "Host": self.session.host,
            "Origin": self.session.origin,
            "Sec-Fetch-Site": "same-origin",
            "Cookie": f"{self.session.cookie_name}={self.session.cookie}",
            "X-CSRF-Token": self.session.csrf,
            "Content-Type": "application/json",
        }

    def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Get a page as its owner."""
        return self.ask("GET", path, headers=self.own)

    def post(self, path: str, payload: object) -> tuple[int, Any]:
        """Post JSON as the owner's page does."""
        status, _, body = self.ask("POST", path, headers=self.own, body=json.dumps(payload))
        return status, json.loads(body)


Start = Callable[..., Running]


@contextmanager
def started(
    folder: Path, fill: Callable[[Shelf], object], *, pictures: int = 0
) -> Iterator[Running]:
    """Serve a catalogue made by `fill`; the first `pictures` items have files to look at."""
    with open_catalog(location(folder), write=True) as catalog, catalog.begin() as conn:
        fill(Shelf(conn))
        write_pictures(conn, folder, first_items=pictures)
    with (
        open_catalog(location(folder), write=True, exclusive=False) as catalog,
        media_access(catalog) as media,
        serving(catalog, media) as running,
    ):
        yield Running(catalog, running.session)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Give a starter of review pages over a catalogue made by the test."""
    with ExitStack() as stack:
        yield lambda *given, **more: stack.enter_context(started(tmp_path, *given, **more))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give Debian's Chromium, without a window."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    expect.set_options(timeout=20_000)  # a limit, not a measure: the machine may be busy
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Give a browser without a past; a script error in any of its pages fails the test."""
    made = browser.new_context(viewport={"width": 1280, "height": 860})
    errors: list[str] = []
    made.on("weberror", lambda error: errors.append(str(error.error)))
    yield made
    made.close()
    assert errors == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Give one tab."""
    return context.new_page()


def launch(page: Page, running: Running) -> None:
    """Open the launch link, as a person does."""
    page.goto(running.session.launch_url)
    assert urlsplit(page.url).path == "/"
