"""Every secret of a session is looked for in all that commands print, log and keep."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from gphotos_reconcile.cli import log
from gphotos_reconcile.cli.app import main
from gphotos_reconcile.google.fake.server import FakeGoogle
from gphotos_reconcile.workflows import google_demo
from tests.cli.google_person import Person, sign_in
from tests.cli.test_fidelity import original

pytestmark = pytest.mark.slow

ADDRESSES = ("/bytes/", "/picked/", "/upload/", "/pick/")
"""Parts of addresses that let anybody who has them read, send or pick."""


@pytest.fixture
def log_file(user: Person, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let the log be written, among what is searched."""
    path = user.home / "logs" / "gphotos-reconcile.log"
    monkeypatch.setattr(log, "log_path", lambda: path)
    monkeypatch.setenv("GPHOTOS_RECONCILE_NO_LOG", "0")
    yield path
    for handler in logging.getLogger("gphotos_reconcile").handlers:
        handler.close()
    logging.getLogger("gphotos_reconcile").handlers.clear()


def secrets_of(google: FakeGoogle) -> set[str]:
    consent, truth = google.consent, google.truth
    told = {consent.client_secret, *consent._access, *consent._refresh, *consent._codes}
    assert len(told) > 3  # a session did take place
    return {*told, *truth.uploads, *truth.sessions, *ADDRESSES}


def kept_files(folder: Path) -> Iterator[Path]:
    """Yield all that was written, but the files that are there to hold secrets."""
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "client_secret.json" and not path.match("token-*"):
            yield path


def leaks(google: FakeGoogle, folder: Path, printed: str) -> list[str]:
    secrets = secrets_of(google)
    found = [f"printed: {secret}" for secret in secrets if secret in printed]
    for path in kept_files(folder):
        data = path.read_bytes()
        found += [f"{path.name}: {secret}" for secret in secrets if secret.encode() in data]
    return found


def test_measuring_what_comes_back_leaks_no_secret(
    user: Person, log_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_in(user, "verify")
    catalog = str(user.home / "catalog.db")
    words = ["verify", "--fidelity", str(original(user.home)), "--client-secret", str(user.secret)]

    assert main(["--verbose", "--catalog", catalog, *words]) == 0

    printed = "".join(capsys.readouterr())
    assert "library_download" in printed
    assert "end with code 0" in log_file.read_text("utf-8")
    assert leaks(user.google, user.home, printed) == []


def test_the_trial_of_the_google_commands_leaks_no_secret(
    user: Person,
    log_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    started: list[FakeGoogle] = []

    class Watched(FakeGoogle):
        def __enter__(self) -> "Watched":
            started.append(self)
            super().__enter__()
            return self

    monkeypatch.setattr(google_demo, "FakeGoogle", Watched)
    folder = user.home / "trial"

    assert main(["--verbose", "demo", "--google", "--dir", str(folder)]) == 0

    [google] = started
    assert "end with code 0" in log_file.read_text("utf-8")
    assert leaks(google, user.home, "".join(capsys.readouterr())) == []
