"""Nobody gets in without the cookie, and nothing changes without a token of our own page."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.routing import Route

from gphotos_reconcile.store.decisions import all_decisions
from gphotos_reconcile.web.app import create_app
from gphotos_reconcile.web.guard import Session
from gphotos_reconcile.workflows.media_access import MediaAccess
from gphotos_reconcile.workflows.review import Desk
from gphotos_reconcile.workflows.turns import CatalogBusyError
from tests.web.conftest import Running, started
from tests.web.library import Shelf

METHODS = (
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND",
)  # fmt: skip


def one_item(shelf: Shelf) -> None:
    shelf.undecided(1)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(tmp_path_factory.mktemp("guard"), one_item) as found:
        yield found


def every_path(running: Running) -> list[str]:
    """Return a path for every route that the application has, and some that it has not."""
    media: MediaAccess = None  # type: ignore[assignment]  # routes are listed, nothing is asked
    app: Starlette = create_app(Desk(running.catalog), media, Session(port=1))
    patterns = [route.path for route in app.routes if isinstance(route, Route)]
    assert len(patterns) == 15
    filled = [
        path.replace("{item_id}", "1")
        .replace("{side}", "local")
        .replace("{group_id}", "1")
        .replace("{size}", "small")
        .replace("{name}", "core.js")
        for path in patterns
    ]
    return [
        *filled,
        "/launch",
        "/launch?token=",
        "/launch?token=x",
        "/..%2f..%2fetc",
        "/favicon.ico",
    ]


def forged_headers(session: Session) -> list[dict[str, str]]:
    """Return what strangers may send; none of it carries the cookie."""
    own = {"Host": session.host, "Origin": session.origin, "Content-Type": "application/json"}
    wrong = f"{session.cookie_name}={'x' * 43}"
    return [
        {},
        {"Host": session.host},
        own,
        {**own, "X-CSRF-Token": session.csrf},
        {**own, "Sec-Fetch-Site": "same-origin"},
        {**own, "Sec-Fetch-Site": "cross-site"},
        {**own, "Cookie": wrong},
        {**own, "Cookie": f"{session.cookie_name}="},
        {**own, "Cookie": f"other={session.cookie}"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
        {"Host": f"localhost:{session.port}"},
        {"Host": "127.0.0.1"},
        {**own, "Origin": "null"},
        {**own, "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": session.host},
        {**own, "Authorization": f"Bearer {session.cookie}"},
        {**own, "X-HTTP-Method-Override": "POST", "Content-Type": "text/plain"},
    ]


def test_no_route_answers_anyone_without_the_cookie(running: Running) -> None:
    answers = {}
    for path in every_path(running):
        for method in METHODS:
            for number, headers in enumerate(forged_headers(running.session)):
                status, _, _ = running.ask(method, path, headers=headers)
                answers[method, path, number] = status

    assert len(answers) == 20 * len(METHODS) * 16
    assert {key: status for key, status in answers.items() if status < 400} == {}


@pytest.mark.parametrize(
    "change",
    [
        {"Host": "evil.example"},
        {"Host": "localhost"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_the_cookie_alone_does_not_help_a_foreign_page(
    running: Running, change: dict[str, str]
) -> None:
    for method, path in (("GET", "/"), ("GET", "/decisions.json"), ("POST", "/api/undo")):
        status, _, _ = running.ask(method, path, headers=running.own | change, body="{}")
        assert status == 403


@pytest.mark.parametrize(
    ("missing", "status"), [("X-CSRF-Token", 403), ("Origin", 403), ("Content-Type", 415)]
)
def test_a_change_needs_origin_token_and_json(running: Running, missing: str, status: int) -> None:
    body = json.dumps({"item": 1, "words": {"2": "same"}, "batch": "b" * 32, "seen": "0.0"})
    headers = {name: value for name, value in running.own.items() if name != missing}

    assert running.ask("POST", "/api/say", headers=headers, body=body)[0] == status
    with running.catalog.connect() as conn:
        assert all_decisions(conn) == []


def test_the_launch_link_works_once_and_gives_a_strict_cookie(running: Running) -> None:
    assert (
        running.ask("GET", "/launch?token=wrong", headers={"Host": running.session.host})[0] == 403
    )
    path = running.session.launch_url.removeprefix(running.session.origin)
    headers = {"Host": running.session.host}

    first = running.ask("GET", path, headers=headers)
    second = running.ask("GET", path, headers=headers)

    assert (first[0], first[1]["location"], second[0]) == (303, "/", 403)
    cookie = first[1]["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "set-cookie" not in second[1]


def test_every_answer_forbids_scripts_framing_sniffing_and_keeping(running: Running) -> None:
    for path in ("/", "/item/1", "/nothing", "/preview/1/small", "/static/core.js"):
        _, headers, _ = running.get(path)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        kept = "private, max-age=86400, immutable" if path.startswith("/static/") else "no-store"
        assert headers["cache-control"] == kept
        assert headers["referrer-policy"] == "no-referrer"


def test_get_changes_nothing(running: Running) -> None:
    with running.catalog.connect() as conn:
        before = list(conn.connection.iterdump())
    for path in every_path(running):
        running.get(path)
    with running.catalog.connect() as conn:
        assert list(conn.connection.iterdump()) == before


@pytest.mark.parametrize(
    "path",
    [
        "/preview/..%2f..%2fetc%2fpasswd/small",
        "/preview/1/..%2fsmall",
        "/preview/99999999999999999999/small",
        "/preview/-1/small",
        "/preview/%D9%A3/small",
        "/static/..%2fapp.py",
        "/static/app.py",
        "/item/0",
        "/item/9999999",
        "/groups/local/77",
        "/video/1",
    ],
)
def test_only_ids_and_names_of_ours_are_served(running: Running, path: str) -> None:
    status, _, _ = running.get(path)
    assert status == 404


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        '{"item": 1}',
        '{"item": "1", "words": {"2": "same"}, "batch": "bbbbbbbb", "seen": ""}',
        '{"item": 1, "words": {"2": "maybe"}, "batch": "bbbbbbbb", "seen": ""}',
        '{"item": 1, "words": {"x": "same"}, "batch": "bbbbbbbb", "seen": ""}',
        '{"item": 1, "words": {}, "batch": "bbbbbbbb", "seen": ""}',
        '{"item": 1, "words": {"2": "same"}, "batch": "b b", "seen": ""}',
        '{"item": 1, "words": {"2": "same"}, "batch": "bbbbbbbb"}',
        '{"item": 1e400, "words": {"2": "same"}, "batch": "bbbbbbbb", "seen": ""}',
        '{"item": 99999999999999999999, "words": {"2": "same"}, "batch": "bbbbbbbb", "seen": ""}',
        '{"filter": 1, "rule": 2, "text": 3, "group": 4, "side": {}, "batch": 5, "seen": 6}',
    ],
)
def test_what_is_no_request_of_ours_is_refused_in_words(running: Running, body: str) -> None:
    for path in ("/api/say", "/api/say-group", "/api/accept", "/api/import"):
        status, _, answer = running.ask("POST", path, headers=running.own, body=body)
        assert status in {400, 409}
        assert json.loads(answer)["error"]


def test_a_busy_catalogue_is_told_as_such(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise CatalogBusyError(OperationalError("", None, Exception("database is locked")))

    monkeypatch.setattr("gphotos_reconcile.web.app.decide_pairs", refuse)
    words = {"item": 1, "words": {"2": "same"}, "batch": "b" * 32, "seen": "0.0"}
    assert running.post("/api/say", words)[0] == 503
