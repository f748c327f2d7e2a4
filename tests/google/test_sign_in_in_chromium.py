"""The whole sign-in with a real browser on the stand-in's consent page."""

import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from gphotos_reconcile.core.errors import SignInError
from gphotos_reconcile.google.auth import Login, LoginOutcome
from gphotos_reconcile.google.scopes import Scope
from tests.google.conftest import MakeDesk
from tests.google.desk import ALL, Desk

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]

_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


class Attempt:
    """A sign-in that waits in its own thread, as the program does beside the browser."""

    def __init__(self, desk: Desk, timeout_s: float = 30) -> None:
        self.outcome: LoginOutcome | SignInError | None = None
        self._shown = threading.Event()
        self.address = ""
        login = Login(desk.client, desk.store, desk.clock)

        def run() -> None:
            try:
                self.outcome = login.by_browser(
                    ALL, show=self._show, open_browser=lambda _: True, timeout_s=timeout_s
                )
            except SignInError as error:
                self.outcome = error

        self._thread = threading.Thread(target=run)
        self._thread.start()
        assert self._shown.wait(30)

    def _show(self, address: str) -> None:
        self.address = address
        self._shown.set()

    def end(self) -> LoginOutcome | SignInError | None:
        self._thread.join(40)
        return self.outcome


def answered(page: Page, address: str, act: Callable[[Page], None]) -> str:
    page.goto(address)
    act(page)
    page.wait_for_url("http://127.0.0.1:*/?*")
    return page.inner_text("body")


def allow(page: Page) -> None:
    page.get_by_role("button", name="Allow").click()


def cancel(page: Page) -> None:
    page.get_by_role("button", name="Cancel").click()


def allow_in_part(page: Page) -> None:
    page.get_by_label(Scope.UPLOAD.in_words).uncheck()
    allow(page)


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    return make_desk(signed_in=False)


def test_allowing_signs_in_though_the_browser_asks_for_a_favicon(desk: Desk, page: Page) -> None:
    attempt = Attempt(desk)
    told = answered(page, attempt.address, allow)
    assert isinstance(attempt.end(), LoginOutcome)
    assert "Signed in" in told
    assert desk.google.consent.exchanges == 1


def test_cancelling_is_told_in_the_browser_and_stores_nothing(desk: Desk, page: Page) -> None:
    attempt = Attempt(desk)
    told = answered(page, attempt.address, cancel)
    assert isinstance(attempt.end(), SignInError)
    assert "You declined the access" in told
    assert desk.store.load() is None


def test_an_unticked_box_is_named_in_the_browser(desk: Desk, page: Page) -> None:
    attempt = Attempt(desk)
    told = answered(page, attempt.address, allow_in_part)
    outcome = attempt.end()
    assert isinstance(outcome, LoginOutcome)
    assert outcome.missing == {Scope.UPLOAD}
    assert Scope.UPLOAD.in_words in told


def test_a_wrong_state_is_refused_in_the_browser(desk: Desk, page: Page) -> None:
    desk.google.consent.tamper_state = True
    attempt = Attempt(desk, timeout_s=5)
    told = answered(page, attempt.address, allow)
    assert isinstance(attempt.end(), SignInError)
    assert "not the sign-in that is waiting" in told
    assert desk.google.consent.exchanges == 0


def test_a_second_tab_changes_nothing(desk: Desk, page: Page) -> None:
    attempt = Attempt(desk)
    second = page.context.new_page()
    second.goto(attempt.address)
    told = answered(page, attempt.address, allow)
    outcome = attempt.end()
    allow(second)
    assert isinstance(outcome, LoginOutcome)
    assert "Signed in" in told
    assert desk.google.consent.exchanges == 1
    assert desk.store.load() == outcome.grant
