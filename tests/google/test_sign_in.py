import json
import os
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from gphotos_reconcile.core.errors import GoogleUnavailableError, SignInError
from gphotos_reconcile.google.auth import Login, LoginOutcome
from gphotos_reconcile.google.callback import CallbackServer, read_answer
from gphotos_reconcile.google.client import ClientSecret
from gphotos_reconcile.google.fake import person
from gphotos_reconcile.google.fake.truth import Rules
from gphotos_reconcile.google.keeper import TokenKeeper
from gphotos_reconcile.google.scopes import Scope
from gphotos_reconcile.google.tokens import FileTokenStore
from tests.google.conftest import MakeDesk
from tests.google.desk import ALL, Desk

Visit = Callable[[str], str]


class Browser:
    """A browser in its own thread; `pages` holds what the person read last on each visit."""

    def __init__(self, *visits: Visit) -> None:
        self._visits = visits
        self.pages: list[str] = []
        self._threads: list[threading.Thread] = []

    def open(self, url: str) -> bool:
        thread = threading.Thread(target=self._visit_all, args=(url,))
        thread.start()
        self._threads.append(thread)
        return True

    def join(self) -> list[str]:
        for thread in self._threads:
            thread.join(10)
        return self.pages

    def _visit_all(self, url: str) -> None:
        for visit in self._visits:
            address = visit(url)
            try:
                self.pages.append(httpx.get(address, trust_env=False, timeout=10).text)
            except httpx.TransportError:
                self.pages.append("unreachable")


@pytest.fixture
def lobby(make_desk: MakeDesk) -> Desk:
    return make_desk(signed_in=False)


def log_in(
    desk: Desk, *visits: Visit, scopes: frozenset[Scope] = ALL
) -> tuple[LoginOutcome | SignInError, list[str]]:
    browser = Browser(*visits)
    try:
        outcome: LoginOutcome | SignInError = Login(desk.client, desk.store, desk.clock).by_browser(
            scopes, show=lambda _: None, open_browser=browser.open, timeout_s=20
        )
    except SignInError as error:
        outcome = error
    return outcome, browser.join()


def test_a_granted_login_keeps_the_grant_and_says_so_in_the_browser(lobby: Desk) -> None:
    outcome, pages = log_in(lobby, person.consent)
    assert isinstance(outcome, LoginOutcome)
    assert outcome.missing == frozenset()
    assert "Signed in" in pages[0]
    grant = lobby.store.load()
    assert grant is not None
    assert grant.scopes == ALL


def test_a_denied_login_is_told_as_denied_in_the_browser_too(lobby: Desk) -> None:
    outcome, pages = log_in(lobby, lambda url: person.consent(url, allow=False))
    assert isinstance(outcome, SignInError)
    assert "declined" in str(outcome)
    assert "declined" in pages[0]
    assert lobby.store.load() is None


def test_partial_consent_is_kept_and_named(lobby: Desk) -> None:
    left_out = frozenset({Scope.UPLOAD})
    outcome, pages = log_in(lobby, lambda url: person.consent(url, leave_out=left_out))
    assert isinstance(outcome, LoginOutcome)
    assert outcome.missing == {Scope.UPLOAD}
    assert "add photos and albums" in pages[0]
    keeper = TokenKeeper(lobby.client, lobby.store, lobby.clock)
    keeper.require(frozenset({Scope.LIST}))
    with pytest.raises(SignInError, match=r"photoslibrary\.appendonly"):
        keeper.require(frozenset({Scope.UPLOAD}))


def test_after_partial_consent_the_renewal_asks_for_what_was_granted_only(lobby: Desk) -> None:
    log_in(lobby, lambda url: person.consent(url, leave_out=frozenset({Scope.UPLOAD})))
    lobby.clock.sleep(7200)
    keeper = TokenKeeper(lobby.client, lobby.store, lobby.clock)
    assert keeper.access_token()


def test_scopes_grow_command_by_command(lobby: Desk) -> None:
    log_in(lobby, person.consent, scopes=frozenset({Scope.LIST}))
    log_in(lobby, person.consent, scopes=frozenset({Scope.PICK}))
    grant = lobby.store.load()
    assert grant is not None
    assert grant.scopes == {Scope.LIST, Scope.PICK}


def test_the_consent_page_is_asked_with_pkce_state_consent_and_offline(lobby: Desk) -> None:
    seen: list[str] = []

    def look(url: str) -> str:
        seen.append(url)
        return person.consent(url)

    log_in(lobby, look, scopes=frozenset({Scope.LIST}))
    query = {name: values[0] for name, values in parse_qs(urlsplit(seen[0]).query).items()}
    assert query["code_challenge_method"] == "S256"
    assert query["prompt"] == "consent"
    assert query["access_type"] == "offline"
    assert query["include_granted_scopes"] == "true"
    assert query["scope"] == Scope.LIST
    assert query["redirect_uri"].startswith("http://127.0.0.1:")
    assert len(query["state"]) >= 20


def test_forged_and_stray_requests_do_not_end_the_wait(lobby: Desk) -> None:
    statuses: list[int] = []

    def meddle(url: str) -> str:
        address = person.consent(url)
        good = httpx.URL(address)
        query = dict(good.params)
        code, state = query["code"], query["state"]
        base = address.partition("?")[0]
        for forged, headers in (
            (f"{base}favicon.ico", {}),
            (base, {}),
            (f"{base}?code={code}", {}),
            (f"{base}?code={code}&state=wrong", {}),
            (f"{base}?code={code}&state=", {}),
            (f"{base}?code={code}&code=4/0evil12345&state={state}", {}),
            (f"{base}?code={code}&error=access_denied&state={state}", {}),
            (f"{base}?error=access_denied&state=wrong", {}),
            (address, {"Sec-Purpose": "prefetch"}),
            (address, {"Purpose": "prefetch"}),
            (address, {"Host": "evil.example:80"}),
        ):
            statuses.append(httpx.get(forged, headers=headers, trust_env=False).status_code)
        assert lobby.google.consent.exchanges == 0
        return address

    outcome, pages = log_in(lobby, meddle)
    assert isinstance(outcome, LoginOutcome)
    assert "Signed in" in pages[0]
    assert all(status in {400, 404} for status in statuses)
    assert lobby.google.consent.exchanges == 1


def test_a_wrong_state_is_never_exchanged(lobby: Desk) -> None:
    lobby.google.consent.tamper_state = True
    browser = Browser(person.consent)
    with pytest.raises(SignInError, match="Nobody answered"):
        Login(lobby.client, lobby.store, lobby.clock).by_browser(
            ALL, show=lambda _: None, open_browser=browser.open, timeout_s=0.5
        )
    assert "not the sign-in that is waiting" in browser.join()[0]
    assert lobby.google.consent.exchanges == 0


def test_of_two_tabs_one_signs_in_and_nothing_is_exchanged_twice(lobby: Desk) -> None:
    outcome, pages = log_in(lobby, person.consent, person.consent)
    assert isinstance(outcome, LoginOutcome)
    assert "Signed in" in pages[0]
    assert lobby.google.consent.exchanges == 1


def test_an_answer_that_comes_again_while_the_first_is_exchanged_is_turned_away() -> None:
    with CallbackServer("the-state") as server:
        first: list[str] = []
        thread = threading.Thread(
            target=lambda: first.append(
                httpx.get(f"{server.redirect_uri}?state=the-state&code=abc", trust_env=False).text
            )
        )
        thread.start()
        answer = server.wait(5)
        again = httpx.get(f"{server.redirect_uri}?state=the-state&code=abc", trust_env=False)
        assert answer.code is not None
        assert again.status_code == 410
    thread.join(5)
    assert "Not finished" in first[0]


def test_the_pasted_address_signs_in_without_a_browser_here(lobby: Desk) -> None:
    lobby.sign_in(frozenset({Scope.LIST}))
    grant = lobby.store.load()
    assert grant is not None
    assert grant.scopes == {Scope.LIST}


def test_a_pasted_address_of_another_attempt_is_refused(lobby: Desk) -> None:
    with pytest.raises(SignInError, match="not the answer"):
        Login(lobby.client, lobby.store, lobby.clock).by_paste(
            ALL,
            show=lambda _: None,
            read_line=lambda: "http://127.0.0.1:8765/?code=4/0abcdefghi&state=x",
        )
    assert lobby.google.consent.exchanges == 0


@pytest.mark.parametrize(
    "query", ["", "state=s", "code=c", "state=s&code=", "state=s&code=c&code=d", "state=S&code=c"]
)
def test_what_is_not_one_answer_to_our_state_is_none(query: str) -> None:
    assert read_answer(query, "s") is None


def test_an_empty_state_matches_nothing() -> None:
    assert read_answer("state=&code=c", "") is None


def test_logout_revokes_and_forgets(lobby: Desk) -> None:
    lobby.sign_in()
    keeper = TokenKeeper(lobby.client, lobby.store, lobby.clock)
    assert Login(lobby.client, lobby.store, lobby.clock).logout()
    lobby.clock.sleep(7200)
    with pytest.raises(SignInError, match="no longer valid"):
        keeper.access_token()
    with pytest.raises(SignInError, match="not signed in"):
        TokenKeeper(lobby.client, lobby.store, lobby.clock)


def test_a_token_of_an_app_in_testing_dies_after_a_week_and_the_way_out_is_told(
    make_desk: MakeDesk,
) -> None:
    desk = make_desk(rules=Rules(refresh_token_life=timedelta(days=7)))
    desk.clock.sleep(8 * 86400)
    with pytest.raises(SignInError) as caught:
        TokenKeeper(desk.client, desk.store, desk.clock).access_token()
    assert "Publish app" in caught.value.hint


def test_a_grant_is_not_used_with_another_client_or_issuer(lobby: Desk) -> None:
    lobby.sign_in()
    document = lobby.google.client_secret()
    document["installed"]["client_id"] = "999999999999-other.apps.googleusercontent.com"
    other = lobby.folder / "other.json"
    other.write_text(json.dumps(document))
    with pytest.raises(SignInError, match="another client_secret"):
        TokenKeeper(ClientSecret.read(other), lobby.store, lobby.clock)


@pytest.mark.parametrize("key", ["token_uri", "auth_uri"])
@pytest.mark.parametrize(
    "address",
    ["https://evil.example/token", "http://oauth2.googleapis.com/token",
     "https://oauth2.googleapis.com.evil.example/token", "https://x@evil.example/",
     "http://127.0.0.1.evil.example/token", "http://localhost:1/token"],
)  # fmt: skip
def test_a_client_secret_that_names_another_host_is_refused(
    tmp_path: Path, key: str, address: str
) -> None:
    document = {
        "installed": {
            "client_id": "1-a.apps.googleusercontent.com",
            "client_secret": "GOCSPX-x",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": "https://oauth2.googleapis.com/token",
            key: address,
        }
    }
    path = tmp_path / "client_secret.json"
    path.write_text(json.dumps(document))
    with pytest.raises(GoogleUnavailableError):
        ClientSecret.read(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"web": {}}', '{"installed": {}}'])
def test_what_is_no_desktop_client_secret_is_told_with_what_to_make(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "client_secret.json"
    path.write_text(text)
    with pytest.raises(SignInError) as caught:
        ClientSecret.read(path)
    assert "Desktop app" in caught.value.hint


def test_the_token_file_is_private_under_any_umask(lobby: Desk, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        lobby.sign_in()
    finally:
        os.umask(before)
    path = lobby.folder / "private" / "token.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [p.name for p in path.parent.iterdir()] == ["token.json"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_token_file_that_others_can_reach_is_refused(lobby: Desk, mode: int) -> None:
    lobby.sign_in()
    (lobby.folder / "private" / "token.json").chmod(mode)
    with pytest.raises(SignInError, match="others can reach it"):
        lobby.store.load()


def test_a_token_folder_that_others_can_reach_is_refused(lobby: Desk) -> None:
    lobby.sign_in()
    (lobby.folder / "private").chmod(0o755)
    with pytest.raises(SignInError, match="others can reach it"):
        lobby.store.load()


def test_a_token_file_that_is_a_link_is_refused(lobby: Desk, tmp_path: Path) -> None:
    lobby.sign_in()
    path = lobby.folder / "private" / "token.json"
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(SignInError, match="not used for sign-in"):
        lobby.store.load()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"client_id": 1}'])
def test_a_damaged_token_file_says_to_sign_in_again(lobby: Desk, text: str) -> None:
    lobby.sign_in()
    path = lobby.folder / "private" / "token.json"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(SignInError, match="damaged"):
        FileTokenStore(path).load()
